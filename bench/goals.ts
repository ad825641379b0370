import { figure, table } from './markdown.ts';
import { summarize } from './statistics.ts';

/** A goal for a measured value. It is judged by the median. */
export interface Goal {
  readonly what: string;
  readonly unit: string;
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };
  readonly measured: readonly number[];
}

/** Whether the median meets the goal. It is compared before rounding. */
export function isMet({ limit, measured }: Goal): boolean {
  const { median } = summarize(measured);
  return 'atLeast' in limit ? median >= limit.atLeast : median <= limit.atMost;
}

function limitText({ limit, unit }: Goal): string {
  const [sign, value] = 'atLeast' in limit ? ['≥', limit.atLeast] : ['≤', limit.atMost];
  return `${sign} ${value.toLocaleString('en-US')} ${unit}`.trim();
}

/** One line per goal: limit, measured values, and whether it is met. */
export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals.map((goal) => {
    const { min, median, max } = summarize(goal.measured);
    const verdict = isMet(goal) ? 'pass' : '**missed**';
    return [goal.what, limitText(goal), figure(median), figure(min), figure(max), verdict];
  });
  return table(['', 'goal', 'median', 'min', 'max', ''], rows);
}
