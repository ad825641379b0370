import { expect } from 'vitest';
import type { Part } from '../../../../src/databases/comparison/contract.ts';
import { compare } from '../../../../src/monitors/reconcile/engine/join/compare.ts';
import type {
  CompareOptions,
  Mismatch,
  PlanName,
  TimeRange,
} from '../../../../src/monitors/reconcile/engine/types.ts';
import { MemoryComparison, memorySelection, type MemoryRow } from './memory-comparison.ts';

const signal = new AbortController().signal;
export const plain: CompareOptions = { signal, timeoutMs: 1000, tolerancesMs: [] };
/** Two tables in memory, and how they are compared. */
export interface Case {
  readonly left: readonly MemoryRow[];
  readonly right: readonly MemoryRow[];
  readonly key?: 'integer' | 'text';
  readonly sizes?: readonly number[];
  readonly rightSizes?: readonly number[];
  readonly part?: Part;
  readonly core?: TimeRange | undefined;
  readonly options?: Partial<CompareOptions>;
}

/** Compares them; in the end nothing runs any more, and never did two statements on a side. */
export async function run(plan: PlanName, given: Case) {
  const { left, right, key = 'integer', core, part = {} } = given;
  const selection = memorySelection(key, left[0]?.cells.length ?? right[0]?.cells.length ?? 2, true);
  const one = new MemoryComparison(left, given.sizes ?? [3]);
  const other = new MemoryComparison(right, given.rightSizes ?? [2]);
  const found: Mismatch[] = [];
  const statistics = await compare(
    plan,
    { comparison: one, selection },
    { comparison: other, selection },
    { left: part, right: part },
    core,
    { ...plain, ...given.options },
    (mismatch) => found.push(mismatch),
  );
  expect([one.running, other.running, one.mostRunning, other.mostRunning]).toEqual([0, 0, 1, 1]);
  return { found, statistics, one, other };
}

/** Rows with those numbers as keys. */
export const rowsOf = (from: number, to: number, cents = 0n): MemoryRow[] =>
  Array.from({ length: to - from }, (_, index) => ({
    key: BigInt(from + index),
    cells: [BigInt(from + index) * 100n + cents],
    at: from + index,
  }));

export const keyBuckets = (width: bigint, countKeys = true): Partial<CompareOptions> => ({
  buckets: { grid: { by: 'key', from: 0n, width }, digest: 'integer', countKeys },
});

export const everyKey: Part = { keys: [{ from: -(2n ** 63n), to: 2n ** 63n }] };
