import type { KeyRange } from '../../../../databases/comparison/contract.ts';
import type { TimeRange } from '../types.ts';

/*
 * Cuts a range of integer keys, or of milliseconds, into parts of which each takes a statement about as long as wanted. The
 * caller compares a part, passes in how long it took, and gets the next one. Nothing here reads a clock.
 */

export interface PaceSettings {
  /** Milliseconds that a statement should take. */
  readonly aimMs: number;
  /** Width of the first part: small, since nothing is known yet. */
  readonly firstWidth: bigint;
}

/** How fast the work goes. */
export interface Pace {
  readonly settings: PaceSettings;
  /** Of the next part, 1 or more. */
  readonly width: bigint;
  /** Width of the last part that held rows; null as long as none did. */
  readonly usualWidth: bigint | null;
  /** Rows per key or millisecond in that part. */
  readonly density: number | null;
  /** End of a part that was too much; up to there parts grow no wider than `limit`. */
  readonly trouble: { readonly to: bigint; readonly limit: bigint } | null;
}

/** What comparing a part was like. */
export interface Outcome {
  /** Of the larger side, whether transferred or digested. */
  readonly rows: number;
  readonly elapsedMs: number;
}

/** Parts never grow faster: a dense stretch behind a thin one must not come as a surprise. */
const mostGrowth = 4;
/** A part that was too much is at most so large a share when it is tried again. */
const troubleShare = 16n;
/** A part should not have fewer rows, however long it takes: with so few, it is not the rows that take the time. */
const fewRows = 5000;
/** In the middle, on a logarithmic scale, of 250 to 1000. */
const rowsPerBucket = 500;
/** So many buckets a part has while nothing is known of its rows. */
const bucketsAtFirst = 64n;
/** Of a bucket's width, so that it fits into 64 bits with a sign. */
const mostExponent = 62;
/** The number of a bucket must be exact as a `number`. */
const mostBucketsExponent = 40n;
const scale = 2 ** 20;

/** `value` times `factor`, at least 1, without losing the bits that a number would. */
function times(value: bigint, factor: number): bigint {
  const product = (value * BigInt(Math.round(factor * scale))) / BigInt(scale);
  return product < 1n ? 1n : product;
}

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);
const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);

/** Some 0.5 s a statement for integer keys. */
export const keyPace: PaceSettings = { aimMs: 500, firstWidth: 16_384n };
/** The same for time, in milliseconds. */
export const timePace: PaceSettings = { aimMs: 500, firstWidth: 60_000n };

/** How the work begins. */
export function firstPace(settings: PaceSettings): Pace {
  return { settings, width: settings.firstWidth, usualWidth: null, density: null, trouble: null };
}

/** The first part of what is left; null when nothing is. The next one begins where it ends. */
export function nextPart(left: KeyRange, pace: Pace): KeyRange | null {
  if (left.from >= left.to) return null;
  return { from: left.from, to: smaller(left.from + pace.width, left.to) };
}

/** As `nextPart`, of time. */
export function nextTimePart(left: TimeRange, pace: Pace): TimeRange | null {
  const part = nextPart({ from: BigInt(left.from), to: BigInt(left.to) }, pace);
  return part === null ? null : { from: Number(part.from), to: Number(part.to) };
}

/**
 * The pace after a part was compared. Without rows the next one is 4 times as wide, so that a gap of any width is behind
 * after some 30 statements. Otherwise it is as wide as the aim wants, at most 4 times as wide, but wider where it holds
 * so few rows that they cannot be what took the time.
 */
export function afterPart(pace: Pace, part: KeyRange, { rows, elapsedMs }: Outcome): Pace {
  const width = part.to - part.from;
  const trouble = pace.trouble !== null && part.to < pace.trouble.to ? pace.trouble : null;
  const limited = (wanted: bigint): bigint => (trouble === null ? wanted : smaller(wanted, trouble.limit));
  if (rows === 0) return { ...pace, width: limited(larger(pace.width, times(width, mostGrowth))), trouble };
  const aimed = pace.settings.aimMs / Math.max(elapsedMs, 1);
  const factor = Math.min(Math.max(aimed, fewRows / rows), mostGrowth);
  const wanted = times(width, factor);
  return {
    ...pace,
    // The last part of a range is small because the range ends, which is no reason to go on in small steps.
    width: limited(factor < 1 ? wanted : larger(pace.width, wanted)),
    usualWidth: width,
    density: rows / Number(width),
    trouble,
  };
}

/**
 * The pace after a part took too long, or had too many rows for the memory. It is tried again from its beginning: as wide as
 * the last part with rows was, if that is a sixteenth or less, else a sixteenth. Until its end is behind, parts do not get
 * wider than a sixteenth of it, so that a dense stretch behind a wide gap is found in some 10 tries.
 * @returns null when the part cannot be smaller
 */
export function afterTooMuch(pace: Pace, part: KeyRange): Pace | null {
  const width = part.to - part.from;
  if (width <= 1n) return null;
  const limit = width / troubleShare || 1n;
  return {
    ...pace,
    width: pace.usualWidth === null ? limit : smaller(limit, pace.usualWidth),
    trouble: { to: part.to, limit },
  };
}

/**
 * How wide buckets should be so that each holds 250 to 1000 rows, judging by the last part: a power of two. Where more
 * than 1000 rows have the same millisecond, 1. Wider where else the part would have more than 2^40.
 */
export function bucketWidth(pace: Pace, part: KeyRange): bigint {
  if (pace.density === null) return (part.to - part.from) / bucketsAtFirst || 1n;
  const exponent = Math.round(Math.log2(rowsPerBucket / pace.density));
  const width = 2n ** BigInt(Math.min(Math.max(exponent, 0), mostExponent));
  return larger(width, (part.to - part.from) >> mostBucketsExponent);
}
