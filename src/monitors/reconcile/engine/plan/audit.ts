import type { Instant } from '../../../../time.ts';

/** A half-open range of milliseconds since 1970, or of integer keys. */
export interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

/** A part of the window. */
export interface AuditSlice extends Span {
  /** When the run began that compared it last, or a part of it if the others came later; null: never. */
  readonly comparedAt: Instant | null;
  /** How long that took, in milliseconds, look-ups included; an estimate once the slice was cut. */
  readonly ms: number;
}

/** When each part of the window was last compared in whole. Never changed, only replaced. */
export interface Audit {
  /** Slices end at the multiples of it. */
  readonly width: bigint;
  /** They cover the window, each of its points once, in ascending order. */
  readonly slices: readonly AuditSlice[];
}

/** So many cells the grid has at most; each may be in two slices for a while. */
const mostCells = 1_000n;
export const mostSlices = 2_000;

/** In milliseconds, or in keys. */
export const lengthOf = ({ from, to }: Span): number => Number(to - from);
const isEmpty = ({ from, to }: Span): boolean => from >= to;
const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);
const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);

/** Where the cell that contains `point` ends. */
function endOfCell(point: bigint, width: bigint): bigint {
  const rest = ((point % width) + width) % width;
  return point - rest + width;
}

/**
 * The width of the grid for a window: the smallest of `least`, twice `least`, four times `least`, … with which it is few
 * slices. So a window that grows meets a grid whose lines are all lines of the one before.
 *
 * @param least 1 or more.
 */
export function gridWidth(window: Span, least: bigint): bigint {
  let width = least;
  // The window begins and ends within a cell.
  while ((window.to - window.from) / width + 2n > mostCells) width *= 2n;
  return width;
}

/** What of a slice lies in `span`. */
function clip(slice: AuditSlice, span: Span): AuditSlice {
  const clipped = { ...slice, from: larger(slice.from, span.from), to: smaller(slice.to, span.to) };
  if (isEmpty(clipped) || (clipped.from === slice.from && clipped.to === slice.to)) return clipped;
  return { ...clipped, ms: (slice.ms * lengthOf(clipped)) / lengthOf(slice) };
}

/** The slice, cut where the lines of the grid are. */
function cutByGrid(slice: AuditSlice, width: bigint): AuditSlice[] {
  const pieces: AuditSlice[] = [];
  for (let { from } = slice; from < slice.to; from = endOfCell(from, width))
    pieces.push(clip(slice, { from, to: endOfCell(from, width) }));
  return pieces;
}

function joined(one: AuditSlice, other: AuditSlice): AuditSlice {
  const comparedAt =
    one.comparedAt === null || other.comparedAt === null ? null : Math.min(one.comparedAt, other.comparedAt);
  return { from: one.from, to: other.to, comparedAt, ms: one.ms + other.ms };
}

const gapInTime = (one: AuditSlice, other: AuditSlice): number =>
  Math.abs((one.comparedAt ?? 0) - (other.comparedAt ?? 0));

/**
 * Joins slices that follow upon one another within a cell until two are left: what has been compared again, and the rest.
 * Those nearest in time are joined, so that a run that was cut within a cell goes on where it stopped.
 */
function joinNeighbours(run: readonly AuditSlice[]): AuditSlice[] {
  const slices = [...run];
  const sameTime = () =>
    slices.findIndex((slice, index) => slice.comparedAt === slices[index + 1]?.comparedAt);
  const nearest = () => {
    const gaps = slices.slice(1).map((slice, index) => gapInTime(slices[index] ?? slice, slice));
    return gaps.indexOf(Math.min(...gaps));
  };
  for (let at = sameTime(); slices.length > 2 || at >= 0; at = sameTime()) {
    const first = at >= 0 ? at : nearest();
    const [one, other] = slices.slice(first, first + 2);
    if (one !== undefined && other !== undefined) slices.splice(first, 2, joined(one, other));
  }
  return slices;
}

/** Slices of one cell that follow upon one another, ascending. */
function runsOf(slices: readonly AuditSlice[], width: bigint): AuditSlice[][] {
  const runs: AuditSlice[][] = [];
  for (const slice of slices) {
    const last = runs.at(-1)?.at(-1);
    const follows = last?.to === slice.from && slice.from < endOfCell(last.from, width);
    if (follows) runs.at(-1)?.push(slice);
    else runs.push([slice]);
  }
  return runs;
}

/** Forgets the shortest ones when there are too many; they are compared again. */
function bounded(compared: readonly AuditSlice[]): readonly AuditSlice[] {
  if (compared.length <= mostSlices) return compared;
  const kept = [...compared].sort((one, other) => lengthOf(other) - lengthOf(one)).slice(0, mostSlices);
  return kept.sort((one, other) => Number(one.from - other.from));
}

/** Fills in what was never compared. @param compared ascending, within the window, none over another. */
function withGaps(compared: readonly AuditSlice[], window: Span, width: bigint): AuditSlice[] {
  const slices: AuditSlice[] = [];
  let { from } = window;
  for (const next of [...compared, { from: window.to, to: window.to, comparedAt: null, ms: 0 }]) {
    slices.push(...cutByGrid({ from, to: next.from, comparedAt: null, ms: 0 }, width));
    if (!isEmpty(next)) slices.push(next);
    from = next.to;
  }
  return slices;
}

function build(slices: readonly AuditSlice[], window: Span, width: bigint): Audit {
  const compared = slices
    .filter(({ comparedAt }) => comparedAt !== null)
    .map((slice) => clip(slice, window))
    .filter((slice) => !isEmpty(slice))
    .flatMap((slice) => cutByGrid(slice, width));
  const tidy = bounded(runsOf(compared, width).flatMap(joinNeighbours));
  return { width, slices: withGaps(tidy, window, width) };
}

/** An audit of a window of which nothing was compared. */
export function newAudit(window: Span, width: bigint): Audit {
  return build([], window, width);
}

/** The audit for a window that has moved, and a grid that may have changed: what fell out is dropped, what is new was never compared. */
export function slide(audit: Audit, window: Span, width: bigint): Audit {
  return build(audit.slices, window, width);
}

/**
 * The audit after a part of the window was compared in whole.
 *
 * @param at when the run began.
 * @param ms how long it took.
 */
export function markCompared(audit: Audit, part: Span, at: Instant, ms: number): Audit {
  const [first] = audit.slices;
  const last = audit.slices.at(-1);
  if (first === undefined || last === undefined || isEmpty(part)) return audit;
  const { from, to } = part;
  const others = audit.slices.flatMap((slice) => [
    clip(slice, { from: slice.from, to: from }),
    clip(slice, { from: to, to: slice.to }),
  ]);
  const slices = [...others, { from, to, comparedAt: at, ms }]
    .filter((slice) => !isEmpty(slice))
    .sort((one, other) => (one.from < other.from ? -1 : 1));
  return build(slices, { from: first.from, to: last.to }, audit.width);
}

/**
 * Up to where everything was compared, from the beginning of the window on.
 *
 * @param watermark up to where what changed since was compared too.
 * @param since what was compared before is not counted: it may have changed.
 * @returns null when not even the beginning was.
 */
export function verifiedThrough({ slices }: Audit, watermark: bigint, since: Instant): bigint | null {
  const missing = slices.findIndex(({ comparedAt }) => comparedAt === null || comparedAt < since);
  const last = missing < 0 ? slices.at(-1) : slices[missing - 1];
  return last === undefined ? null : smaller(last.to, watermark);
}

/** When the part of the window was compared that was compared longest ago; null when a part never was, or nothing is there. */
export function oldestComparedAt({ slices }: Audit): Instant | null {
  const times = slices.map(({ comparedAt }) => comparedAt ?? Number.NEGATIVE_INFINITY);
  const oldest = times.reduce((least, at) => Math.min(least, at), Infinity);
  return Number.isFinite(oldest) ? oldest : null;
}
