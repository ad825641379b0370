import type { KnownError } from '../../known-errors/catalogue.ts';
import type { CompanySamples } from './company-samples.ts';
import type { Fact, JobLine } from './types.ts';

/** Most jobs that a sentence names. */
const mostNamed = 3;

type JobMessage = Extract<Fact['message'], `figure.jobs_${string}`>;

function named(message: JobMessage, jobs: readonly string[]): Fact[] {
  if (jobs.length === 0) return [];
  const names = jobs.slice(0, mostNamed).join(', ');
  return [
    { message, values: { count: jobs.length, names: jobs.length > mostNamed ? `${names}, …` : names } },
  ];
}

/** The jobs of which a figure is over its lowest limit: that of the job, or else that of all. */
function overLimit(samples: CompanySamples, family: string): string[] {
  const limits = samples.all(`${family}_threshold`);
  const limitOf = (job: string): number => {
    const own = limits.filter(({ labels }) => labels['job_name'] === job);
    const those = own.length > 0 ? own : limits.filter(({ labels }) => (labels['job_name'] ?? '') === '');
    return Math.min(...those.map(({ value }) => value));
  };
  return samples.all(family).flatMap(({ labels, value }) => {
    const job = labels['job_name'] ?? '';
    return value > limitOf(job) ? [job] : [];
  });
}

const jobsIn = (samples: CompanySamples, family: string): string[] =>
  samples.all(family).map(({ labels }) => labels['job_name'] ?? '');

function jobsOfStatus(samples: CompanySamples, status: string): string[] {
  return samples
    .all('erp_job_status')
    .filter(({ labels, value }) => labels['status'] === status && value === 1)
    .map(({ labels }) => labels['job_name'] ?? '');
}

/** What is to be said of jobs; nothing where there are none. */
export function jobFigures(samples: CompanySamples): Fact[] {
  const known = samples.value('erp_known_jobs');
  if (known === null) return [];
  const acknowledged = new Set(jobsIn(samples, 'erp_job_disabled_acknowledged'));
  const disabled = samples
    .all('erp_job_enabled')
    .filter(({ value }) => value === 0)
    .map(({ labels }) => labels['job_name'] ?? '');
  const overdue = new Set([
    ...overLimit(samples, 'erp_since_last_job_success_seconds'),
    ...overLimit(samples, 'erp_since_job_due_seconds'),
  ]);
  return [
    { message: 'figure.jobs', values: { count: known } },
    ...named('figure.jobs_failed', jobsOfStatus(samples, 'failed')),
    ...named('figure.jobs_missing', jobsOfStatus(samples, 'missing')),
    ...named('figure.jobs_stuck', overLimit(samples, 'erp_since_job_start_seconds')),
    ...named('figure.jobs_overdue', [...overdue]),
    ...named('figure.jobs_never_ran', jobsIn(samples, 'erp_job_never_ran')),
    ...named('figure.jobs_unknown', jobsOfStatus(samples, 'unknown')),
    ...named(
      'figure.jobs_disabled',
      disabled.filter((job) => !acknowledged.has(job)),
    ),
  ];
}

/** The jobs of a monitor, by name. @param errors the catalogue by the id of an entry. */
export function jobLines(samples: CompanySamples, errors: ReadonlyMap<string, KnownError>): JobLine[] {
  const jobs = [...new Set(jobsIn(samples, 'erp_job_status'))];
  return jobs
    .sort((one, other) => one.localeCompare(other, 'en'))
    .map((job) => jobLine(samples, job, errors));
}

function jobLine(samples: CompanySamples, job: string, errors: ReadonlyMap<string, KnownError>): JobLine {
  const labels = { job_name: job };
  const current = samples
    .all('erp_job_status')
    .find((sample) => sample.labels['job_name'] === job && sample.value === 1);
  const failure = samples
    .all('erp_failed_job_timestamp_seconds')
    .find((sample) => sample.labels['job_name'] === job)?.labels;
  return {
    job,
    status: current?.labels['status'] ?? '',
    isEnabled: samples.value('erp_job_enabled', labels) !== 0,
    lastRun: samples.instant('erp_job_last_run_timestamp_seconds', labels),
    lastSuccess: samples.instant('erp_job_last_success_timestamp_seconds', labels),
    lastDurationSeconds: samples.value('erp_job_last_duration_seconds', labels),
    runningSince: samples.instant('erp_job_running_since_timestamp_seconds', labels),
    due: samples.instant('erp_job_due_timestamp_seconds', labels),
    failuresInARow: samples.value('erp_job_failures_in_a_row', labels) ?? 0,
    message: failure?.['message'] ?? '',
    responder: failure?.['responder'] ?? '',
    action: errors.get(failure?.['error'] ?? '')?.action ?? null,
  };
}

/** Since when a job is not as it should be, as far as its rows tell. */
export function jobsSince(samples: CompanySamples): number | null {
  const failed = jobsOfStatus(samples, 'failed').map((job) =>
    samples.instant('erp_job_last_run_timestamp_seconds', { job_name: job }),
  );
  const stuck = overLimit(samples, 'erp_since_job_start_seconds').map((job) =>
    samples.instant('erp_job_running_since_timestamp_seconds', { job_name: job }),
  );
  const times = [...failed, ...stuck].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}
