import { expect, it } from 'vitest';
import type { OutboxStore } from '../../src/outbox/contract.ts';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import { RemedyCounts } from '../../src/remedies/metrics.ts';
import { RemedyService } from '../../src/remedies/remedies.ts';
import type { ToldAlert } from '../../src/tickets/webhook.ts';
import { hour, minute, remediesOf, remedy, start, taskOf } from '../remedies/scene.ts';
import * as ticketing from '../tickets/world.ts';

/** A process that dies at the n-th step between intent and outcome, and does nothing from then on. */
class Life {
  steps = 0;
  isDead = false;
  readonly #diesAt: number;

  constructor(diesAt: number) {
    this.#diesAt = diesAt;
  }

  /** Before and after a call, the process may be killed. */
  async through<Result>(call: () => Promise<Result>): Promise<Result> {
    this.step();
    const result = await call();
    this.step();
    return result;
  }

  step(): void {
    if (this.isDead || this.steps === this.#diesAt) {
      this.isDead = true;
      throw new Error('killed');
    }
    this.steps += 1;
  }
}

/** A store as a process of this life uses it. */
function storeOf(store: OutboxStore, life: () => Life): OutboxStore {
  return {
    commit: (...given) => life().through(() => store.commit(...given)),
    // Before one it is as after the commit; one that takes nothing changes nothing.
    lease: async (...given) => {
      const leased = await store.lease(...given);
      if (leased.leases.length > 0) life().step();
      return leased;
    },
    settle: (...given) => life().through(() => store.settle(...given)),
    document: (...given) => store.document(...given),
    documents: (...given) => store.documents(...given),
    entries: (...given) => store.entries(...given),
    counts: () => store.counts(),
    prune: (...given) => store.prune(...given),
    close: () => store.close(),
  };
}

/** Kills at each step in turn, until a life is as long as the story. @returns how many steps there are */
async function atEachStep(tell: (life: Life) => Promise<void>): Promise<number> {
  for (let diesAt = 0; ; diesAt += 1) {
    const life = new Life(diesAt);
    await tell(life);
    if (!life.isDead) return life.steps;
  }
}

/** What is begun by a process that may be killed; the next one goes on when its leases are over. */
const ofMortal = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => {
    if (!(error instanceof Error) || error.message !== 'killed') throw error;
  });

async function ticketStory(first: Life): Promise<void> {
  let life = first;
  const world = new ticketing.World();
  const { tracker } = world;
  world.store = storeOf(world.store, () => life);
  world.restart();
  for (const method of ['create', 'comment', 'close'] as const) {
    const real = tracker[method].bind(tracker) as (...given: unknown[]) => Promise<never>;
    tracker[method] = (...given: unknown[]) => life.through(() => real(...given));
  }
  const step = async (work: () => Promise<unknown>): Promise<void> => {
    await ofMortal(work());
    if (!life.isDead) return;
    life = new Life(Infinity);
    world.restart();
    world.uptime += 120_000;
    // What was not answered is told again.
    await work();
  };
  const [one, two] = [ticketing.fires('W-1', ticketing.start), ticketing.fires('W-2', ticketing.start)];
  const tell =
    (...alerts: readonly ToldAlert[]) =>
    async () => {
      await world.hears(...alerts);
      await world.passes(20 * ticketing.minute);
    };
  await world.reads('W-1');
  await step(tell(one));
  await world.reads('W-1', 'W-2');
  await step(tell(two));
  await world.reads();
  const end = world.now;
  await step(tell(ticketing.resolved(one, end), ticketing.resolved(two, end)));
  await step(() => world.passes(ticketing.hour));
  const [ticket, ...others] = tracker.tickets;
  expect(others).toEqual([]);
  expect(ticket).toMatchObject({ state: 'closed', wasWronged: false });
  const remarks = ticket?.remarks.map(({ text }) => text) ?? [];
  expect(remarks).toHaveLength(2);
  expect(remarks[0]).toContain('W-2');
  expect(remarks[1]).toContain('Recovered at');
  await world.store.close();
}

it('a ticket is made, told and closed once, at whatever step the process is killed', async () => {
  // Of each of three intents: before and after it is stored, after its lease, before and after the call and the outcome.
  expect(await atEachStep(ticketStory)).toBeGreaterThanOrEqual(3 * 7);
}, 240_000);

async function remedyStory(first: Life): Promise<void> {
  let life = first;
  let now = start;
  let uptime = 0;
  const sent: string[] = [];
  const inner = openSqliteStore(':memory:', { leaseClock: () => uptime });
  const store = storeOf(inner, () => life);
  const remedies = remediesOf([remedy({ limits: { waitMs: 0, attempts: 3, pauseMs: 10 * minute } })], {
    leastSuccess: 0,
  });
  const silent = (): void => undefined;
  const born = () =>
    new RemedyService({
      store,
      remedies: () => remedies,
      tasks: () => [taskOf([{ record: 'W-1', since: start }], now)],
      maintenance: () => [],
      createSend: () => (request) =>
        life.through(() => {
          sent.push(request.headers['Idempotency-Key'] ?? '');
          return Promise.resolve({ status: 409, headers: {}, body: '', retryAfterMs: undefined });
        }),
      secret: () => Promise.reject(new Error('none')),
      database: () => {
        throw new Error('none');
      },
      ordered: silent,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      now: () => now,
      counts: new RemedyCounts(),
    });
  let service = born();
  const work = async (): Promise<void> => {
    await service.look();
    const request = { owner: 'd', kinds: ['remedy'], now, leaseMs: minute, limit: 1 };
    for (const lease of (await store.lease(request)).leases) {
      const attempt = { signal: AbortSignal.timeout(60_000), now };
      const { outcome, stored } = await service.handler(lease.entry, attempt);
      if ((await store.settle(lease, outcome, now, {}, now)) === 'settled') stored?.();
    }
  };
  for (const end = start + 3 * hour; now < end; now += minute, uptime += minute) {
    await ofMortal(work());
    if (!life.isDead) continue;
    await service.stop();
    life = new Life(Infinity);
    service = born();
  }
  await service.look();
  // Never one more than allowed, none of them twice; one whose outcome nobody knows counts.
  expect(new Set(sent).size).toBe(sent.length);
  expect(sent.length).toBeLessThanOrEqual(3);
  expect(sent.length).toBeGreaterThanOrEqual(2);
  const tried = service.of('acme', 'web_orders', 'W-1');
  expect(tried).toMatchObject({ tries: 3, standing: { reason: 'exhausted' } });
  await service.stop();
  await inner.close();
}

it('a remedy tries as often as it may, each attempt once, at whatever step the process is killed', async () => {
  expect(await atEachStep(remedyStory)).toBeGreaterThanOrEqual(3 * 7);
}, 240_000);
