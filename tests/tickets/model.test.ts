import fc from 'fast-check';
import { expect, it } from 'vitest';
import { casesOf } from '../helpers/nightly.ts';
import { World, fires, hour, minute, resolved } from './world.ts';
import type { Mood } from './world.ts';
import type { ToldAlert } from '../../src/tickets/webhook.ts';

type Command =
  | { readonly do: 'fire' | 'end'; readonly record: number }
  | { readonly do: 'deliver'; readonly at: number; readonly times: number }
  | { readonly do: 'pass'; readonly minutes: number }
  | { readonly do: 'restart' }
  /** The clock is set; no time passes. */
  | { readonly do: 'set'; readonly minutes: number }
  | { readonly do: 'mood'; readonly mood: Mood }
  | { readonly do: 'person'; readonly what: 'comment' | 'closed' | 'rejected' };

const record = fc.integer({ min: 1, max: 3 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('fire' as const, 'end' as const), record }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      at: fc.nat(5),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 45 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('set' as const), minutes: fc.constantFrom(-60, -5, 5, 60) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('mood' as const),
      mood: fc.constantFrom<Mood>('well', 'down', 'dropped', 'busy', 'login'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('person' as const),
      what: fc.constantFrom('comment' as const, 'closed' as const, 'rejected' as const),
    }),
  },
);

/** The truth, and words of it that are still under way. */
class Truth {
  readonly world = new World();
  readonly firing = new Map<number, ToldAlert>();
  readonly underWay: ToldAlert[] = [];
  hasDecided = false;

  async apply(step: Command): Promise<void> {
    const { world } = this;
    switch (step.do) {
      case 'fire':
        if (!this.firing.has(step.record)) this.#fire(step.record);
        return;
      case 'end':
        await this.#end(step.record);
        return;
      case 'deliver':
        await this.#deliver(step.at, step.times);
        return;
      case 'pass':
        await world.passes(step.minutes * minute);
        break;
      case 'restart':
        world.restart();
        return;
      case 'set':
        world.now += step.minutes * minute;
        return;
      case 'mood':
        world.tracker.mood = step.mood;
        return;
      case 'person':
        this.#person(step.what);
    }
    this.#check();
  }

  /** All words arrive, the tracker works, and time goes by. */
  async calm(): Promise<void> {
    const { world } = this;
    world.tracker.mood = 'well';
    while (this.underWay.length > 0) await this.#deliver(0, 1);
    await world.passes(hour);
    for (const alert of this.firing.values()) await world.hears(alert);
    await world.passes(3 * hour);
    this.#check();
  }

  #fire(of: number): void {
    this.world.now += 1000;
    const alert = fires(`W-${of}`, this.world.now);
    this.firing.set(of, alert);
    // Two Alertmanagers say so.
    this.underWay.push(alert, alert);
  }

  async #end(of: number): Promise<void> {
    const alert = this.firing.get(of);
    if (alert === undefined) return;
    this.world.now += 1000;
    this.firing.delete(of);
    this.underWay.push(resolved(alert, this.world.now), resolved(alert, this.world.now));
    await this.world.reads(...[...this.firing.keys()].map((each) => `W-${each}`));
  }

  async #deliver(at: number, times: number): Promise<void> {
    const [alert] = this.underWay.splice(at % Math.max(this.underWay.length, 1), 1);
    for (let count = 0; alert !== undefined && count < times; count += 1)
      expect(await this.world.hears(alert)).toBe('stored');
    await this.world.works();
  }

  #person(what: 'comment' | 'closed' | 'rejected'): void {
    const { tracker } = this.world;
    const [ticket] = tracker.open;
    if (ticket === undefined) return;
    if (what !== 'comment') this.hasDecided = true;
    tracker.person(ticket.id, what === 'comment' ? undefined : what);
  }

  #check(): void {
    const { tracker } = this.world;
    expect(tracker.open.length).toBeLessThanOrEqual(1);
    for (const { remarks, wasWronged } of tracker.tickets) {
      expect(wasWronged).toBe(false);
      const texts = remarks.map(({ text }) => text);
      expect(new Set(texts).size).toBe(texts.length);
    }
  }
}

it('never has two open tickets, nor none, nor closes what a person has in hand, nor says a thing twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
      const truth = new Truth();
      await truth.world.reads();
      for (const step of commands) await truth.apply(step);
      await truth.calm();
      const { open } = truth.world.tracker;
      if (truth.firing.size > 0 && !truth.hasDecided) expect(open).toHaveLength(1);
      if (truth.firing.size === 0) for (const { touched } of open) expect(touched).toBe('yes');
      await truth.world.store.close();
    }),
    { numRuns: casesOf(60, 4) },
  );
}, 240_000);
