import { describe, expect, it } from 'vitest';
import { records } from '../../../src/monitors/records/index.ts';
import type { RunNow } from '../../../src/poll/run-now.ts';
import { now, recordsReading, snapshotOf, taskOf } from '../world.ts';
import { createChecker, serveApi } from './client.ts';
import type { Caller } from './client.ts';

const path = '/api/v1/companies/{company}/monitors/{monitor}/refresh';
const orders = '/api/v1/companies/acme/monitors/orders/refresh';
const callers: readonly Caller[] = [
  { name: 'acme', companies: ['acme'], rights: ['page', 'refresh'] },
  { name: 'reader', companies: 'all', rights: ['page'] },
];
const check = createChecker();

const ended = (isCompleted: boolean): RunNow => ({ outcome: 'running', ended: Promise.resolve(isCompleted) });
const read = ended(true);

/** A session's visitor, as somebody who signed in. */
const anna = {
  name: 'anna',
  companies: new Set(['acme']),
  rights: new Set(['page' as const, 'refresh' as const]),
  session: { csrfToken: 'token-of-anna' },
};

/** Asks for a refresh that ends so. @param session everybody is anna. */
async function start(run: RunNow, session = false) {
  const asked: string[] = [];
  const failure = { reason: 'login', message: 'refused' } as const;
  const tasks = [
    taskOf('orders', records, ['acme'], await recordsReading({ failed: [] })),
    taskOf('broken', records, ['acme'], null, { failure }),
    taskOf('secret', records, ['globex'], null),
  ];
  const ask = await serveApi(snapshotOf(tasks, { acme: 'A', globex: 'G' }), callers, {
    runs: {
      runNow: ({ monitor }) => {
        asked.push(monitor);
        return run;
      },
      isRunning: () => false,
    },
    ...(session ? { entrance: { admit: () => Promise.resolve({ visitor: anna }) } } : {}),
  });
  const post = (at: string, caller = 'acme', headers: Record<string, string> = {}) =>
    ask(at, caller, headers, 'POST');
  return { asked, ask, post };
}

describe('a refresh by the API', () => {
  it.each([
    ['orders', null],
    ['broken', { reason: 'login', message: 'refused' }],
  ])('answers as the document says once it was read: %s', async (monitor, failure) => {
    const { post, asked } = await start(read);
    const answer = await post(orders.replace('orders', monitor));
    expect([answer.status, check(path, answer, 'post')]).toEqual([200, '']);
    expect(answer.body).toMatchObject({
      outcome: 'read',
      last_run: new Date(now - 60_000).toISOString(),
      failure,
    });
    expect(asked).toEqual([monitor]);
  });

  it('answers as the document says while it is being read', async () => {
    const { post } = await start({ outcome: 'running', ended: new Promise(() => undefined) });
    const answer = await post(orders);
    expect([answer.status, check(path, answer, 'post')]).toEqual([202, '']);
    expect(answer.body).toMatchObject({ outcome: 'running', duration_seconds: 0.25 });
  }, 20_000);

  it('answers as the document says when the monitor has gone meanwhile', async () => {
    const { post } = await start(read);
    const answer = await post(orders.replace('orders', 'gone'));
    expect([answer.status, check(path, answer, 'post')]).toEqual([200, '']);
    expect(answer.body).toMatchObject({ last_run: null, duration_seconds: null });
  });

  it.each<[number, RunNow, string | null]>([
    [429, { outcome: 'limited', limit: 'monitor', retryAfterMs: 6001 }, '7'],
    [429, { outcome: 'limited', limit: 'all', retryAfterMs: 100 }, '1'],
    [404, { outcome: 'unknown' }, null],
    [409, ended(false), null],
    [503, { outcome: 'stopping' }, null],
  ])('refuses as the document says: %d for %j', async (status, run, wait) => {
    const { post } = await start(run);
    const answer = await post(orders);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, wait]);
    expect(check(path, answer, 'post')).toBe('');
  });

  it.each([
    ['nobody', 401, orders, '', {}],
    ['somebody without the right', 403, orders, 'reader', {}],
    ['a page of another site', 403, orders, 'acme', { Origin: 'https://evil.example' }],
    ['somebody of another company', 404, orders.replace('acme', 'globex'), 'acme', {}],
  ])('refuses %s as the document says, and runs nothing', async (_, status, at, caller, headers) => {
    const { post, asked } = await start(read);
    const answer = await post(at, caller, headers);
    expect([answer.status, check(path, answer, 'post'), asked]).toEqual([status, '', []]);
  });

  it('is nothing that a link could ask for', async () => {
    const { ask, asked } = await start(read);
    expect([(await ask(orders, 'acme')).status, asked]).toEqual([405, []]);
  });

  it('takes from a session its token alone', async () => {
    const { post, asked } = await start(read, true);
    for (const headers of [{}, { 'X-CSRF-Token': '' }, { 'X-CSRF-Token': 'token-of-anne' }]) {
      const answer = await post(orders, '', headers);
      expect([answer.status, check(path, answer, 'post')]).toEqual([403, '']);
    }
    expect(asked).toEqual([]);
    const answer = await post(orders, '', { 'X-CSRF-Token': 'token-of-anna' });
    expect([answer.status, check(path, answer, 'post'), asked]).toEqual([200, '', ['orders']]);
  });
});

it('is found out, had its answer a field more or less', async () => {
  const { post } = await start(read);
  const answer = await post(orders);
  const body = answer.body as Readonly<Record<string, unknown>>;
  expect(check(path, { ...answer, body: { ...body, more: 1 } }, 'post')).toContain('additional');
  expect(check(path, { ...answer, body: { outcome: 'read' } }, 'post')).toContain('required');
});

it('shares a document that was made once', async () => {
  const first = { openapi: '3.1.1' };
  const ask = await serveApi(snapshotOf([], {}), callers, { apiDocument: first });
  expect((await ask('/api/v1/openapi.json', '')).body).toEqual(first);
});
