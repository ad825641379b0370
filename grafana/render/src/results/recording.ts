import type { Dashboard } from '@grafana/schema';
import { layOut, nameOf } from '../placed.ts';
import type { Scope } from '../placed.ts';
import { filledIn } from '../variables.ts';
import type { Answer, DashboardAnswers, Recording } from './answers.ts';
import { compacted } from './compact.ts';
import type { Day, DayOptions } from './day.ts';
import { fingerprintOf, loadDay, metricsFingerprint } from './day.ts';
import { answer, builtInOf, rangeOf, valuesOf } from './queries.ts';
import type { Target } from './targets.ts';
import { targetsOf } from './targets.ts';

/** Enough to see a line, few enough to keep in a file. */
const steps = 48;

async function recordDashboard(day: Day, dashboard: Dashboard): Promise<DashboardAnswers> {
  const values = await valuesOf(day, dashboard);
  const range = rangeOf(dashboard, day.time, steps);
  const builtIn = builtInOf(dashboard, day.stepSeconds);
  const ask = async (scope: Scope, target: Target): Promise<Answer> => {
    const expression = filledIn(target.expr, dashboard, scope, builtIn);
    const series = await answer(day, target, expression, range);
    return { of: fingerprintOf(expression), series: compacted(expression, series, range) };
  };
  const panels: Record<string, Record<string, Answer>> = {};
  for (const placed of layOut(dashboard, values).panels) {
    const answers: Record<string, Answer> = {};
    for (const target of targetsOf(placed.panel)) answers[target.refId] = await ask(placed.scope, target);
    panels[nameOf(placed)] = answers;
  }
  return { values, range, panels };
}

/** Records what a real Prometheus that holds a day of two replicas answers to every query of the dashboards. */
export async function record(dashboards: readonly Dashboard[], options: DayOptions): Promise<Recording> {
  const day = await loadDay(options);
  try {
    const answers: Record<string, DashboardAnswers> = {};
    for (const dashboard of dashboards) answers[dashboard.uid ?? ''] = await recordDashboard(day, dashboard);
    const { time, stepSeconds } = day;
    const metrics = await metricsFingerprint();
    return { time, stepSeconds, companies: options.companies, metrics, dashboards: answers };
  } finally {
    await day.prometheus.stop();
  }
}
