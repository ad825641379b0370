import { constantSeries, evaluate, evaluationSeconds as now, filledIn } from './promtool.ts';

/** Values by series. */
export type Values = Readonly<Record<string, number>>;

/** The series of one monitor, named after what they say without the prefix `erp_`, as `late_records{severity="warning"}`. */
export function monitor(name: string, values: Values, criticality = 'normal'): Values {
  const all = {
    [`monitor_info{kind="sync",criticality="${criticality}"}`]: 1,
    monitor_last_success_timestamp_seconds: now - 10,
    monitor_interval_seconds: 60,
    maintenance_active: 0,
    ...values,
  };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => {
      const [metric = '', rest = '}'] = key.split('{');
      const labels = `company="acme",flow="f",monitor="${name}"`;
      return [`erp_${metric}{${labels}${rest === '}' ? '' : ','}${rest}`, value];
    }),
  );
}

/** Values by the monitor that they are of. */
export async function byMonitor(
  expression: string,
  monitors: readonly Values[],
): Promise<Record<string, number>> {
  const series = constantSeries(Object.assign({}, ...monitors) as Values);
  const [results = []] = await evaluate([filledIn(expression)], series);
  return Object.fromEntries(
    results.map(({ labels, value }) => [/monitor="([^"]*)"/.exec(labels)?.[1] ?? labels, value]),
  );
}
