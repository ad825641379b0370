import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/config.ts';
import { formatProblem } from '../config/source/problem.ts';
import type { Database } from '../databases/contract.ts';
import { createKnowledge } from '../known-errors/knowledge.ts';
import { RunDeadline } from '../poll/run-deadline.ts';
import { runFailureOf } from '../poll/run-failure.ts';
import { PendingWork } from '../poll/pending-work.ts';
import { runTask } from '../poll/task-run.ts';
import type { RunEnvironment } from '../poll/task-run.ts';
import { tasksOf } from '../poll/task.ts';
import type { Task } from '../poll/task.ts';
import { createMonitorStates } from '../state/monitor-states.ts';
import { describeReading, describeStatements } from './support/describe-run.ts';
import { databaseFrom, openDatabases } from './support/open-databases.ts';
import { traceStatements } from './support/statement-trace.ts';
import type { StatementTrace } from './support/statement-trace.ts';

export interface TryOptions {
  readonly file: string;
  readonly monitor: string;
  /** Only this company; else each company of the monitor. */
  readonly company: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives each line, without its newline. */
  readonly write: (line: string) => void;
}

/** The environment of a single run: nothing is remembered, so nothing is new to it. */
function environmentOf(
  config: Config,
  databases: ReadonlyMap<string, Database>,
  traces: StatementTrace[],
  signal: AbortSignal,
): RunEnvironment {
  // Each once: a comparison sees by identity whether both of its sides are one database.
  const traced = new Map(
    [...databases].map(([name, database]) => [name, traceStatements(name, database, traces)]),
  );
  return {
    config,
    database: databaseFrom(traced),
    errors: createKnowledge(config.knownErrors, undefined),
    states: createMonitorStates(undefined, () => {}),
    now: Date.now(),
    signal,
    pending: new PendingWork(),
  };
}

/** Runs one task and writes what it did. @returns whether the run succeeded. */
async function tryTask(
  task: Task,
  config: Config,
  databases: ReadonlyMap<string, Database>,
  write: (line: string) => void,
): Promise<boolean> {
  const { monitor, companies } = task;
  const traces: StatementTrace[] = [];
  const deadline = new RunDeadline(monitor.runTimeoutMs, new AbortController().signal);
  const environment = environmentOf(config, databases, traces, deadline.signal);
  const writeAll = (lines: readonly string[]) => lines.forEach((line) => write(line));
  write(`Monitor ${monitor.name}, ${monitor.kind.kind}, for ${companies.join(', ')}`);
  try {
    const reading = await deadline.limit(runTask(task, environment));
    const source = { monitor, environment: config.environment };
    writeAll([...describeStatements(traces), ...describeReading(reading, source, environment.now)]);
    return true;
  } catch (error) {
    const failure = runFailureOf(error, deadline.hasPassed ? monitor.runTimeoutMs : null);
    if (traces.length > 0) writeAll(describeStatements(traces));
    write(`Failed, reason ${failure.reason}: ${failure.message}`);
    return false;
  } finally {
    deadline.clear();
    const total = traces.reduce((sum, { seconds }) => sum + seconds, 0);
    write(`Time in the database: ${(total * 1000).toFixed(1)} ms\n`);
  }
}

function describeMissing({ file, monitor, company }: TryOptions, { monitors }: Config): string {
  const known = monitors.map(({ name }) => name).join(', ');
  const whose = company === undefined ? '' : ` for company ${JSON.stringify(company)}`;
  return `${file} has no monitor ${JSON.stringify(monitor)}${whose}; it has: ${known}`;
}

/**
 * `erp-exporter try MONITOR`: one run now, described for people.
 *
 * @returns the exit code: 0 when every run succeeded.
 */
export async function tryMonitor(options: TryOptions): Promise<number> {
  const { file, env, write } = options;
  const result = await loadConfig(file, { env });
  if (!result.ok) {
    for (const problem of result.problems) write(formatProblem(problem));
    return 1;
  }
  const { config } = result;
  const tasks = tasksOf(config).filter(
    ({ monitor, companies }) =>
      monitor.name === options.monitor &&
      (options.company === undefined || companies.includes(options.company)),
  );
  if (tasks.length === 0) {
    write(describeMissing(options, config));
    return 1;
  }
  const names = tasks.flatMap(({ monitor }) => monitor.databases);
  const databases = await openDatabases(config, names);
  try {
    let isGood = true;
    for (const task of tasks) isGood = (await tryTask(task, config, databases.byName, write)) && isGood;
    return isGood ? 0 : 1;
  } finally {
    await databases.close();
  }
}
