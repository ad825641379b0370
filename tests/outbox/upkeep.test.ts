import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Intent, OutboxCount, OutboxStore } from '../../src/outbox/contract.ts';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import { Upkeep, keptMs } from '../../src/outbox/upkeep.ts';
import { WatchedStore } from '../../src/outbox/watched-store.ts';

const start = Date.UTC(2026, 10, 27, 9);
const hourMs = 3_600_000;
let inner: OutboxStore;
let store: WatchedStore;
let upkeep: Upkeep;
let kinds: string[];
let logged: [string, unknown][];
let counted: (readonly OutboxCount[])[];

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  [kinds, logged, counted] = [['ticket'], [], []];
  inner = openSqliteStore(':memory:', { leaseClock: () => 0 });
  const log = (event: string, fields?: unknown) => void logged.push([event, fields]);
  const logger = { debug: log, info: log, warn: log, error: log };
  store = new WatchedStore({ store: inner, log: logger, onStored: () => undefined });
  upkeep = new Upkeep({
    store,
    kinds: () => kinds,
    onCounts: (counts) => counted.push(counts),
    log: logger,
    now: Date.now,
  });
});
afterEach(async () => {
  upkeep.stop();
  await store.close();
  vi.useRealTimers();
});

const add = (key: string, kind = 'ticket') => {
  const intent: Intent = {
    ...{ key, kind, action: 'create', queue: key, company: '', payload: null },
    ...{ notBefore: Date.now(), expires: Date.now() + hourMs },
  };
  return store.commit({ intents: [intent] }, Date.now());
};
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

it('counts what waits, at once and every 15 s', async () => {
  await add('a');
  upkeep.start();
  await seconds(0);
  expect(counted).toEqual([[expect.objectContaining({ kind: 'ticket', waiting: 1, failing: 0 })]]);
  await add('b');
  await seconds(14);
  expect(counted).toHaveLength(1);
  await seconds(1);
  expect(counted.at(-1)).toMatchObject([{ waiting: 2 }]);
});

it('says once that entries wait for nobody, and again when they do so again', async () => {
  await add('a', 'remedy');
  upkeep.start();
  await seconds(60);
  const told = [['outbox entries wait for nobody', { kind: 'remedy', waiting: 1 }]];
  expect(logged).toEqual(told);
  kinds = ['ticket', 'remedy'];
  await seconds(15);
  kinds = ['ticket'];
  await seconds(60);
  expect(logged).toEqual([...told, ...told]);
});

it('removes what is old, once an hour', async () => {
  await add('old');
  const [lease] = (await store.lease({ owner: 'o', kinds, now: start, leaseMs: 1000, limit: 1 })).leases;
  if (lease === undefined) throw new Error('nothing was due');
  await store.settle(lease, { type: 'done', note: '' }, start, {}, start);
  const prune = vi.spyOn(inner, 'prune');
  upkeep.start();
  await seconds(3500);
  expect(prune).toHaveBeenCalledTimes(1);
  expect(await store.entries({ limit: 9 })).toHaveLength(1);
  vi.setSystemTime(start + keptMs + hourMs);
  await seconds(15);
  expect(await store.entries({ limit: 9 })).toEqual([]);
  expect(logged).toEqual([['outbox pruned', { removed: 1 }]]);
});

it('goes on when the store fails, and finds out by itself that it works again', async () => {
  vi.spyOn(inner, 'counts').mockRejectedValueOnce(new Error('no answer'));
  upkeep.start();
  await seconds(0);
  expect(store.isUp).toBe(false);
  expect(counted).toEqual([]);
  await seconds(15);
  expect(store.isUp).toBe(true);
  expect(counted).toHaveLength(1);
  expect(logged.map(([event]) => event)).toEqual(['outbox store failed', 'outbox store works again']);
});

it('counts one after another, and tells nothing once it is stopped', async () => {
  const slow = Promise.withResolvers<readonly OutboxCount[]>();
  const counts = vi.spyOn(inner, 'counts').mockReturnValueOnce(slow.promise);
  upkeep.start();
  await seconds(60);
  expect(counts).toHaveBeenCalledTimes(1);
  upkeep.stop();
  slow.resolve([]);
  await seconds(60);
  expect(counted).toEqual([]);
  expect(counts).toHaveBeenCalledTimes(1);
});
