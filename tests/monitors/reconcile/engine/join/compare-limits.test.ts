import { describe, expect, it } from 'vitest';
import type { Part } from '../../../../../src/databases/comparison/contract.ts';
import { compare } from '../../../../../src/monitors/reconcile/engine/join/compare.ts';
import { TooManyRows, type Mismatch } from '../../../../../src/monitors/reconcile/engine/types.ts';
import { everyKey, keyBuckets, plain, rowsOf, run } from '../in-memory.ts';
import { MemoryComparison, memorySelection, type MemoryRow } from '../memory-comparison.ts';
import { sorted } from '../oracle.ts';

describe('compare: what it reads', () => {
  const part: Part = { keys: [{ from: 0n, to: 100_000n }] };

  it('fetches only the buckets that differ, neighbours as one range', async () => {
    const right = rowsOf(0, 1000).filter(({ key }) => key !== 105n && key !== 119n && key !== 500n);
    const { found, statistics, one } = await run('buckets', {
      left: rowsOf(0, 1000),
      right,
      part,
      options: keyBuckets(10n),
    });
    expect(sorted(found)).toEqual([
      'bigint 105 missing_right',
      'bigint 119 missing_right',
      'bigint 500 missing_right',
    ]);
    expect(one.asked).toEqual([
      {
        keys: [
          { from: 100n, to: 120n },
          { from: 500n, to: 510n },
        ],
      },
    ]);
    expect(statistics).toMatchObject({
      buckets: 100,
      differingBuckets: 3,
      left: { rows: 30, digested: 1000 },
      right: { rows: 27, digested: 997 },
    });
  });

  it('asks for no more ranges at once than a statement takes', async () => {
    const right = rowsOf(0, 20_000).filter(({ key }) => Number(key) % 40 !== 7);
    const { found, one, other } = await run('buckets', {
      left: rowsOf(0, 20_000),
      right,
      part,
      sizes: [500],
      rightSizes: [700],
      options: keyBuckets(5n),
    });
    expect(found).toHaveLength(500);
    expect(one.asked.map(({ keys }) => keys?.length)).toEqual([125, 125, 125, 125]);
    expect(other.asked).toEqual(one.asked);
  });

  it('reads everything in order when more than a fifth of the rows are suspect', async () => {
    const right = rowsOf(0, 1000).map((row) => (Number(row.key) < 205 ? { ...row, cells: [-1n] } : row));
    const { found, one } = await run('buckets', {
      left: rowsOf(0, 1000),
      right,
      part,
      options: keyBuckets(10n),
    });
    expect(found).toHaveLength(205);
    expect(one.asked).toEqual([part]);
  });

  it('counts suspect rows and not suspect buckets', async () => {
    // Nearly all buckets differ, which hold hardly any of the rows.
    const lone = Array.from({ length: 50 }, (_, index) => ({
      key: BigInt(10_000 + 1000 * index),
      cells: [1n],
      at: 0,
    }));
    const { found, one } = await run('buckets', {
      left: [...rowsOf(0, 1000), ...lone],
      right: rowsOf(0, 1000),
      part,
      options: keyBuckets(1000n),
    });
    expect(found).toHaveLength(50);
    expect(one.asked).toHaveLength(1);
    expect(one.asked[0]?.keys).toHaveLength(1);
    expect(one.asked[0]?.keys?.[0]).toEqual({ from: 10_000n, to: 60_000n });
  });

  it('sees what both sides have twice, unless keys are said to be unique', async () => {
    const twice = [...rowsOf(0, 100), ...rowsOf(42, 43)];
    const told = await run('buckets', { left: twice, right: twice, part, options: keyBuckets(10n) });
    expect(sorted(told.found)).toEqual(['bigint 42 duplicate']);
    const untold = await run('buckets', { left: twice, right: twice, part, options: keyBuckets(10n, false) });
    expect(untold.found).toEqual([]);
  });

  it('reads nothing of a side whose part does not reach there', async () => {
    const selection = memorySelection('integer', 1, true);
    const left = new MemoryComparison(rowsOf(0, 100), [10]);
    const right = new MemoryComparison(rowsOf(0, 50), [10]);
    const found: Mismatch[] = [];
    const parts = { left: { keys: [{ from: 0n, to: 100n }] }, right: { keys: [{ from: 0n, to: 50n }] } };
    const sides = [
      { comparison: left, selection },
      { comparison: right, selection },
    ] as const;
    const options = { ...plain, ...keyBuckets(90n) };
    await compare('buckets', ...sides, parts, { from: 95, to: 200 }, options, (each) => found.push(each));
    expect(found.map(({ key }) => key)).toEqual([95n, 96n, 97n, 98n, 99n]);
  });
});

describe('compare: limits', () => {
  const text = (rows: readonly MemoryRow[]) => rows.map((row) => ({ ...row, key: `ORD-${row.key}` }));

  it('says so when too many keys wait for a partner', async () => {
    const given = { left: text(rowsOf(0, 500)), right: text(rowsOf(500, 1000)), key: 'text' } as const;
    await expect(run('hash', { ...given, options: { mostHeld: 999 } })).rejects.toThrow(TooManyRows);
    const { found } = await run('hash', { ...given, options: { mostHeld: 1000 } });
    expect(found).toHaveLength(1000);
  });

  it('lets pairs that have met go, up to 7 for one that may wait', async () => {
    const rows = text(rowsOf(0, 701));
    const given = {
      left: rows.slice(1),
      right: rows.slice(1),
      key: 'text',
      options: { mostHeld: 100 },
    } as const;
    expect((await run('hash', given)).found).toEqual([]);
    await expect(run('hash', { ...given, left: rows, right: rows })).rejects.toThrow(TooManyRows);
  });

  it('reads one side after the other where both are on one server', async () => {
    const selection = memorySelection('integer', 1, true);
    const both = new MemoryComparison(rowsOf(0, 300), [7, 50]);
    const side = { comparison: both, selection };
    const parts = { left: { keys: [{ from: 0n, to: 200n }] }, right: { keys: [{ from: 100n, to: 300n }] } };
    for (const plan of ['merge', 'hash', 'buckets'] as const) {
      const found: Mismatch[] = [];
      const options = { ...plain, ...keyBuckets(10n), mostHeld: 200 };
      await compare(plan, side, side, parts, undefined, options, (each) => found.push(each));
      expect(
        Object.entries(Object.groupBy(found, ({ kind }) => kind)).map(([kind, all]) => [kind, all.length]),
      ).toEqual([
        ['missing_right', 100],
        ['missing_left', 100],
      ]);
      expect(both.mostRunning, plan).toBe(1);
      const tight = { ...options, mostHeld: 19 };
      await expect(
        compare(plan, side, side, parts, undefined, tight, () => undefined),
        plan,
      ).rejects.toThrow(TooManyRows);
    }
  });

  it('ends both statements when one side fails, and says which', async () => {
    const selection = memorySelection('integer', 1, true);
    for (const plan of ['merge', 'hash'] as const)
      for (const failing of [0, 1]) {
        const sides = [
          new MemoryComparison(rowsOf(0, 1000), [10]),
          new MemoryComparison(rowsOf(0, 1000), [10]),
        ] as const;
        sides[failing === 0 ? 0 : 1].failAfter = 500;
        const [left, right] = [
          { comparison: sides[0], selection },
          { comparison: sides[1], selection },
        ];
        await expect(
          compare(plan, left, right, { left: {}, right: {} }, undefined, plain, () => undefined),
        ).rejects.toThrow('the server is gone');
        expect(sides.map(({ running }) => running)).toEqual([0, 0]);
      }
  });

  it('ends when its signal fires, and when the sink throws', async () => {
    const selection = memorySelection('integer', 1, true);
    for (const plan of ['merge', 'hash', 'buckets'] as const) {
      const [left, right] = [
        new MemoryComparison(rowsOf(0, 1000), [10]),
        new MemoryComparison(rowsOf(0, 1000, 1n), [10]),
      ];
      const sides = [
        { comparison: left, selection },
        { comparison: right, selection },
      ] as const;
      const parts = { left: { keys: [{ from: 0n, to: 1000n }] }, right: { keys: [{ from: 0n, to: 1000n }] } };
      const options = { ...plain, ...keyBuckets(10n) };
      const full = () => {
        throw new Error('full');
      };
      await expect(compare(plan, ...sides, parts, undefined, options, full)).rejects.toThrow('full');
      const aborted = { ...options, signal: AbortSignal.abort(new Error('enough')) };
      await expect(compare(plan, ...sides, parts, undefined, aborted, full)).rejects.toThrow('enough');
      expect([left.running, right.running]).toEqual([0, 0]);
    }
  });

  it('refuses what would be silently wrong', async () => {
    const rows = rowsOf(0, 3);
    const grid = { by: 'key', from: 5n, width: 10n } as const;
    const low = {
      left: rows,
      right: rows,
      part: everyKey,
      options: { buckets: { grid, digest: 'md5', countKeys: true } },
    } as const;
    await expect(run('buckets', low)).rejects.toThrow('begins before its grid');
    const narrow = {
      buckets: { grid: { by: 'key', from: -(2n ** 63n), width: 2n }, digest: 'md5', countKeys: true },
    } as const;
    await expect(run('buckets', { ...low, options: narrow })).rejects.toThrow('not exact');
    await expect(run('buckets', { left: rows, right: rows })).rejects.toThrow('wants a grid');
    await expect(run('merge', { left: rows, right: rows, key: 'text' })).rejects.toThrow('integer keys');
    await expect(run('buckets', { ...low, key: 'text' })).rejects.toThrow('by `at`');
  });

  it('notices a server that does not keep to the order', async () => {
    const selection = memorySelection('integer', 1, true);
    class Disordered extends MemoryComparison {
      override rows(...[some, part, , options]: Parameters<MemoryComparison['rows']>) {
        return super.rows(some, part, false, options);
      }
    }
    const left = new Disordered(rowsOf(0, 50).toReversed(), [7]);
    const right = new MemoryComparison(rowsOf(0, 50), [7]);
    await expect(
      compare(
        'merge',
        { comparison: left, selection },
        { comparison: right, selection },
        { left: {}, right: {} },
        undefined,
        plain,
        () => undefined,
      ),
    ).rejects.toThrow('out of order');
  });
});
