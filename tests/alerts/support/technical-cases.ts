import { byCriticality, monitorLabels, orders, technical } from './cases.ts';
import type { AlertCase } from './cases.ts';

const none = () => ({});
const ofMonitor = monitorLabels(orders);

const failing = technical({
  alert: 'ErpMonitorFailing',
  severity: 'warning',
  forMinutes: 15,
  labels: { ...ofMonitor, database: 'shop' },
  annotations: {
    summary: 'A monitor fails.',
    description:
      'acme: monitor web_orders fails: timeout. Its last figures are held for a while, then they end.',
  },
  good: () => ({ 'erp_monitor_failures_total{reason="timeout"}': 3 }),
  bad: (at, since) => ({
    erp_monitor_success: 0,
    erp_monitor_last_success_timestamp_seconds: since,
    'erp_monitor_failures_total{reason="timeout"}': 3 + (at - since) / 60,
  }),
});

const stale = technical({
  alert: 'ErpMonitorStale',
  severity: 'warning',
  forMinutes: 15,
  labels: ofMonitor,
  annotations: {
    summary: 'A monitor has not run for three intervals.',
    description: 'acme: monitor web_orders does not fail, and yet its last run was 18m 1s ago.',
  },
  good: (at) => ({ erp_monitor_last_success_timestamp_seconds: at - 180 }),
  bad: (_, since) => ({ erp_monitor_last_success_timestamp_seconds: since - 181 }),
});

const truncated = technical({
  alert: 'ErpMonitorTruncated',
  severity: 'warning',
  forMinutes: 10,
  labels: ofMonitor,
  annotations: {
    summary: 'A monitor sees only a part of its rows.',
    description:
      'acme: the query of monitor web_orders has more rows than max_rows: its counts are lower bounds.',
  },
  good: () => ({ erp_monitor_truncated: 0 }),
  bad: () => ({ erp_monitor_truncated: 1 }),
});

const blind = technical({
  alert: 'ErpMonitorBlind',
  severity: 'warning',
  forMinutes: 5,
  labels: ofMonitor,
  annotations: {
    summary: 'A monitor sees nothing at all.',
    description:
      'acme: the canary of monitor web_orders returns no row: what it reads is empty or hidden, so that "nothing failed" means nothing.',
  },
  good: none,
  // The counter of a reason begins with the first failure; nothing says 0 before.
  bad: () => ({ erp_monitor_success: 0, 'erp_monitor_failures_total{reason="blind"}': 1 }),
});

const database = { database: 'shop', driver: 'postgres' };
const series = (name: string, labels: Readonly<Record<string, string>>) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
const databaseDown = technical({
  alert: 'ErpDatabaseDown',
  severity: 'critical',
  forMinutes: 15,
  labels: { database: 'shop' },
  annotations: {
    summary: 'A database does not answer.',
    description: 'Database shop does not answer: nothing that is read there is up to date.',
  },
  good: () => ({ [series('erp_database_up', database)]: 1 }),
  bad: () => ({ [series('erp_database_up', database)]: 0 }),
});

const clockSkew = technical({
  alert: 'ErpDatabaseClockSkew',
  severity: 'warning',
  forMinutes: 15,
  labels: { database: 'shop' },
  annotations: {
    summary: 'The clock of a database is off.',
    description:
      'The clocks of database shop and of the exporter differ by 1h 0m 0s: ages and "late" are wrong by as much.',
  },
  good: () => ({ [series('erp_database_clock_skew_seconds', database)]: 60 }),
  bad: () => ({ [series('erp_database_clock_skew_seconds', database)]: -3600 }),
});

const reloadFailed = technical({
  alert: 'ErpConfigReloadFailed',
  severity: 'warning',
  forMinutes: 5,
  annotations: {
    summary: 'The configuration of the exporter is not valid.',
    description: 'The exporter could not read its configuration and goes on with the one before.',
  },
  good: () => ({ erp_config_last_reload_successful: 1 }),
  bad: () => ({ erp_config_last_reload_successful: 0 }),
});

/** The cases about the monitors themselves. */
export const monitorCases: readonly AlertCase[] = [
  ...byCriticality(failing, 15),
  stale,
  truncated,
  blind,
];
/** The cases about databases and the configuration; the exporter's own end has scenarios of its own. */
export const exporterCases: readonly AlertCase[] = [databaseDown, clockSkew, reloadFailed];
