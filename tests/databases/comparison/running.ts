import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { comparing, textKey, type ComparisonScene } from './comparison-scene.ts';
import { requireComparison } from '../../../src/databases/contract.ts';

const megabyte = 1024 * 1024;
const rows = 1_000_000;

/** Streams, and how they end. */
export function running(get: () => ComparisonScene): void {
  const series = (count: number, marker = ''): string => `${get().facts.sql.series(count)} /* ${marker} */`;
  /** Rows of a statement that nobody reads to its end; not too many where no one can end it. */
  const endlessRows = (): number => (get().facts.capabilities.cancel ? 20_000_000 : 300_000);
  const byNumber = { key: { column: 'n', measure: { type: 'integer' } } } as const;

  describe('streams', () => {
    it('hand out a million rows in order, with flat memory', async () => {
      const selection = await get().select(series(rows), {
        ...byNumber,
        fields: { n: { type: 'money', digits: 2 } },
      });
      const before = process.memoryUsage().rss;
      let most = 0;
      let last = 0n;
      let bytes = 0;
      for await (const batch of requireComparison(get().database).rows(selection, {}, true, comparing())) {
        for (let at = 0; at < batch.count * batch.width; at += batch.width) {
          const key = batch.cells[at] ?? 0n;
          if (key !== last + 1n || batch.cells[at + 1] !== key * 100n || batch.words[2 * at] !== Number(key))
            throw new Error(`row ${last + 1n} is ${key}`);
          last = key;
        }
        bytes += batch.bytes;
        most = Math.max(most, process.memoryUsage().rss - before);
      }
      expect(last).toBe(BigInt(rows));
      expect(bytes).toBeGreaterThan(16 * rows);
      expect(most).toBeLessThan(120 * megabyte);
    });

    it('hand out text keys', async () => {
      const selection = await get().select(series(10_000), { key: { column: 'n', measure: textKey() } });
      const keys = await get().keys(selection);
      expect(new Set(keys).size).toBe(10_000);
      expect(keys.every((key) => /^\d+$/.test(String(key)))).toBe(true);
    });

    it('do not run ahead of a slow reader', async () => {
      const selection = await get().select(series(endlessRows()), byNumber);
      const before = process.memoryUsage().rss;
      let batches = 0;
      for await (const batch of requireComparison(get().database).rows(selection, {}, false, comparing())) {
        expect(batch.count).toBeGreaterThan(0);
        await delay(50);
        batches += 1;
        if (batches === 10) break;
      }
      expect(process.memoryUsage().rss - before).toBeLessThan(120 * megabyte);
    });

    it('end on the server when they are left, aborted or take too long', async () => {
      const comparison = requireComparison(get().database);
      const left = get().marker();
      const endless = async (marker: string) => get().select(series(endlessRows(), marker), byNumber);
      for await (const batch of comparison.rows(await endless(left), {}, false, comparing()))
        if (batch.count > 0) break;
      await get().expectGone(left);

      const aborted = get().marker();
      const controller = new AbortController();
      const options = comparing({ signal: controller.signal });
      await expect(async () => {
        for await (const batch of comparison.rows(await endless(aborted), {}, false, options))
          if (batch.count > 0) controller.abort();
      }).rejects.toMatchObject({ name: 'DatabaseError', kind: 'aborted' });
      await get().expectGone(aborted);

      const late = get().marker();
      await expect(async () => {
        for await (const batch of comparison.rows(
          await endless(late),
          {},
          false,
          comparing({ timeoutMs: 300 }),
        ))
          if (batch.count > 0) await delay(100);
      }).rejects.toMatchObject({ name: 'DatabaseError', kind: 'timeout' });
      await get().expectGone(late);

      expect(await get().keys(await get().select(series(3), byNumber))).toEqual([1n, 2n, 3n]);
    });

    it('tell an error of the server', async () => {
      const selection = await get().select('SELECT id FROM golden');
      const broken = { ...selection, sql: 'SELECT id FROM golden_that_is_not_there' };
      await expect(get().rows(broken)).rejects.toMatchObject({ name: 'DatabaseError', kind: 'query' });
      expect(await get().keys(selection, { keys: [{ from: 4n, to: 6n }] })).toEqual([4n, 5n]);
    });

    it('go on side by side', async () => {
      const selection = await get().select(series(50_000), byNumber);
      const counts = await Promise.all(
        Array.from({ length: 5 }, async () => (await get().keys(selection)).length),
      );
      expect(counts).toEqual([50_000, 50_000, 50_000, 50_000, 50_000]);
    });
  });
}
