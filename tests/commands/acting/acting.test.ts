import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Acting } from '../../../src/commands/acting/acting.ts';
import type { ActingPart, MakePart } from '../../../src/commands/acting/part.ts';
import type { Config, Tickets } from '../../../src/config/config.ts';
import { createOutboxMetrics } from '../../../src/metrics/outbox.ts';
import type { Attempt, Entry, Handler, OutboxStore } from '../../../src/outbox/contract.ts';
import { openSqliteStore } from '../../../src/outbox/sqlite-store.ts';
import { SnapshotStore } from '../../../src/poll/snapshot.ts';
import { config } from '../../helpers/fake-config.ts';

let folder: string;
let registry: Registry;
let acting: Acting;
let part: () => ActingPart;
const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const tickets: Tickets = {
  trackers: new Map(),
  rules: [],
  webhook: { url: 'http://erp-exporter:9745', credentialsFile: '/token' },
  tokenHash: '',
  alertmanagerUrl: undefined,
  commentEveryMs: 1,
  reopenWithinMs: 1,
  closeAfterMs: 1,
};
const at = (name: string): Config => ({ ...config([]), tickets, stateFile: join(folder, name) });
const make: MakePart = () => part();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acting-'));
  registry = new Registry();
  const snapshot = new SnapshotStore({
    taskChanged: silent,
    taskRemoved: silent,
    databasesChanged: silent,
  } as never);
  acting = new Acting({
    ...{ snapshot, log, now: Date.now, random: () => 0.5 },
    metrics: createOutboxMetrics(registry),
    parts: [make],
  });
});
afterEach(async () => {
  await acting.stop();
  await rm(folder, { recursive: true, force: true });
});

const partOf = (handler: Handler, more: Partial<ActingPart> = {}): ActingPart => ({
  handlers: new Map([['ticket', handler]]),
  ...more,
});
const done = () => Promise.resolve({ outcome: { type: 'done', note: '' } as const });
const again = () => Promise.resolve({ outcome: { type: 'retry', note: 'later' } as const });
/** Puts a configuration in force. */
const use = async (wanted: Config): Promise<void> => {
  await acting.load(wanted);
  await acting.apply(acting.prepare(wanted));
};
const storeInForce = (): OutboxStore => {
  if (acting.store === undefined) throw new Error('there is no store');
  return acting.store;
};
const add = (key: string, store = storeInForce()) =>
  store.commit(
    {
      intents: [
        {
          ...{ key, kind: 'ticket', action: 'create', queue: key, company: '', payload: null },
          ...{ notBefore: Date.now(), expires: Date.now() + 86_400_000 },
        },
      ],
    },
    Date.now(),
  );
/** Waits, as long as a busy machine may need. */
const until = (isThere: () => boolean) => expect.poll(isThere, { timeout: 20_000, interval: 20 }).toBe(true);
const up = async () => /^erp_outbox_store_up (\d)$/m.exec(await registry.metrics())?.[1];

it('opens nothing without tickets and remedies', async () => {
  let made = 0;
  part = () => {
    made += 1;
    return partOf(done);
  };
  const { tickets: _, ...without } = at('a.db');
  await use(without);
  expect([acting.store, acting.tickets, acting.remedies, made]).toEqual([undefined, undefined, undefined, 0]);
  expect(await up()).toBeUndefined();
  await use(at('a.db'));
  expect(await up()).toBe('1');
  await use(without);
  expect([acting.store, await up()]).toEqual([undefined, undefined]);
});

it('keeps the store and its work over a reload, and exchanges handlers at once', async () => {
  const handled: string[] = [];
  const named = (name: string) => (entry: Entry) => {
    handled.push(`${name} ${entry.key}`);
    return done();
  };
  part = () => partOf(named('first'));
  await use(at('a.db'));
  const store = storeInForce();
  let end: () => void = silent;
  let isAborted = false;
  part = () =>
    partOf(async (entry: Entry, { signal }: Attempt) => {
      await new Promise<void>((resolve) => (end = resolve));
      isAborted = signal.aborted;
      return named('slow')(entry);
    });
  await use(at('a.db'));
  await add('1');
  await until(() => end !== silent);
  part = () => partOf(named('last'));
  await use(at('a.db'));
  expect(acting.store).toBe(store);
  await add('2');
  await until(() => handled.includes('last 2'));
  end();
  await until(() => handled.includes('slow 1'));
  expect(isAborted).toBe(false);
  await expect
    .poll(async () => (await store.entries({ limit: 9 })).map(({ state }) => state), { timeout: 20_000 })
    .toEqual(['done', 'done']);
});

it('closes the store of another place after its attempts have ended', async () => {
  let isUnderWay = false;
  const events: string[] = [];
  part = () =>
    partOf(async (_, { signal }) => {
      isUnderWay = true;
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      events.push('attempt ended');
      return again();
    });
  await use(at('a.db'));
  const before = storeInForce();
  const close = before.close.bind(before);
  before.close = async () => {
    events.push('closed');
    await close();
  };
  await add('1');
  await until(() => isUnderWay);
  part = () => partOf(done);
  await use(at('b.db'));
  expect(acting.store).not.toBe(before);
  expect(events).toEqual(['attempt ended', 'closed']);
  const reader = openSqliteStore(join(folder, 'a.db'), { leaseClock: () => performance.now() });
  expect((await reader.entries({ limit: 1 })).map(({ key, state }) => `${key} ${state}`)).toEqual([
    '1 waiting',
  ]);
  await reader.close();
});

it('leaves in force what was, when a part cannot be made', async () => {
  const handled: string[] = [];
  part = () =>
    partOf((entry) => {
      handled.push(entry.key);
      return done();
    });
  await use(at('a.db'));
  const store = storeInForce();
  part = () => {
    throw new Error('no such tracker');
  };
  for (const name of ['a.db', 'b.db']) expect(() => acting.prepare(at(name))).toThrow('no such tracker');
  expect(() => acting.prepare(at('no/such/folder.db'))).toThrow();
  expect(acting.store).toBe(store);
  await add('1');
  await until(() => handled.includes('1'));
  expect(await up()).toBe('1');
});

it('leaves in force what was, when what was prepared is abandoned', async () => {
  part = () => partOf(done);
  await use(at('a.db'));
  const store = storeInForce();
  acting.abandon(acting.prepare(at('a.db')));
  acting.abandon(acting.prepare(at('b.db')));
  expect(acting.store).toBe(store);
  await add('1');
  await expect
    .poll(async () => (await store.entries({ limit: 1 }))[0]?.state, { timeout: 20_000 })
    .toBe('done');
});

it('ends within its time, and closes the store, whatever attempts and parts do', async () => {
  let isUnderWay = false;
  const endless = () => new Promise<never>(silent);
  part = () =>
    partOf(
      () => {
        isUnderWay = true;
        return endless();
      },
      { stop: endless },
    );
  await use(at('a.db'));
  const store = storeInForce();
  await add('1');
  await until(() => isUnderWay);
  const began = performance.now();
  await acting.stop();
  expect(performance.now() - began).toBeLessThan(4500);
  await expect(store.counts()).rejects.toThrow();
});

it('closes the store also when a part fails to stop', async () => {
  part = () => partOf(done, { stop: () => Promise.reject(new Error('broken')) });
  await use(at('a.db'));
  const store = storeInForce();
  await acting.stop();
  await expect(store.counts()).rejects.toThrow();
});
