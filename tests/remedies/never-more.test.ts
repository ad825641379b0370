import fc from 'fast-check';
import { expect, it } from 'vitest';
import { casesOf } from '../helpers/nightly.ts';
import type { Remedies } from '../../src/config/config.ts';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import { failuresOf } from '../../src/remedies/failures.ts';
import { createHandler } from '../../src/remedies/handler.ts';
import { plan } from '../../src/remedies/planner.ts';
import { changePauses, readPauses, readStored, storePlan } from '../../src/remedies/store.ts';
import type { Stored } from '../../src/remedies/store.ts';
import { pauseOf, recordKey } from '../../src/remedies/memory.ts';
import { payloadOf } from '../../src/remedies/result.ts';
import type { FailedRecord } from './scene.ts';
import { hour, minute, remediesOf, remedy, start, taskOf } from './scene.ts';

const limits = { waitMs: 2 * minute, attempts: 3, pauseMs: 10 * minute, perHour: 5 };
const first = remedy({ limits });
const second = remedy({
  name: 'other',
  errors: new Set(['record-locked']),
  limits: { ...limits, perHour: 4 },
});
const remedies: Remedies = remediesOf([first, second], { perHour: 7, leastSuccess: 0 });
const orders = new Map([
  ['relaunch', 'a'],
  ['other', 'b'],
]);

/** What can happen next, to the world or to one of two replicas. */
type Step =
  | { readonly do: 'pass'; readonly minutes: number }
  | { readonly do: 'setBack'; readonly minutes: number }
  | { readonly do: 'fail' | 'mend'; readonly record: number }
  | { readonly do: 'failAnew'; readonly record: number }
  | { readonly do: 'read' }
  | { readonly do: 'see'; readonly replica: number }
  | { readonly do: 'order'; readonly replica: number }
  /** Somebody wants a record tried at once. */
  | { readonly do: 'wish'; readonly record: number; readonly replica: number }
  /** `dies`: killed before the call, after it, or not. */
  | { readonly do: 'carryOut'; readonly dies: 'before' | 'after' | 'no' }
  | { readonly do: 'pause' | 'resume' }
  /** What mostly happens: time passes, a monitor runs, a replica orders, and it is carried out. */
  | { readonly do: 'round'; readonly minutes: number; readonly replica: number };

const record = fc.nat({ max: 7 });
const replica = fc.nat({ max: 1 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 20 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('setBack' as const),
        minutes: fc.integer({ min: 1, max: 600 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), record }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('mend' as const, 'failAnew' as const), record }),
    },
    { weight: 4, arbitrary: fc.constant({ do: 'read' as const }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('see' as const), replica }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('order' as const), replica }) },
    { weight: 9, arbitrary: fc.record({ do: fc.constant('wish' as const), record, replica }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('carryOut' as const),
        dies: fc.constantFrom(
          'before' as const,
          'after' as const,
          'no' as const,
          'no' as const,
          'no' as const,
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const) }) },
    {
      weight: 15,
      arbitrary: fc.record({
        do: fc.constant('round' as const),
        minutes: fc.integer({ min: 1, max: 12 }),
        replica,
      }),
    },
  ),
  { minLength: 30, maxLength: 160 },
);

interface Sent {
  readonly record: string;
  /** When it was ordered, by a clock that nobody sets; it is sent within ten minutes. */
  readonly at: number;
  readonly isByHand: boolean;
}

/** Two replicas of the planner and one dispatcher on one store, in a world whose time is known. */
class World {
  readonly sent: Sent[] = [];
  // Before the store, which asks for the time when it is opened.
  #true = start;
  readonly #store = openSqliteStore(':memory:', { leaseClock: () => this.#true });
  #clock = start;
  readonly #open = new Map<number, FailedRecord>();
  #task = taskOf([], start);
  readonly #seen: ({ stored: Stored; at: number; trueAt: number } | undefined)[] = [];
  readonly #ordered = new Map<string, { readonly at: number; readonly isByHand: boolean }>();
  isPaused = false;
  readonly #handler = createHandler({
    remedies: () => remedies,
    orders: () => orders,
    objection: async (_, { remedy: name }) =>
      pauseOf(await readPauses(this.#store), name) === null ? undefined : 'stopped',
    createSend: () => (request) => {
      expect(this.isPaused).toBe(false);
      const ordered = this.#ordered.get(request.headers['Idempotency-Key'] ?? '');
      this.sent.push({ record: request.url.pathname, at: NaN, isByHand: false, ...ordered });
      return Promise.resolve({ status: 409, headers: {}, body: '', retryAfterMs: undefined });
    },
    secret: () => Promise.reject(new Error('none')),
    database: () => {
      throw new Error('none');
    },
    ended: () => undefined,
  });

  async take(step: Step): Promise<void> {
    if (step.do === 'pass') {
      this.#true += step.minutes * minute;
      this.#clock += step.minutes * minute;
    } else if (step.do === 'setBack') this.#clock -= step.minutes * minute;
    else if (step.do === 'read') this.#task = taskOf([...this.#open.values()], this.#clock);
    else if (step.do === 'see') await this.#see(step.replica);
    else if (step.do === 'order') await this.#order(step.replica);
    else if (step.do === 'wish') await this.#wish(step.replica, `r${step.record}`);
    else if (step.do === 'carryOut') await this.#carryOut(step.dies);
    else if (step.do === 'round') await this.#round(step.minutes, step.replica);
    else if ('record' in step) this.#change(step);
    else await this.#pause(step.do === 'pause');
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #round(minutes: number, index: number): Promise<void> {
    await this.take({ do: 'pass', minutes });
    await this.take({ do: 'read' });
    await this.take({ do: 'order', replica: index });
    for (let calls = 0; calls < 4; calls += 1) await this.take({ do: 'carryOut', dies: 'no' });
  }

  #change({ do: what, record: index }: { readonly do: string; readonly record: number }): void {
    if (what === 'mend') {
      this.#open.delete(index);
      return;
    }
    const error = index % 2 === 0 ? 'rate-limit' : 'record-locked';
    const since = index % 3 === 0 ? null : this.#clock;
    this.#open.set(index, { record: `r${index}`, since, error });
  }

  async #see(index: number): Promise<void> {
    this.#seen[index] = { stored: await readStored(this.#store), at: this.#clock, trueAt: this.#true };
  }

  /** By what it saw last, whatever others did meanwhile; what is half a minute old the engine throws away. */
  async #order(index: number, wanted?: string): Promise<void> {
    const seen = this.#seen[index];
    this.#seen[index] = undefined;
    const isOld = seen === undefined || seen.trueAt !== this.#true;
    const { stored, at } = isOld ? { stored: await readStored(this.#store), at: this.#clock } : seen;
    const failures = failuresOf([this.#task], at);
    const wish =
      wanted === undefined ? undefined : { key: recordKey('acme', 'web_orders', wanted), by: 'eva' };
    const made = plan({ ...stored, now: at, remedies, orders, failures, maintenance: [], wish });
    const isStored = await storePlan(this.#store, made, stored.versions, at);
    if (!isStored) return;
    for (const { key, payload } of made.intents)
      this.#ordered.set(key, { at: this.#true, isByHand: payloadOf(payload)?.by !== undefined });
  }

  /** Somebody sees a record that has failed, and wants it tried. */
  async #wish(index: number, wanted: string): Promise<void> {
    await this.take({ do: 'read' });
    await this.#order(index, wanted);
    for (let calls = 0; calls < 2; calls += 1) await this.#carryOut('no');
  }

  async #pause(isPaused: boolean): Promise<void> {
    const all = isPaused ? { at: this.#clock, by: 'test' } : null;
    await changePauses(this.#store, (pauses) => ({ ...pauses, all }), this.#clock);
    this.isPaused = isPaused;
  }

  async #carryOut(dies: 'before' | 'after' | 'no'): Promise<void> {
    const request = { owner: 'd', kinds: ['remedy'], now: this.#clock, leaseMs: minute, limit: 1 };
    const { leases } = await this.#store.lease(request);
    const [lease] = leases;
    if (lease === undefined || dies === 'before') return;
    const { outcome } = await this.#handler(lease.entry, {
      signal: AbortSignal.timeout(60_000),
      now: this.#clock,
    });
    if (dies === 'after') return;
    await this.#store.settle(lease, outcome, this.#clock, {}, this.#clock);
  }
}

function checkLimits(sent: readonly Sent[]): void {
  const byRecord = Map.groupBy(sent, ({ record: name }) => name);
  // "ever" is as long as a record is remembered, far longer than any of these stories.
  for (const calls of byRecord.values()) {
    const own = calls.filter(({ isByHand }) => !isByHand);
    expect(own.length).toBeLessThanOrEqual(limits.attempts);
  }
  for (const { at } of sent) {
    expect(at).not.toBeNaN();
    const within = sent.filter((each) => each.at >= at && each.at < at + hour);
    expect(within.length).toBeLessThanOrEqual(remedies.perHour);
    for (const each of remedies.remedies) {
      const own = within.filter(({ record: name }) => ownerOf(name) === each.name);
      expect(own.length).toBeLessThanOrEqual(each.limits.perHour);
    }
  }
}

const ownerOf = (path: string): string => (Number(/r(\d+)/.exec(path)?.[1]) % 2 === 0 ? 'relaunch' : 'other');

it('never makes more attempts than allowed, whatever happens: kills, clocks set back, two replicas, stale plans', async () => {
  let total = 0;
  let byHand = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const world = new World();
      try {
        for (let index = 0; index < 8; index += 1) await world.take({ do: 'fail', record: index });
        for (const step of story) await world.take(step);
        checkLimits(world.sent);
        total += world.sent.length;
        byHand += world.sent.filter(({ isByHand }) => isByHand).length;
      } finally {
        await world.close();
      }
    }),
    { numRuns: casesOf(150, 4) },
  );
  // Else it would show nothing.
  expect(total).toBeGreaterThan(300);
  expect(byHand).toBeGreaterThan(15);
}, 300_000);
