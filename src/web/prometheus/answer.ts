import type { MonitorStateName } from '../../judgement.ts';
import type { HistoryCount } from '../../monitors/contract.ts';
import type { HistoryState } from '../../poll/history-series.ts';
import { eachSample, parseMatrix } from '../../prometheus/matrix.ts';
import type { MatrixSeries } from '../../prometheus/matrix.ts';
import { PrometheusError } from '../../prometheus/problem.ts';
import type { Instant } from '../../time.ts';
import { graver } from '../view/history.ts';
import type { ShownPoint } from '../view/history.ts';
import { durationFigure, figureLabel, stateFigure } from './promql.ts';
import type { HistoryWish } from './promql.ts';

/** Of 50 monitors, each with its states, counts and duration, there are fewer. */
const mostSeries = 1000;

/** The points of each monitor, the oldest first. */
export type PointsByMonitor = ReadonlyMap<string, readonly ShownPoint[]>;

/** What charts know of states: nothing is wrong in a closed shop, and under maintenance nothing is said. */
const shownStates: Readonly<Partial<Record<string, HistoryState>>> = {
  ok: 'ok',
  closed: 'ok',
  no_data: 'no_data',
  warning: 'warning',
  critical: 'critical',
} satisfies Partial<Record<MonitorStateName, HistoryState>>;

interface Draft {
  at: Instant;
  state: HistoryState | null;
  counts: Partial<Record<HistoryCount, number>>;
  durationSeconds: number;
}

/** Draws a figure into a point. Counts by severity contain one another; others of the same name add up. */
function drawer(
  series: MatrixSeries,
  { families }: HistoryWish,
): ((draft: Draft, value: number) => void) | undefined {
  const figure = series.metric[figureLabel];
  if (figure === stateFigure) {
    const state = shownStates[series.metric['state'] ?? ''] ?? null;
    return (draft) => (draft.state = graver(draft.state, state));
  }
  if (figure === durationFigure) return (draft, value) => (draft.durationSeconds = value);
  const family = families.find(({ name }) => name === figure);
  const count = family?.history;
  if (count === undefined) return undefined;
  const isContained = family?.labels.includes('severity') === true;
  return ({ counts }, value) => {
    const before = counts[count] ?? 0;
    counts[count] = isContained ? Math.max(before, value) : before + value;
  };
}

/** Reads the answer to a wish. @throws PrometheusError when it is no such, or too large. */
export function readAnswer(text: string, wish: HistoryWish): PointsByMonitor {
  const { span } = wish;
  const drafts = new Map<string, (Draft | undefined)[]>();
  for (const series of parseMatrix(text, mostSeries)) {
    const draw = drawer(series, wish);
    if (draw === undefined) throw new PrometheusError('wrong', 'a series was not asked for');
    const monitor = series.metric['monitor'] ?? '';
    const points = drafts.get(monitor) ?? Array.from<Draft | undefined>({ length: span.steps });
    drafts.set(monitor, points);
    eachSample(series, span, (step, value) => {
      const at = span.from + step * span.stepMs;
      const draft = (points[step] ??= { at, state: null, counts: {}, durationSeconds: NaN });
      draw(draft, value);
    });
  }
  return new Map(
    [...drafts].map(([monitor, points]) => [monitor, points.filter((draft) => draft !== undefined)]),
  );
}
