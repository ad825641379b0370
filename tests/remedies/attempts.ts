import type { RemedyAction } from '../../src/config/config.ts';
import type { WritableDatabase } from '../../src/databases/writable.ts';
import { createSend } from '../../src/outbound/send.ts';
import type { Entry } from '../../src/outbox/contract.ts';
import { createHandler } from '../../src/remedies/handler.ts';
import { remediesOf, remedy, start } from './scene.ts';

function entryOf(record: string, changes: Partial<Entry> = {}): Entry {
  return {
    id: 1,
    key: 'remedy/abc/1/1',
    kind: 'remedy',
    action: 'http',
    queue: 'remedy/abc',
    company: 'acme',
    payload: {
      remedy: 'relaunch',
      order: 'x',
      isDryRun: false,
      monitor: 'web_orders',
      record,
      error: 'rate-limit',
      since: null,
      n: 1,
    },
    notBefore: start,
    expires: start + 600_000,
    storedAt: start,
    state: 'waiting',
    attempts: 1,
    nextTry: start,
    lastTry: start,
    note: '',
    result: null,
    settledAt: undefined,
    ...changes,
  };
}

/** Carries out attempts of one remedy, and keeps what they came to. */
export function handlerOf(action: RemedyAction, database?: WritableDatabase) {
  const results: string[] = [];
  const handler = createHandler({
    remedies: () => remediesOf([remedy({ action })]),
    orders: () => new Map([['relaunch', 'x']]),
    objection: () => Promise.resolve(undefined),
    createSend: (policy) => createSend(policy),
    secret: () => Promise.resolve('Bearer hush'),
    database: () => {
      if (database === undefined) throw new Error('none');
      return database;
    },
    ended: (_, __, result) => void results.push(result),
  });
  const run = async (record: string, changes?: Partial<Entry>) => {
    const attempt = { signal: AbortSignal.timeout(60_000), now: start };
    const { outcome, stored } = await handler(entryOf(record, changes), attempt);
    stored?.();
    return outcome;
  };
  return { run, results };
}
