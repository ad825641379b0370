import type {
  Comparison,
  ComparisonOptions,
  Digest,
  Grid,
  Part,
  Selection,
} from '../../../databases/comparison/contract.ts';
import type { Instant } from '../../../time.ts';

/**
 * - `missing_left`, `missing_right`: the record is on the other side alone
 * - `different`: it is once on each side, with other fields
 * - `duplicate`: its key is on one side more than once; such a key is never anything else
 */
export type MismatchKind = 'missing_left' | 'missing_right' | 'different' | 'duplicate';

/** A key in canonical form. */
export type Key = bigint | string;

/** A key that is not the same on both sides, in canonical form. Its values come from a look-up. */
export interface Mismatch {
  readonly kind: MismatchKind;
  readonly key: Key;
}

/** One of the two tables. */
export interface Side {
  readonly comparison: Comparison;
  readonly selection: Selection;
}

/** The two sides, in the order in which they are read. */
export const sideNames = ['left', 'right'] as const;
export type SideName = (typeof sideNames)[number];

/** One thing for each side. */
export type Pair<Thing> = Readonly<Record<SideName, Thing>>;

/** Half-open. */
export interface TimeRange {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * - `merge`: reads both sides in the order of an integer key
 * - `hash`: reads both sides in any order and keeps what has no partner yet
 * - `buckets`: compares digests of buckets, then reads those that differ
 */
export type PlanName = 'merge' | 'hash' | 'buckets';

/** How buckets are made. */
export interface BucketSettings {
  /**
   * Integer keys by `key`; its `from` is not above the first key of the part. Text keys by `at`, which is right only where a
   * record has the same `at` on both sides: rows without one are not compared, and rows of one key with different times
   * are looked upon apart, so that such a key may be called missing, or go unseen, instead of duplicate.
   */
  readonly grid: Grid;
  readonly digest: Digest;
  /** False only where keys are known to be unique on both sides: a duplicate that both sides have alike goes unseen then. */
  readonly countKeys: boolean;
}

/** How a part is compared. */
export interface CompareOptions extends ComparisonOptions {
  /** Per field, how far two instants may lie apart; 0, or nothing: not at all. Two cells of which one is NULL always differ. */
  readonly tolerancesMs: readonly number[];
  /** Wanted by plan `buckets`. */
  readonly buckets?: BucketSettings;
  /** Most rows, or buckets, that are kept in memory at once; see `TooManyRows`. */
  readonly mostHeld?: number;
}

/**
 * Takes each mismatch as it is found: at once, and without waiting. It may be called as often as there are rows. What it
 * throws ends the comparison.
 */
export type Sink = (mismatch: Mismatch) => void;

/** What was read of one side. */
export interface SideStatistics {
  /** Rows that were transferred. */
  rows: number;
  /** Bytes that the server sent for rows and buckets, as far as is known. */
  bytes: number;
  /** Rows that the buckets counted. */
  digested: number;
}

/** What a comparison cost. */
export interface Statistics extends Pair<SideStatistics> {
  /** Buckets that were compared: those that are not empty on both sides. */
  buckets: number;
  differingBuckets: number;
  elapsedMs: number;
}

/** What every plan is given: the part of both sides that is compared, how, and where the result goes. */
export interface CompareContext {
  readonly sides: Pair<Side>;
  readonly parts: Pair<Part>;
  /** Absent: every mismatch is reported. */
  readonly core: TimeRange | undefined;
  readonly options: CompareOptions;
  readonly mostHeld: number;
  readonly sink: Sink;
  readonly statistics: Statistics;
}

/**
 * More rows than may be kept in memory at once: the part must be cut in two, and both tried. What was reported before stays
 * true; some of it is reported again.
 */
export class TooManyRows extends Error {
  override readonly name = 'TooManyRows';
  readonly most: number;

  constructor(most: number) {
    super(`more than ${most} rows would have to be kept in memory at once; compare a smaller part`);
    this.most = most;
  }
}
