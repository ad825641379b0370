import { describe, expect, it } from 'vitest';
import { nullCell, type FoundRow, type Selection } from '../../../src/databases/comparison/contract.ts';
import { cents, comparing, textKey, type ComparisonScene } from './comparison-scene.ts';
import { golden } from './golden.ts';
import { requireComparison } from '../../../src/databases/contract.ts';

/** Parts, look-ups, bounds, the server's clock and its plans. */
export function finding(get: () => ComparisonScene): void {
  const whole = (): Promise<Selection> =>
    get().select('SELECT * FROM golden', { extras: { at: 'zoned', changedAt: 'local' } });
  const lookup = (selection: Selection, keys: readonly (bigint | string)[]): Promise<readonly FoundRow[]> =>
    requireComparison(get().database).lookup(selection, keys, comparing());

  describe('parts', () => {
    it('are ranges of keys, half-open', async () => {
      const selection = await whole();
      const keys = [
        { from: -7n, to: 0n },
        { from: 2n, to: 4n },
        { from: 9_007_199_254_740_993n, to: 9_007_199_254_740_994n },
      ];
      expect(await get().keys(selection, { keys })).toEqual([-7n, 2n, 3n, 9_007_199_254_740_993n]);
      expect(await get().keys(selection, { keys: [] })).toEqual([]);
      const many = Array.from({ length: 200 }, (_, index) => ({
        from: BigInt(10 * index),
        to: BigInt(10 * index + 2),
      }));
      expect(await get().keys(selection, { keys: many })).toEqual([0n, 1n]);
    });

    it('are ranges of time, half-open, on columns with a zone and without', async () => {
      const from = Date.parse('2026-03-29T00:59:59.123Z');
      const to = Date.parse('2026-10-25T02:00:00.000Z');
      for (const at of ['zoned', 'local'] as const) {
        const selection = await get().select('SELECT * FROM golden', { extras: { at } });
        expect(await get().keys(selection, { at: { from, to } })).toEqual(
          golden
            .filter(({ cells }) => cells[at] >= BigInt(from) && cells[at] < BigInt(to))
            .map(({ row }) => row.id),
        );
      }
    });

    it('are what has changed since', async () => {
      const changedFrom = Date.parse('2026-10-25T02:00:00Z');
      expect(await get().keys(await whole(), { changedFrom })).toEqual([6n, 9_007_199_254_740_994n]);
    });

    it('are what all of them have in common', async () => {
      const part = {
        keys: [{ from: 2n, to: 100n }],
        at: { from: Date.parse('2026-01-01T00:00:00Z'), to: Date.parse('2026-10-25T01:00:00Z') },
        changedFrom: Date.parse('2026-03-29T00:59:59.500Z'),
      };
      expect(await get().keys(await whole(), part)).toEqual([3n, 4n, 5n]);
    });

    it('are of the user’s own query, with parameters of his', async () => {
      const note = `O'Hara \\ ; -- :id`;
      const selection = await get().select(
        `SELECT id, note, ':note' AS literal FROM golden WHERE note = :note OR local < :until -- :note`,
        { parameters: { note, until: new Date('1969-12-31T23:00:00Z') } },
      );
      expect(await get().keys(selection)).toEqual([-7n, 4n]);
    });
  });

  describe('look-ups', () => {
    it('find rows by integer keys, with what a report needs', async () => {
      const selection = await get().select(`SELECT id, amount, local, 'EUR ' AS cur FROM golden`, {
        fields: { amount: cents },
        extras: { at: 'local', amount: 'amount', currency: 'cur' },
      });
      const found = await lookup(selection, [9_007_199_254_740_993n, 1n, 77n]);
      const large = golden.find(({ row }) => row.id === 9_007_199_254_740_993n)?.cells;
      expect([...found].sort((a, b) => Number(a.key) - Number(b.key))).toEqual([
        { key: 1n, cells: [nullCell, nullCell], texts: [null], amount: null, currency: 'EUR' },
        {
          key: 9_007_199_254_740_993n,
          cells: [large?.cents, large?.local],
          texts: [null],
          amount: '90071992547409.9300',
          currency: 'EUR',
        },
      ]);
      expect(await lookup(selection, [])).toEqual([]);
    });

    it('bring the texts behind digests and codes, spaces at their end dropped', async () => {
      const selection = await get().select(
        `SELECT id, amount, note, 'EUR  ' AS cur, 7 AS state FROM golden WHERE id IN (1, 4)`,
        {
          fields: {
            amount: cents,
            note: { type: 'text' },
            cur: { type: 'text' },
            state: { type: 'status', codes: {}, other: -1 },
          },
        },
      );
      const found = [...(await lookup(selection, [1n, 4n]))].sort((a, b) => Number(a.key) - Number(b.key));
      expect(found.map(({ texts }) => texts)).toEqual(
        [1n, 4n].map((id) => [null, golden.find(({ row }) => row.id === id)?.cells.note, 'EUR', '7']),
      );
    });

    it('find rows by text keys, and keep apart what a collation takes for equal', async () => {
      const find = async (measure: Selection['key']['measure'], keys: string[]): Promise<string[]> => {
        const selection = await get().select('SELECT * FROM golden', { key: { column: 'ref', measure } });
        return (await lookup(selection, keys)).map(({ key }) => String(key)).sort();
      };
      expect(await find(textKey(), ['A-1', 'd', `O'Hara`, 'nothing'])).toEqual(['A-1', 'd']);
      expect(await find(textKey({ fold: true }), ['a-1'])).toEqual(['a-1', 'a-1']);
      expect(await find(textKey({ trim: true }), ['b', 'c'])).toEqual(['b', 'c']);
    });

    it('find every row of a key, and as many keys as one may ask for', async () => {
      const { types } = get().facts;
      const rows = Array.from({ length: 700 }, (_, index) => `${index}, 'k${index}'`);
      await get().table('many', `id ${types.big}, name varchar(20)`, [...rows, `7, 'k7'`]);
      const byId = await get().select('SELECT * FROM many');
      const ids = Array.from({ length: 500 }, (_, index) => BigInt(index));
      expect(await lookup(byId, ids)).toHaveLength(501);
      const byName = await get().select('SELECT * FROM many', {
        key: { column: 'name', measure: textKey({ trim: true }) },
      });
      expect(
        await lookup(
          byName,
          ids.map((id) => `k${id}`),
        ),
      ).toHaveLength(501);
    });
  });

  describe('bounds, clock and access', () => {
    it('tells the smallest and the largest key', async () => {
      const comparison = requireComparison(get().database);
      const [first, last] = [golden[0]?.row.id, golden.at(-1)?.row.id];
      expect(await comparison.keyBounds(await whole(), comparing())).toEqual({
        lowest: first,
        highest: last,
      });
      const none = await get().select('SELECT * FROM golden WHERE id = 4711');
      expect(await comparison.keyBounds(none, comparing())).toBe(null);
    });

    it('tells the server’s clock', async () => {
      const now = await requireComparison(get().database).now(comparing());
      // The server runs on this machine or on one whose clock is set.
      expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
    });

    it('tells how a part would be read', async () => {
      const { types } = get().facts;
      const rows = Array.from({ length: 5000 }, (_, index) => `${index}, ${index % 7}`);
      await get().table('accessed', `id ${types.big} NOT NULL PRIMARY KEY, amount int`, rows);
      const comparison = requireComparison(get().database);
      const selection = await get().select('SELECT id, amount FROM accessed');
      const narrow = { keys: [{ from: 10n, to: 20n }] };
      const led = await comparison.access(selection, narrow, comparing());
      expect(led.indexed).not.toBe(false);
      if (led.indexed === true) expect(led.scannedRows).toBe(0);
      const byAmount = await get().select('SELECT amount, id FROM accessed', {
        key: { column: 'amount', measure: { type: 'integer' } },
      });
      const scan = await comparison.access(byAmount, narrow, comparing());
      expect(scan.indexed).not.toBe(true);
      if (scan.indexed === false) {
        expect(scan.scannedRows).toBeGreaterThan(1000);
        expect(scan.scannedRows).toBeLessThan(20_000);
      }
      for (const { text } of [led, scan]) expect(text).toMatch(/^.+$/);
    });
  });
}
