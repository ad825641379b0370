import { historyPoints, historyStates, historyStepMs } from '../../poll/history-series.ts';
import type { HistoryPoint, HistoryState } from '../../poll/history-series.ts';
import type { Instant } from '../../time.ts';

/** How many days a chart shows: 1 from memory, the others from Prometheus. */
export const historyDays = [1, 7, 30] as const;
export type HistoryDays = (typeof historyDays)[number];

const stepsMs: Readonly<Record<HistoryDays, number>> = { 1: historyStepMs, 7: 1_800_000, 30: 7_200_000 };

/** The time that a chart shows, in steps of the same length, each with at most one point. */
export interface HistorySpan {
  readonly days: HistoryDays;
  /** The beginning of the first step. */
  readonly from: Instant;
  readonly steps: number;
  readonly stepMs: number;
}

/** The last days until `now`; the last step is not over yet. */
export function spanOf(days: HistoryDays, now: Instant): HistorySpan {
  const stepMs = stepsMs[days];
  const steps = (days * historyPoints * historyStepMs) / stepMs;
  return { days, from: (Math.floor(now / stepMs) - steps + 1) * stepMs, steps, stepMs };
}

/** A point as charts show it. */
export interface ShownPoint extends Omit<HistoryPoint, 'state'> {
  /** `null`: under maintenance, so that nothing is said. */
  readonly state: HistoryState | null;
}

/** What a monitor at a company looked like over some days. */
export interface HistoryView extends HistorySpan {
  /** Those with runs, the oldest first; one at least. */
  readonly points: readonly ShownPoint[];
  /** `null`: under maintenance all the time. */
  readonly worst: HistoryState | null;
  /** Records that were not OK; `null` where the monitor counts none. */
  readonly notOk: { readonly most: number; readonly mostAt: Instant; readonly last: number } | null;
}

/** 0 for the least grave state, one more for each that is graver; -1 where there is none. */
export function gravityOf(state: HistoryState | null): number {
  return state === null ? -1 : historyStates.indexOf(state);
}

/** The graver of two states. */
export function graver(one: HistoryState | null, other: HistoryState | null): HistoryState | null {
  return gravityOf(other) > gravityOf(one) ? other : one;
}

/** Records that somebody has to see to: failed, late or missing; undefined where nothing was counted. */
export function notOkOf({ counts }: Pick<HistoryPoint, 'counts'>): number | undefined {
  const { failed, late, missing } = counts;
  if (failed === undefined && late === undefined && missing === undefined) return undefined;
  return (failed ?? 0) + (late ?? 0) + (missing ?? 0);
}

function notOk(points: readonly ShownPoint[]): HistoryView['notOk'] {
  const counted = points.flatMap((point) => {
    const count = notOkOf(point);
    return count === undefined ? [] : [{ at: point.at, count }];
  });
  const last = counted.at(-1);
  if (last === undefined) return null;
  const most = counted.reduce((one, other) => (other.count > one.count ? other : one));
  return { most: most.count, mostAt: most.at, last: last.count };
}

/** Undefined where nothing was seen. @param points of that span, the oldest first. */
export function historyOf(points: readonly ShownPoint[], span: HistorySpan): HistoryView | undefined {
  if (points.length === 0) return undefined;
  const worst = points.map(({ state }) => state).reduce(graver);
  return { ...span, points, worst, notOk: notOk(points) };
}
