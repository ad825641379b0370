import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import { contractSuite } from './contract-suite.ts';
import type { StoreUnderTest } from './contract-suite.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outbox-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = Date.UTC(2026, 10, 27, 9);
let files = 0;

function open(
  file: string,
  options: { readonly mostWaiting?: number },
  from = start,
): Promise<StoreUnderTest> {
  let now = from;
  // Begins anywhere, as that of a process does.
  const store = openSqliteStore(file, { ...options, leaseClock: () => now - start + 5 });
  return Promise.resolve({
    store,
    now: () => now,
    advance: (ms) => {
      now += ms;
      return Promise.resolve();
    },
    skews: [0, 0],
    reopen: async () => {
      await store.close();
      return open(file, options, now);
    },
    close: () => store.close(),
  });
}

describe('a file', () => {
  contractSuite((options) => open(join(folder, `${(files += 1)}.db`), options), 300);
});

describe('memory', () => {
  it('keeps entries until it is closed', async () => {
    const { store, now } = await open(':memory:', {});
    expect(await store.entries({ limit: 1 })).toEqual([]);
    expect(await store.counts()).toEqual([]);
    await store.commit({ documents: [{ collection: 'c', key: 'd', ifVersion: 0, value: 1 }] }, now());
    expect(await store.document('c', 'd')).toEqual({ key: 'd', version: 1, value: 1 });
    await store.close();
  });
});

describe('a process that follows one that was killed', () => {
  it('waits for its last requests alone, and what the dead one settles late is lost', async () => {
    const tested = await open(join(folder, 'state.db'), {});
    const { store, now } = tested;
    const intent = { key: 'k', kind: 'ticket', action: 'create', queue: 'q', company: '', payload: null };
    await store.commit({ intents: [{ ...intent, notBefore: now(), expires: now() + 60_000 }] }, now());
    const request = { owner: 'o', kinds: ['ticket'], now: now(), leaseMs: 600_000, limit: 1 };
    const [lease] = (await store.lease(request)).leases;
    if (lease === undefined) throw new Error('nothing was due');
    const next = await open(join(folder, 'state.db'), {});
    // Its last request may still be under way.
    expect((await next.store.lease(request)).leases).toEqual([]);
    await next.advance(30_000);
    const [again] = (await next.store.lease(request)).leases;
    expect(again?.entry).toMatchObject({ key: 'k', attempts: 2 });
    expect(await store.settle(lease, { type: 'done', note: '' }, now(), {}, now())).toBe('lost');
    await next.store.close();
    await store.close();
  });
});

describe('a clock that steps', () => {
  it('ends no lease', async () => {
    let leaseClock = 0;
    const store = openSqliteStore(':memory:', { leaseClock: () => leaseClock });
    const intent = { key: 'k', kind: 'ticket', action: 'create', queue: 'q', company: '', payload: null };
    await store.commit({ intents: [{ ...intent, notBefore: start, expires: start + 86_400_000 }] }, start);
    const lease = async (now: number) =>
      (await store.lease({ owner: 'o', kinds: ['ticket'], now, leaseMs: 30_000, limit: 1 })).leases.length;
    expect(await lease(start)).toBe(1);
    expect(await lease(start + 3_600_000)).toBe(0);
    leaseClock = 30_000;
    expect(await lease(start)).toBe(1);
    await store.close();
  });
});

describe('a clock that is set back by an hour', () => {
  it('delays nothing by an hour, and does nothing twice', async () => {
    const store = openSqliteStore(':memory:', { leaseClock: () => 0 });
    const intent = { kind: 'ticket', action: 'create', company: '', payload: null };
    const back = start - 3_600_000;
    const add = (key: string, now: number) => {
      const times = { notBefore: now, expires: now + 86_400_000 };
      return store.commit({ intents: [{ ...intent, key, queue: key, ...times }] }, now);
    };
    const lease = async (now: number) =>
      (await store.lease({ owner: 'o', kinds: ['ticket'], now, leaseMs: 30_000, limit: 9 })).leases;
    await add('tried', start);
    const [tried] = await lease(start);
    if (tried === undefined) throw new Error('nothing was due');
    await store.settle(tried, { type: 'retry', note: '' }, start + 5000, {}, start);
    await add('stored', start);
    const due = await lease(back);
    expect(due.map(({ entry: { key, attempts } }) => [key, attempts])).toEqual([
      ['stored', 1],
      ['tried', 2],
    ]);
    // Each once: pauses hold again from now on.
    for (const each of due) await store.settle(each, { type: 'retry', note: '' }, back + 5000, {}, back);
    expect(await lease(back + 4000)).toEqual([]);
    expect(await lease(back + 5000)).toHaveLength(2);
    await store.close();
  });
});

describe('durability', () => {
  it('waits for the disk at each commit, while the rest of the file does not', async () => {
    const spy = vi.spyOn(DatabaseSync.prototype, 'exec');
    const store = openSqliteStore(join(folder, 'state.db'), { leaseClock: () => 0 });
    const pragmas = spy.mock.calls.flatMap(([sql]) => sql.match(/synchronous = \w+/g) ?? []);
    spy.mockRestore();
    expect(pragmas.at(-1)).toBe('synchronous = FULL');
    await store.close();
  });
});
