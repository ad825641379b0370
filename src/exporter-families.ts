import { mailFamilies, remedyFamilies, ticketFamilies } from './acting-families.ts';
import type { Family } from './monitors/contract.ts';

export { mailFamilies, remedyFamilies, ticketFamilies };
export { failureReasons } from './monitors/contract.ts';

const gauge = (name: string, help: string, labels: readonly string[] = [], unit?: string): Family => ({
  name,
  help,
  type: 'gauge',
  labels,
  ...(unit === undefined ? {} : { unit }),
});

/** What is exported about each monitor, whatever its kind. Each bears `company`, `flow` and `monitor`. */
export const statusFamilies = {
  info: gauge(
    'erp_monitor_info',
    'Kind, databases, criticality, responder and language of a monitor, and what it sends; always 1.',
    ['kind', 'database', 'criticality', 'responder', 'language', 'sends'],
  ),
  success: gauge(
    'erp_monitor_success',
    'Whether the last completed run of the monitor succeeded (1) or failed (0); absent before the first one.',
  ),
  duration: gauge(
    'erp_monitor_duration_seconds',
    'Duration of the last run, excluding queueing.',
    [],
    'seconds',
  ),
  lastRun: gauge(
    'erp_monitor_last_run_timestamp_seconds',
    'When the last completed run started.',
    [],
    'seconds',
  ),
  lastSuccess: gauge(
    'erp_monitor_last_success_timestamp_seconds',
    'When the last successful run started: the time of the data. Unchanged while runs fail.',
    [],
    'seconds',
  ),
  interval: gauge('erp_monitor_interval_seconds', 'Longest scheduled time between two runs.', [], 'seconds'),
  truncated: gauge(
    'erp_monitor_truncated',
    'Whether a query returned more rows than max_rows or more bytes than max_bytes: counts are then at least as high as exported. Polled and cached.',
  ),
  notes: gauge(
    'erp_monitor_notes',
    'Number of remarks of the last successful run about odd data, such as rows left out or times in the future; the page, try and check tell them. 0 when there are none. Polled and cached.',
  ),
  runs: {
    name: 'erp_monitor_runs_total',
    help: 'Completed runs, successful or failed.',
    type: 'counter',
    labels: [],
  },
  failures: {
    name: 'erp_monitor_failures_total',
    help: 'Failed runs, by reason.',
    type: 'counter',
    labels: ['reason'],
  },
  skipped: {
    name: 'erp_monitor_skipped_runs_total',
    help: 'Scheduled runs skipped because the previous one was still running.',
    type: 'counter',
    labels: [],
  },
} as const satisfies Record<string, Family>;

/** Computed at each scrape, because it moves with the clock. Bears `company`, `flow` and `monitor`. */
export const openFamily = gauge(
  'erp_monitor_open',
  "Whether it is within the business hours of the monitor's calendar; computed at scrape time.",
);

/** Computed at each scrape as well. Bears `company`, `flow` and `monitor`. */
export const maintenanceFamily = gauge(
  'erp_maintenance_active',
  'Whether a maintenance window covers the monitor; computed at scrape time.',
);

/** Computed at each scrape, see `judgement.ts`. Bears `company`, `flow` and `monitor`. */
export const stateFamily = gauge(
  'erp_monitor_state',
  'How the monitor stands at the company, judged once for all: 1 for its state, 0 for the others; computed at scrape time.',
  ['state'],
);

/** The catalogue's entry of a known error; bears only the labels listed. */
export const knownErrorFamily = gauge(
  'erp_known_error_info',
  'Explanation, corrective action and first responder of a known error, in each language; always 1.',
  ['error', 'category', 'responder', 'language', 'explanation', 'action'],
);

/** What is exported about databases and companies; these bear only the labels listed. */
export const databaseFamilies = {
  up: gauge('erp_database_up', 'Whether the database answered when last tried. Polled and cached.', [
    'database',
    'driver',
  ]),
  skew: gauge(
    'erp_database_clock_skew_seconds',
    'Clock of the database minus clock of the exporter, at the last ping. Polled and cached.',
    ['database', 'driver'],
    'seconds',
  ),
} as const satisfies Record<string, Family>;

export const companyFamily = gauge(
  'erp_company_info',
  'Title, project and language of a company; always 1.',
  ['company', 'title', 'project', 'language'],
);

/** What the process exports about itself; these bear only the labels listed. */
export const processFamilies = {
  buildInfo: gauge('erp_exporter_build_info', 'Version of the exporter and of Node.js; always 1.', [
    'version',
    'nodeversion',
  ]),
  reloadSuccessful: gauge(
    'erp_config_last_reload_successful',
    'Whether the last load of the configuration file succeeded.',
  ),
  reloadSuccessTime: gauge(
    'erp_config_last_reload_success_timestamp_seconds',
    'When the configuration in use was loaded.',
    [],
    'seconds',
  ),
  stateFileWritten: gauge(
    'erp_state_file_written',
    'Whether the state file holds all that must survive a restart (1), or the last write failed and is retried (0); absent without a file.',
  ),
} as const satisfies Record<string, Family>;

const outboxLabels: readonly string[] = ['kind', 'action'];

/** What is exported about the outbox, when there is one; these bear only the labels listed. */
export const outboxFamilies = {
  waiting: gauge(
    'erp_outbox_waiting_entries',
    'Entries of the outbox that are still to be carried out. Counted every 15 s, like all gauges of the outbox; replicas that share a database export the same.',
    outboxLabels,
  ),
  failing: gauge(
    'erp_outbox_failing_entries',
    'Of the waiting entries, those that were tried before.',
    outboxLabels,
  ),
  oldest: gauge(
    'erp_outbox_oldest_waiting_timestamp_seconds',
    'When the oldest waiting entry should have been tried first; absent when none waits.',
    outboxLabels,
    'seconds',
  ),
  attempts: {
    name: 'erp_outbox_attempts_total',
    help: 'Attempts of this process, by result: done, retry, refused, error, interrupted.',
    type: 'counter',
    labels: [...outboxLabels, 'result'],
  },
  settled: {
    name: 'erp_outbox_settled_entries_total',
    help: 'Entries that this process settled, by their end: done, refused, expired.',
    type: 'counter',
    labels: [...outboxLabels, 'state'],
  },
  up: gauge(
    'erp_outbox_store_up',
    'Whether the store of the outbox can be read and written (1), or the last attempt to do so failed (0); absent without an outbox.',
  ),
} as const satisfies Record<string, Family>;

/**
 * Of prom-client's default metrics, those that are useful and follow the naming rules: the whole set fails
 * `promtool check metrics` (gauges that end in `_total`). The first of a group fills in the others when it is collected.
 */
export const processMetrics = [
  'process_cpu_user_seconds_total',
  'process_cpu_system_seconds_total',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_open_fds',
  'process_max_fds',
  'nodejs_heap_size_total_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
  'nodejs_eventloop_lag_seconds',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_gc_duration_seconds',
] as const;

/** Metrics of earlier versions, whose place none of another meaning must take: users' own rules may still read them. */
export const retiredNames = [
  'erp_job_max_age_seconds',
  'erp_job_max_runtime_seconds',
  'erp_late_after_seconds',
  'erp_open_amount_threshold',
  'erp_silent_after_seconds',
  'erp_sync_alert_after_seconds',
] as const;

const ownFamilies: readonly Readonly<Record<string, Family>>[] = [
  ...[statusFamilies, databaseFamilies, processFamilies],
  ...[outboxFamilies, ticketFamilies, remedyFamilies, mailFamilies],
];

/** The name of every metric that the exporter itself exports, whatever kinds of monitors there are. */
export const exporterNames: readonly string[] = [
  ...ownFamilies.flatMap((families) => Object.values(families).map(({ name }) => name)),
  ...[openFamily, maintenanceFamily, stateFamily, knownErrorFamily, companyFamily].map(({ name }) => name),
  ...processMetrics,
];
