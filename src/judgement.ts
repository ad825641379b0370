import type { MaintenanceWindow } from './calendar/maintenance.ts';
import type { CompanyStatus } from './monitors/contract.ts';
import type { TaskStatus } from './poll/task-status.ts';
import type { Instant } from './time.ts';

/** How a monitor stands at a company, a closed list: the values of the label `state` of `erp_monitor_state`. */
export const monitorStates = ['ok', 'warning', 'critical', 'no_data', 'maintenance', 'closed'] as const;
export type MonitorStateName = (typeof monitorStates)[number];

/** The one judgement that the metrics, the page and the dashboards share. */
export interface Judgement {
  readonly state: MonitorStateName;
  /** What the last good run saw, and why the last run failed. A sentence of its own: where nothing is wrong it begins with "OK". */
  readonly text: string;
}

/** What a judgement depends on besides the task. */
export interface Circumstances {
  readonly now: Instant;
  /** The windows that are active at `now`. */
  readonly maintenance: readonly MaintenanceWindow[];
}

/** Scheduled times without a run after which what was seen says nothing about now. ErpMonitorStale waits as long. */
const staleIntervals = 3;

/** Whether nobody knows how things stand now; only then does a reading that says "ok" say nothing. */
function isInDoubt({ failure, lastSuccess, intervalSeconds }: TaskStatus, now: Instant): boolean {
  if (failure !== null || lastSuccess === null) return true;
  return now - lastSuccess > staleIntervals * intervalSeconds * 1000;
}

/** What the last good run says of a company by now. */
type Verdict = Pick<CompanyStatus, 'state' | 'text'>;

function verdictAt(now: Instant, status: CompanyStatus | undefined): Verdict | undefined {
  const later = status?.later;
  return later !== undefined && now >= later.from ? later : status;
}

function stateOf(
  task: TaskStatus,
  status: Verdict | undefined,
  company: string,
  { now, maintenance }: Circumstances,
): MonitorStateName {
  if (maintenance.some((window) => window.covers(company, task.monitor.name))) return 'maintenance';
  if (status === undefined) return 'no_data';
  if (status.state !== 'ok') return status.state;
  if (isInDoubt(task, now)) return 'no_data';
  return task.monitor.calendar.isOpen(now) ? 'ok' : 'closed';
}

/** "OK, 1 missing in ERP, below the limit of 3": what is there although nothing is wrong never stands without that word. */
function textOf({ failure }: TaskStatus, status: Verdict | undefined, state: MonitorStateName): string {
  const failed = failure === null ? '' : `The last run failed (${failure.reason}): ${failure.message}`;
  if (status === undefined) return failed === '' ? 'Not run yet' : failed;
  if (state === 'ok') return `OK, ${status.text}`;
  return failed === '' ? status.text : `${status.text}. ${failed}`;
}

/**
 * How the task's monitor stands at each of its companies. In order of precedence: maintenance; no reading, or a good one that
 * says nothing about now; what the last good run saw; closed, when nothing is wrong outside of business hours; ok.
 *
 * @returns a function that looks a company up, made once for all companies of the task.
 */
export function judgementsOf(task: TaskStatus, circumstances: Circumstances): (company: string) => Judgement {
  const statuses = new Map(task.reading?.statuses.map((status) => [status.company, status]));
  return (company) => {
    const status = verdictAt(circumstances.now, statuses.get(company));
    const state = stateOf(task, status, company, circumstances);
    return { state, text: textOf(task, status, state) };
  };
}

/** The windows that are active at an instant: asked once for all tasks. */
export function circumstancesAt(now: Instant, maintenance: readonly MaintenanceWindow[]): Circumstances {
  return { now, maintenance: maintenance.filter((window) => window.isActive(now)) };
}
