import type { Instant } from '../../time.ts';
import type { RunContext, Sample, CompanyStatus } from '../contract.ts';
import { families } from './families.ts';
import type { JobHistory } from './history.ts';
import type { Settings } from './settings.ts';
import { jobStates } from './states.ts';
import type { JobState } from './states.ts';
import { cutText, sample } from '../shared/samples.ts';
import type { Limit } from '../shared/settings.ts';
import { failureState, worst } from '../shared/severity.ts';

/** A job as it stands: one without history is expected and has no row. */
export interface Job {
  readonly name: string;
  readonly state: JobState;
  readonly history: JobHistory | undefined;
}

/** Most jobs that a status names for one cause. */
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

const isDisabled = ({ history }: Job) => history?.enabled === false;

/** How long a run may take, by severity: a limit without one is as bad as a job that failed. */
function runtimeLimits({ settings: { max_runtime }, criticality }: RunContext<Settings>): readonly Limit[] {
  if (typeof max_runtime !== 'number') return max_runtime;
  const severity = criticality === 'critical' ? 'critical' : 'warning';
  return max_runtime > 0 ? [{ severity, value: max_runtime }] : [];
}

/** The worst limit that the time since the start of the job's run in progress is over. */
function stuckLimit(run: RunContext<Settings>, { history }: Job): Limit | undefined {
  const since = history?.runningSince ?? null;
  return since === null ? undefined : runtimeLimits(run).findLast(({ value }) => run.now - since > value);
}

/** Open seconds since the job's last success; `null` when unknown, and for a disabled job, which is never overdue. */
function secondsSinceSuccess(
  { calendar }: RunContext<Settings>,
  { history }: Job,
  now: Instant,
): number | null {
  const lastSuccess = history?.lastSuccess ?? null;
  return lastSuccess === null || history?.enabled === false ? null : calendar.openSeconds(lastSuccess, now);
}

/** The worst limit that the business hours since the job's last success exceed. */
function overdueLimit(run: RunContext<Settings>, job: Job): Limit | undefined {
  const seconds = secondsSinceSuccess(run, job, run.now);
  return seconds === null ? undefined : run.settings.max_age.findLast(({ value }) => seconds > value / 1000);
}

/** What moves with the clock: how long ago each job last succeeded, and how long running jobs have been running. */
export function liveSamples(
  run: RunContext<Settings>,
  company: string,
  jobs: readonly Job[],
  now: Instant,
): Sample[] {
  return jobs.flatMap((job) => {
    const labels = { job_name: job.name };
    const sinceSuccess = secondsSinceSuccess(run, job, now);
    const runningSince = job.history?.runningSince ?? null;
    const sinceStart = runningSince === null ? null : Math.max(0, now - runningSince) / 1000;
    return [
      ...(sinceSuccess === null ? [] : [sample(families.sinceSuccess, company, sinceSuccess, labels)]),
      ...(sinceStart === null ? [] : [sample(families.sinceStart, company, sinceStart, labels)]),
    ];
  });
}

function statusOf(run: RunContext<Settings>, company: string, jobs: readonly Job[]): CompanyStatus {
  const inState = (state: JobState) => jobs.filter((job) => job.state === state);
  const broken = {
    failed: inState('failed'),
    missing: inState('missing'),
  };
  const stuck = jobs.filter((job) => stuckLimit(run, job) !== undefined);
  const overdue = jobs.filter((job) => overdueLimit(run, job) !== undefined);
  const unknown = inState('unknown');
  const acknowledged = jobs.filter((job) => isDisabled(job) && run.settings.disabled.includes(job.name));
  const disabled = jobs.filter((job) => isDisabled(job) && !acknowledged.includes(job));
  const isBroken = Object.values(broken).some((list) => list.length > 0);
  const isDoubtful = unknown.length > 0 || disabled.length > 0;
  const parts = [
    jobs.length === 0 ? 'no jobs' : `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`,
    ...Object.entries(broken).flatMap(([what, list]) => phrase(list, what)),
    ...phrase(stuck, 'stuck'),
    ...phrase(overdue, 'overdue'),
    ...phrase(unknown, 'in an unknown state'),
    ...phrase(disabled, 'disabled'),
    ...phrase(acknowledged, 'disabled on purpose'),
  ];
  const states = [
    ...(isBroken ? [failureState(run)] : []),
    ...stuck.flatMap((job) => stuckLimit(run, job)?.severity ?? []),
    ...overdue.flatMap((job) => overdueLimit(run, job)?.severity ?? []),
    ...(isDoubtful ? ['warning' as const] : []),
  ];
  return { company, state: worst(states), text: parts.join(', ') };
}

/** What a run reports about the jobs of one company. */
export function reportCompany(
  run: RunContext<Settings>,
  company: string,
  jobs: readonly Job[],
): { readonly samples: Sample[]; readonly status: CompanyStatus } {
  return {
    samples: [
      ...jobs.flatMap((job) => samplesOfJob(company, job)),
      ...run.settings.max_age.map(({ severity, value }) =>
        sample(families.sinceSuccessThreshold, company, value / 1000, { severity }),
      ),
      ...[...new Set(run.settings.disabled)].map((name) =>
        sample(families.disabledAcknowledged, company, 1, { job_name: name }),
      ),
      ...runtimeLimits(run).map(({ severity, value }) =>
        sample(families.sinceStartThreshold, company, value / 1000, { severity }),
      ),
    ],
    status: statusOf(run, company, jobs),
  };
}
