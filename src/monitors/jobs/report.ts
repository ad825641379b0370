import type { Instant } from '../../time.ts';
import type { Run, Sample, Verdict } from '../contract.ts';
import { families } from './families.ts';
import type { JobHistory } from './history.ts';
import { jobStates } from './states.ts';
import type { JobState } from './states.ts';
import { cutText, sample } from '../shared/samples.ts';
import type { Limit } from '../shared/settings.ts';
import { failureState, worst } from '../shared/verdicts.ts';

/** The settings of kind `jobs` that shape what is told. */
export interface ReportSettings {
  readonly expected: readonly string[];
  readonly max_age: readonly Limit[];
  readonly max_runtime?: number | undefined;
}

/** A job as it stands: one without history is expected and has no row. */
export interface Job {
  readonly name: string;
  readonly state: JobState;
  readonly history: JobHistory | undefined;
}

/** Most jobs that a verdict names for one cause. */
const mostNamed = 3;

function samplesOfJob(company: string, { name, state, history }: Job): Sample[] {
  const labels = { job_name: name };
  const seconds = (ms: number | null | undefined) => (typeof ms === 'number' ? ms / 1000 : null);
  const enabled = history?.enabled ?? null;
  const optional = [
    [families.enabled, enabled === null ? null : Number(enabled)],
    [families.lastRun, seconds(history?.lastRun)],
    [families.lastSuccess, seconds(history?.lastSuccess)],
    [families.lastDuration, seconds(history?.lastDurationMs)],
    [families.runningSince, seconds(history?.runningSince)],
  ] as const;
  return [
    ...jobStates.map((status) =>
      sample(families.status, company, Number(status === state), { ...labels, status }),
    ),
    ...optional.flatMap(([family, value]) =>
      value === null ? [] : [sample(family, company, value, labels)],
    ),
  ];
}

/** `2 failed (stock-in: no route to host, orders-out)`; nothing for no job. */
function phrase(jobs: readonly Job[], what: string): string[] {
  if (jobs.length === 0) return [];
  const named = jobs.slice(0, mostNamed).map(({ name, state, history }) => {
    const error = state === 'failed' ? (history?.latest.error ?? '') : '';
    return error === '' ? name : `${name}: ${cutText(error, 80)}`;
  });
  return [`${jobs.length} ${what} (${named.join(', ')}${jobs.length > mostNamed ? ', …' : ''})`];
}

function isStuck(run: Run<ReportSettings>, { history }: Job): boolean {
  const { max_runtime: most = 0 } = run.settings;
  const since = history?.runningSince ?? null;
  return most > 0 && since !== null && run.now - since > most;
}

/** Open seconds since the job's last success; `null` when unknown, and for a disabled job, which is never overdue. */
function secondsSinceSuccess(
  { calendar }: Run<ReportSettings>,
  { history }: Job,
  now: Instant,
): number | null {
  const lastSuccess = history?.lastSuccess ?? null;
  return lastSuccess === null || history?.enabled === false ? null : calendar.openSeconds(lastSuccess, now);
}

/** The worst limit that the open time since the job's last success is over. */
function overdueLimit(run: Run<ReportSettings>, job: Job): Limit | undefined {
  const seconds = secondsSinceSuccess(run, job, run.now);
  return seconds === null ? undefined : run.settings.max_age.findLast(({ value }) => seconds > value / 1000);
}

/** What moves with the clock: how long ago each job last ended well. */
export function liveSamples(
  run: Run<ReportSettings>,
  company: string,
  jobs: readonly Job[],
  now: Instant,
): Sample[] {
  return jobs.flatMap((job) => {
    const seconds = secondsSinceSuccess(run, job, now);
    return seconds === null ? [] : [sample(families.sinceSuccess, company, seconds, { job_name: job.name })];
  });
}

function verdictOf(run: Run<ReportSettings>, company: string, jobs: readonly Job[]): Verdict {
  const inState = (state: JobState) => jobs.filter((job) => job.state === state);
  const broken = {
    failed: inState('failed'),
    missing: inState('missing'),
    stuck: jobs.filter((job) => isStuck(run, job)),
  };
  const overdue = jobs.filter((job) => overdueLimit(run, job) !== undefined);
  const unknown = inState('unknown');
  const disabled = jobs.filter(({ history }) => history?.enabled === false);
  const isBroken = Object.values(broken).some((list) => list.length > 0);
  const isDoubtful = unknown.length > 0 || disabled.some(({ name }) => run.settings.expected.includes(name));
  const parts = [
    jobs.length === 0 ? 'no jobs' : `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`,
    ...Object.entries(broken).flatMap(([what, list]) => phrase(list, what)),
    ...phrase(overdue, 'overdue'),
    ...phrase(unknown, 'in an unknown state'),
    ...phrase(disabled, 'disabled'),
  ];
  const states = [
    ...(isBroken ? [failureState(run)] : []),
    ...overdue.flatMap((job) => overdueLimit(run, job)?.severity ?? []),
    ...(isDoubtful ? ['warning' as const] : []),
  ];
  return { company, state: worst(states), text: parts.join(', ') };
}

/** What a run tells of the jobs of one company. */
export function reportCompany(
  run: Run<ReportSettings>,
  company: string,
  jobs: readonly Job[],
): { readonly samples: Sample[]; readonly verdict: Verdict } {
  const { max_age, max_runtime = 0 } = run.settings;
  return {
    samples: [
      ...jobs.flatMap((job) => samplesOfJob(company, job)),
      ...max_age.map(({ severity, value }) => sample(families.maxAge, company, value / 1000, { severity })),
      ...(max_runtime > 0 ? [sample(families.maxRuntime, company, max_runtime / 1000)] : []),
    ],
    verdict: verdictOf(run, company, jobs),
  };
}
