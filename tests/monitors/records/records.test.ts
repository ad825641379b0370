import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../src/calendar/calendar.ts';
import type { Row } from '../../../src/databases/values.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { MemoryDatabase, hour, minute, now, observe, problemsOf, seriesOf, today } from '../run.ts';

const at = (ms: number) => new Date(ms);
const both = { failed: 'F', waiting: 'W' };

async function run(
  settings: Readonly<Record<string, unknown>>,
  failed: readonly Row[],
  waiting: readonly Row[] = [],
  overrides: Parameters<typeof observe<typeof records.settings>>[3] = {},
) {
  return observe(records, settings, new MemoryDatabase({ F: failed, W: waiting }), overrides);
}

describe('records', () => {
  it('says 0 for each company when there is nothing', async () => {
    const reading = await run({ ...both, late_after: { warning: '30m', critical: '2h' } }, [], [], {
      companies: ['acme', 'zenith'],
    });
    const expected = (company: string) => ({
      [`erp_failed_records{${company}}`]: 0,
      [`erp_failed_records_today{${company}}`]: 0,
      [`erp_failed_record_samples_omitted{${company}}`]: 0,
      [`erp_failed_records_awaiting_retry{${company}}`]: 0,
      [`erp_waiting_records{${company}}`]: 0,
      [`erp_late_records{${company},severity=warning}`]: 0,
      [`erp_late_records{${company},severity=critical}`]: 0,
      [`erp_since_oldest_waiting_record_seconds_threshold{${company},severity=warning}`]: 1_800,
      [`erp_since_oldest_waiting_record_seconds_threshold{${company},severity=critical}`]: 7_200,
      [`erp_open_records{${company}}`]: 0,
    });
    expect(seriesOf(reading)).toEqual({ ...expected('acme'), ...expected('zenith') });
    expect(reading.statuses).toEqual([
      { company: 'acme', state: 'ok', text: '0 failed, 0 waiting, 0 late' },
      { company: 'zenith', state: 'ok', text: '0 failed, 0 waiting, 0 late' },
    ]);
    expect(reading).toMatchObject({ truncated: false, notes: [], records: [] });
  });

  it('takes eur and EUR for one currency, in rows and in limits', async () => {
    const row = (record: string, currency: string) => ({ record, since: at(now), amount: '60.10', currency });
    const limits = { amount_threshold: { Eur: { warning: 100 } } };
    const reading = await run(
      { ...both, ...limits },
      [row('A', 'eur'), row('B', ' EUR ')],
      [row('C', 'Eur'), row('D', '€')],
    );
    expect(seriesOf(reading)).toMatchObject({
      'erp_failed_records_amount{acme,currency=EUR}': 120.2,
      'erp_waiting_records_amount{acme,currency=EUR}': 60.1,
      'erp_open_records_amount{acme,currency=EUR}': 180.3,
      'erp_open_records_amount{acme,currency=€}': 60.1,
      'erp_open_records_amount_threshold{acme,currency=EUR,severity=warning}': 100,
    });
    expect(reading.statuses[0]?.text).toContain('EUR 180.30 open, over 100');
    expect(
      problemsOf(records, { failed: 'F', amount_threshold: { EUR: { warning: 1 }, eur: { warning: 2 } } }),
    ).toEqual(['amount_threshold.eur: is EUR, which has limits already; keep one']);
  });

  it('tells the failed records: how many, since when, worth how much, and each by itself', async () => {
    const reading = await run({ failed: 'F', failed_threshold: { warning: 5 } }, [
      {
        record: 10045,
        since: at(today - 1),
        error: 'Unit "PCE" unknown',
        code: 'E7',
        call: 'POST /orders',
        amount: '0.10',
        currency: 'EUR',
      },
      {
        record: 10046,
        since: at(today),
        error: 'Time-out',
        code: 504,
        call: null,
        amount: '0.20',
        currency: 'EUR',
      },
      { record: 10047, since: null, error: null, code: null, call: null, amount: 3, currency: 'USD' },
      { record: 10048, since: at(now), error: '', code: '', call: '', amount: '1', currency: null },
    ]);
    expect(seriesOf(reading)).toEqual({
      'erp_failed_records{acme}': 4,
      'erp_failed_records_today{acme}': 2,
      'erp_failed_records_amount{acme,currency=EUR}': 0.3,
      'erp_failed_records_amount{acme,currency=USD}': 3,
      'erp_failed_records_amount{acme,currency=}': 1,
      'erp_oldest_failed_record_timestamp_seconds{acme}': (today - 1) / 1000,
      'erp_oldest_failed_record_utc_offset_seconds{acme}': 3600,
      'erp_failed_record_timestamp_seconds{acme,record=10045,error=class-E7,code=E7,call=POST /orders,category=C,known=true,responder=it,message=Unit "PCE" unknown,since=2026-11-20 23:59,url=,retry=,amount=0.10,currency=EUR}':
        (today - 1) / 1000,
      'erp_failed_record_timestamp_seconds{acme,record=10046,error=class-504,code=504,call=,category=C,known=true,responder=it,message=Time-out,since=2026-11-21 00:00,url=,retry=,amount=0.20,currency=EUR}':
        today / 1000,
      'erp_failed_record_timestamp_seconds{acme,record=10048,error=unknown-0,code=,call=,category=unknown,known=false,responder=,message=,since=2026-11-21 11:00,url=,retry=,amount=1.00,currency=}':
        now / 1000,
      'erp_failed_record_timestamp_seconds{acme,record=10047,error=unknown-0,code=,call=,category=unknown,known=false,responder=,message=,since=,url=,retry=,amount=3.00,currency=USD}':
        Number.NaN,
      'erp_failed_records_by_error{acme,error=unknown-0,category=unknown,known=false,responder=}': 2,
      'erp_failed_records_by_error{acme,error=class-E7,category=C,known=true,responder=it}': 1,
      'erp_failed_records_by_error{acme,error=class-504,category=C,known=true,responder=it}': 1,
      'erp_failed_record_samples_omitted{acme}': 0,
      'erp_failed_records_awaiting_retry{acme}': 0,
      'erp_failed_records_threshold{acme,severity=warning}': 5,
      'erp_open_records{acme}': 4,
      'erp_open_records_amount{acme,currency=EUR}': 0.3,
      'erp_open_records_amount{acme,currency=USD}': 3,
      'erp_open_records_amount{acme,currency=}': 1,
    });
    expect(reading.records.map(({ record, state, since }) => [record, state, since])).toEqual([
      ['10045', 'failed', today - 1],
      ['10046', 'failed', today],
      ['10048', 'failed', now],
      ['10047', 'failed', null],
    ]);
  });

  it('needs no column but record', async () => {
    const reading = await run({ failed: 'F' }, [{ RECORD: 'A' }, { RECORD: 'B' }]);
    expect(seriesOf(reading)).toMatchObject({
      'erp_failed_records{acme}': 2,
      'erp_failed_records_today{acme}': 0,
      'erp_failed_record_samples_omitted{acme}': 0,
    });
  });

  it('asks the failed, then the waiting, of the database that is named', async () => {
    const database = new MemoryDatabase({});
    const names: string[] = [];
    await observe(records, both, database, {
      database: (name) => {
        names.push(name);
        return database as never;
      },
    });
    expect(database.asked.map(({ sql }) => sql)).toEqual(['F', 'W']);
    expect(names).toEqual(['shop', 'shop']);
  });

  it('lists at most as many as it may, the oldest, and counts the others', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => ({
      record: index,
      since: at(now - ((index * 7) % 50) * minute),
    }));
    const listed = async (settings: Readonly<Record<string, unknown>>) => {
      const { records: open } = await run({ failed: 'F', ...settings }, rows);
      return open.map(({ since }) => (now - (since ?? 0)) / minute);
    };
    expect(await listed({})).toEqual(Array.from({ length: 20 }, (_, index) => 49 - index));
    expect(await listed({ samples: 2 })).toEqual([49, 48]);
    expect(await listed({ samples: 0 })).toEqual([]);
    expect(seriesOf(await run({ failed: 'F', samples: 2 }, rows))).toMatchObject({
      'erp_failed_records{acme}': 50,
      'erp_failed_record_samples_omitted{acme}': 48,
    });
  });

  it.each([
    ['1240.5000', '1240.50'],
    ['99', '99.00'],
    ['-0.125', '-0.125'],
    ['12345678901234567.10', '12345678901234567.10'],
    [null, ''],
  ])('says what a failed record is worth: %s as %j', async (amount, shown) => {
    const reading = await run({ failed: 'F' }, [{ record: 'A', since: at(now), amount, currency: 'EUR' }]);
    expect(
      Object.keys(seriesOf(reading)).filter((name) => name.includes(`,amount=${shown},currency=EUR}`)),
    ).toHaveLength(1);
  });

  it('counts a record once, with its oldest time and its newest error', async () => {
    const reading = await run({ failed: 'F' }, [
      { record: 'A', since: at(now - hour), error: 'second', amount: '2', currency: 'EUR' },
      { record: 'A  ', since: at(now), error: 'third', amount: '3', currency: 'EUR' },
      { record: 'A', since: at(now - 2 * hour), error: 'first', amount: '1', currency: 'EUR' },
    ]);
    expect(seriesOf(reading)).toMatchObject({
      'erp_failed_records{acme}': 1,
      'erp_failed_records_amount{acme,currency=EUR}': 3,
      'erp_failed_record_timestamp_seconds{acme,record=A,error=unknown-0,code=,call=,category=unknown,known=false,responder=,message=third,since=2026-11-21 09:00,url=,retry=,amount=3.00,currency=EUR}':
        (now - 2 * hour) / 1000,
    });
  });

  it('counts each row without a key, lists none of them, and says so', async () => {
    const reading = await run({ failed: 'F' }, [
      { record: null, since: at(now - hour), amount: 1, currency: 'EUR' },
      { record: null, since: at(now), amount: 1, currency: 'EUR' },
      { record: '  ', since: at(now), amount: 1, currency: 'EUR' },
      { record: 'A', since: at(now), amount: 1, currency: 'EUR' },
    ]);
    expect(seriesOf(reading)).toMatchObject({
      'erp_failed_records{acme}': 4,
      'erp_failed_records_amount{acme,currency=EUR}': 4,
      'erp_oldest_failed_record_timestamp_seconds{acme}': (now - hour) / 1000,
      'erp_oldest_failed_record_utc_offset_seconds{acme}': 3600,
      'erp_failed_record_samples_omitted{acme}': 3,
    });
    expect(reading.records).toHaveLength(1);
    expect(reading.notes).toEqual([
      'failed: rows without a record key count as one record each and are not listed (3 rows).',
    ]);
  });

  it('is late over the limit and not at it, in open time', async () => {
    const waiting = [
      { record: 'at', since: at(now - 30 * minute) },
      { record: 'over', since: at(now - 30 * minute - 1) },
      { record: 'far over', since: at(now - 3 * hour) },
      { record: 'future', since: at(now + hour) },
      { record: 'unknown', since: null },
    ];
    const settings = { waiting: 'W', late_after: { warning: '30m', critical: '2h' } };
    const reading = await run(settings, [], waiting);
    expect(seriesOf(reading)).toMatchObject({
      'erp_waiting_records{acme}': 5,
      'erp_late_records{acme,severity=warning}': 2,
      'erp_late_records{acme,severity=critical}': 1,
      'erp_oldest_waiting_record_timestamp_seconds{acme}': (now - 3 * hour) / 1000,
      'erp_oldest_waiting_record_utc_offset_seconds{acme}': 3600,
    });
    expect(reading.statuses).toEqual([{ company: 'acme', state: 'critical', text: '5 waiting, 2 late' }]);
    expect(reading.records.map(({ record, state }) => [record, state])).toEqual([
      ['far over', 'late'],
      ['over', 'late'],
    ]);
    expect(reading.notes).toEqual(['waiting: rows without since are never late (1 row: unknown).']);

    const openLastHour: Calendar = {
      isOpen: () => true,
      openSeconds: (from, to) => Math.max(0, (to - Math.max(from, now - hour)) / 1000),
    };
    expect(seriesOf(await run(settings, [], waiting, { calendar: openLastHour }))).toMatchObject({
      'erp_late_records{acme,severity=warning}': 2,
      'erp_late_records{acme,severity=critical}': 0,
    });
  });

  it('has no series of lateness for a severity that never comes', async () => {
    for (const late_after of [undefined, {}, { warning: 0 }, { warning: '0', critical: '0s' }]) {
      const settings = { waiting: 'W', ...(late_after === undefined ? {} : { late_after }) };
      const reading = await run(settings, [], [{ record: 'A', since: at(0) }]);
      expect(Object.keys(seriesOf(reading)).filter((name) => name.includes('late'))).toEqual([]);
      expect(reading.statuses[0]).toMatchObject({ state: 'ok', text: '1 waiting' });
    }
  });

  it('keeps companies apart, each with its own day', async () => {
    const rows: Row[] = [
      { company: 'acme', record: '1', since: at(today), amount: '1', currency: 'EUR' },
      { company: 'zenith', record: '1', since: at(today), amount: '2', currency: 'EUR' },
      { company: 'zenith', record: '2', since: at(today + hour), amount: '2', currency: 'EUR' },
      { company: 'stranger', record: '9', since: at(today), amount: '5', currency: 'EUR' },
    ];
    await expect(run({ failed: 'F' }, rows, [], { companies: ['acme', 'zenith'] })).rejects.toThrow(
      'column company holds "stranger"; expected "acme", "zenith"',
    );
    const reading = await run({ failed: 'F' }, rows, [], {
      companies: ['acme', 'zenith', 'empty'],
      ignoredCompanies: ['stranger'],
      today: (company) => (company === 'zenith' ? today + hour : today),
    });
    expect(seriesOf(reading)).toMatchObject({
      'erp_failed_records{acme}': 1,
      'erp_failed_records_today{acme}': 1,
      'erp_failed_records{zenith}': 2,
      'erp_failed_records_today{zenith}': 1,
      'erp_failed_records_amount{zenith,currency=EUR}': 4,
      'erp_failed_records{empty}': 0,
    });
  });

  it('is as bad as its flow is critical, and as its thresholds say', async () => {
    const state = async (rows: number, overrides: object, settings = {}) => {
      const failed = Array.from({ length: rows }, (_, record) => ({ record }));
      return (await run({ failed: 'F', ...settings }, failed, [], overrides)).statuses[0]?.state;
    };
    expect(await state(0, { criticality: 'critical' })).toBe('ok');
    expect(await state(1, { criticality: 'critical' })).toBe('critical');
    expect(await state(1, {})).toBe('warning');
    expect(await state(3, {}, { failed_threshold: { critical: 3 } })).toBe('warning');
    expect(await state(4, {}, { failed_threshold: { critical: 3 } })).toBe('critical');
  });
});

describe('settings of records', () => {
  it('want at least one query, and limits that have one to count', () => {
    expect(problemsOf(records, both)).toEqual([]);
    expect(problemsOf(records, {})).toEqual([
      ': has neither failed nor waiting; write at least one of the two queries',
    ]);
    expect(problemsOf(records, { failed: 'F', late_after: { warning: '1m' } })).toEqual([
      'late_after: only waiting records can be late; add the query waiting',
    ]);
    expect(problemsOf(records, { waiting: 'W', failed_threshold: { warning: 1 } })).toEqual([
      'failed_threshold: counts failed records; add the query failed',
    ]);
  });

  it('want durations, whole numbers and SQL', () => {
    expect(problemsOf(records, { failed: ' ', late_after: { warning: 30 }, samples: 1.5 })).toEqual([
      'failed: is empty; write a SELECT',
      'late_after.warning: is not a duration; write 30s, 15m, 1h30m or 2d, or 0',
      expect.stringContaining('samples: '),
    ]);
    expect(problemsOf(records, { ...both, late_after: { urgent: '1m' } })).toEqual([
      expect.stringContaining('late_after: Unrecognized key'),
    ]);
  });

  it('say which queries there are', () => {
    const keys = (settings: object) =>
      records.queries(records.settings.parse({ database: 'shop', ...settings })).map(({ key }) => key);
    expect(keys(both)).toEqual(['failed', 'waiting']);
    expect(keys({ waiting: 'W' })).toEqual(['waiting']);
  });
});
