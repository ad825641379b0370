import type { ComparisonOptions, Digest, KeyRange, Part } from '../../../../databases/comparison/contract.ts';
import { afterPart, afterTooMuch, bucketWidth, firstPace, keyPace, nextPart, timePace } from './chunks.ts';
import type { Pace } from './chunks.ts';
import { compare } from '../join/compare.ts';
import { choosePlan, measured } from './planner.ts';
import type { AuditPlan, Measurements } from './planner.ts';
import type { BucketSettings, Key, Pair, Side, Statistics } from '../types.ts';
import { TooManyRows } from '../types.ts';
import type { Span } from './audit.ts';
import type { Leg } from './round.ts';

/** Along what a scan goes: the business time, in milliseconds, integer keys, or nothing: all at once. */
export type Axis =
  | {
      readonly by: 'at';
      readonly marginMs: number;
      /** From the first integer key behind the last one, as they were when the run began; undefined for texts. */
      readonly keys: KeyRange | undefined;
    }
  | { readonly by: 'key' | 'whole' };

/** What stays the same for all spans of a run. */
export interface ScanSettings {
  readonly sides: Pair<Side>;
  readonly axis: Axis;
  readonly tolerancesMs: readonly number[];
  readonly digest: Digest | undefined;
  readonly wanted: 'auto' | AuditPlan;
  readonly uniqueKeys: boolean;
  /** Most keys that one part may name; a part with more is cut. */
  readonly mostKeys: number;
  readonly options: ComparisonOptions;
}

/** A part that was compared. */
export interface ScannedPart {
  readonly span: Span;
  /** Keys that seemed different when both sides were read; not looked up yet. */
  readonly keys: readonly Key[];
  /** False when more keys than may be looked up lie at one point, which cannot be cut: the rest of them was left out. */
  readonly isWhole: boolean;
  readonly statistics: Statistics;
  readonly plan: AuditPlan;
}

const largestKey = 2n ** 63n - 1n;
/** So many keys behind the last one are read too: rows may be added meanwhile. */
const keysToCome = 2n ** 40n;
/** Buckets of a part have numbers that are exact. */
const mostBucketsExponent = 40n;
/** Rows that a bucket of integer keys should hold, and for how many keys it is made as long as nothing is known. */
const rowsPerBucket = 500;
const firstBucketWidth = 512n;

/** More keys than may be looked up: the part is cut as one with too many rows. */
class TooManyKeys extends Error {}

/** Rows of the larger side, read or digested. */
export function comparedRows({ left, right }: Statistics): number {
  return Math.max(left.rows, left.digested, right.rows, right.digested);
}

/** How many records of a part were compared by each plan: of buckets that differ, the rows were read. */
export function recordsByPlan({ left, right }: Statistics): Readonly<Record<AuditPlan, number>> {
  const read = Math.max(left.rows, right.rows);
  return { rows: read, buckets: Math.max(left.digested, right.digested, read) - read };
}

/** Compares spans part by part: how wide the next part is, and by which plan, follows from what the ones before cost. */
export class Scanner {
  readonly #settings: ScanSettings;
  #measurements: Measurements;
  #pace: Pace;
  #keysPerBucket = firstBucketWidth;
  /** Why the last part was compared as it was. */
  reason = '';

  constructor(settings: ScanSettings, measurements: Measurements) {
    this.#settings = settings;
    this.#measurements = measurements;
    const { axis } = settings;
    this.#pace = firstPace(
      axis.by !== 'at'
        ? keyPace
        : { ...timePace, firstWidth: BigInt(Math.max(Number(timePace.firstWidth), axis.marginMs)) },
    );
  }

  get measurements(): Measurements {
    return this.#measurements;
  }

  /**
   * Compares a span, part by part, from its beginning or from its end on.
   *
   * @throws DatabaseError as the driver threw it; TooManyRows when even the smallest part is too large.
   */
  async *scan(span: Span, direction: Leg['direction'] = 'up'): AsyncGenerator<ScannedPart, void, undefined> {
    // Parts are cut from the beginning on: downwards, that of the mirror image.
    const turned = ({ from, to }: Span): Span =>
      direction === 'up' ? { from, to } : { from: -to, to: -from };
    const { to, ...rest } = turned(span);
    let { from } = rest;
    // What was too much lies elsewhere.
    this.#pace = { ...this.#pace, trouble: null };
    for (let part = nextPart({ from, to }, this.#pace); part !== null;) {
      const { plan, reason } = choosePlan(this.#settings.wanted, this.#settings.digest, this.#measurements);
      this.reason = reason;
      try {
        const scanned = await this.#part(turned(part), plan);
        this.#learn(part, plan, scanned.statistics);
        from = part.to;
        yield scanned;
      } catch (error) {
        if (!(error instanceof TooManyRows || error instanceof TooManyKeys)) throw error;
        const pace = afterTooMuch(this.#pace, part);
        if (pace === null) throw error;
        this.#pace = pace;
      }
      part = nextPart({ from, to }, this.#pace);
    }
  }

  async #part(span: Span, plan: AuditPlan): Promise<ScannedPart> {
    const { sides, axis, tolerancesMs, mostKeys, options } = this.#settings;
    const byInteger = sides.left.selection.key.measure.type === 'integer';
    const part = this.#partOf(span);
    const buckets = plan === 'buckets' ? this.#buckets(span, part, byInteger) : undefined;
    const isSmallest = afterTooMuch(this.#pace, span) === null;
    const keys: Key[] = [];
    let isWhole = true;
    const statistics = await compare(
      plan === 'buckets' ? 'buckets' : byInteger ? 'merge' : 'hash',
      sides.left,
      sides.right,
      { left: part, right: part },
      axis.by === 'at' ? { from: Number(span.from), to: Number(span.to) } : undefined,
      { ...options, tolerancesMs, ...(buckets === undefined ? {} : { buckets }) },
      ({ key }) => {
        if (keys.length < mostKeys) keys.push(key);
        else if (isSmallest) isWhole = false;
        else throw new TooManyKeys('more mismatches than may be looked up');
      },
    );
    return { span, keys, isWhole, statistics, plan };
  }

  /** What is read of both sides for a span: on the axis of time more than the span, since times may differ a little. */
  #partOf({ from, to }: Span): Part {
    const { axis } = this.#settings;
    if (axis.by !== 'at') return axis.by === 'key' ? { keys: [{ from, to }] } : {};
    const at = { from: Number(from) - axis.marginMs, to: Number(to) + axis.marginMs };
    if (axis.keys === undefined) return { at };
    // For buckets of keys, which want to know where keys begin.
    const end = axis.keys.to + keysToCome;
    return { at, keys: [{ from: axis.keys.from, to: end < largestKey ? end : largestKey }] };
  }

  #buckets(span: Span, part: Part, byInteger: boolean): BucketSettings | undefined {
    const { axis, digest, uniqueKeys } = this.#settings;
    const keys = part.keys?.[0];
    if (digest === undefined) return undefined;
    const countKeys = !uniqueKeys;
    if (byInteger && keys !== undefined) {
      const wanted = axis.by === 'key' ? bucketWidth(this.#pace, span) : this.#keysPerBucket;
      const least = (keys.to - keys.from) >> mostBucketsExponent;
      return {
        grid: { by: 'key', from: keys.from, width: wanted > least ? wanted : least },
        digest,
        countKeys,
      };
    }
    return {
      grid: { by: 'at', from: part.at?.from ?? 0, widthMs: Number(bucketWidth(this.#pace, span)) },
      digest,
      countKeys,
    };
  }

  #learn(span: Span, plan: AuditPlan, statistics: Statistics): void {
    const rows = comparedRows(statistics);
    const { elapsedMs, buckets, left, right } = statistics;
    this.#pace = afterPart(this.#pace, span, { rows, elapsedMs });
    if (rows > 0)
      this.#measurements = measured(this.#measurements, plan, {
        rows,
        ms: elapsedMs,
        bytes: left.bytes + right.bytes,
      });
    if (buckets > 0) {
      const factor = (rowsPerBucket * buckets) / Math.max(left.digested, right.digested, 1);
      const exponent = Math.round(Math.log2(Number(this.#keysPerBucket) * factor));
      this.#keysPerBucket = 2n ** BigInt(Math.min(Math.max(exponent, 0), 62));
    }
  }
}
