import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import type { Change, Intent, OutboxStore } from '../../src/outbox/contract.ts';
import { OutboxFullError } from '../../src/outbox/contract.ts';
import { keyKeptMs } from '../../src/outbox/store.ts';
import type { Instant } from '../../src/time.ts';
import { casesOf } from '../helpers/nightly.ts';
import { commands, Course } from './commands.ts';

/** A store of which the test moves the clock. */
export interface StoreUnderTest {
  readonly store: OutboxStore;
  /** What the store's own clock says. */
  readonly now: () => Instant;
  readonly advance: (ms: number) => Promise<void>;
  /** By how much the clocks of two owners are ahead of the store's. */
  readonly skews: readonly [number, number];
  /** The same entries and documents, by another process. */
  readonly reopen: () => Promise<StoreUnderTest>;
  readonly close: () => Promise<void>;
}

export type OpenStore = (options: { readonly mostWaiting?: number }) => Promise<StoreUnderTest>;

/** @param now of the owner. */
const intent = (key: string, now: Instant, given: Partial<Intent> = {}): Intent => ({
  key,
  kind: 'ticket',
  action: 'create',
  queue: 'q',
  company: 'acme',
  payload: { text: 'Order 10045 failed' },
  notBefore: now,
  expires: now + 3_600_000,
  ...given,
});

/** What every store must do. */
export function contractSuite(open: OpenStore, runs: number): void {
  const opened: StoreUnderTest[] = [];
  const start = async (options: Parameters<OpenStore>[0] = {}): Promise<StoreUnderTest> => {
    const tested = await open(options);
    opened.push(tested);
    return tested;
  };
  afterEach(async () => {
    for (const tested of opened.splice(0)) await tested.close();
  });
  const lease = async ({ store, now }: StoreUnderTest, limit = 10) =>
    (await store.lease({ owner: 'me', kinds: ['ticket'], now: now(), leaseMs: 60_000, limit })).leases;

  it('does what the model does, whatever two owners ask for', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (course) => {
        const tested = await open({ mostWaiting: 8 });
        try {
          const run = new Course(tested, 8);
          for (const command of course) await run.run(command);
        } finally {
          await tested.close();
        }
      }),
      { numRuns: casesOf(runs) },
    );
  });

  it('takes a key once, also when its entry is done and removed, until 400 days later', async () => {
    const tested = await start();
    const { store, now } = tested;
    const add = () => store.commit({ intents: [intent('k', now())] }, now());
    expect(await add()).toBe(true);
    expect(await add()).toBe(true);
    const [taken] = await lease(tested);
    if (taken === undefined) throw new Error('nothing was due');
    await store.settle(taken, { type: 'done', note: 'HTTP 201' }, now(), {}, now());
    const settled = now();
    expect(await store.prune(settled + 1, 100)).toBe(1);
    await add();
    expect(await store.entries({ limit: 10 })).toEqual([]);
    await store.prune(settled + keyKeptMs, 100);
    await add();
    expect(await store.entries({ limit: 10 })).toEqual([]);
    await store.prune(settled + keyKeptMs + 1, 100);
    await add();
    expect(await store.entries({ limit: 10 })).toHaveLength(1);
  });

  it('stores a change whole or not at all', async () => {
    const { store, now } = await start();
    const document = (ifVersion: number) => ({ collection: 'c', key: 'd', ifVersion, value: { ifVersion } });
    const change = (key: string, ifVersion: number): Change => ({
      intents: [intent(key, now())],
      documents: [document(ifVersion)],
    });
    expect(await store.commit(change('a', 0), now())).toBe(true);
    expect(await store.commit(change('b', 0), now())).toBe(false);
    expect(await store.commit(change('c', 1), now())).toBe(true);
    expect((await store.entries({ limit: 10 })).map(({ key }) => key)).toEqual(['c', 'a']);
    expect(await store.document('c', 'd')).toEqual({ key: 'd', version: 2, value: { ifVersion: 1 } });
    expect(await store.document('c', 'e')).toBeUndefined();
  });

  it('refuses what is more than it may hold, and nothing of it is stored', async () => {
    const { store, now } = await start({ mostWaiting: 2 });
    await store.commit({ intents: [intent('a', now())] }, now());
    const two = { intents: [intent('b', now()), intent('c', now())] };
    await expect(store.commit(two, now())).rejects.toThrow(OutboxFullError);
    expect(await store.entries({ limit: 10 })).toHaveLength(1);
    expect(await store.commit({ intents: [intent('a', now()), intent('b', now())] }, now())).toBe(true);
    // What is there already, and changes of documents, are no matter of room.
    const document = { collection: 'c', key: 'd', ifVersion: 0, value: 1 };
    expect(await store.commit({ intents: [intent('a', now())], documents: [document] }, now())).toBe(true);
  });

  it('settles an entry that brings another one, though no more may wait', async () => {
    const tested = await start({ mostWaiting: 1 });
    const { store, now } = tested;
    await store.commit({ intents: [intent('a', now())] }, now());
    const [taken] = await lease(tested);
    if (taken === undefined) throw new Error('nothing was due');
    const change = { intents: [intent('b', now())] };
    expect(await store.settle(taken, { type: 'done', note: '' }, now(), change, now())).toBe('settled');
    expect((await lease(tested)).map(({ entry }) => entry.key)).toEqual(['b']);
  });

  it.each<[string, Change]>([
    ['an empty key', { intents: [intent('', 0)] }],
    ['a key that is too long', { intents: [intent('k'.repeat(501), 0)] }],
    ['U+0000', { intents: [intent('a\0b', 0)] }],
    ['half a character', { intents: [intent('a', 0, { queue: 'q\uD83D' })] }],
    ['a payload that is too large', { intents: [intent('a', 0, { payload: 'x'.repeat(300_000) })] }],
    [
      'a document that is too large',
      { documents: [{ collection: 'c', key: 'd', ifVersion: 0, value: 'é'.repeat(140_000) }] },
    ],
    ['a document without a key', { documents: [{ collection: 'c', key: '', ifVersion: 0, value: 1 }] }],
  ])('refuses %s', async (_, change) => {
    const { store, now } = await start();
    await expect(store.commit({ ...change, documents: change.documents ?? [] }, now())).rejects.toThrow(
      RangeError,
    );
    expect(await store.entries({ limit: 10 })).toEqual([]);
  });

  it('keeps texts, times and JSON as they are, to the largest', async () => {
    const { store, now } = await start();
    const payload = { text: 'x'.repeat(260_000), odd: '\u0000 \uD83D \u2028 "\\', list: [1.5, null, true] };
    const given = intent('ключ 😀 \'"\\', now(), { payload, expires: Infinity, company: '' });
    await store.commit({ intents: [given] }, now());
    const [entry] = await store.entries({ limit: 10 });
    expect(entry).toMatchObject({ ...given, expires: 8_640_000_000_000_000 });
  });

  it('finds entries by kind, queue, state and the beginning of their key, page by page', async () => {
    const tested = await start();
    const { store, now } = tested;
    const keys = ['a%1', 'a%2', 'a_3', 'A%4', '😀5'];
    for (const key of keys)
      await store.commit(
        { intents: [intent(key, now(), { queue: key, kind: key === 'a_3' ? 'x' : 'ticket' })] },
        now(),
      );
    const found = async (filter: object) =>
      (await store.entries({ limit: 10, ...filter })).map(({ key }) => key);
    expect(await found({ keyPrefix: 'a%' })).toEqual(['a%2', 'a%1']);
    expect(await found({ keyPrefix: '😀' })).toEqual(['😀5']);
    expect(await found({ kind: 'x' })).toEqual(['a_3']);
    expect(await found({ queue: 'a%1', state: 'waiting' })).toEqual(['a%1']);
    expect(await found({ state: 'done' })).toEqual([]);
    const [first] = await store.entries({ limit: 1 });
    expect(await found({ before: first?.id, limit: 2 })).toEqual(['A%4', 'a_3']);
  });

  it('pages through documents in the order of their keys', async () => {
    const { store, now } = await start();
    for (const key of ['b', 'é', 'B', 'a', '😀'])
      await store.commit({ documents: [{ collection: 'c', key, ifVersion: 0, value: 1 }] }, now());
    const keys = async (after?: string) =>
      (await store.documents('c', { limit: 3, ...(after === undefined ? {} : { after }) })).map(
        ({ key }) => key,
      );
    expect(await keys()).toEqual(['B', 'a', 'b']);
    expect(await keys('b')).toEqual(['é', '😀']);
  });

  it('has everything after it was opened again', async () => {
    const tested = await start();
    const { now } = tested;
    await tested.store.commit(
      { intents: [intent('a', now())], documents: [{ collection: 'c', key: 'd', ifVersion: 0, value: 1 }] },
      now(),
    );
    const before = await tested.store.entries({ limit: 10 });
    const again = await tested.reopen();
    opened.push(again);
    expect(await again.store.entries({ limit: 10 })).toEqual(before);
    expect(await again.store.document('c', 'd')).toEqual({ key: 'd', version: 1, value: 1 });
  });

  it('cuts a note, and never within a character', async () => {
    const tested = await start();
    const { store, now } = tested;
    await store.commit({ intents: [intent('a', now())] }, now());
    const [taken] = await lease(tested);
    if (taken === undefined) throw new Error('nothing was due');
    const note = `${'x'.repeat(498)}😀 and more\0`;
    await store.settle(taken, { type: 'retry', note }, now(), {}, now());
    const [entry] = await store.entries({ limit: 1 });
    expect(entry?.note).toHaveLength(500);
    expect(entry?.note.isWellFormed()).toBe(true);
  });
}
