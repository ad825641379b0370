import { openWritable } from '../../../src/databases/postgres/writable.ts';
import type { DatabaseSettings } from '../../../src/databases/contract.ts';
import type { Handler, OutboxStore } from '../../../src/outbox/contract.ts';
import { Dispatcher } from '../../../src/outbox/dispatcher.ts';
import { createPostgresStore } from '../../../src/outbox/postgres-store.ts';
import { openSqliteStore } from '../../../src/outbox/sqlite-store.ts';
import { lockStateFile } from '../../../src/state/lock.ts';

/** What a process that will be killed is told, as JSON in its first argument. */
export interface Orders {
  readonly url: string;
  readonly place: { readonly file: string } | { readonly settings: DatabaseSettings };
  /** Of each key an intent is committed, again by every process. */
  readonly keys: readonly string[];
  readonly leaseMs: number;
  /** How wrong its clock is. */
  readonly skewMs: number;
}

/** Looks for the key before it creates what the key stands for, as every handler must. */
function handlerOf(url: string): Handler {
  return async ({ key }, { signal }) => {
    const found = await fetch(`${url}/${key}`, { signal });
    if (found.status === 200) return { outcome: { type: 'done', note: 'found' } };
    if (found.status !== 404)
      return { outcome: { type: 'retry', note: `HTTP ${found.status}`, retryAfterMs: 1 } };
    const made = await fetch(`${url}/${key}`, { method: 'POST', signal });
    const note = `HTTP ${made.status}`;
    return {
      outcome: made.status === 201 ? { type: 'done', note } : { type: 'retry', note, retryAfterMs: 1 },
    };
  };
}

/** Attempts that failed are repeated at once: the test waits for nothing but what it is about. */
function impatient(store: OutboxStore): OutboxStore {
  return {
    commit: (...given) => store.commit(...given),
    lease: (request) => store.lease(request),
    settle: (lease, outcome, _nextTry, change, now) => store.settle(lease, outcome, now + 5, change, now),
    document: (...given) => store.document(...given),
    documents: (...given) => store.documents(...given),
    entries: (filter) => store.entries(filter),
    counts: () => store.counts(),
    prune: (...given) => store.prune(...given),
    close: () => store.close(),
  };
}

const { url, place, keys, leaseMs, skewMs } = JSON.parse(process.argv[2] ?? '') as Orders;
const now = (): number => Date.now() + skewMs;
if ('file' in place) lockStateFile(place.file);
const store =
  'file' in place
    ? openSqliteStore(place.file, { leaseClock: () => performance.now(), inFlightMs: 50 })
    : createPostgresStore(openWritable(place.settings));
const silent = (): void => undefined;
const dispatcher = new Dispatcher({
  store: impatient(store),
  handlers: () => new Map([['ticket', handlerOf(url)]]),
  owner: `process ${process.pid}`,
  events: { attempted: silent, settled: silent },
  log: { debug: silent, info: silent, warn: silent, error: silent },
  now,
  random: Math.random,
  leaseMs,
  // Of the lease that the test has time for.
  marginMs: leaseMs / 2,
  pollMs: 10,
});
dispatcher.start();
process.stdout.write('started\n');
setInterval(silent, 1000);
for (const [at, key] of keys.entries())
  for (;;)
    try {
      const intent = { kind: 'ticket', action: 'create', queue: `q${at % 5}`, company: '', payload: null };
      await store.commit(
        { intents: [{ ...intent, key, notBefore: now(), expires: now() + 3_600_000 }] },
        now(),
      );
      process.stdout.write(`committed ${key}\n`);
      dispatcher.poke();
      break;
    } catch {
      // The database restarts meanwhile.
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
