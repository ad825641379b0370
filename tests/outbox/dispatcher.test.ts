import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Handler, Intent, OutboxStore, Outcome } from '../../src/outbox/contract.ts';
import { Dispatcher } from '../../src/outbox/dispatcher.ts';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';

const start = Date.UTC(2026, 10, 27, 9);
const counted: string[] = [];
const silent = () => undefined;
let store: OutboxStore;
let dispatcher: Dispatcher;
let handlers: Map<string, Handler>;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  counted.length = 0;
  handlers = new Map();
  store = openSqliteStore(':memory:', { leaseClock: () => performance.now() });
  dispatcher = dispatcherOf(store);
});
afterEach(async () => {
  const stopped = dispatcher.stop();
  await vi.advanceTimersByTimeAsync(2000);
  await stopped;
  await store.close();
  vi.useRealTimers();
});

const dispatcherOf = (given: OutboxStore) =>
  new Dispatcher({
    store: given,
    handlers: () => handlers,
    owner: 'me',
    events: {
      attempted: (_, result) => void counted.push(result),
      settled: (_, state) => void counted.push(`settled ${state}`),
    },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    now: Date.now,
    random: () => 0.5,
  });

const add = (key: string, given: Partial<Intent> = {}) =>
  store.commit(
    {
      intents: [
        {
          ...{ key, kind: 'ticket', action: 'create', queue: key, company: '', payload: null },
          ...{ notBefore: Date.now(), expires: Date.now() + 86_400_000, ...given },
        },
      ],
    },
    Date.now(),
  );
const entry = async () => (await store.entries({ limit: 1 }))[0];
/** A handler that answers so, one after another, the last of them for ever. */
const answering = (...outcomes: readonly Outcome[]) => {
  let at = 0;
  const times: number[] = [];
  handlers.set('ticket', () => {
    times.push(Math.round((Date.now() - start) / 1000));
    at += 1;
    return Promise.resolve({
      outcome: outcomes[Math.min(at, outcomes.length) - 1] ?? { type: 'refused', note: '' },
    });
  });
  return times;
};
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

it('tries again after pauses that double from 5 s to 30 min', async () => {
  const times = answering({ type: 'retry', note: 'HTTP 500' });
  await add('a');
  dispatcher.start();
  await seconds(4 * 3600);
  const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  const wanted = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800];
  for (const [at, pause] of wanted.entries()) {
    expect(pauses[at]).toBeGreaterThanOrEqual(pause);
    // It looks every 2 s.
    expect(pauses[at]).toBeLessThanOrEqual(pause + 3);
  }
});

it('waits as long as it is asked to, at most a day', async () => {
  const times = answering(
    { type: 'retry', note: 'HTTP 429', retryAfterMs: 600_000 },
    { type: 'done', note: '' },
  );
  await add('a');
  dispatcher.start();
  await seconds(599);
  expect(times).toEqual([0]);
  await seconds(100);
  expect(times).toHaveLength(2);
  expect(await entry()).toMatchObject({ state: 'done', attempts: 2 });
});

it('begins at once when it is told, and goes on in a queue in its order', async () => {
  const order: string[] = [];
  handlers.set('ticket', ({ key }) => {
    order.push(key);
    return Promise.resolve({ outcome: { type: 'done', note: '' } });
  });
  dispatcher.start();
  await seconds(1);
  for (const key of ['a', 'b', 'c']) await add(key, { queue: 'q' });
  dispatcher.poke();
  await vi.advanceTimersByTimeAsync(1);
  expect(order).toEqual(['a', 'b', 'c']);
});

it('carries out at most 8 at once, each of another queue', async () => {
  let most = 0;
  let now = 0;
  handlers.set('ticket', async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    now -= 1;
    return { outcome: { type: 'done', note: '' } };
  });
  for (let at = 0; at < 30; at += 1) await add(`k${at}`);
  dispatcher.start();
  await seconds(5);
  expect(most).toBe(8);
  expect(counted.filter((event) => event === 'settled done')).toHaveLength(30);
});

it('takes what a handler throws for a failure, and masks it', async () => {
  handlers.set('ticket', () => Promise.reject(new Error('no answer for jan@acme.example')));
  await add('a');
  dispatcher.start();
  await seconds(1);
  expect(await entry()).toMatchObject({ state: 'waiting', note: 'no answer for [mail]' });
  expect(counted).toEqual(['error']);
});

it('ends an attempt before its lease ends, though its handler does not listen', async () => {
  let aborted = 0;
  handlers.set('ticket', (_, { signal }) => {
    signal.addEventListener('abort', () => (aborted = Date.now() - start));
    return new Promise(() => undefined);
  });
  await add('a');
  dispatcher.start();
  await seconds(106);
  expect(aborted).toBe(100_000);
  expect(await entry()).toMatchObject({ note: 'it did not end when it was told to', attempts: 1 });
});

it('leaves what nobody carries out to others, and settles what is too late', async () => {
  await add('a', { kind: 'remedy' });
  await add('b', { kind: 'remedy', expires: start + 10_000 });
  dispatcher.start();
  await seconds(60);
  expect(counted).toEqual(['settled expired']);
  expect((await store.entries({ limit: 2 })).map(({ state, attempts }) => [state, attempts])).toEqual([
    ['expired', 0],
    ['waiting', 0],
  ]);
});

it('begins again when what it was decided by has changed meanwhile', async () => {
  const document = { collection: 'c', key: 'd', ifVersion: 0, value: 1 };
  let attempts = 0;
  let stored = 0;
  handlers.set('ticket', async () => {
    attempts += 1;
    const found = await store.document('c', 'd');
    if (attempts === 1) await store.commit({ documents: [document] }, Date.now());
    return {
      outcome: { type: 'done', note: '' },
      change: { documents: [{ ...document, ifVersion: found?.version ?? 0, value: 2 }] },
      stored: () => (stored += 1),
    };
  });
  await add('a');
  dispatcher.start();
  await seconds(5);
  expect(await entry()).toMatchObject({ state: 'done', attempts: 2 });
  expect(await store.document('c', 'd')).toMatchObject({ version: 2, value: 2 });
  // Whoever counts what was done counts it once.
  expect(stored).toBe(1);
});

it('stores an outcome when the store works again, and does not repeat the attempt', async () => {
  const times = answering({ type: 'done', note: 'HTTP 201' });
  const settle = vi.spyOn(store, 'settle');
  settle.mockRejectedValueOnce(new Error('disk full')).mockRejectedValueOnce(new Error('disk full'));
  await add('a');
  dispatcher.start();
  await seconds(10);
  expect(await entry()).toMatchObject({ state: 'done', attempts: 1 });
  expect(times).toEqual([0]);
});

it('goes on when the store could not be asked', async () => {
  const times = answering({ type: 'done', note: '' });
  vi.spyOn(store, 'lease').mockRejectedValueOnce(new Error('locked'));
  await add('a');
  dispatcher.start();
  await seconds(10);
  expect(times).toHaveLength(1);
});

it('stops within 2 s, and gives back what was under way', async () => {
  handlers.set('ticket', (_, { signal }) => {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  });
  await add('a');
  dispatcher.start();
  await seconds(1);
  const stopped = dispatcher.stop();
  await vi.advanceTimersByTimeAsync(1);
  await stopped;
  expect(await entry()).toMatchObject({ state: 'waiting', nextTry: start + 31_000 });
  expect(counted).toEqual(['interrupted']);
});
