import type { Dashboard } from '@grafana/schema';
import { layOut, nameOf } from '../placed.ts';
import { filledIn } from '../variables.ts';
import type { Day } from './day.ts';
import { loadDay } from './day.ts';
import { answer, builtInOf, rangeOf, valuesOf } from './queries.ts';
import { targetsOf } from './targets.ts';

/** As many points as Grafana asks for a panel of half the screen. */
const steps = 720;
const tries = 3;

/** How long Prometheus takes for a query of a dashboard: the shortest of three tries, in milliseconds. */
export interface QueryTime {
  readonly dashboard: string;
  readonly panel: string;
  readonly refId: string;
  readonly milliseconds: number;
}

async function shortest(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  while (times.length < tries) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

async function timesOf(day: Day, dashboard: Dashboard): Promise<QueryTime[]> {
  const values = await valuesOf(day, dashboard);
  const range = rangeOf(dashboard, day.time, steps);
  const builtIn = builtInOf(dashboard, day.stepSeconds);
  // A repeated row asks the same for each value: the first stands for all.
  const first = Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.slice(0, 1)]));
  const times: QueryTime[] = [];
  for (const placed of layOut(dashboard, first).panels)
    for (const target of targetsOf(placed.panel)) {
      const query = filledIn(target.expr, dashboard, placed.scope, builtIn);
      const milliseconds = await shortest(() => answer(day, target, query, range));
      times.push({
        dashboard: dashboard.uid ?? '',
        panel: nameOf(placed),
        refId: target.refId,
        milliseconds,
      });
    }
  return times;
}

/** The times of every query of the dashboards with so many companies, two replicas each. */
export async function queryTimes(dashboards: readonly Dashboard[], companies: number): Promise<QueryTime[]> {
  const day = await loadDay({ companies, hostile: false });
  try {
    const times: QueryTime[] = [];
    for (const dashboard of dashboards) times.push(...(await timesOf(day, dashboard)));
    return times;
  } finally {
    await day.prometheus.stop();
  }
}
