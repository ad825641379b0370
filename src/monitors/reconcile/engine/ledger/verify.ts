import { mostKeys, nullCell } from '../../../../databases/comparison/contract.ts';
import type { ComparisonOptions, FoundRow } from '../../../../databases/comparison/contract.ts';
import type { Key, MismatchKind, Side } from '../types.ts';

/** What two looks at one side and one at the other between them say of a key. */
export type Finding =
  | {
      readonly kind: MismatchKind;
      /** The row of each side; null where there is none. Of several rows with the key, the first. */
      readonly left: FoundRow | null;
      readonly right: FoundRow | null;
    }
  /** Both sides have it alike, or neither has it. */
  | { readonly kind: 'well' }
  /** It changed while it was looked at: nothing can be said. */
  | { readonly kind: 'moving' };

/** What counts as the same: for each cell, by how much it may differ; 0 and what is absent is exact. */
export type Tolerances = readonly number[];

function sameCell(one: bigint, other: bigint, tolerance: number): boolean {
  if (one === other) return true;
  if (tolerance === 0 || one === nullCell || other === nullCell) return false;
  const difference = one > other ? one - other : other - one;
  return difference <= BigInt(tolerance);
}

/** @param cells how many cells count, from the first one on: `at` behind them does not. */
function sameRow(one: FoundRow, other: FoundRow, cells: number, tolerances: Tolerances): boolean {
  for (let at = 0; at < cells; at += 1)
    if (!sameCell(one.cells[at] ?? nullCell, other.cells[at] ?? nullCell, tolerances[at] ?? 0)) return false;
  return true;
}

/** Whether a side showed the same rows of a key both times. */
function hasStayed(before: readonly FoundRow[], after: readonly FoundRow[], cells: number): boolean {
  const [first] = before;
  const [second] = after;
  if (before.length !== after.length) return false;
  return (
    first === undefined || second === undefined || before.length > 1 || sameRow(first, second, cells, [])
  );
}

function judge(
  before: readonly FoundRow[],
  between: readonly FoundRow[],
  after: readonly FoundRow[],
  cells: number,
  tolerances: Tolerances,
): Finding {
  if (!hasStayed(before, after, cells)) return { kind: 'moving' };
  const left = after[0] ?? null;
  const right = between[0] ?? null;
  if (after.length > 1 || between.length > 1) return { kind: 'duplicate', left, right };
  if (left === null) return right === null ? { kind: 'well' } : { kind: 'missing_left', left, right };
  if (right === null) return { kind: 'missing_right', left, right };
  return sameRow(left, right, cells, tolerances) ? { kind: 'well' } : { kind: 'different', left, right };
}

function byKey(rows: readonly FoundRow[]): ReadonlyMap<Key, readonly FoundRow[]> {
  return Map.groupBy(rows, ({ key }) => key);
}

/**
 * Looks keys up on both sides, left, right and left again: no snapshot spans two servers, so a row that is copied meanwhile
 * would seem missing or different. A record reported as missing on the right was on the left before and after it was absent on
 * the right; one reported as different did not change on the left. A row that the left side lacks was absent before and after it was
 * seen on the right. Times play no part: a record that lies in another window on the other side is found all the same.
 *
 * @param keys in canonical form, each once.
 * @param onBatch called with the findings of some keys, until all were looked up.
 * @throws DatabaseError as the driver threw it; findings that were handed out before stay true.
 */
export async function verify(
  { left, right }: { readonly left: Side; readonly right: Side },
  keys: readonly Key[],
  tolerances: Tolerances,
  options: ComparisonOptions,
  onBatch: (findings: ReadonlyMap<Key, Finding>) => void,
): Promise<void> {
  const cells = left.selection.fields.length;
  for (let from = 0; from < keys.length; from += mostKeys) {
    const batch = keys.slice(from, from + mostKeys);
    const look = async ({ comparison, selection }: Side) =>
      byKey(await comparison.lookup(selection, batch, options));
    const before = await look(left);
    const between = await look(right);
    const after = await look(left);
    const rowsOf = (found: ReadonlyMap<Key, readonly FoundRow[]>, key: Key) => found.get(key) ?? [];
    onBatch(
      new Map(
        batch.map((key) => [
          key,
          judge(rowsOf(before, key), rowsOf(between, key), rowsOf(after, key), cells, tolerances),
        ]),
      ),
    );
  }
}
