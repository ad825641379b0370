import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../src/calendar/calendar.ts';
import type { Row } from '../../../src/databases/values.ts';
import { sync } from '../../../src/monitors/sync/index.ts';
import { MemoryDatabase, hour, minute, now, observe, problemsOf, seriesOf } from '../run.ts';

type Overrides = Parameters<typeof observe<typeof sync.settings>>[3];

async function run(
  rows: readonly Row[],
  settings: Readonly<Record<string, unknown>> = {},
  overrides: Overrides = {},
) {
  return observe(sync, { query: 'Q', ...settings }, new MemoryDatabase({ Q: rows }), overrides);
}

const at = (ms: number) => new Date(ms);
const limits = { alert_after: { warning: '45m', critical: '2h' } };

describe('sync', () => {
  it('tells the last sync, its limits and what happened today', async () => {
    const reading = await run(
      [{ last_sync: at(now - 12 * minute), syncs_today: 34n, rejected_today: '2' }],
      limits,
    );
    expect(seriesOf(reading)).toEqual({
      'erp_last_sync_timestamp_seconds{acme}': (now - 12 * minute) / 1000,
      'erp_since_last_sync_seconds{acme}': 720,
      'erp_since_last_sync_seconds_threshold{acme,severity=warning}': 2_700,
      'erp_since_last_sync_seconds_threshold{acme,severity=critical}': 7_200,
      'erp_syncs_today{acme}': 34,
      'erp_sync_rejects_today{acme}': 2,
      'erp_sync_new_rejects{acme}': 0,
    });
    expect(reading.statuses).toEqual([
      { company: 'acme', state: 'ok', text: 'last sync 12m ago, 34 today, 2 rejected, none new' },
    ]);
  });

  it('lets the age grow between two runs, in open time only', async () => {
    const openUntil = now + hour;
    const calendar: Calendar = {
      isOpen: (instant) => instant < openUntil,
      openSeconds: (from, to) => Math.max(0, (Math.min(to, openUntil) - from) / 1000),
    };
    const reading = await run([{ last_sync: at(now) }], {}, { calendar });
    const age = (instant: number) => seriesOf(reading, instant)['erp_since_last_sync_seconds{acme}'];
    expect([now - minute, now, now + 30 * minute, now + 10 * hour].map(age)).toEqual([0, 0, 1_800, 3_600]);
  });

  it('judges by open time, and tells it where it differs', async () => {
    const calendar: Calendar = { isOpen: () => true, openSeconds: () => 600 };
    const { statuses } = await run([{ last_sync: at(now - 62 * hour) }], limits, { calendar });
    expect(statuses).toEqual([
      { company: 'acme', state: 'ok', text: 'last sync 2d14h ago (10m of business hours)' },
    ]);
  });

  it.each([
    [45 * minute, 'ok', 'last sync 45m ago'],
    [45 * minute + 1000, 'warning', 'last sync 45m1s ago, over the limit of 45m'],
    [3 * hour, 'critical', 'last sync 3h ago, over the limit of 2h'],
  ])('after %i ms is %s', async (age, state, text) => {
    const { statuses } = await run([{ last_sync: at(now - age) }], limits);
    expect(statuses).toEqual([{ company: 'acme', state, text }]);
  });

  it.each([
    ['NULL', [{ last_sync: null, syncs_today: 0, rejected_today: null }]],
    ['no row', []],
  ])('%s means never: no time, no age, counts of 0', async (_, rows) => {
    const query = 'SELECT last_sync, syncs_today, rejected_today FROM log';
    const database = new MemoryDatabase({ [query]: rows });
    const reading = await observe(sync, { query, ...limits }, database);
    expect(seriesOf(reading)).toEqual({
      'erp_since_last_sync_seconds_threshold{acme,severity=warning}': 2_700,
      'erp_since_last_sync_seconds_threshold{acme,severity=critical}': 7_200,
      'erp_syncs_today{acme}': 0,
      'erp_sync_rejects_today{acme}': 0,
      'erp_sync_new_rejects{acme}': 0,
    });
    expect(reading.statuses).toEqual([
      { company: 'acme', state: 'warning', text: 'never synchronised, 0 today, 0 rejected' },
    ]);
  });

  it('never alerts when it has no limit', async () => {
    const { statuses } = await run([], { alert_after: { warning: 0 } });
    expect(statuses).toEqual([{ company: 'acme', state: 'ok', text: 'never synchronised' }]);
  });

  it('tells no count that the query does not tell', async () => {
    expect(Object.keys(seriesOf(await run([{ last_sync: at(now) }])))).toEqual([
      'erp_last_sync_timestamp_seconds{acme}',
      'erp_since_last_sync_seconds{acme}',
    ]);
  });

  it('serves several companies in one run, also one without a row', async () => {
    const rows = [
      { company: 'acme', last_sync: at(now - minute) },
      { company: 'zenith', last_sync: null },
      { company: 'stranger', last_sync: at(now) },
    ];
    const companies = ['acme', 'zenith', 'empty'];
    await expect(run(rows, {}, { companies })).rejects.toMatchObject({ reason: 'columns' });
    const reading = await run(rows, {}, { companies, ignoredCompanies: ['stranger'] });
    expect(seriesOf(reading)).toEqual({
      'erp_last_sync_timestamp_seconds{acme}': (now - minute) / 1000,
      'erp_since_last_sync_seconds{acme}': 60,
    });
    expect(reading.statuses.map(({ text }) => text)).toEqual([
      'last sync 1m ago',
      'never synchronised',
      'never synchronised',
    ]);
    expect(reading.notes).toEqual([]);
  });

  it('refuses two rows of one company', async () => {
    await expect(run([{ last_sync: null }, { last_sync: null }])).rejects.toMatchObject({
      reason: 'columns',
      message:
        'query: two rows for company acme: aggregate them in SQL, such as with max(…) AS last_sync, or make one monitor for each',
    });
  });

  it('notes a sync in the future, save by a little', async () => {
    const notes = async (ms: number) => (await run([{ last_sync: at(now + ms) }])).notes;
    expect(await notes(minute)).toEqual([]);
    expect(await notes(hour)).toEqual([
      'query: rows whose last_sync is in the future; check the time zone of the database (1 row: acme).',
    ]);
    expect(seriesOf(await run([{ last_sync: at(now + hour) }]))['erp_since_last_sync_seconds{acme}']).toBe(0);
  });

  it('takes a sync more than a day in the future for none: it would be the last one until that day', async () => {
    const reading = await run([{ last_sync: at(now + 25 * hour) }], {
      alert_after: { warning: '1h' },
    });
    expect(reading.notes).toEqual([
      'query: rows whose last_sync is more than a day in the future, which was read as NULL (1 row: acme).',
    ]);
    expect(reading.statuses[0]).toMatchObject({ state: 'warning', text: 'never synchronised' });
    expect(seriesOf(reading)).not.toHaveProperty('erp_last_sync_timestamp_seconds{acme}');
  });

  it('notes a count below 0', async () => {
    const { notes } = await run([{ last_sync: at(now), syncs_today: -3, rejected_today: 0 }]);
    expect(notes).toEqual([
      'query: rows whose syncs_today is negative, which counts as it stands (1 row: acme).',
    ]);
  });

  it('blames the time zone for syncs in the future only when most of them lie there', async () => {
    const companies = ['acme', 'globex', 'zenith'];
    const notes = async (...hours: number[]) => {
      const rows = companies.map((company, index) => ({
        company,
        last_sync: at(now + (hours[index] ?? 0) * hour),
      }));
      return (await run(rows, {}, { companies })).notes;
    };
    expect(await notes(-1, 2, -1)).toEqual([
      'query: rows whose last_sync is in the future, which counts as just completed (1 row: globex).',
    ]);
    expect(await notes(2, 2, -1)).toEqual([
      'query: rows whose last_sync is in the future; check the time zone of the database (2 rows: acme, globex).',
    ]);
  });

  it('refuses a column that is missing or mistyped', async () => {
    await expect(run([{ last: at(now) }])).rejects.toMatchObject({ reason: 'columns' });
    await expect(run([{ last_sync: '2026-11-21 10:00' }])).rejects.toMatchObject({ reason: 'columns' });
    await expect(run([{ last_sync: null, syncs_today: 'many' }])).rejects.toMatchObject({
      reason: 'columns',
    });
  });
});

describe('settings of sync', () => {
  it('want alert_after to be no shorter than sync_every', () => {
    expect(problemsOf(sync, { query: 'Q', sync_every: '45m', ...limits })).toEqual([]);
    expect(problemsOf(sync, { query: 'Q', sync_every: '3h', ...limits })).toEqual([
      'alert_after.warning: 45m is shorter than sync_every (3h), so that it would alert between two syncs that are on time; increase it',
      'alert_after.critical: 2h is shorter than sync_every (3h), so that it would alert between two syncs that are on time; increase it',
    ]);
    expect(problemsOf(sync, { query: 'Q', sync_every: '3h', alert_after: { warning: 0 } })).toEqual([]);
  });
});
