import type { Dashboard, VariableModel } from '@grafana/schema';
import { filledIn } from '../variables.ts';
import type { Range } from './answers.ts';
import type { Day } from './day.ts';
import type { ApiSeries } from './prometheus.ts';
import type { Target } from './targets.ts';

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Seconds of the time range that a dashboard opens with. @throws Error unless it is like `now-24h`. */
export function spanOf(dashboard: Dashboard): number {
  const [, count, unit = ''] = /^now-(\d+)([mhd])$/.exec(dashboard.time?.from ?? '') ?? [];
  const seconds = unitSeconds[unit];
  if (seconds === undefined) throw new Error(`time range of ${dashboard.title ?? ''}`);
  return Number(count) * seconds;
}

/** The time range that a dashboard opens with, in so many steps. */
export function rangeOf(dashboard: Dashboard, time: number, steps: number): Range {
  const span = spanOf(dashboard);
  return { start: time - span, end: time, step: span / steps };
}

/** Values of the variables that Grafana itself fills in. */
export function builtInOf(dashboard: Dashboard, stepSeconds: number): Readonly<Record<string, string>> {
  return { __range: `${spanOf(dashboard)}s`, __rate_interval: `${4 * stepSeconds}s` };
}

/** Asks an expression as the query of a panel does: for now, or over the range. */
export async function answer(
  { prometheus, time }: Day,
  { instant }: Pick<Target, 'instant'>,
  query: string,
  { start, end, step }: Range,
): Promise<ApiSeries[]> {
  if (instant) return prometheus.ask('query', { query, time: String(time) });
  return prometheus.ask('query_range', { query, start: String(start), end: String(end), step: String(step) });
}

/** Where a variable's values come from, as `label_values(selector, label)`. */
interface QueryVariable extends VariableModel {
  readonly definition?: string;
}

/** Every value of each variable of a dashboard, those of the datasource excepted. */
export async function valuesOf(
  { prometheus, time }: Day,
  dashboard: Dashboard,
): Promise<Record<string, string[]>> {
  const values: Record<string, string[]> = {};
  const variables: readonly QueryVariable[] = dashboard.templating?.list ?? [];
  for (const { name, definition = '' } of variables) {
    const [, selector, label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
    if (selector === undefined) continue;
    const query = filledIn(`group by (${label}) (${selector})`, dashboard, {}, {});
    const series = await prometheus.ask('query', { query, time: String(time) });
    // Grafana offers no empty value: that of series without the label.
    values[name] = series
      .map(({ metric }) => metric[label] ?? '')
      .filter((value) => value !== '')
      .sort();
  }
  return values;
}
