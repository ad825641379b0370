import { afterEach, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import { RemedyCounts } from '../../src/remedies/metrics.ts';
import { RemedyService } from '../../src/remedies/remedies.ts';
import { hour, minute, remediesOf, remedy, start, taskOf } from './scene.ts';

let now = start;
let task = taskOf(
  [
    { record: 'W-1', since: start - hour },
    { record: 'B-7', since: start - hour, company: 'bolt' },
  ],
  start,
);
const store = openSqliteStore(':memory:', { leaseClock: () => now });
const silent = () => undefined;
const service = new RemedyService({
  store,
  remedies: () => remediesOf([remedy()]),
  tasks: () => [task],
  maintenance: () => [],
  createSend: () => () =>
    Promise.resolve({ status: 200, headers: {}, body: '', retryAfterMs: undefined } as never),
  secret: () => Promise.reject(new Error('none')),
  database: () => {
    throw new Error('none');
  },
  ordered: silent,
  log: { debug: silent, info: silent, warn: silent, error: silent },
  now: () => now,
  counts: new RemedyCounts(),
});
afterEach(async () => {
  await service.stop();
  await store.close();
});

const tries = () =>
  Object.fromEntries(
    service
      .samples(new Map())
      .filter(({ family }) => family.name === 'erp_remedy_tries_total')
      .map(({ labels, value }) => [Object.values(labels).join(' '), value]),
  );

it('counts attempts and what came of them by company and flow, from 0', async () => {
  await service.look();
  const none = { 'orders sent': 0, 'orders worked': 0, 'orders failed': 0 };
  const of = (company: string, counts: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(counts).map(([name, value]) => [`${company} ${name}`, value]));
  expect(tries()).toEqual({ ...of('acme', none), ...of('bolt', none) });
  const { leases } = await store.lease({ owner: 'me', kinds: ['remedy'], now, leaseMs: 60_000, limit: 9 });
  expect(leases).toHaveLength(2);
  for (const lease of leases) {
    const made = await service.handler(lease.entry, { signal: AbortSignal.timeout(5000), now });
    await store.settle(lease, made.outcome, now, {}, now);
    made.stored?.();
  }
  await service.look();
  now += 20 * minute;
  task = taskOf([{ record: 'B-7', since: start - hour, company: 'bolt' }], now);
  await service.look();
  expect(tries()).toEqual({
    ...of('acme', { 'orders sent': 1, 'orders worked': 1, 'orders failed': 0 }),
    ...of('bolt', { 'orders sent': 1, 'orders worked': 0, 'orders failed': 1 }),
  });
});
