import { nullCell } from '../../../../src/databases/comparison/contract.ts';
import type {
  Key,
  Mismatch,
  MismatchKind,
  TimeRange,
} from '../../../../src/monitors/reconcile/engine/types.ts';
import type { MemoryRow } from './memory-comparison.ts';

function sameCells(one: readonly bigint[], other: readonly bigint[], tolerances: readonly number[]): boolean {
  return one.every((cell, index) => {
    const partner = other[index] ?? nullCell;
    if (cell === partner) return true;
    if (cell === nullCell || partner === nullCell) return false;
    const difference = cell - partner;
    return (difference < 0n ? -difference : difference) <= BigInt(tolerances[index] ?? 0);
  });
}

function kindOf(
  lefts: readonly MemoryRow[],
  rights: readonly MemoryRow[],
  tolerances: readonly number[],
): MismatchKind | null {
  if (lefts.length > 1 || rights.length > 1) return 'duplicate';
  const [left] = lefts;
  const [right] = rights;
  if (left === undefined) return 'missing_left';
  if (right === undefined) return 'missing_right';
  return sameCells(left.cells, right.cells, tolerances) ? null : 'different';
}

/** The earliest time of rows, those without one left out. */
function earliest(rows: readonly MemoryRow[]): number | undefined {
  return rows
    .map(({ at }) => at)
    .filter((at) => typeof at === 'number')
    .sort((one, other) => one - other)[0];
}

/** What a comparison of two tables has to find, told plainly: every key, all its rows on each side. */
export function mismatches(
  left: readonly MemoryRow[],
  right: readonly MemoryRow[],
  core?: TimeRange,
  tolerances: readonly number[] = [],
): Mismatch[] {
  const lefts = Map.groupBy(left, ({ key }) => key);
  const rights = Map.groupBy(right, ({ key }) => key);
  return [...new Set([...lefts.keys(), ...rights.keys()])].flatMap((key: Key) => {
    const [ours, theirs] = [lefts.get(key) ?? [], rights.get(key) ?? []];
    const kind = kindOf(ours, theirs, tolerances);
    if (kind === null) return [];
    const at = earliest(ours) ?? earliest(theirs);
    const isCore = core === undefined || (at !== undefined && at >= core.from && at < core.to);
    return isCore ? [{ kind, key }] : [];
  });
}

/** In an order that does not depend on how they were found. */
export function sorted(found: readonly Mismatch[]): string[] {
  return found.map(({ kind, key }) => `${typeof key} ${key} ${kind}`).sort();
}

/** The same, as seen from the other side. */
export function exchanged(found: readonly Mismatch[]): Mismatch[] {
  const other = { missing_left: 'missing_right', missing_right: 'missing_left' } as const;
  return found.map(({ kind, key }) => ({
    kind: kind === 'missing_left' || kind === 'missing_right' ? other[kind] : kind,
    key,
  }));
}
