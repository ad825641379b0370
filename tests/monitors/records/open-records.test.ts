import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenRecords } from '../../../src/monitors/records/open-records.ts';
import type { OpenRow } from '../../../src/monitors/records/open-records.ts';

const row = fc.record<OpenRow<string>>({
  record: fc.constantFrom('', 'a', 'b', 'c', '😀', '__proto__'),
  since: fc.option(fc.integer({ min: 1, max: 6 })),
  amount: fc.option(fc.integer({ min: -999, max: 999 }).map((cents) => (cents / 100).toFixed(2))),
  currency: fc.constantFrom('', 'EUR', 'USD'),
  details: fc.string({ maxLength: 2 }),
});

function open(rows: readonly OpenRow<string>[]): OpenRecords<string> {
  const records = new OpenRecords<string>();
  for (const entry of rows) records.add(entry);
  return records;
}

/** The obvious way: sort the rows of each record by age, keep the oldest age and the newest row. */
function slowly(rows: readonly OpenRow<string>[]) {
  const groups = rows.map((entry, index) => (entry.record === '' ? `\u0000${index}` : entry.record));
  return [...new Set(groups)].map((group) => {
    const own = rows
      .filter((_, index) => groups[index] === group)
      .toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0));
    const ages = own.flatMap(({ since }) => since ?? []);
    return { newest: own.at(-1), since: ages.length === 0 ? null : Math.min(...ages) };
  });
}

describe('OpenRecords', () => {
  it('counts each record once, since its oldest row, with the words and amount of its newest', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const records = open(rows);
        const expected = slowly(rows);
        expect(records.count).toBe(expected.length);
        const ages = expected.flatMap(({ since }) => since ?? []);
        expect(records.oldestSince()).toBe(ages.length === 0 ? null : Math.min(...ages));
        expect(records.countSince(3)).toBe(ages.filter((since) => since >= 3).length);
        expect(records.countUntil(3)).toBe(ages.filter((since) => since <= 3).length);

        const cents = new Map<string, number>();
        for (const { newest } of expected)
          if (newest !== undefined && newest.amount !== null)
            cents.set(
              newest.currency,
              (cents.get(newest.currency) ?? 0) + Math.round(Number(newest.amount) * 100),
            );
        expect(new Map(records.amounts())).toEqual(
          new Map([...cents].map(([currency, sum]) => [currency, sum === 0 ? 0 : sum / 100])),
        );

        const listed = records.oldest(rows.length);
        const keyed = expected.filter(({ newest }) => newest?.record !== '');
        expect(listed).toHaveLength(keyed.length);
        expect(new Set(listed.map((entry) => JSON.stringify(entry)))).toEqual(
          new Set(
            keyed.map(({ newest, since }) =>
              JSON.stringify({
                record: newest?.record,
                since,
                amount: newest?.amount,
                currency: newest?.currency,
                details: newest?.details,
              }),
            ),
          ),
        );
      }),
    );
  });

  it('lists the oldest first, those of unknown age last, and no more than it may', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.integer({ min: 0, max: 8 }), (rows, most) => {
        const records = open(rows);
        const ages = records.oldest(most).map(({ since }) => since ?? Number.POSITIVE_INFINITY);
        const all = records.oldest(1000).map(({ since }) => since ?? Number.POSITIVE_INFINITY);
        expect(all).toEqual(all.toSorted((a, b) => (a === b ? 0 : a - b)));
        expect(ages).toEqual(all.slice(0, most));
      }),
    );
  });

  it('forgets a currency that a newer row of the only record has left', () => {
    const records = open([
      { record: 'a', since: 1, amount: '1.00', currency: 'EUR', details: '' },
      { record: 'a', since: 2, amount: '2.00', currency: 'USD', details: '' },
    ]);
    expect(records.amounts()).toEqual([['USD', 2]]);
  });
});
