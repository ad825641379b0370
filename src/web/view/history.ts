import { historyPoints, historyStates, historyStepMs } from '../../poll/history-series.ts';
import type { HistoryPoint, HistoryState } from '../../poll/history-series.ts';
import type { Instant } from '../../time.ts';

/** The last 24 hours of a monitor at a company. */
export interface HistoryView {
  /** The beginning of the first step; there are `steps` of them. */
  readonly from: Instant;
  readonly steps: number;
  readonly stepMs: number;
  /** Those with runs, the oldest first; one at least. */
  readonly points: readonly HistoryPoint[];
  readonly worst: HistoryState;
  /** Records that were not OK; `null` where the monitor counts none. */
  readonly notOk: { readonly most: number; readonly mostAt: Instant; readonly last: number } | null;
}

/** 0 for the least grave state, one more for each that is graver. */
export function gravityOf(state: HistoryState): number {
  return historyStates.indexOf(state);
}

/** Records that somebody has to see to: failed, late or missing; undefined where nothing was counted. */
export function notOkOf({ counts }: HistoryPoint): number | undefined {
  const { failed, late, missing } = counts;
  if (failed === undefined && late === undefined && missing === undefined) return undefined;
  return (failed ?? 0) + (late ?? 0) + (missing ?? 0);
}

function notOk(points: readonly HistoryPoint[]): HistoryView['notOk'] {
  const counted = points.flatMap((point) => {
    const count = notOkOf(point);
    return count === undefined ? [] : [{ at: point.at, count }];
  });
  const last = counted.at(-1);
  if (last === undefined) return null;
  const most = counted.reduce((one, other) => (other.count > one.count ? other : one));
  return { most: most.count, mostAt: most.at, last: last.count };
}

/** Undefined before the first run. @param points as `History.of` has them. */
export function historyOf(points: readonly HistoryPoint[], now: Instant): HistoryView | undefined {
  const first = points[0];
  if (first === undefined) return undefined;
  const from = (Math.floor(now / historyStepMs) - historyPoints + 1) * historyStepMs;
  const worst = points.reduce(
    (state, point) => (gravityOf(point.state) > gravityOf(state) ? point.state : state),
    first.state,
  );
  return { from, steps: historyPoints, stepMs: historyStepMs, points, worst, notOk: notOk(points) };
}
