import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../src/calendar/calendar.ts';
import type { Row } from '../../../src/databases/values.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { MemoryDatabase, hour, minute, now, observe, seriesOf } from '../run.ts';

const at = (ms: number) => new Date(ms);

async function run(
  settings: object,
  failed: readonly Row[],
  waiting: readonly Row[],
  overrides: object = {},
) {
  const database = new MemoryDatabase({ F: failed, W: waiting });
  return observe(records, { failed: 'F', waiting: 'W', ...settings }, database, overrides);
}

const order = (
  record: string | null,
  minutesAgo: number | null,
  amount: string | null,
  currency = 'EUR',
) => ({
  record,
  since: minutesAgo === null ? null : at(now - minutesAgo * minute),
  amount,
  currency,
});

/** What is exported of open records: how many, and their amounts by currency. */
async function open(settings: object, failed: readonly Row[], waiting: readonly Row[]) {
  const series = seriesOf(await run(settings, failed, waiting));
  const amounts = Object.entries(series).flatMap(([name, value]) => {
    const currency = /^erp_open_records_amount\{acme,currency=(.*)\}$/.exec(name)?.[1];
    return currency === undefined ? [] : [[currency, value] as const];
  });
  return { count: series['erp_open_records{acme}'], amounts: Object.fromEntries(amounts) };
}

describe('what is open, failed and waiting together', () => {
  it('counts a record that failed and waits to be sent again once, in number and in money', async () => {
    const failed = [order('W-1', 60, '100.10'), order('W-2', 60, '0.20')];
    const waiting = [order('W-1', 5, '100.10'), order('W-3', 5, '7')];
    expect(await open({}, failed, waiting)).toEqual({ count: 3, amounts: { EUR: 107.3 } });
    const reading = await run({ amount_threshold: { EUR: { warning: 107.3 } } }, failed, waiting);
    expect(reading.statuses[0]?.text).toBe('2 failed, 2 waiting');
  });

  it('takes the amount of the newest row that has one, in the currency of that row', async () => {
    const amountsOf = async (failed: Row, waiting: Row) => (await open({}, [failed], [waiting])).amounts;
    expect(await amountsOf(order('W-1', 60, '10'), order('W-1', 5, '12'))).toEqual({ EUR: 12 });
    expect(await amountsOf(order('W-1', 5, '10'), order('W-1', 60, '12'))).toEqual({ EUR: 10 });
    expect(await amountsOf(order('W-1', 60, '10'), order('W-1', 5, null))).toEqual({ EUR: 10 });
    expect(await amountsOf(order('W-1', 60, null), order('W-1', null, '12'))).toEqual({ EUR: 12 });
    expect(await amountsOf(order('W-1', 60, '10', 'USD'), order('W-1', 5, '9'))).toEqual({
      EUR: 9,
      USD: 0,
    });
  });

  it('takes rows without a key for records of their own', async () => {
    const failed = [order(null, 60, '1'), order(null, 60, '1')];
    expect(await open({}, failed, [order(null, 60, '1')])).toEqual({ count: 3, amounts: { EUR: 3 } });
  });

  it('is 0 in the currencies of the thresholds when nothing is open, and knows no others', async () => {
    const settings = { amount_threshold: { EUR: { warning: 1 }, CHF: { critical: 1 } } };
    expect(await open(settings, [], [])).toEqual({ count: 0, amounts: { EUR: 0, CHF: 0 } });
    expect(await open(settings, [order('W-1', 1, '5', '')], [])).toEqual({
      count: 1,
      amounts: { EUR: 0, CHF: 0, '': 5 },
    });
    expect(await open({}, [], [])).toEqual({ count: 0, amounts: {} });
  });

  it('is each record once, with one of its amounts, whatever the two queries return', async () => {
    const row = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      age: fc.option(fc.integer({ min: 1, max: 5 })),
      cents: fc.option(fc.integer({ min: 0, max: 999 })),
    });
    const rowsOf = (rows: readonly { key: string; age: number | null; cents: number | null }[]) =>
      rows.map(({ key, age, cents }) => order(key, age, cents === null ? null : (cents / 100).toFixed(2)));
    const oneEach = fc.uniqueArray(row, { selector: ({ key }) => key });
    await fc.assert(
      fc.asyncProperty(oneEach, oneEach, async (failed, waiting) => {
        const { count, amounts } = await open({}, rowsOf(failed), rowsOf(waiting));
        const both = [...failed, ...waiting];
        const keys = new Set(both.map(({ key }) => key));
        expect(count).toBe(keys.size);
        // The newest amount of each record; of two of one age that of the query waiting.
        const cents = [...keys].flatMap((key) => {
          const priced = both.filter((one) => one.key === key && one.cents !== null);
          return priced.toSorted((a, b) => (b.age ?? 99) - (a.age ?? 99)).at(-1)?.cents ?? [];
        });
        const expected = cents.length === 0 ? {} : { EUR: cents.reduce((sum, one) => sum + one, 0) / 100 };
        expect(amounts).toEqual(expected);
      }),
    );
  });
});

describe('the time for which the oldest waiting record has waited', () => {
  const half: Calendar = { isOpen: () => true, openSeconds: (from, to) => Math.max(0, to - from) / 2000 };
  const waitedAt = async (waiting: readonly Row[], time: number) =>
    seriesOf(await run({}, [], waiting, { calendar: half }), time)[
      'erp_since_oldest_waiting_record_seconds{acme}'
    ];

  it('is open time, and grows between two runs', async () => {
    const waiting = [order('W-1', 10, '1'), order('W-2', 60, '1'), order('W-3', null, '1')];
    expect(await waitedAt(waiting, now)).toBe(1800);
    expect(await waitedAt(waiting, now + hour)).toBe(3600);
  });

  it('is absent when nothing waits, or nothing of a known age', async () => {
    expect(await waitedAt([], now)).toBeUndefined();
    expect(await waitedAt([order('W-3', null, '1')], now)).toBeUndefined();
    const { live } = await observe(
      records,
      { failed: 'F' },
      new MemoryDatabase({ F: [order('W-1', 1, '1')] }),
    );
    expect(live?.(now) ?? []).toEqual([]);
  });

  it('is over a limit in exactly the runs that count a late record', async () => {
    const ages = [29 * minute, 30 * minute, 30 * minute + 1, hour];
    for (const age of ages) {
      const waiting = [{ record: 'W-1', since: at(now - age) }];
      const series = seriesOf(await run({ late_after: { warning: '30m' } }, [], waiting));
      const waited = series['erp_since_oldest_waiting_record_seconds{acme}'] ?? 0;
      const limit = series['erp_since_oldest_waiting_record_seconds_threshold{acme,severity=warning}'] ?? 0;
      expect(series['erp_late_records{acme,severity=warning}'], String(age)).toBe(Number(waited > limit));
    }
  });
});
