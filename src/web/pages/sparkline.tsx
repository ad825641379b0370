import type { HistoryState } from '../../poll/history-series.ts';
import { gravityOf, notOkOf } from '../view/history.ts';
import type { HistoryView } from '../view/history.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';

const height = 40;
/** Where the line of the counts begins and ends; below it is the strip of states. */
const lineTop = 2;
const lineBottom = 29;

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly state: HistoryState | null;
}

/** Steps beside each other in the same state. */
function stretches({ from, stepMs, points }: HistoryView): Stretch[] {
  const found: Stretch[] = [];
  for (const { at, state } of points) {
    const step = (at - from) / stepMs;
    const last = found.at(-1);
    if (last?.to === step && last.state === state) found.splice(-1, 1, { ...last, to: step + 1 });
    else found.push({ from: step, to: step + 1, state });
  }
  return found;
}

/** Nothing was counted for longer: the line breaks. */
const longestGapMs = 3_600_000;

/** The counts as a line, one unit for each step. */
function linePath({ from, stepMs, points }: HistoryView, most: number): string {
  const scale = (lineBottom - lineTop) / Math.max(1, most);
  const gap = Math.max(1, longestGapMs / stepMs);
  let before = -Infinity;
  const parts: string[] = [];
  for (const point of points) {
    const count = notOkOf(point);
    if (count === undefined) continue;
    const x = (point.at - from) / stepMs;
    parts.push(`${x - before > gap ? 'M' : 'L'}${x} ${(lineBottom - count * scale).toFixed(1)}h1`);
    before = x;
  }
  return parts.join('');
}

/** What the drawing shows, in words. */
export function historyText({ t, now }: PageContext, view: HistoryView, timezone: string): string {
  const { worst, notOk, days } = view;
  const state = t.text('history.worst', { state: t.text(`state.${worst ?? 'maintenance'}`), days });
  if (notOk === null) return state;
  const at = t.time(notOk.mostAt, timezone, now);
  return `${state} ${t.text('history.counts', { most: notOk.most, at, last: notOk.last })}`;
}

interface SparklineProps {
  readonly view: HistoryView | undefined;
  readonly timezone: string;
}

/** The history of a monitor, small: records that were not OK as a line, and the states below it, the graver the higher. */
export function Sparkline({ view, timezone }: SparklineProps) {
  const page = usePage();
  if (view === undefined) return <span class="quiet">–</span>;
  const text = historyText(page, view, timezone);
  return (
    <svg
      class="spark"
      role="img"
      aria-label={text}
      viewBox={`0 0 ${view.steps} ${height}`}
      preserveAspectRatio="none"
    >
      <title>{text}</title>
      {view.notOk !== null && <path class="line" d={linePath(view, view.notOk.most)} />}
      {stretches(view).map(({ from, to, state }) => {
        if (state === null) return null;
        const high = 2 * (gravityOf(state) + 1);
        return <rect key={from} class={state} x={from} y={height - high} width={to - from} height={high} />;
      })}
    </svg>
  );
}
