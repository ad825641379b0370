import { nullCell } from '../../../../databases/comparison/contract.ts';
import type { ComparisonOptions, FoundRow } from '../../../../databases/comparison/contract.ts';
import { ExactSum, isDecimal } from '../../../../decimal.ts';
import type { Instant } from '../../../../time.ts';
import { excerpts } from './excerpts.ts';
import type { VerifiedMismatch } from './ledger.ts';
import type { Key, Pair, Side } from '../types.ts';
import { verify } from './verify.ts';
import type { Finding } from './verify.ts';

/** The fields of a row, without the time behind them. */
function fieldsOf({ cells }: FoundRow, atCell: number | undefined): readonly (bigint | null)[] {
  return cells.slice(0, atCell).map((cell) => (cell === nullCell ? null : cell));
}

/** By how much the amounts of two rows differ, without a sign; null where one is unknown, or in another currency. */
function difference(one: FoundRow, other: FoundRow): string | null {
  if (one.amount === null || other.amount === null) return null;
  if (!isDecimal(one.amount) || !isDecimal(other.amount)) return null;
  if (one.currency !== other.currency && one.currency !== '' && other.currency !== '') return null;
  const sum = new ExactSum();
  sum.add(one.amount);
  sum.subtract(other.amount);
  return sum.toString().replace('-', '');
}

/** The time of a row; null where there is none. */
function timeOf(row: FoundRow | null, atCell: number | undefined): Instant | null {
  const at = atCell === undefined ? undefined : row?.cells[atCell];
  return at === undefined || at === nullCell ? null : Number(at);
}

/** What is stored of a key: time and amount of its row, preferably the left one; of two that differ, the difference. */
function mismatchOf(
  key: Key,
  { kind, left, right }: Exclude<Finding, { kind: 'well' | 'moving' }>,
  atCell: number | undefined,
  presentable: LookupRules['presentable'],
): VerifiedMismatch {
  const areBoth = kind === 'different' && left !== null && right !== null;
  return {
    key,
    kind,
    at: timeOf(left, atCell) ?? timeOf(right, atCell),
    amount: areBoth ? difference(left, right) : ((left ?? right)?.amount ?? null),
    currency: (left?.currency ?? '') || (right?.currency ?? ''),
    left: left === null ? null : fieldsOf(left, atCell),
    right: right === null ? null : fieldsOf(right, atCell),
    leftTexts: excerpts(left, right, presentable),
    rightTexts: excerpts(right, left, presentable),
  };
}

/** What of rows is the same, and what of them is stored. */
export interface LookupRules {
  /** Per field, how far two instants may lie apart; see `CompareOptions`. */
  readonly tolerancesMs: readonly number[];
  /** What of a text may be stored and shown. */
  readonly presentable: (text: string) => string;
}

/** What one run has looked up by key. */
export class KeyLookups {
  readonly mismatches = new Map<Key, VerifiedMismatch>();
  readonly well = new Set<Key>();
  readonly #sides: Pair<Side>;
  readonly #rules: LookupRules;
  readonly #options: ComparisonOptions;

  constructor(sides: Pair<Side>, rules: LookupRules, options: ComparisonOptions) {
    this.#sides = sides;
    this.#rules = rules;
    this.#options = options;
  }

  /** Looks keys up that this run has not looked up yet, and notes what was found. */
  async lookUp(keys: Iterable<Key>): Promise<void> {
    const fresh = [...new Set(keys)].filter((key) => !this.mismatches.has(key) && !this.well.has(key));
    // Once more for what moved: the next run may not come to it, and few rows move twice in a row.
    await this.#verify(await this.#verify(fresh));
  }

  /** @returns the keys that moved. */
  async #verify(keys: readonly Key[]): Promise<Key[]> {
    const moving: Key[] = [];
    await verify(this.#sides, keys, this.#rules.tolerancesMs, this.#options, (findings) => {
      for (const [key, finding] of findings)
        if (finding.kind === 'moving') moving.push(key);
        else this.#note(key, finding);
    });
    return moving;
  }

  #note(key: Key, finding: Exclude<Finding, { kind: 'moving' }>): void {
    if (finding.kind === 'well') {
      this.well.add(key);
      return;
    }
    const { at, fields } = this.#sides.left.selection;
    const atCell = at === undefined ? undefined : fields.length;
    this.mismatches.set(key, mismatchOf(key, finding, atCell, this.#rules.presentable));
  }
}
