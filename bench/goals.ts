import { figure, table } from './markdown.ts';
import { summarize } from './statistics.ts';

/** A figure that the product has promised. It is judged by its median. */
export interface Goal {
  readonly what: string;
  readonly unit: string;
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };
  readonly measured: readonly number[];
}

/** Whether the median keeps the promise. Exact: a figure is never rounded into its goal. */
export function isMet({ limit, measured }: Goal): boolean {
  const { median } = summarize(measured);
  return 'atLeast' in limit ? median >= limit.atLeast : median <= limit.atMost;
}

function limitText({ limit, unit }: Goal): string {
  const [sign, value] = 'atLeast' in limit ? ['≥', limit.atLeast] : ['≤', limit.atMost];
  return `${sign} ${value.toLocaleString('en-US')} ${unit}`.trim();
}

/** One line per goal: what was promised, what was measured, and whether that is enough. */
export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals.map((goal) => {
    const { min, median, max } = summarize(goal.measured);
    const verdict = isMet(goal) ? 'pass' : '**missed**';
    return [goal.what, limitText(goal), figure(median), figure(min), figure(max), verdict];
  });
  return table(['', 'goal', 'median', 'min', 'max', ''], rows);
}
