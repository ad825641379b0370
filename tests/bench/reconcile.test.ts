import fc from 'fast-check';
import { expect, it, describe } from 'vitest';
import { fileURLToPath } from 'node:url';
import { Cleanup } from '../../bench/cleanup.ts';
import { goalsTable } from '../../bench/goals.ts';
import { reconcile } from '../../bench/reconcile.ts';
import { memoryCases } from '../../bench/reconcile-memory.ts';
import { keyOf } from '../../bench/reconcile-tables.ts';
import { describeReal } from '../helpers/real.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

describe('the keys of the tables', () => {
  it('ascend, whatever lies between them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('dense', 'gappy'),
        fc.integer({ min: 1, max: 9_999_999 }),
        (spread, ordinal) => {
          const [one, next] = [keyOf(spread, ordinal, 1e7), keyOf(spread, ordinal + 1, 1e7)];
          expect(next > one && next < 2n ** 63n).toBe(true);
        },
      ),
    );
  });
});

describe('the cases of memory', () => {
  it('are all that was promised', () => {
    const buckets = memoryCases.filter(({ work }) => work === 'buckets');
    for (const spread of ['dense', 'gappy'])
      expect(
        buckets
          .filter((each) => each.spread === spread)
          .map(({ share, scatter }) => `${share * 100} % ${scatter}`),
      ).toEqual([
        '0 % scattered',
        '0.01 % scattered',
        '0.01 % clustered',
        '1 % scattered',
        '1 % clustered',
        '50 % scattered',
        '50 % clustered',
      ]);
    expect(memoryCases.map(({ work }) => work)).toEqual(expect.arrayContaining(['rows', 'cycle']));
  });
});

describeReal('the benchmark of comparisons', ['postgres'], () => {
  it('measures every goal, and finds exactly what was planted', { timeout: 120_000 }, async () => {
    const cleanup = new Cleanup();
    try {
      const { goals, details } = await reconcile.run({
        cleanup,
        main,
        rounds: 2,
        rows: [1000],
        seconds: 1,
        watchSeconds: 1,
        say: () => undefined,
      });
      const lines = goalsTable(goals)
        .split('\n')
        .slice(2)
        .map((line) => line.split('|').map((cell) => cell.trim()));
      expect(lines.map(([, what, goal]) => `${what}: ${goal}`)).toEqual([
        '1k rows a side: buckets, native digest: ≤ 0.6 ×',
        '1k rows a side: packed streaming: ≤ 1 ×',
        '1k rows a side: buckets, md5: ≤ 2 ×',
        '1k rows a side: incremental cycle, 1 % hot: ≤ 0.1 ×',
        '1k rows a side: bytes of buckets, as a share of the bytes of all rows: ≤ 2.5 %',
        `1k rows a side: resident memory, the largest of ${memoryCases.length} cases: ≤ 128 MB`,
      ]);
      for (const { what, measured } of goals) {
        expect(measured.length, what).toBe(/bytes|memory/.test(what) ? 1 : 2);
        for (const value of measured) expect(value, what).toBeGreaterThan(0);
      }
      expect(details).toMatch(/FULL OUTER JOIN in one database/);
      expect(details).toMatch(/buckets, gappy keys, 50 % differ, clustered +\| +[\d.]+ \| +500 \|/);
    } finally {
      await cleanup.run();
    }
  });
});
