import { columnTypes } from '../shared/column-types.ts';
import { companyColumn } from '../shared/row-companies.ts';
import type { ColumnSpec, Family } from '../contract.ts';
import { polledGauge, thresholdOf } from '../shared/samples.ts';

const sinceSuccess = polledGauge(
  'erp_since_last_job_success_seconds',
  'Business hours since the job last succeeded, or for a job without a known success since the oldest time in its rows, in seconds, computed at scrape time; absent when neither is known, and for a disabled job.',
  'seconds',
  ['job_name'],
);
const sinceDue = polledGauge(
  'erp_since_job_due_seconds',
  'Business hours since the next run of the job was due, in seconds, computed at scrape time; 0 before, absent when it is not known when the next run is due, while one is in progress, and for a disabled job.',
  'seconds',
  ['job_name'],
);
const sinceStart = polledGauge(
  'erp_since_job_start_seconds',
  'Elapsed time since the oldest run in progress started, whatever the business hours, computed at scrape time; absent when none is in progress.',
  'seconds',
  ['job_name'],
);

/** What a monitor of kind `jobs` exports. */
export const families = {
  known: polledGauge(
    'erp_known_jobs',
    'Number of jobs that the query returned or that the configuration expects.',
    'jobs',
  ),
  status: polledGauge(
    'erp_job_status',
    'State of a batch job: 1 for its current state, 0 for the others.',
    'boolean',
    ['job_name', 'status'],
  ),
  enabled: polledGauge('erp_job_enabled', 'Whether the job is enabled (1) or disabled (0).', 'boolean', [
    'job_name',
  ]),
  disabledAcknowledged: polledGauge(
    'erp_job_disabled_acknowledged',
    'A job that the configuration lists as disabled on purpose; always 1.',
    'boolean',
    ['job_name'],
  ),
  lastRun: polledGauge(
    'erp_job_last_run_timestamp_seconds',
    'When the last run of the job started.',
    'seconds',
    ['job_name'],
  ),
  lastSuccess: polledGauge(
    'erp_job_last_success_timestamp_seconds',
    'When the job last succeeded, as far as the database keeps its history, or an earlier run saw it; absent when unknown.',
    'seconds',
    ['job_name'],
  ),
  sinceSuccess,
  sinceSuccessThreshold: thresholdOf(
    sinceSuccess,
    'Business hours, in seconds, since the last success after which a job is overdue, or for which a run may be queued, as configured; with a job_name where jobs have their own; absent when there is no limit.',
    ['job_name'],
  ),
  sinceQueued: polledGauge(
    'erp_since_job_queued_seconds',
    'Business hours since the oldest run of the job was queued that has not started although a later one succeeded, in seconds, computed at scrape time; absent when there is none, and for a disabled job.',
    'seconds',
    ['job_name'],
  ),
  due: polledGauge(
    'erp_job_due_timestamp_seconds',
    'When the next run of the job is due; absent when unknown, and while one is in progress.',
    'seconds',
    ['job_name'],
  ),
  sinceDue,
  sinceDueThreshold: thresholdOf(
    sinceDue,
    'Business hours, in seconds, after which a run that was due is late, as configured; with a job_name where jobs have their own; absent when there is no limit, and when no next run is known.',
    ['job_name'],
  ),
  failed: polledGauge(
    'erp_failed_job_timestamp_seconds',
    'When the last run of a failed job ended, or began where its end is unknown, with its error; NaN when both are.',
    'seconds',
    ['job_name', 'error', 'category', 'known', 'responder', 'message', 'since'],
  ),
  failures: polledGauge(
    'erp_job_failures_in_a_row',
    'Number of failures of the job since its last success, as far as the database keeps its history.',
    'failures',
    ['job_name'],
  ),
  neverRan: polledGauge(
    'erp_job_never_ran',
    'An enabled job that exists and never ran, as far as the database tells; always 1.',
    'boolean',
    ['job_name'],
  ),
  ageUnknown: polledGauge(
    'erp_job_last_success_unknown',
    'An enabled job that has a limit for the time since its last success, and has not failed, although nothing tells when that was; always 1.',
    'boolean',
    ['job_name'],
  ),
  lastDuration: polledGauge(
    'erp_job_last_duration_seconds',
    'Duration of the last completed run of the job.',
    'seconds',
    ['job_name'],
  ),
  runningSince: polledGauge(
    'erp_job_running_since_timestamp_seconds',
    'When the oldest run in progress started; absent when none is.',
    'seconds',
    ['job_name'],
  ),
  sinceStart,
  sinceStartThreshold: thresholdOf(
    sinceStart,
    'Elapsed time after which a run in progress is stuck, as configured; with a job_name where jobs have their own; absent when there is no limit.',
    ['job_name'],
  ),
} as const satisfies Record<string, Family>;

/** What the query of kind `jobs` returns. */
export const columns: readonly ColumnSpec[] = [
  {
    name: 'job',
    types: columnTypes.text,
    required: true,
    description: 'the name of the job; it may have several rows',
  },
  {
    name: 'status',
    types: columnTypes.text,
    required: true,
    unless: ['due', 'last_success'],
    description: 'how the run ended or stands, see `statuses`; NULL without a time: the job never ran',
  },
  {
    name: 'started',
    types: columnTypes.instant,
    required: false,
    description: 'when the run started; of a run that waits, since when it is queued',
  },
  { name: 'finished', types: columnTypes.instant, required: false, description: 'when the run ended' },
  {
    name: 'due',
    types: columnTypes.instant,
    required: false,
    description: 'when the next run is to start, see `max_delay`',
  },
  {
    name: 'last_success',
    types: columnTypes.instant,
    required: false,
    description: 'when the job last succeeded, where the rows of its runs do not tell; NULL: never',
  },
  {
    name: 'failures',
    types: columnTypes.number,
    required: false,
    description: 'how often it failed in a row; more than 0 means that it failed',
  },
  { name: 'error', types: columnTypes.text, required: false, description: 'why the run failed' },
  {
    name: 'max_age',
    types: columnTypes.duration,
    required: false,
    description:
      'the limit of this job for the business hours since its last success, instead of that of the monitor; 0: no limit; NULL: that of the monitor',
  },
  { name: 'enabled', types: columnTypes.boolean, required: false, description: 'whether the job is enabled' },
  companyColumn,
];
