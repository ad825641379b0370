import type { Instant } from '../../../../time.ts';
import { lengthOf, oldestComparedAt, verifiedThrough } from './audit.ts';
import type { Audit } from './audit.ts';

/** A round is allowed to take so much longer than the last one did, and keeps its promise. */
const reserve = 1.25;

/** Beside three runs, how long the first comparison of anything may take. */
const firstMs = 2_400_000;

/** The time that runs have. */
export interface RunTimes {
  /** Longest time between the beginnings of two runs. */
  readonly intervalMs: number;
  /** What a run may spend on the rounds. */
  readonly roundsMs: number;
  /** What a run takes besides. */
  readonly otherMs: number;
}

/**
 * How long one comparison of the whole window takes: the sum of what each slice took, and as much a point for those that were
 * never compared. Null when nothing has been compared.
 */
export function roundMs({ slices }: Audit): number | null {
  const compared = slices.filter(({ comparedAt }) => comparedAt !== null);
  const lengthOfAll = (parts: Audit['slices']) => parts.reduce((sum, slice) => sum + lengthOf(slice), 0);
  const ms = compared.reduce((sum, slice) => sum + slice.ms, 0);
  if (slices.length === 0) return 0;
  return compared.length === 0 ? null : (ms * lengthOfAll(slices)) / lengthOfAll(compared);
}

/**
 * Within how many milliseconds a change anywhere in the window is seen, at the latest: when it happens just after its slice was
 * compared, the runs go once round, and the last one of them sees it.
 *
 * @param round of `roundMs`.
 */
export function detectionMs(round: number, { intervalMs, roundsMs, otherMs }: RunTimes): number {
  const needed = round * reserve;
  const runs = Math.max(1, Math.ceil(needed / roundsMs));
  return runs * intervalMs + Math.min(needed, roundsMs) + otherMs;
}

/** What share of the window was compared at `since` or later, from 0 to 1. */
export function comparedShare({ slices }: Audit, since: Instant): number {
  const all = slices.reduce((sum, slice) => sum + lengthOf(slice), 0);
  const fresh = slices.filter(({ comparedAt }) => comparedAt !== null && comparedAt >= since);
  return all === 0 ? 1 : fresh.reduce((sum, slice) => sum + lengthOf(slice), 0) / all;
}

/**
 * Since when a part of the window has waited to be compared: since it was compared last, or, if it never was, since the first run
 * that should have.
 *
 * @param incompleteSince when the first one of the runs began that, up to this one, all left something that was never compared.
 */
export function uncheckedSince(audit: Audit, now: Instant, incompleteSince: Instant | null): Instant {
  const times = audit.slices.flatMap(({ comparedAt }) => (comparedAt === null ? [] : [comparedAt]));
  const isComplete = oldestComparedAt(audit) !== null || audit.slices.length === 0;
  return times.reduce((least, at) => Math.min(least, at), isComplete ? now : (incompleteSince ?? now));
}

/** What is known of the whole window, not only of what this run compared. */
export interface Coverage {
  /** How long one comparison of the whole window takes, as measured; null: nothing has been compared. */
  readonly roundMs: number | null;
  /** Within how long a change anywhere in the window is seen, as measured; null: nothing has been compared. */
  readonly detectionMs: number | null;
  /** That, but at most `fullAuditMs`: only what was compared within it is called compared. As ErpReconciliationStale has it. */
  readonly promiseMs: number;
  /** The share of the window that was compared within the promise, from 0 to 1. */
  readonly share: number;
  /** Everything in the window up to there has been compared within the promise; null: not yet. By keys alone: when it was. */
  readonly verifiedThrough: Instant | null;
  /** When the part was compared that was compared longest ago; null: a part never was. */
  readonly oldestAudit: Instant | null;
  /** Since when a part has waited to be compared, again or for the first time. */
  readonly uncheckedSince: Instant;
}

/** The run after which the window is judged. */
export interface JudgedRun extends RunTimes {
  /** When it began. */
  readonly now: Instant;
  /** Up to where the window is compared by business time; null: it is one of keys, or the whole table. */
  readonly cutoff: Instant | null;
  readonly fullAuditMs: number;
  readonly incompleteSince: Instant | null;
}

/** What is known of the window after a run. */
export function coverageOf(audit: Audit, run: JudgedRun): Coverage {
  const { now, cutoff, fullAuditMs } = run;
  const round = roundMs(audit);
  const detection = round === null ? null : detectionMs(round, run);
  const promiseMs = Math.min(detection ?? 3 * run.intervalMs + firstMs, fullAuditMs);
  const since = now - promiseMs;
  const oldestAudit = oldestComparedAt(audit);
  const through = cutoff === null ? null : verifiedThrough(audit, BigInt(cutoff), since);
  const compared = oldestAudit !== null && oldestAudit >= since ? oldestAudit : null;
  return {
    roundMs: round,
    detectionMs: detection,
    promiseMs,
    share: comparedShare(audit, since),
    verifiedThrough: cutoff === null ? compared : through === null ? null : Number(through),
    oldestAudit,
    uncheckedSince: uncheckedSince(audit, now, run.incompleteSince),
  };
}
