import type { Instant } from '../../time.ts';
import type { RunContext } from '../contract.ts';
import type { Limit, LimitOrLimits } from '../shared/settings.ts';
import type { JobHistory } from './history.ts';
import type { Settings } from './settings.ts';
import type { JobState } from './states.ts';

/** A job as it stands: one without history is expected and has no row. */
export interface Job {
  readonly name: string;
  readonly state: JobState;
  readonly history: JobHistory | undefined;
}

/** The limits of a job, in milliseconds. */
export interface JobLimits {
  /** For the business hours since its last success, and those for which a run is queued. */
  readonly age: readonly Limit[];
  /** For the time since a run started. */
  readonly runtime: readonly Limit[];
  /** For the business hours since a run was due. */
  readonly delay: readonly Limit[];
}

type Run = RunContext<Settings>;

/** A limit without a severity is as bad as a job that failed. */
function bySeverity({ criticality }: Run, limit: LimitOrLimits): readonly Limit[] {
  if (typeof limit !== 'number') return limit;
  const severity = criticality === 'critical' ? 'critical' : 'warning';
  return limit > 0 ? [{ severity, value: limit }] : [];
}

/** The limits of the monitor. */
export function monitorLimits(run: Run): JobLimits {
  const { max_age: age, max_runtime, max_delay: delay } = run.settings;
  return { age, runtime: bySeverity(run, max_runtime), delay };
}

/** The limits of a job: its own in the configuration, else those in its rows, else those of the monitor. */
export function limitsOf(run: Run, { name, history }: Job): JobLimits {
  const own = Object.hasOwn(run.settings.job_limits, name) ? run.settings.job_limits[name] : undefined;
  const { age, runtime, delay } = monitorLimits(run);
  const inRows = history?.maxAgeMs ?? null;
  return {
    age: own?.max_age ?? (inRows === null ? age : bySeverity(run, inRows)),
    runtime: own?.max_runtime === undefined ? runtime : bySeverity(run, own.max_runtime),
    delay: own?.max_delay ?? delay,
  };
}

export const isDisabled = ({ history }: Job): boolean => history?.enabled === false;

/** Business hours since an instant in seconds, 0 for one to come; `null` when unknown, and for a disabled job. */
function openSeconds({ calendar }: Run, job: Job, since: Instant | null, now: Instant): number | null {
  if (since === null || isDisabled(job)) return null;
  return since > now ? 0 : calendar.openSeconds(since, now);
}

/** For how long a job has not succeeded, at least. */
export function secondsSinceSuccess(run: Run, job: Job, now: Instant): number | null {
  return openSeconds(run, job, job.history?.withoutSuccessSince ?? null, now);
}

/** For how long its oldest queued run waits. */
export function secondsQueued(run: Run, job: Job, now: Instant): number | null {
  return openSeconds(run, job, job.history?.queuedSince ?? null, now);
}

/** How long ago its next run was due. */
export function secondsSinceDue(run: Run, job: Job, now: Instant): number | null {
  return openSeconds(run, job, job.history?.due ?? null, now);
}

function exceeded(limits: readonly Limit[], seconds: number | null): Limit[] {
  return seconds === null ? [] : limits.filter(({ value }) => seconds > value / 1000);
}

/** The limits that the business hours since the job's last success exceed. */
export function overdueLimits(run: Run, job: Job): Limit[] {
  return exceeded(limitsOf(run, job).age, secondsSinceSuccess(run, job, run.now));
}

/** The limits that a run exceeds which should have started. */
export function lateLimits(run: Run, job: Job): Limit[] {
  const { age, delay } = limitsOf(run, job);
  return [
    ...exceeded(delay, secondsSinceDue(run, job, run.now)),
    ...exceeded(age, secondsQueued(run, job, run.now)),
  ];
}

/** The limits that the oldest run in progress exceeds. */
export function stuckLimits(run: Run, job: Job): Limit[] {
  const since = job.history?.runningSince ?? null;
  return exceeded(limitsOf(run, job).runtime, since === null ? null : (run.now - since) / 1000);
}

/** How many runs are in progress for longer than the lowest limit. */
export function stuckRuns(run: Run, job: Job): number {
  const lowest = Math.min(...limitsOf(run, job).runtime.map(({ value }) => value));
  return (job.history?.openRuns ?? []).filter((since) => run.now - since > lowest).length;
}

/** Whether the job has a limit for its age, but never ran, and nothing says when it will. */
export function neverRanUnexpectedly(run: Run, job: Job): boolean {
  const { history } = job;
  if (history === undefined || isDisabled(job) || history.due !== null) return false;
  return history.neverRan && limitsOf(run, job).age.length > 0;
}

/** Whether the job has a limit for its age, and has not failed, but nothing tells when it last succeeded, or since when it has not. */
export function ageIsUnknown(run: Run, job: Job): boolean {
  const { history } = job;
  if (history === undefined || isDisabled(job) || history.neverRan || job.state === 'failed') return false;
  return history.withoutSuccessSince === null && limitsOf(run, job).age.length > 0;
}
