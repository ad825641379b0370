import { beforeEach, expect, it, vi } from 'vitest';
import { OutboxFullError } from '../../src/outbox/contract.ts';
import type { Intent, OutboxStore } from '../../src/outbox/contract.ts';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import { WatchedStore } from '../../src/outbox/watched-store.ts';

const intent: Intent = {
  ...{ key: 'k', kind: 'ticket', action: 'create', queue: 'q', company: '', payload: null },
  ...{ notBefore: 0, expires: 1_000_000 },
};
const document = { collection: 'c', key: 'd', ifVersion: 0, value: 1 };
const request = { owner: 'o', kinds: ['ticket'], now: 0, leaseMs: 1000, limit: 1 };
let inner: OutboxStore;
let store: WatchedStore;
let logged: string[];
let stored: number;

beforeEach(() => {
  logged = [];
  stored = 0;
  inner = openSqliteStore(':memory:', { leaseClock: () => 0, mostWaiting: 1 });
  const log = (event: string) => void logged.push(event);
  store = new WatchedStore({
    store: inner,
    log: { debug: log, info: log, warn: log, error: log },
    onStored: () => (stored += 1),
  });
  return () => store.close();
});

it('does all that the store does', async () => {
  expect(await store.commit({ intents: [intent], documents: [document] }, 0)).toBe(true);
  expect(await store.document('c', 'd')).toEqual({ key: 'd', version: 1, value: 1 });
  expect(await store.documents('c', { limit: 9 })).toHaveLength(1);
  const { leases } = await store.lease(request);
  const [lease] = leases;
  if (lease === undefined) throw new Error('nothing was due');
  expect(await store.settle(lease, { type: 'done', note: '' }, 0, {}, 0)).toBe('settled');
  expect(await store.entries({ limit: 9 })).toMatchObject([{ key: 'k', state: 'done' }]);
  expect(await store.counts()).toEqual([]);
  expect(await store.prune(1, 10)).toBe(1);
  expect(store.isUp).toBe(true);
  expect(logged).toEqual([]);
});

it('tells of intents that were stored, and of nothing else', async () => {
  await store.commit({ documents: [document] }, 0);
  // Another version is there: nothing was stored.
  expect(await store.commit({ intents: [intent], documents: [document] }, 0)).toBe(false);
  expect(stored).toBe(0);
  await store.commit({ intents: [intent] }, 0);
  expect(stored).toBe(1);
});

it('says once that the store fails, and once that it works again', async () => {
  vi.spyOn(inner, 'commit')
    .mockRejectedValueOnce(new Error('disk full'))
    .mockRejectedValueOnce(new Error('disk full'));
  for (let times = 0; times < 2; times += 1)
    await expect(store.commit({ intents: [intent] }, 0)).rejects.toThrow('disk full');
  expect(store.isUp).toBe(false);
  expect(stored).toBe(0);
  await store.commit({ intents: [intent] }, 0);
  expect(store.isUp).toBe(true);
  expect(logged).toEqual(['outbox store failed', 'outbox store works again']);
});

it('does not take a store that can be read for one that can be written', async () => {
  vi.spyOn(inner, 'commit').mockRejectedValueOnce(new Error('disk full'));
  await expect(store.commit({ documents: [document] }, 0)).rejects.toThrow();
  await store.counts();
  // One that takes nothing writes nothing.
  await store.lease(request);
  expect(store.isUp).toBe(false);
  await store.probe(1);
  expect(store.isUp).toBe(true);
  await store.probe(2);
  expect(await inner.document('outbox', 'probe')).toMatchObject({ version: 2, value: 2 });
});

it('notices a store that cannot be read', async () => {
  vi.spyOn(inner, 'entries').mockRejectedValueOnce(new Error('no answer'));
  await expect(store.entries({ limit: 1 })).rejects.toThrow('no answer');
  expect(store.isUp).toBe(false);
});

it('blames the store for no mistake of its callers', async () => {
  const long = { ...intent, key: 'x'.repeat(501) };
  await expect(store.commit({ intents: [long] }, 0)).rejects.toThrow(RangeError);
  await store.commit({ intents: [intent] }, 0);
  const more = { ...intent, key: 'more' };
  await expect(store.commit({ intents: [more] }, 0)).rejects.toThrow(OutboxFullError);
  expect(store.isUp).toBe(true);
  expect(logged).toEqual([]);
});
