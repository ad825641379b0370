import { columnTypes } from '../shared/column-types.ts';
import { companyColumn } from '../shared/row-companies.ts';
import type { ColumnSpec, Family } from '../contract.ts';
import { polledGauge, thresholdOf } from '../shared/samples.ts';

const sinceSuccess = polledGauge(
  'erp_since_last_job_success_seconds',
  'Business hours since the job last succeeded, in seconds, computed at scrape time; absent when unknown, and for a disabled job.',
  'seconds',
  ['job_name'],
);
const sinceStart = polledGauge(
  'erp_since_job_start_seconds',
  'Elapsed time since the run in progress started, whatever the business hours, computed at scrape time; absent when none is in progress.',
  'seconds',
  ['job_name'],
);

/** What a monitor of kind `jobs` exports. */
export const families = {
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
    'When the job last succeeded, as far as the database keeps its history; absent when unknown.',
    'seconds',
    ['job_name'],
  ),
  sinceSuccess,
  sinceSuccessThreshold: thresholdOf(
    sinceSuccess,
    'Business hours, in seconds, since the last success after which a job is overdue, as configured; absent when there is no limit.',
  ),
  lastDuration: polledGauge(
    'erp_job_last_duration_seconds',
    'Duration of the last completed run of the job.',
    'seconds',
    ['job_name'],
  ),
  runningSince: polledGauge(
    'erp_job_running_since_timestamp_seconds',
    'When the run in progress started; absent when none is.',
    'seconds',
    ['job_name'],
  ),
  sinceStart,
  sinceStartThreshold: thresholdOf(
    sinceStart,
    'Elapsed time after which a run in progress is stuck, as configured; absent when there is no limit.',
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
    description: 'how the run ended or stands, see `statuses`',
  },
  { name: 'started', types: columnTypes.instant, required: false, description: 'when the run started' },
  { name: 'finished', types: columnTypes.instant, required: false, description: 'when the run ended' },
  { name: 'error', types: columnTypes.text, required: false, description: 'why the run failed' },
  { name: 'enabled', types: columnTypes.boolean, required: false, description: 'whether the job is enabled' },
  companyColumn,
];
