import type { Family } from '../monitors/contract.ts';

export { failureReasons } from '../monitors/contract.ts';

const gauge = (name: string, help: string, labels: readonly string[] = [], unit?: string): Family => ({
  name,
  help,
  type: 'gauge',
  labels,
  ...(unit === undefined ? {} : { unit }),
});

/** What the exporter says of each monitor, whatever its kind. Each bears `company`, `flow` and `monitor`. */
export const statusFamilies = {
  info: gauge('erp_monitor_info', 'What a monitor is; always 1.', [
    'kind',
    'database',
    'criticality',
    'responder',
    'language',
  ]),
  success: gauge(
    'erp_monitor_success',
    'Whether the last run of the monitor ended well; absent before the first run ended.',
  ),
  duration: gauge(
    'erp_monitor_duration_seconds',
    'What the last run took, waiting for its turn not counted.',
    [],
    'seconds',
  ),
  lastRun: gauge(
    'erp_monitor_last_run_timestamp_seconds',
    'When the last run that ended began.',
    [],
    'seconds',
  ),
  lastSuccess: gauge(
    'erp_monitor_last_success_timestamp_seconds',
    'When the last run that ended well began: the time of the data. It stands still while runs fail.',
    [],
    'seconds',
  ),
  interval: gauge('erp_monitor_interval_seconds', 'Longest regular time between two runs.', [], 'seconds'),
  truncated: gauge(
    'erp_monitor_truncated',
    'Whether the query had more rows than max_rows, so that counts are lower bounds. Polled and cached.',
  ),
  runs: {
    name: 'erp_monitor_runs_total',
    help: 'Runs that ended, well or not.',
    type: 'counter',
    labels: [],
  },
  failures: {
    name: 'erp_monitor_failures_total',
    help: 'Runs that failed, by reason.',
    type: 'counter',
    labels: ['reason'],
  },
  skipped: {
    name: 'erp_monitor_skipped_runs_total',
    help: 'Due times at which the run before was still under way, so that no other was begun.',
    type: 'counter',
    labels: [],
  },
} as const satisfies Record<string, Family>;

/** Computed at each scrape, because it moves with the clock. Bears `company`, `flow` and `monitor`. */
export const openFamily = gauge(
  'erp_monitor_open',
  "Whether the monitor's calendar is open now; computed at scrape.",
);

/** Computed at each scrape as well. Bears `company`, `flow` and `monitor`. */
export const maintenanceFamily = gauge(
  'erp_maintenance_active',
  'Whether a maintenance window covers the monitor now; computed at scrape.',
);

/** What the catalogue says of a known error; bears only the labels listed. */
export const knownErrorFamily = gauge(
  'erp_known_error_info',
  'What a known error means, what to do about it, and who does it first, in each language; always 1.',
  ['error', 'category', 'responder', 'language', 'explanation', 'action'],
);

/** What the exporter says of databases and companies; these bear only the labels listed. */
export const databaseFamilies = {
  up: gauge('erp_database_up', 'Whether the database answered when last tried. Polled and cached.', [
    'database',
    'driver',
  ]),
  skew: gauge(
    'erp_database_clock_skew_seconds',
    "The database's clock minus the exporter's, at the last ping. Polled and cached.",
    ['database', 'driver'],
    'seconds',
  ),
} as const satisfies Record<string, Family>;

export const companyFamily = gauge(
  'erp_company_info',
  'What the configuration says of a company; always 1.',
  ['company', 'title', 'project', 'language'],
);
