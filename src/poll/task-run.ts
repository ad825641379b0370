import { expectedIntervalSeconds } from '../calendar/schedule.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../databases/contract.ts';
import { RunError } from '../monitors/contract.ts';
import type { ErrorClass, Reading, RunContext } from '../monitors/contract.ts';
import type { MonitorState, MonitorStates } from '../state/monitor-state.ts';
import { startOfDay } from '../time.ts';
import type { Instant } from '../time.ts';
import { acceptReading } from './accept.ts';
import { recordUrl } from './record-url.ts';
import type { PendingWork } from './pending-work.ts';
import { longTasksBeside, stateDefinitionOf, stateScopeOf } from './task.ts';
import type { Task } from './task.ts';

/** What is known of errors, by flow; see src/known-errors/. */
export interface ErrorKnowledge {
  classify(error: { readonly flow: string; readonly code: string; readonly message: string }): ErrorClass;
  /** Since when each new error class of `errors` is new; `source` names the monitor and company that reported them. */
  note(source: string, flow: string, errors: readonly string[], now: Instant): ReadonlyMap<string, Instant>;
}

/** Everything outside of the task that a run of it needs. */
export interface RunEnvironment {
  readonly config: Config;
  readonly database: (name: string) => Database;
  readonly errors: ErrorKnowledge;
  readonly states: MonitorStates;
  readonly now: Instant;
  /** Ends the run; statements under way are cancelled on the server. */
  readonly signal: AbortSignal;
  /** What runs of this task began and cannot be cancelled. */
  readonly pending: PendingWork;
}

/** What a kind is given for one run of a task. */
export function kindRunOf(
  task: Task,
  environment: RunEnvironment,
): RunContext<Readonly<Record<string, unknown>>> {
  const { monitor, companies } = task;
  const { config, errors, states, now } = environment;
  const others = monitor.companies.filter((company) => !companies.includes(company));
  const zone = (company: string) => config.companies.get(company)?.timezone ?? config.timezone;
  let state: MonitorState | undefined;
  return {
    settings: monitor.settings,
    companies,
    ignoredCompanies: [...others, ...monitor.ignoredCompanies],
    criticality: monitor.criticality,
    database: environment.database,
    calendar: monitor.calendar,
    now,
    today: (company) => startOfDay(now, zone(company)),
    timezone: zone,
    recordUrl: (record) => recordUrl(monitor.recordUrl, record),
    classify: ({ code, message }) => errors.classify({ flow: monitor.flow, code, message }),
    noteErrors: (company, open) =>
      errors.note(JSON.stringify([monitor.name, company]), monitor.flow, open, now),
    // Opened at the first use: most kinds keep nothing.
    get state() {
      state ??= states.open(stateScopeOf(task), stateDefinitionOf(task, config), now);
      return state;
    },
    signal: environment.signal,
    pending: environment.pending.join,
    maxRows: monitor.maxRows,
    maxBytes: monitor.maxBytes,
    timeoutMs: monitor.timeoutMs,
    intervalMs: expectedIntervalSeconds(monitor.schedule) * 1000,
    longTasks: longTasksBeside(monitor, config),
  };
}

/**
 * Runs a task once: the canary, the kind's own queries, the check of the reading.
 *
 * @throws RunError or DatabaseError.
 */
export async function runTask(task: Task, environment: RunEnvironment): Promise<Reading> {
  const { monitor } = task;
  const run = kindRunOf(task, environment);
  await checkCanary(task, run);
  return acceptReading(await monitor.kind.observe(run), monitor.maxSeries);
}

/** @throws RunError `blind` when the canary returns no row: then an empty result proves nothing. */
async function checkCanary({ monitor, companies }: Task, run: RunContext<unknown>): Promise<void> {
  const [name] = monitor.databases;
  if (monitor.canary === undefined || name === undefined) return;
  const company = companies[0] ?? '';
  const parameters = {
    now: new Date(run.now),
    today: new Date(run.today(company)),
    ...(companies.length === 1 ? { company } : {}),
  };
  const options = { signal: run.signal, maxRows: 1, timeoutMs: run.timeoutMs };
  const rows = run.database(name).query(monitor.canary, parameters, options)[Symbol.asyncIterator]();
  const { done } = await rows.next();
  await rows.return?.();
  if (done !== true) return;
  throw new RunError(
    'blind',
    'the canary returned no row: the login may see nothing (row-level security, a renamed or pruned table), ' +
      'so that an empty result of the other queries would prove nothing',
  );
}
