import type { CompanyStatus, RunContext } from '../contract.ts';
import { cutText } from '../shared/samples.ts';
import { shownMessage } from '../shared/shown-message.ts';
import type { Limit } from '../shared/settings.ts';
import { failureState, worst } from '../shared/severity.ts';
import {
  ageIsUnknown,
  isDisabled,
  lateLimits,
  neverRanUnexpectedly,
  overdueLimits,
  stuckLimits,
  stuckRuns,
} from './limits.ts';
import type { Job } from './limits.ts';
import type { Settings } from './settings.ts';

type State = CompanyStatus['state'];

/** Most jobs that a status names for one cause. */
const mostNamed = 3;

/** Something that may be said of a job. */
interface Cause {
  readonly what: string;
  /** How bad it is for a job, by each of its limits where it has several; none when it is not so. */
  readonly statesOf: (job: Job) => readonly State[];
  /** What else is said of a job, or ''. */
  readonly detailOf?: (job: Job) => string;
}

function failureDetail({ settings }: RunContext<Settings>, { history }: Job): string {
  const failures = history?.failures ?? 0;
  const error = cutText(shownMessage(history?.latest.error ?? '', settings.mask), 80);
  return [failures > 1 ? `${failures} times in a row` : '', error].filter((text) => text !== '').join(', ');
}

/** All that may be said of jobs, in the order in which it is. */
function causesOf(run: RunContext<Settings>): readonly Cause[] {
  const when = (state: State, isSo: (job: Job) => boolean) => (job: Job) => (isSo(job) ? [state] : []);
  const over = (limitsOf: (job: Job) => readonly Limit[]) => (job: Job) =>
    limitsOf(job).map(({ severity }) => severity);
  const isAcknowledged = (job: Job) => isDisabled(job) && run.settings.disabled.includes(job.name);
  const runsText = (runs: number) => (runs > 1 ? `${runs} runs` : '');
  const broken = failureState(run);
  return [
    {
      what: 'failed',
      statesOf: when(broken, ({ state }) => state === 'failed'),
      detailOf: (job) => failureDetail(run, job),
    },
    { what: 'missing', statesOf: when(broken, ({ state }) => state === 'missing') },
    {
      what: 'stuck',
      statesOf: over((job) => stuckLimits(run, job)),
      detailOf: (job) => runsText(stuckRuns(run, job)),
    },
    { what: 'overdue', statesOf: over((job) => overdueLimits(run, job)) },
    { what: 'not started in time', statesOf: over((job) => lateLimits(run, job)) },
    { what: 'never ran', statesOf: when('warning', (job) => neverRanUnexpectedly(run, job)) },
    { what: 'without a time of success', statesOf: when('warning', (job) => ageIsUnknown(run, job)) },
    { what: 'in an unknown state', statesOf: when('warning', ({ state }) => state === 'unknown') },
    { what: 'disabled', statesOf: when('warning', (job) => isDisabled(job) && !isAcknowledged(job)) },
    { what: 'disabled on purpose', statesOf: when('ok', isAcknowledged) },
  ];
}

/** `2 failed (stock-in: no route to host, orders-out)`; nothing for no job. */
function phrase({ what, detailOf }: Cause, jobs: readonly Job[]): string[] {
  if (jobs.length === 0) return [];
  const named = jobs.slice(0, mostNamed).map((job) => {
    const detail = detailOf?.(job) ?? '';
    return detail === '' ? job.name : `${job.name}: ${detail}`;
  });
  return [`${jobs.length} ${what} (${named.join(', ')}${jobs.length > mostNamed ? ', …' : ''})`];
}

/** How the jobs of one company stand. The alerts say the same: tests/alerts/state.test.ts compares the two. */
export function statusOf(run: RunContext<Settings>, company: string, jobs: readonly Job[]): CompanyStatus {
  // Nothing to watch, or nothing that this login may see: no good sign.
  if (jobs.length === 0) return { company, state: 'warning', text: 'no jobs' };
  const causes = causesOf(run);
  const phrases = causes.flatMap((cause) =>
    phrase(
      cause,
      jobs.filter((job) => cause.statesOf(job).length > 0),
    ),
  );
  const text = [`${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`, ...phrases].join(', ');
  const states = causes.flatMap(({ statesOf }) => jobs.flatMap((job) => statesOf(job)));
  return { company, state: worst(states), text };
}
