import type { MonitorFacts } from './cases.ts';
import { monitorLabels } from './cases.ts';
import { withLabels } from './series.ts';
import type { Values } from './series.ts';

/** The target of a scrape; `instance` distinguishes replicas. */
export const targetLabels = (instance: string) => ({ instance, job: 'erp' });

const bearsNoMonitor = /^(up|erp_(database|config|exporter|state_file|outbox|known_error|company)_\w+)(\{|$)/;

/** Values of one target: the monitor's labels are added where they belong, the target's everywhere. */
export function exposed(values: Values, monitor: MonitorFacts, instance: string): Values {
  return Object.fromEntries(
    Object.entries(values).map(([series, value]) => [
      withLabels(series, {
        ...(bearsNoMonitor.test(series) ? {} : monitorLabels(monitor)),
        ...targetLabels(instance),
      }),
      value,
    ]),
  );
}

/** What a monitor exports of itself when all is well; it runs each minute. `at` in seconds. */
export function healthyMonitor(monitor: MonitorFacts, at: number): Values {
  const info = {
    kind: monitor.kind,
    database: 'shop',
    criticality: monitor.criticality,
    responder: 'erp_partner',
    language: 'nl',
    sends: monitor.sends ?? '',
  };
  return {
    [withLabels('erp_monitor_info', info)]: 1,
    erp_monitor_success: 1,
    erp_monitor_last_run_timestamp_seconds: at,
    erp_monitor_last_success_timestamp_seconds: at,
    erp_monitor_interval_seconds: 60,
    erp_monitor_truncated: 0,
    erp_monitor_open: 1,
    erp_maintenance_active: 0,
  };
}

/** What the exporter says of itself. */
export const healthyExporter: Values = {
  up: 1,
  'erp_exporter_build_info{version="1"}': 1,
  erp_config_last_reload_successful: 1,
};
