import { loadDay } from '../grafana/render/src/results/day.ts';
import type { Day } from '../grafana/render/src/results/day.ts';
import type { Committed } from '../tests/grafana/dashboards.ts';
import { committedDashboards, panelsOf, targetsOf, variableSelectors } from '../tests/grafana/dashboards.ts';
import { filledIn } from '../tests/grafana/promtool.ts';
import type { Bench, BenchContext, BenchResult } from './context.ts';
import { figure, table } from './markdown.ts';
import { median } from './statistics.ts';

const companies = 50;
const stepSeconds = 600;
/** As many points as Grafana asks for where a panel sets no limit: those of half the screen. */
const defaultPoints = 720;
const goalMs = 200;
const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** A query that a dashboard sends when it is opened, or at each refresh. */
interface Query {
  readonly place: string;
  readonly expr: string;
  readonly instant: boolean;
  /** How many points of the time range are asked for. */
  readonly points: number;
}
interface Measured extends Query {
  readonly series: number;
  readonly milliseconds: readonly number[];
}

/** Seconds of the time range that a dashboard opens with. @throws Error unless it is like `now-24h`. */
function spanOf({ file, model }: Committed): number {
  const [, count, unit = ''] = /^now-(\d+)([mhd])$/.exec(model.time?.from ?? '') ?? [];
  const seconds = unitSeconds[unit];
  if (seconds === undefined) throw new Error(`${file}: its time range is not like now-24h`);
  return Number(count) * seconds;
}

/** Every query of a dashboard with its variables as they are at the opening: All, save where only one can be chosen. */
function queriesOf(dashboard: Committed): Query[] {
  const { model } = dashboard;
  const isOne = (name: string): boolean =>
    model.templating.list?.some((one) => one.name === name && one.multi !== true) === true;
  const chosen = {
    ...(isOne('company') ? { company: 'acme' } : {}),
    __rate_interval: `${4 * stepSeconds}s`,
    __range: `${spanOf(dashboard)}s`,
  };
  const raw: readonly Query[] = [
    ...panelsOf(model).flatMap((panel) =>
      targetsOf(panel).map(({ expr, instant, refId }) => ({
        place: `${panel.title ?? ''} ${refId}`,
        expr,
        instant,
        points: panel.maxDataPoints ?? defaultPoints,
      })),
    ),
    ...(model.annotations.list ?? []).map(({ name, expr = '' }) => ({
      place: name,
      expr,
      instant: false,
      points: defaultPoints,
    })),
    ...variableSelectors(model).map(({ name, expr }) => ({
      place: `variable ${name}`,
      expr,
      instant: true,
      points: defaultPoints,
    })),
  ];
  return raw.map((query) => ({ ...query, expr: filledIn(query.expr, chosen) }));
}

/** Asks once. @returns how many series came, and after how many milliseconds the answer was there. */
async function ask(
  day: Day,
  { expr, instant, points }: Query,
  span: number,
): Promise<readonly [number, number]> {
  const { prometheus, time } = day;
  const range = { start: String(time - span), end: String(time), step: String(span / points) };
  const begin = performance.now();
  const series = instant
    ? await prometheus.ask('query', { query: expr, time: String(time) })
    : await prometheus.ask('query_range', { query: expr, ...range });
  return [series.length, performance.now() - begin];
}

/** The query whose median is the highest. @param rounds how often each is asked, after a first time that does not count. */
async function slowest(day: Day, dashboard: Committed, rounds: number): Promise<Measured> {
  const span = spanOf(dashboard);
  const measured: Measured[] = [];
  for (const query of queriesOf(dashboard)) {
    const [series] = await ask(day, query, span);
    const milliseconds: number[] = [];
    while (milliseconds.length < rounds) milliseconds.push((await ask(day, query, span))[1]);
    measured.push({ ...query, series, milliseconds });
  }
  const [first] = measured.toSorted((a, b) => median(b.milliseconds) - median(a.milliseconds));
  if (first === undefined) throw new Error(`${dashboard.file} asks nothing`);
  return first;
}

async function run(context: BenchContext): Promise<BenchResult> {
  context.say(`dashboards: loading a day of ${companies} companies`);
  const day = await loadDay({ companies, hostile: false, stepSeconds });
  context.cleanup.add(() => day.prometheus.stop());
  const goals: BenchResult['goals'][number][] = [];
  const rows: string[][] = [];
  for (const dashboard of committedDashboards()) {
    const what = dashboard.model.title ?? dashboard.file;
    const { place, instant, points, series, milliseconds } = await slowest(day, dashboard, context.rounds);
    context.say(`dashboards: ${what}: ${place}: ${median(milliseconds).toFixed(0)} ms`);
    goals.push({ what, unit: 'ms', limit: { atMost: goalMs }, measured: milliseconds });
    const asked = figure(queriesOf(dashboard).length);
    rows.push([what, asked, place, instant ? 'now' : `${figure(points)} points`, figure(series)]);
  }
  return { goals, details: table(['', 'queries', 'slowest', 'asks for', 'series'], rows) };
}

export const dashboardsBench: Bench = {
  title: 'Dashboards: the slowest query of each',
  method: `A Prometheus holds a day of ${companies} companies with ten monitors each, exported by two replicas: the metrics of
\`tests/grafana/fixtures\`, a sample every ${stepSeconds / 60} minutes. Every query of the panels, annotations and variables of each dashboard is
asked for the time range that the dashboard opens with, all companies selected, over HTTP, one at a time. The slowest is the one with the
highest median.`,
  programs: ['prometheus'],
  run,
};
