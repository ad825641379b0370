import { columnTypes, companyColumn } from '../shared/columns.ts';
import type { ColumnSpec, Family } from '../contract.ts';
import { polledGauge, thresholdOf } from '../shared/samples.ts';

const sinceSuccess = polledGauge(
  'erp_since_last_job_success_seconds',
  'Open time since the job last ended well, computed at the scrape; absent when unknown, and for a disabled job.',
  'seconds',
  ['job_name'],
);
const sinceStart = polledGauge(
  'erp_since_job_start_seconds',
  'Time since the run in progress started, by the clock on the wall, computed at the scrape; absent when none is.',
  'seconds',
  ['job_name'],
);

/** What a monitor of kind `jobs` exports. */
export const families = {
  status: polledGauge(
    'erp_job_status',
    'State of a batch job: 1 for the state it is in, 0 for the others.',
    'boolean',
    ['job_name', 'status'],
  ),
  enabled: polledGauge('erp_job_enabled', 'Whether the job is enabled: 1 or 0.', 'boolean', ['job_name']),
  lastRun: polledGauge('erp_job_last_run_timestamp_seconds', 'When the job last started.', 'seconds', [
    'job_name',
  ]),
  lastSuccess: polledGauge(
    'erp_job_last_success_timestamp_seconds',
    'When the job last ended well, as far as the database remembers; absent when unknown.',
    'seconds',
    ['job_name'],
  ),
  sinceSuccess,
  sinceSuccessThreshold: thresholdOf(
    sinceSuccess,
    'Open time since the last success of a job that is too long, as configured; absent: never.',
  ),
  lastDuration: polledGauge(
    'erp_job_last_duration_seconds',
    'How long the last finished run of the job took.',
    'seconds',
    ['job_name'],
  ),
  runningSince: polledGauge(
    'erp_job_running_since_timestamp_seconds',
    'When the run that is under way started; absent when none is.',
    'seconds',
    ['job_name'],
  ),
  sinceStart,
  sinceStartThreshold: thresholdOf(
    sinceStart,
    'How long a job may run before it is taken for stuck, as configured; absent: for ever.',
  ),
} satisfies Record<string, Family>;

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
