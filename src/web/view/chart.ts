import { historyCounts } from '../../monitors/contract.ts';
import type { HistoryCount } from '../../monitors/contract.ts';
import type { ShownPoint } from './history.ts';

export interface ChartSeries {
  readonly name: HistoryCount | 'duration';
  /** One for each time; `null` where nothing was counted. */
  readonly values: readonly (number | null)[];
}

/** A history as a chart takes it: by columns. */
export interface ChartView {
  /** Seconds since 1970, ascending, without a gap: where no run was, every value is `null`. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
}

/** @param points the oldest first, each at a multiple of `stepMs`. */
export function chartOf(points: readonly ShownPoint[], stepMs: number): ChartView {
  const first = points.at(0)?.at ?? 0;
  const steps = points.length === 0 ? 0 : ((points.at(-1)?.at ?? 0) - first) / stepMs + 1;
  const byTime = new Map(points.map((point) => [point.at, point]));
  const instants = Array.from({ length: steps }, (_, step) => first + step * stepMs);
  const column = (value: (point: ShownPoint) => number | undefined) =>
    instants.map((at) => {
      const point = byTime.get(at);
      return (point === undefined ? undefined : value(point)) ?? null;
    });
  const counted = historyCounts.filter((name) => points.some(({ counts }) => counts[name] !== undefined));
  return {
    times: instants.map((at) => at / 1000),
    series: [
      ...counted.map((name) => ({ name, values: column(({ counts }) => counts[name]) })),
      // As exact as the history holds it: seven digits.
      { name: 'duration', values: column(({ durationSeconds }) => Number(durationSeconds.toPrecision(6))) },
    ],
  };
}
