import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { mostRemembered } from '../../../src/monitors/records/failure-memory.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { openStateFile } from '../../../src/state/file.ts';
import type { MonitorStates } from '../../../src/state/monitor-state.ts';
import { createMonitorStates } from '../../../src/state/monitor-states.ts';
import { MemoryDatabase, hour, minute, now, observe, problemsOf, seriesOf } from '../run.ts';

type Overrides = NonNullable<Parameters<typeof observe<typeof records.settings>>[3]>;

const waitMs = 15 * minute;

/** Errors with the code T are mostly resolved by a retry. */
const classify: NonNullable<Overrides['classify']> = ({ code }) => ({
  error: code === 'T' ? 'timeout' : 'credit-limit',
  category: 'C',
  known: true,
  responder: 'it',
  retryWaitMs: code === 'T' ? waitMs : 0,
});

/** A monitor that is run again and again, and remembers. */
function monitor(
  settings: Readonly<Record<string, unknown>> = {},
  states: MonitorStates = createMonitorStates(undefined, () => {}),
) {
  return async (at: number, rows: readonly Row[], overrides: Overrides = {}) => {
    const state = states.open('web_orders', '', at);
    const database = new MemoryDatabase({ F: rows });
    const given = { classify, now: at, state, ...overrides };
    const reading = await observe(records, { failed: 'F', ...settings }, database, given);
    const series = seriesOf(reading, at);
    const labels = Object.keys(series).flatMap((name) => {
      const [, record = '', retry = ''] =
        /^erp_failed_record_timestamp_seconds\{.*record=([^,]*),.*retry=(\w*)/.exec(name) ?? [];
      return record === '' ? [] : [[record, retry] as const];
    });
    return {
      reading,
      series,
      retry: Object.fromEntries(labels),
      listed: labels.map(([record]) => record),
      status: reading.statuses[0],
      waiting: series['erp_failed_records_awaiting_retry{acme}'],
      omitted: series['erp_failed_record_samples_omitted{acme}'],
    };
  };
}

const row = (record: string, code = 'T', since: number | null = null): Row => ({
  record,
  code,
  since: since === null ? null : new Date(since),
});

describe('a retry', () => {
  it('is waited for as long as its category says, from when the record was first seen failed', async () => {
    const run = monitor();
    const first = await run(now, [row('A'), row('B', 'C')], { criticality: 'critical' });
    expect(first.retry).toEqual({ A: 'waiting', B: '' });
    expect(first).toMatchObject({ waiting: 1, omitted: 0 });
    expect(first.status).toEqual({
      company: 'acme',
      state: 'critical',
      text: '2 failed, retry of 1 expected until 11:15',
    });
    const last = await run(now + waitMs - 1, [row('A')], { criticality: 'critical' });
    expect(last.status).toEqual({
      company: 'acme',
      state: 'ok',
      text: '1 failed, retry expected until 11:15',
    });
    const over = await run(now + waitMs, [row('A')], { criticality: 'critical' });
    expect(over.retry).toEqual({ A: 'over' });
    expect(over).toMatchObject({ waiting: 0, omitted: 0 });
    expect(over.status).toEqual({ company: 'acme', state: 'critical', text: '1 failed' });
  });

  it('says the day when the wait ends on another one', async () => {
    const { status } = await monitor({ retry_wait: '1d' })(now, [row('A')]);
    expect(status?.text).toBe('1 failed, retry expected until 2026-11-22 11:00');
  });

  it('is waited for as long as the monitor says, if the error is one of those at all', async () => {
    const short = await monitor({ retry_wait: '1m' })(now, [row('A'), row('B', 'C')]);
    expect(short.status?.text).toBe('2 failed, retry of 1 expected until 11:01');
    const none = await monitor({ retry_wait: 0 })(now, [row('A'), row('B', 'C')]);
    expect(none.retry).toEqual({ A: 'over', B: '' });
    expect(none.status).toEqual({ company: 'acme', state: 'warning', text: '2 failed' });
  });

  it('that changes the time of the failure does not prolong the wait; an older time shortens it', async () => {
    const run = monitor();
    for (let minutes = 0; minutes < 15; minutes += 5)
      expect((await run(now + minutes * minute, [row('A', 'T', now + minutes * minute)])).retry).toEqual({
        A: 'waiting',
      });
    expect((await run(now + waitMs, [row('A', 'T', now + waitMs)])).retry).toEqual({ A: 'over' });
    expect((await monitor()(now, [row('A', 'T', now - waitMs)])).retry).toEqual({ A: 'over' });
    expect((await monitor()(now, [row('A', 'T', now + hour)])).status?.text).toMatch(/until 11:15$/);
  });

  it('that fails with another error does not prolong the wait either', async () => {
    const run = monitor();
    await run(now, [row('A', 'C', now)]);
    expect((await run(now + 10 * minute, [row('A', 'T', now + 10 * minute)])).retry).toEqual({
      A: 'waiting',
    });
    await run(now + 12 * minute, [row('A', 'C', now + 12 * minute)]);
    expect((await run(now + waitMs, [row('A', 'T', now + waitMs)])).retry).toEqual({ A: 'over' });
  });

  it('under way, for which the record is not failed for a while, is no repair', async () => {
    const run = monitor();
    await run(now, [row('A')]);
    expect((await run(now + minute, [])).status).toEqual({ company: 'acme', state: 'ok', text: '0 failed' });
    expect((await run(now + 10 * minute, [row('A')])).retry).toEqual({ A: 'waiting' });
    await run(now + 12 * minute, []);
    expect((await run(now + waitMs, [row('A')])).retry).toEqual({ A: 'over' });
  });

  it('is waited for anew when the record fails long after it was repaired', async () => {
    const run = monitor();
    await run(now, [row('A')]);
    await run(now + minute, []);
    await run(now + 2 * hour, []);
    expect((await run(now + 2 * hour + minute, [row('A')])).status?.text).toMatch(/until 13:16$/);
  });

  it('of more than a few records at once is not waited for: that is a mass failure', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => row(`R${index}`));
    expect((await monitor()(now, many(20))).status?.state).toBe('ok');
    expect((await monitor()(now, many(21))).status?.state).toBe('warning');
    const limited = monitor({ failed_threshold: { warning: 2 } });
    expect((await limited(now, many(2))).status?.state).toBe('ok');
    expect((await limited(now, many(3), { criticality: 'critical' })).status?.state).toBe('critical');
  });

  it('hides no record that is due: those are listed first, and counted as omitted', async () => {
    const rows = [row('A', 'T', now - 3), row('B', 'T', now - 2), row('C', 'C', now - 1), row('D', 'C', now)];
    const two = await monitor({ samples: 2 })(now, rows);
    expect(two.listed).toEqual(['C', 'D']);
    expect(two).toMatchObject({ waiting: 2, omitted: 0 });
    const one = await monitor({ samples: 1 })(now, rows);
    expect(one.listed).toEqual(['C']);
    expect(one).toMatchObject({ waiting: 2, omitted: 1 });
    const three = await monitor({ samples: 3 })(now, rows);
    expect(three.listed).toEqual(['C', 'D', 'A']);
    expect(three).toMatchObject({ waiting: 2, omitted: 0 });
  });

  it('of a record without a key is not waited for, since nobody can tell it from another one', async () => {
    const { status, waiting, omitted } = await monitor()(now, [row(''), row('')]);
    expect({ waiting, omitted, state: status?.state }).toEqual({ waiting: 0, omitted: 2, state: 'warning' });
  });

  it('is told apart by company', async () => {
    const run = monitor();
    const companies = ['acme', 'globex'];
    const of = (company: string) => ({ ...row('A'), company });
    await run(now, [of('acme')], { companies });
    const { reading } = await run(now + waitMs, [of('acme'), of('globex')], { companies });
    expect(reading.statuses.map(({ state }) => state)).toEqual(['warning', 'ok']);
  });
});

describe('what is remembered', () => {
  it('outlives the process in the state file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'retries-'));
    try {
      const during = async (work: (states: MonitorStates) => Promise<void>) => {
        const database = openStateFile(join(folder, 'state.db'));
        const states = createMonitorStates(database, (error) => {
          throw error;
        });
        await work(states);
        states.close();
        database.close();
      };
      await during(async (states) => {
        await monitor({}, states)(now, [row('A')]);
      });
      await during(async (states) => {
        const { retry } = await monitor({}, states)(now + waitMs, [row('A', 'T', now + waitMs)]);
        expect(retry).toEqual({ A: 'over' });
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('has a bound, beyond which a record is not waited for; those that are not retried give way', async () => {
    const states = createMonitorStates(undefined, () => {});
    const run = monitor({ failed_threshold: { critical: 1_000_000 } }, states);
    const limits = { maxRows: 100_000 };
    const rows = (count: number, code: string) =>
      Array.from({ length: count }, (_, index) => row(`${code}${index}`, code));
    const kept = () => [...states.open('web_orders', '', now).entries('')].length;
    await run(now, rows(mostRemembered + 1, 'C'), limits);
    expect(kept()).toBe(mostRemembered);
    const { waiting, status } = await run(now, [...rows(10, 'C'), ...rows(mostRemembered + 1, 'T')], limits);
    expect(waiting).toBe(mostRemembered);
    expect(status?.state).toBe('warning');
    expect(kept()).toBe(mostRemembered);
    await run(now + minute, []);
    await run(now + 2 * hour, []);
    expect(kept()).toBe(0);
  });

  it('is not written while nothing changes', async () => {
    const inner = createMonitorStates(undefined, () => {}).open('m', '', now);
    let writes = 0;
    const state = {
      get: (key: string) => inner.get(key),
      entries: (prefix: string) => inner.entries(prefix),
      write: (changes: Parameters<typeof inner.write>[0]) => {
        writes += 1;
        inner.write(changes);
      },
    };
    const run = monitor();
    for (const rows of [[], [row('A')], [row('A')], [row('A')]])
      for (const at of [now, now + minute]) await run(at, rows, { state });
    expect(writes).toBe(1);
  });
});

const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 10 }).map((minutes) => minutes * minute),
  code: fc.constantFrom('T', 'T', 'C', 'absent'),
  sinceAgo: fc.option(fc.integer({ min: -30, max: 30 }).map((minutes) => minutes * minute)),
});

it('is never waited for longer than said, and not at all where a retry does not help', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 20 }),
      fc.constantFrom(0, 5 * minute, 15 * minute, hour),
      async (steps, wait) => {
        const run = monitor({ retry_wait: `${wait / minute}m` });
        let at = now;
        let first: number | undefined;
        let lastThere = now;
        for (const { afterMs, code, sinceAgo } of steps) {
          at += afterMs;
          const isThere = code !== 'absent';
          const since = sinceAgo === null ? null : at - sinceAgo;
          const { retry, status } = await run(at, isThere ? [row('A', code, since)] : []);
          if (!isThere) continue;
          // Away for as long as the wait at least: it may be another failure.
          if (first === undefined || at - lastThere >= wait) first = at;
          lastThere = at;
          const mayWait = code === 'T' && at < first + wait;
          if (!mayWait) expect(retry).toEqual({ A: code === 'T' ? 'over' : '' });
          expect(status?.state).toBe(retry['A'] === 'waiting' ? 'ok' : 'warning');
        }
      },
    ),
  );
});

it('has a setting only where there are failed records', () => {
  expect(problemsOf(records, { waiting: 'W', retry_wait: '5m' })).toEqual([
    'retry_wait: waits for retries of failed records; add the query failed',
  ]);
  expect(problemsOf(records, { failed: 'F', retry_wait: 'soon' })).toEqual([
    expect.stringMatching(/^retry_wait: is not a duration/),
  ]);
});
