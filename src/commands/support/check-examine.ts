import type { ConfigProblem } from '../../config/config.ts';
import type { Database } from '../../databases/contract.ts';
import { createKnowledge } from '../../known-errors/knowledge.ts';
import { RunDeadline } from '../../poll/run-deadline.ts';
import { runFailureOf } from '../../poll/run-failure.ts';
import { PendingWork } from '../../poll/pending-work.ts';
import { kindRunOf, runTask } from '../../poll/task-run.ts';
import type { RunEnvironment } from '../../poll/task-run.ts';
import { tasksOf } from '../../poll/task.ts';
import type { Task } from '../../poll/task.ts';
import { createMonitorStates } from '../../state/monitor-states.ts';
import type { LoadedConfig } from './check-database.ts';
import { databaseFrom, openDatabases } from './open-databases.ts';

/** How long the questions of one monitor may take. */
const timeoutMs = 10_000;

/** What the monitors themselves found out about their databases. */
export interface Examination {
  /** A line each. */
  readonly lines: readonly string[];
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
  /** How many monitors were run. */
  readonly runs: number;
}

/** What is known before: it has been reported already. */
export interface Known {
  /** Databases that answer. */
  readonly answering: ReadonlySet<string>;
  /** Monitors with a query that was refused, or returns other columns than it must. */
  readonly faulty: ReadonlySet<string>;
}

/** What a run and the questions of one task found out. */
interface TaskExamination {
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Runs a task as `try` does, so that both judge the values by the same words, and asks what its kind wants to know besides. A
 * comparison is only asked: a run of it may take long.
 * @throws RunError, DatabaseError.
 */
async function examineTask(
  task: Task,
  result: LoadedConfig,
  databases: ReadonlyMap<string, Database>,
  signal: AbortSignal,
): Promise<TaskExamination> {
  const environment: RunEnvironment = {
    config: result.config,
    database: databaseFrom(databases),
    // Nothing is kept.
    errors: createKnowledge(result.config.knownErrors, undefined),
    states: createMonitorStates(undefined, () => {}),
    now: Date.now(),
    signal,
    pending: new PendingWork(),
  };
  const notes = isRun(task) ? (await runTask(task, environment)).notes : [];
  const lines = (await task.monitor.kind.examine?.(kindRunOf(task, environment))) ?? [];
  return { lines, notes };
}

const isRun = ({ monitor }: Task): boolean => monitor.kind.comparesDatabases !== true;

/** Where in the configuration a message about a run belongs: the query that it begins with, else the monitor. */
function placeOf({ monitor }: Task, index: number, message: string): (string | number)[] {
  const query = monitor.kind.queries(monitor.settings).find(({ key }) => message.startsWith(`${key}: `));
  return ['monitors', index, ...(query?.key.split('.') ?? [])];
}

/** Examines one task with connections of its own. */
async function examineAlone(
  task: Task,
  result: LoadedConfig,
  caller: AbortSignal | undefined,
): Promise<Omit<Examination, 'runs'>> {
  const { monitor } = task;
  const { config } = result;
  const index = config.monitors.indexOf(monitor);
  const at = (message: string) =>
    result.problemAt(placeOf(task, index, message), `monitor ${monitor.name}: ${message}`);
  const limitMs = isRun(task) ? Math.max(monitor.runTimeoutMs, timeoutMs) : timeoutMs;
  const deadline = new RunDeadline(limitMs, caller ?? new AbortController().signal);
  const databases = await openDatabases(config, monitor.databases);
  try {
    const found = await deadline.limit(examineTask(task, result, databases.byName, deadline.signal));
    return {
      lines: found.lines.map((line) => `monitor ${monitor.name}: ${line}`),
      warnings: found.notes.map(at),
      problems: [],
    };
  } catch (error) {
    const { message } = runFailureOf(error, deadline.hasPassed ? limitMs : null);
    return { lines: [], warnings: [], problems: [at(message)] };
  } finally {
    deadline.clear();
    await databases.close();
  }
}

/**
 * Runs each monitor once for its first company, and lets its kind ask the databases what it wants to know besides: whether
 * indexes lead to what it reads, for instance. Monitors that cannot succeed, as is known already, are left out.
 */
export async function examineMonitors(
  result: LoadedConfig,
  { answering, faulty }: Known,
  signal: AbortSignal | undefined,
): Promise<Examination> {
  const tasks = tasksOf(result.config).filter(
    ({ monitor, companies }) =>
      companies.includes(monitor.companies[0] ?? '') &&
      !faulty.has(monitor.name) &&
      monitor.databases.every((name) => answering.has(name)),
  );
  const found: Omit<Examination, 'runs'>[] = [];
  for (const task of tasks) found.push(await examineAlone(task, result, signal));
  return {
    lines: found.flatMap(({ lines }) => lines),
    warnings: found.flatMap(({ warnings }) => warnings),
    problems: found.flatMap(({ problems }) => problems),
    runs: tasks.filter(isRun).length,
  };
}
