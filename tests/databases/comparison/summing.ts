import { describe, expect, it } from 'vitest';
import type { Digest, Grid, Selection } from '../../../src/databases/comparison/contract.ts';
import { cents, textKey, type ComparisonScene } from './comparison-scene.ts';
import { golden, integerDigest, md5Digest, statusMeasure } from './golden.ts';
import { requireComparison } from '../../../src/databases/contract.ts';

/** Buckets and digests. */
export function summing(get: () => ComparisonScene): void {
  const fields = { amount: cents, status: statusMeasure };
  const byKey: Grid = { by: 'key', from: -10n, width: 1n };
  const integers = (): Promise<Selection> => get().select('SELECT * FROM golden', { fields });
  const can = (selection: Selection, digest: Digest): boolean =>
    requireComparison(get().database).digests(selection).includes(digest);

  describe('buckets', () => {
    it('hold the digest `integer` of their rows', async () => {
      const selection = await integers();
      expect(can(selection, 'integer')).toBe(true);
      expect(await get().buckets(selection, byKey, 'integer')).toEqual(
        golden.map(({ row, cells }) => ({
          index: Number((row.id ?? 0n) + 10n),
          rows: 1,
          keys: 1,
          sum: String(integerDigest([row.id ?? 0n, cells.cents, cells.status])),
        })),
      );
    });

    it('hold the digest `md5` of their rows', async () => {
      const selection = await get().select('SELECT * FROM golden', {
        fields: { ...fields, note: { type: 'text' } },
      });
      expect(can(selection, 'md5')).toBe(true);
      expect(can(selection, 'integer')).toBe(false);
      const found = await get().buckets(selection, byKey, 'md5');
      expect(found.map(({ sum }) => sum)).toEqual(
        golden.map(({ row, cells }) => String(md5Digest([row.id, cells.cents, cells.status, cells.note]))),
      );
    });

    it('hold the digest `md5` of times without a zone as of those with one, in UTC', async () => {
      for (const column of ['zoned', 'local'] as const) {
        const selection = await get().select('SELECT * FROM golden', {
          fields: { [column]: { type: 'instant' } },
        });
        const found = await get().buckets(selection, byKey, 'md5');
        expect(found.map(({ sum }) => sum)).toEqual(
          golden.map(({ row, cells }) => String(md5Digest([row.id, cells[column]]))),
        );
      }
    });

    it('add up, whatever their width, over keys below zero too', async () => {
      const selection = await integers();
      const [small, large] = [golden.slice(0, 8), golden.slice(8)];
      const sumOf = (some: typeof golden): string =>
        String(
          some.reduce((sum, { row, cells }) => sum + md5Digest([row.id, cells.cents, cells.status]), 0n),
        );
      const found = await get().buckets(selection, { by: 'key', from: -1000n, width: 5_000_000_000n }, 'md5');
      expect(found).toEqual([
        { index: 0, rows: 8, keys: 8, sum: sumOf(small) },
        { index: 1_801_439, rows: 2, keys: 2, sum: sumOf(large) },
      ]);
      const few = await get().buckets(selection, { by: 'key', from: -8n, width: 8n }, 'md5', {
        part: { keys: [{ from: -8n, to: 100n }] },
      });
      expect(few.map(({ index, rows }) => [index, rows])).toEqual([
        [0, 1],
        [1, 7],
      ]);
    });

    it('reach from the smallest to the largest integer', async () => {
      const [lowest, highest] = [-(2n ** 63n), 2n ** 63n - 1n];
      const keys = [`-${highest} - 1`, '0', String(highest)];
      const selection = await get().select(keys.map((id) => `SELECT ${id} AS id`).join(' UNION ALL '));
      const found = await get().buckets(selection, { by: 'key', from: lowest, width: 2n ** 62n }, 'integer', {
        part: {
          keys: [
            { from: lowest, to: highest },
            { from: highest, to: highest + 1n },
          ],
        },
      });
      expect(found.map(({ index, rows }) => [index, rows])).toEqual([
        [0, 1],
        [2, 1],
        [3, 1],
      ]);
    });

    it('go by the time, without rows that have none', async () => {
      const day = 86_400_000;
      const from = Date.parse('2026-03-28T23:00:00Z');
      const to = Date.parse('2027-01-01T00:00:00Z');
      const part = { at: { from, to } };
      for (const at of ['zoned', 'local']) {
        const wanted = new Map<number, number>();
        for (const { cells } of golden) {
          const cell = Number(at === 'zoned' ? cells.zoned : cells.local);
          if (cell < from || cell >= to) continue;
          const index = Math.floor((cell - from) / day);
          wanted.set(index, (wanted.get(index) ?? 0) + 1);
        }
        const selection = await get().select('SELECT * FROM golden', {
          key: { column: 'ref', measure: textKey() },
          fields,
          extras: { at },
        });
        const grid: Grid = { by: 'at', from, widthMs: day };
        const found = await get().buckets(selection, grid, 'md5', { part });
        expect(found.map(({ index, rows }) => [index, rows])).toEqual([...wanted].sort(([a], [b]) => a - b));
        const sums = golden
          .filter(({ cells }) => {
            const cell = Number(at === 'zoned' ? cells.zoned : cells.local);
            return cell >= from && cell < to;
          })
          .map(({ row, cells }) => md5Digest([(row.ref ?? '').trimEnd(), cells.cents, cells.status]));
        expect(found.reduce((sum, bucket) => sum + BigInt(bucket.sum), 0n)).toBe(
          sums.reduce((sum, each) => sum + each, 0n),
        );
      }
    });

    it('count keys that are there more than once', async () => {
      const { types } = get().facts;
      await get().table('repeated', `id ${types.big}, amount int`, ['1, 5', '1, 5', '1, 6', '2, 5']);
      const selection = await get().select('SELECT id, amount FROM repeated', { fields: { amount: cents } });
      const [bucket] = await get().buckets(selection, { by: 'key', from: 0n, width: 100n }, 'md5', {
        countKeys: true,
      });
      expect([bucket?.rows, bucket?.keys]).toEqual([4, 2]);
    });

    it('show each change, of one row or of several that would cancel out', async () => {
      const { types } = get().facts;
      const same = [1, 2, 3, 4].map((id) => [id, 500, 23] as (number | null)[]);
      const changed: Record<string, (number | null)[][]> = {
        'one cent': [[1, 501, 23], ...same.slice(1)],
        'a sign': [[1, -500, 23], ...same.slice(1)],
        zero: [[1, 500, 0], ...same.slice(1)],
        NULL: [[1, 500, null], ...same.slice(1)],
        'plus and minus': [[1, 505, 23], [2, 495, 23], ...same.slice(2)],
        'four that cancel': [
          [1, 505, 23],
          [2, 495, 23],
          [3, 495, 23],
          [4, 505, 23],
        ],
        'neighbouring cells': [[1, 23, 500], ...same.slice(1)],
        'a high half': [[1, 500 + 2_147_483_647, 23], ...same.slice(1)],
        'another high half': [[1, 500, 23 + 2 * 2_147_483_647], ...same.slice(1)],
        'a power of two': [[1, 500 + 2 ** 32, 23], ...same.slice(1)],
        'a key': [[5, 500, 23], ...same.slice(1)],
        'a pair that is there twice': [...same, [9, 1, 1], [9, 1, 1]],
        same,
      };
      const rows = Object.values(changed).flatMap((set, index) =>
        set.map((row) => [index, ...row].map((value) => value ?? 'NULL').join(', ')),
      );
      await get().table(
        'changes',
        `grp int, id ${types.big}, a ${types.big} NULL, b ${types.big} NULL`,
        rows,
      );
      for (const digest of ['integer', 'md5', 'native:hashtextextended'] as const) {
        const sums = new Set<string>();
        for (const [index] of Object.keys(changed).entries()) {
          const selection = await get().select(`SELECT id, a, b FROM changes WHERE grp = ${index}`, {
            fields: { a: { type: 'integer' }, b: { type: 'integer' } },
          });
          if (!can(selection, digest)) continue;
          const [bucket] = await get().buckets(selection, { by: 'key', from: 0n, width: 100n }, digest);
          sums.add(bucket?.sum ?? '');
        }
        if (sums.size > 0) expect(sums.size).toBe(Object.keys(changed).length);
      }
    });
  });
}
