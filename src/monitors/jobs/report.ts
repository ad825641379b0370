import type { Instant } from '../../time.ts';
import type { Family, RunContext, Sample } from '../contract.ts';
import { localTime } from '../shared/local-time.ts';
import { sample } from '../shared/samples.ts';
import { shownMessage } from '../shared/shown-message.ts';
import type { Limit } from '../shared/settings.ts';
import { families } from './families.ts';
import {
  ageIsUnknown,
  isDisabled,
  limitsOf,
  monitorLimits,
  secondsQueued,
  secondsSinceDue,
  secondsSinceSuccess,
} from './limits.ts';
import type { Job, JobLimits } from './limits.ts';
import type { Settings } from './settings.ts';
import { jobStates } from './states.ts';

type Run = RunContext<Settings>;

const seconds = (ms: number | null | undefined) => (typeof ms === 'number' ? ms / 1000 : null);

/** A sample for each value that is known. */
function known(
  company: string,
  labels: Readonly<Record<string, string>>,
  values: readonly (readonly [Family, number | null])[],
): Sample[] {
  return values.flatMap(([family, value]) =>
    value === null ? [] : [sample(family, company, value, labels)],
  );
}

/** A failed job with its error, for what people are told of it; without a class where its row says nothing. */
function failureSamples(run: Run, company: string, { name, state, history }: Job): Sample[] {
  if (state !== 'failed' || history === undefined) return [];
  const { error, finished, started } = history.latest;
  const at = finished ?? started;
  const known = error === '' ? undefined : run.classify({ code: '', message: error });
  const labels = {
    job_name: name,
    error: known?.error ?? '',
    category: known?.category ?? '',
    known: known === undefined ? '' : String(known.known),
    responder: known?.responder ?? '',
    message: shownMessage(error, run.settings.mask),
    since: at === null ? '' : localTime(at, run.timezone(company)),
  };
  return [sample(families.failed, company, at === null ? Number.NaN : at / 1000, labels)];
}

function samplesOfJob(run: Run, company: string, job: Job): Sample[] {
  const { name, state, history } = job;
  const labels = { job_name: name };
  const enabled = history?.enabled ?? null;
  const neverRan = history?.neverRan === true && !isDisabled(job);
  return [
    ...jobStates.map((status) =>
      sample(families.status, company, Number(status === state), { ...labels, status }),
    ),
    ...known(company, labels, [
      [families.enabled, enabled === null ? null : Number(enabled)],
      [families.lastRun, seconds(history?.lastRun)],
      [families.lastSuccess, seconds(history?.lastSuccess)],
      [families.lastDuration, seconds(history?.lastDurationMs)],
      [families.runningSince, seconds(history?.runningSince)],
      [families.due, seconds(history?.due)],
      [families.failures, history?.failures ?? null],
      [families.neverRan, neverRan ? 1 : null],
      [families.ageUnknown, ageIsUnknown(run, job) ? 1 : null],
    ]),
    ...failureSamples(run, company, job),
  ];
}

/** What moves with the clock: how long ago each job last succeeded and was due, how long its runs wait and take. */
export function liveSamples(run: Run, company: string, jobs: readonly Job[], now: Instant): Sample[] {
  return jobs.flatMap((job) => {
    const runningSince = job.history?.runningSince ?? null;
    return known(company, { job_name: job.name }, [
      [families.sinceSuccess, secondsSinceSuccess(run, job, now)],
      [families.sinceQueued, secondsQueued(run, job, now)],
      [families.sinceDue, secondsSinceDue(run, job, now)],
      [families.sinceStart, runningSince === null ? null : Math.max(0, now - runningSince) / 1000],
    ]);
  });
}

function thresholds(
  company: string,
  { age, runtime, delay }: JobLimits,
  isDue: boolean,
  labels: Readonly<Record<string, string>>,
): Sample[] {
  const of = (family: Family, limits: readonly Limit[]) =>
    limits.map(({ severity, value }) => sample(family, company, value / 1000, { ...labels, severity }));
  return [
    ...of(families.sinceSuccessThreshold, age),
    ...of(families.sinceStartThreshold, runtime),
    ...(isDue ? of(families.sinceDueThreshold, delay) : []),
  ];
}

/** Thresholds of the monitor; of each job where some have their own. Those for lateness only where something can be late. */
function thresholdsOf(run: Run, company: string, jobs: readonly Job[]): Sample[] {
  const isDue = ({ history }: Job) => (history?.due ?? null) !== null;
  const hasOwn = ({ history }: Job) => (history?.maxAgeMs ?? null) !== null;
  if (Object.keys(run.settings.job_limits).length === 0 && !jobs.some(hasOwn))
    return thresholds(company, monitorLimits(run), jobs.some(isDue), { job_name: '' });
  return jobs.flatMap((job) => thresholds(company, limitsOf(run, job), isDue(job), { job_name: job.name }));
}

/** What a run exports about the jobs of one company. */
export function samplesOf(run: Run, company: string, jobs: readonly Job[]): Sample[] {
  return [
    sample(families.known, company, jobs.length),
    ...jobs.flatMap((job) => samplesOfJob(run, company, job)),
    ...thresholdsOf(run, company, jobs),
    ...[...new Set(run.settings.disabled)].map((name) =>
      sample(families.disabledAcknowledged, company, 1, { job_name: name }),
    ),
  ];
}
