import { nextOpening } from '../../calendar/next-opening.ts';
import type { MaintenanceWindow } from '../../calendar/maintenance.ts';
import { circumstancesAt, judgementsOf } from '../../judgement.ts';
import type { Circumstances, MonitorStateName } from '../../judgement.ts';
import type { Snapshot } from '../../poll/snapshot.ts';
import type { TaskStatus } from '../../poll/task-status.ts';
import type { Instant } from '../../time.ts';
import { samplesByCompany } from './company-samples.ts';
import type { CompanySamples } from './company-samples.ts';
import { figuresOf, lateCount } from './figures.ts';
import { jobsSince } from './jobs.ts';
import type { Fact, MonitorLine } from './types.ts';

/** A line with the figures that it was made from, for those who add them up. */
export interface FiguredLine {
  readonly line: MonitorLine;
  readonly samples: CompanySamples;
  readonly task: TaskStatus;
  /** Whether the reader sees every company that the task serves. */
  readonly isWhole: boolean;
}

/** The worst of several states: what needs somebody first, then what nobody knows, then what is as it should be. */
const stateOrder: readonly MonitorStateName[] = [
  'critical',
  'warning',
  'no_data',
  'maintenance',
  'closed',
  'ok',
];

/** A place in `stateOrder`. */
export const rankOf = (state: MonitorStateName): number => stateOrder.indexOf(state);

function windowUntil(
  windows: readonly MaintenanceWindow[],
  now: Instant,
  company: string,
  monitor: string,
): Instant | null {
  const ends = windows
    .filter((window) => window.covers(company, monitor))
    .map((window) => window.activeUntil(now) ?? now);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** Minutes of the highest limit that the last sync is over, as the widget of old has it: `Alert > 30 min`. */
function alertMinutes(samples: CompanySamples): number | null {
  const since = samples.value('erp_since_last_sync_seconds');
  if (since === null) return null;
  const over = samples
    .all('erp_since_last_sync_seconds_threshold')
    .map(({ value }) => value)
    .filter((limit) => since > limit);
  return over.length === 0 ? null : Math.round(Math.max(...over) / 60);
}

function stateFact(
  task: TaskStatus,
  company: string,
  state: MonitorStateName,
  samples: CompanySamples,
  { now, maintenance }: Circumstances,
): Fact {
  const plain: Fact = { message: `state.${state}`, values: {} };
  const until = (message: 'state.closed_until' | 'state.maintenance_until', at: Instant | null): Fact =>
    at === null ? plain : { message, values: {}, at };
  switch (state) {
    case 'maintenance':
      return until('state.maintenance_until', windowUntil(maintenance, now, company, task.monitor.name));
    case 'closed':
      return until('state.closed_until', nextOpening(task.monitor.calendar, now));
    case 'no_data':
      return task.lastSuccess === null
        ? { message: 'state.never_read', values: {} }
        : { message: 'state.last_read', values: {}, at: task.lastSuccess };
    case 'warning':
    case 'critical': {
      const minutes = alertMinutes(samples);
      return minutes === null ? plain : { message: 'state.alert_after', values: { minutes } };
    }
    case 'ok':
      return plain;
  }
}

/** Since when a monitor is not as it should be, as far as what it saw tells. */
function troubleSince(task: TaskStatus, state: MonitorStateName, samples: CompanySamples): Instant | null {
  if (state === 'no_data') return task.lastSuccess;
  if (state !== 'warning' && state !== 'critical') return null;
  const isLate = (lateCount(samples) ?? 0) > 0;
  const times = [
    samples.instant('erp_oldest_failed_record_timestamp_seconds'),
    isLate ? samples.instant('erp_oldest_waiting_record_timestamp_seconds') : null,
    ...samples
      .all('erp_reconciliation_oldest_mismatch_timestamp_seconds')
      .map(({ value }) => Math.round(value * 1000)),
    jobsSince(samples),
    alertMinutes(samples) === null ? null : samples.instant('erp_last_sync_timestamp_seconds'),
  ].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** Whose turn it is: the responders of the failures, the one with most of them first, else the monitor's own. */
function respondersOf(task: TaskStatus, state: MonitorStateName, samples: CompanySamples): string[] {
  if (state !== 'warning' && state !== 'critical') return [];
  const counts = new Map<string, number>();
  const add = (responder = '', count: number) => {
    if (count > 0 && responder !== '') counts.set(responder, (counts.get(responder) ?? 0) + count);
  };
  for (const { labels, value } of samples.all('erp_failed_records_by_error')) add(labels['responder'], value);
  for (const { labels } of samples.all('erp_failed_job_timestamp_seconds')) add(labels['responder'], 1);
  const byCount = [...counts].sort(([, one], [, other]) => other - one).map(([responder]) => responder);
  if (byCount.length > 0) return byCount;
  return task.monitor.responder === '' ? [] : [task.monitor.responder];
}

function lineOf(
  task: TaskStatus,
  company: string,
  judged: { readonly state: MonitorStateName; readonly text: string },
  samples: CompanySamples,
  circumstances: Circumstances,
): MonitorLine {
  const { monitor, reading, failure } = task;
  const { state, text } = judged;
  return {
    company,
    monitor: monitor.name,
    flow: monitor.flow,
    kind: monitor.kind.kind,
    criticality: monitor.criticality,
    state,
    stateFact: stateFact(task, company, state, samples, circumstances),
    text,
    figures: figuresOf(samples, monitor.kind.kind, task.lastSuccess),
    since: troubleSince(task, state, samples),
    responders: respondersOf(task, state, samples),
    dataFrom: task.lastSuccess,
    everySeconds: task.intervalSeconds,
    durationSeconds: task.durationSeconds,
    lastRun: task.lastRun,
    failure: failure === null ? null : { reason: failure.reason, message: failure.message },
    notes: reading?.notes ?? [],
    isTruncated: reading?.truncated ?? false,
  };
}

/** What a reader of some of the companies of a run is told of its failure: the message may name the others, and hold their data. */
const hiddenFailure = 'the message is shown to those who may see every company that the run serves';

/** A task as a reader may see it who sees these companies: notes and the message of a failure may be about any of its companies. */
export function shownTask(task: TaskStatus, sees: (company: string) => boolean): TaskStatus {
  if (task.companies.every(sees)) return task;
  const { failure, reading } = task;
  return {
    ...task,
    failure: failure === null ? null : { ...failure, message: hiddenFailure },
    reading: reading === null ? null : { ...reading, notes: [] },
  };
}

/**
 * How every monitor stands at each of its companies.
 *
 * @param sees which companies the reader may see. @param isWanted which of them are asked for; all of them when it is absent.
 */
export function linesOf(
  snapshot: Snapshot,
  now: Instant,
  sees: (company: string) => boolean,
  isWanted: (company: string) => boolean = () => true,
): FiguredLine[] {
  const circumstances = circumstancesAt(now, snapshot.maintenance);
  return [...snapshot.tasks.values()].flatMap((each) => {
    const companies = each.companies.filter((company) => sees(company) && isWanted(company));
    if (companies.length === 0) return [];
    const task = shownTask(each, sees);
    const judge = judgementsOf(task, circumstances);
    const samplesOf = samplesByCompany(task.reading, now);
    const isWhole = each.companies.every(sees);
    return companies.map((company) => {
      const samples = samplesOf(company);
      return {
        line: lineOf(task, company, judge(company), samples, circumstances),
        samples,
        task,
        isWhole,
      };
    });
  });
}
