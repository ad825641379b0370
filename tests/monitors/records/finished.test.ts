import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../src/calendar/calendar.ts';
import type { Row } from '../../../src/databases/values.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { MemoryDatabase, hour, minute, now, observe, problemsOf, seriesOf } from '../run.ts';

const finishedAt = (ms: number): Row => ({ last: new Date(ms) });

async function run(rows: readonly Row[], settings: object = {}, overrides: object = {}) {
  const given = { finished: 'L', failed: 'F', silent_after: { warning: '1h', critical: '4h' }, ...settings };
  return observe(records, given, new MemoryDatabase({ L: rows, F: [] }), overrides);
}

describe('the query finished', () => {
  it('tells when the newest record got through, and how much open time ago at each scrape', async () => {
    const reading = await run([finishedAt(now - 30 * minute)]);
    expect(seriesOf(reading)).toMatchObject({
      'erp_last_finished_record_timestamp_seconds{acme}': (now - 30 * minute) / 1000,
      'erp_since_last_finished_record_seconds_threshold{acme,severity=warning}': 3600,
      'erp_since_last_finished_record_seconds_threshold{acme,severity=critical}': 14_400,
    });
    expect(reading.live?.(now + hour)).toMatchObject([
      { family: { name: 'erp_since_last_finished_record_seconds' }, company: 'acme', value: 5400 },
    ]);
    expect(reading.statuses).toEqual([
      { company: 'acme', state: 'ok', text: '0 failed, last finished 30m ago' },
    ]);
  });

  it.each([
    [59 * minute, 'ok'],
    [hour, 'ok'],
    [hour + 1, 'warning'],
    [4 * hour + 1, 'critical'],
  ])('after %d ms of silence the state is %s', async (silence, state) => {
    expect((await run([finishedAt(now - silence)])).statuses[0]?.state).toBe(state);
  });

  it('does not count the hours in which nobody expects anything', async () => {
    const closed: Calendar = { isOpen: () => false, openSeconds: () => 0 };
    const reading = await run([finishedAt(now - 48 * hour)], {}, { calendar: closed });
    expect(reading.statuses[0]?.state).toBe('ok');
    expect(reading.live?.(now)[0]?.value).toBe(0);
  });

  it.each([[[]], [[{ last: null }]]])('takes %j for a flow in which none ever finished', async (rows) => {
    const reading = await run(rows);
    expect(Object.keys(seriesOf(reading)).filter((key) => key.startsWith('erp_last_finished'))).toEqual([]);
    expect(reading.live?.(now)).toEqual([]);
    expect(reading.statuses[0]).toMatchObject({ state: 'critical', text: '0 failed, none finished yet' });
  });

  it('lets a time that cannot be hide no silence, and notes one in the future', async () => {
    const far = await run([finishedAt(now + 25 * hour)]);
    expect(far.statuses[0]).toMatchObject({ state: 'critical', text: '0 failed, none finished yet' });
    expect(far.notes).toEqual([
      'finished: rows whose last is more than a day in the future, which was read as NULL (1 row: acme).',
    ]);
    const beside = await run([finishedAt(now + 25 * hour), finishedAt(now - 2 * hour)]);
    expect(beside.statuses[0]).toMatchObject({ state: 'warning', text: '0 failed, last finished 2h ago' });
    const near = await run([finishedAt(now + 2 * hour)]);
    expect(near.notes).toEqual([
      'finished: rows whose last is in the future; check the time zone of the database (1 row: acme).',
    ]);
  });

  it('takes the newest of several rows, for each company of the run', async () => {
    const rows: Row[] = [
      { company: 'acme', last: new Date(now - 3 * hour) },
      { company: 'acme', last: new Date(now - hour) },
      { company: 'zenith', last: null },
    ];
    const series = seriesOf(await run(rows, {}, { companies: ['acme', 'zenith'] }));
    expect(series['erp_last_finished_record_timestamp_seconds{acme}']).toBe((now - hour) / 1000);
    expect(series).not.toHaveProperty('erp_last_finished_record_timestamp_seconds{zenith}');
  });

  it('is needed by silent_after', () => {
    expect(problemsOf(records, { failed: 'F', silent_after: { warning: '1h' } })).toEqual([
      'silent_after: needs the time of the newest finished record; add the query finished',
    ]);
  });
});

describe('amount_threshold', () => {
  const rows = (...amounts: string[]): Row[] =>
    amounts.map((amount, index) => ({
      record: `${index}: ${amount}`,
      since: new Date(now),
      amount,
      currency: 'EUR',
    }));

  async function status(failed: Row[], waiting: Row[]) {
    const database = new MemoryDatabase({ F: failed, W: waiting });
    const amount_threshold = { EUR: { warning: 100, critical: 1000 }, CHF: { warning: 1 } };
    return observe(records, { failed: 'F', waiting: 'W', amount_threshold }, database);
  }

  it('is exported by currency and severity', async () => {
    expect(seriesOf(await status([], []))).toMatchObject({
      'erp_open_records_amount_threshold{acme,currency=EUR,severity=warning}': 100,
      'erp_open_records_amount_threshold{acme,currency=EUR,severity=critical}': 1000,
      'erp_open_records_amount_threshold{acme,currency=CHF,severity=warning}': 1,
    });
  });

  it.each([
    [rows(), rows('60', '40'), 'ok', ''],
    [rows(), rows('60', '40.01'), 'warning', ', EUR 100.01 open, over 100'],
  ])('adds what failed and what waits, %#', async (failed, waiting, state, words) => {
    const reading = await status(failed, waiting);
    expect(reading.statuses[0]).toMatchObject({ state });
    expect(reading.statuses[0]?.text).toBe(`0 failed, ${waiting.length} waiting${words}`);
  });

  it('is over the worst limit that it exceeds', async () => {
    expect((await status(rows('900'), rows('200'))).statuses[0]).toMatchObject({
      state: 'critical',
      text: '1 failed, 1 waiting, EUR 1100.00 open, over 1000',
    });
  });
});
