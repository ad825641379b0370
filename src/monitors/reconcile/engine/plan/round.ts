import type { Instant } from '../../../../time.ts';
import type { Audit, AuditSlice, Span } from './audit.ts';
import type { RunTimes } from './promise.ts';

/** A part of the window that is compared in one go, from its beginning to its end or the other way round. */
export interface Leg extends Span {
  readonly direction: 'up' | 'down';
}

/**
 * The slices in the order in which a run compares them, until its time is over: those that never were compared, the newest
 * first; then those that were compared longest ago. So whatever time the runs have, each slice is compared again before any
 * other is compared twice.
 *
 * @param now when the run began: what it has compared already is left out.
 */
function roundOrder({ slices }: Audit, now: Instant): readonly AuditSlice[] {
  const never = slices.filter(({ comparedAt }) => comparedAt === null).reverse();
  const compared = slices
    .flatMap((slice) => (slice.comparedAt === null ? [] : [{ slice, at: slice.comparedAt }]))
    .filter(({ at }) => at !== now)
    .sort((one, other) => one.at - other.at);
  return [...never, ...compared.map(({ slice }) => slice)];
}

/** Slices that follow upon one another, up or down, made one leg: parts may then be as wide as is best. */
function joined(slices: readonly Span[]): Leg[] {
  const legs: Leg[] = [];
  let count = 0;
  for (const { from, to } of slices) {
    const last = legs.at(-1);
    count += 1;
    const mayTurn = count === 2;
    if (last?.to === from && (last.direction === 'up' || mayTurn))
      legs[legs.length - 1] = { from: last.from, to, direction: 'up' };
    else if (last?.from === to && (last.direction === 'down' || mayTurn))
      legs[legs.length - 1] = { from, to: last.to, direction: 'down' };
    else {
      legs.push({ from, to, direction: 'up' });
      count = 1;
    }
  }
  return legs;
}

/** What a run may spend, and what holds over several. */
export type RoundTimes = Pick<RunTimes, 'roundsMs' | 'intervalMs'> & {
  /** After so long everything is compared again, whatever it takes. */
  readonly fullAuditMs: number;
};

/**
 * Whether a window that is one slice, as a table that cannot be cut is, waits. If it takes longer than a run may spend, then for
 * as many runs as it takes the time of: so the load holds over them.
 */
function waits({ slices }: Audit, now: Instant, { roundsMs, intervalMs, fullAuditMs }: RoundTimes): boolean {
  const [only, ...others] = slices;
  if (only === undefined || others.length > 0) return false;
  if (only.comparedAt === null || only.ms <= roundsMs) return false;
  // Half a run less, since runs do not begin to the millisecond.
  const waitMs = (Math.ceil(only.ms / roundsMs) - 0.5) * intervalMs;
  return now - only.comparedAt < Math.min(waitMs, fullAuditMs - intervalMs);
}

/** What a run that began at `now` is to compare, in this order, as far as it comes. */
export function roundLegs(audit: Audit, now: Instant, times: RoundTimes): readonly Leg[] {
  return waits(audit, now, times) ? [] : joined(roundOrder(audit, now));
}

/**
 * What came after the part of the window that was compared, and a little before: rows may be written late.
 *
 * @param overlapMs how far before.
 */
export function newestLeg({ slices }: Audit, cutoff: Instant, overlapMs: number): Leg {
  const watermark = slices.findLast(({ comparedAt }) => comparedAt !== null)?.to ?? BigInt(cutoff);
  const from = watermark - BigInt(overlapMs);
  const first = slices[0]?.from ?? from;
  return { from: from < first ? first : from, to: BigInt(cutoff), direction: 'up' };
}
