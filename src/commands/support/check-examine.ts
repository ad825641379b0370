import type { ConfigProblem } from '../../config/config.ts';
import { DatabaseError } from '../../databases/contract.ts';
import type { Database } from '../../databases/contract.ts';
import { createKnowledge } from '../../known-errors/knowledge.ts';
import { RunError } from '../../monitors/contract.ts';
import { kindRunOf } from '../../poll/task-run.ts';
import { tasksOf } from '../../poll/task.ts';
import type { Task } from '../../poll/task.ts';
import { createMonitorStates } from '../../state/monitor-states.ts';
import type { LoadedConfig } from './check-database.ts';
import { databaseFrom, openDatabases } from './open-databases.ts';

/** How long the questions of one monitor may take. */
const timeoutMs = 10_000;

/** What the kinds themselves found out about their databases. */
export interface Examination {
  /** A line each. */
  readonly lines: readonly string[];
  readonly problems: readonly ConfigProblem[];
}

async function examineTask(
  task: Task,
  result: LoadedConfig,
  databases: ReadonlyMap<string, Database>,
  caller: AbortSignal | undefined,
): Promise<readonly string[]> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const run = kindRunOf(task, {
    config: result.config,
    database: databaseFrom(databases),
    // Nothing is classified or kept: this is no run.
    errors: createKnowledge(result.config.knownErrors, undefined),
    states: createMonitorStates(undefined, () => {}),
    now: Date.now(),
    signal: caller === undefined ? timeout : AbortSignal.any([timeout, caller]),
  });
  return (await task.monitor.kind.examine?.(run)) ?? [];
}

/**
 * Lets each monitor whose kind checks more than the columns of its queries ask its databases, for its first company: whether
 * indexes lead to what it reads, for instance.
 *
 * @param reachable databases that answered; monitors of others are left out, as that has been reported already.
 */
export async function examineMonitors(
  result: LoadedConfig,
  reachable: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<Examination> {
  const { config } = result;
  const lines: string[] = [];
  const problems: ConfigProblem[] = [];
  const tasks = tasksOf(config).filter(
    ({ monitor, companies }) =>
      monitor.kind.examine !== undefined &&
      companies.includes(monitor.companies[0] ?? '') &&
      monitor.databases.every((name) => reachable.has(name)),
  );
  for (const task of tasks) {
    const { monitor } = task;
    const databases = await openDatabases(config, monitor.databases);
    try {
      const found = await examineTask(task, result, databases.byName, signal);
      lines.push(...found.map((line) => `monitor ${monitor.name}: ${line}`));
    } catch (error) {
      if (!(error instanceof RunError || error instanceof DatabaseError)) throw error;
      const index = config.monitors.indexOf(monitor);
      problems.push(result.problemAt(['monitors', index], `monitor ${monitor.name}: ${error.message}`));
    } finally {
      await databases.close();
    }
  }
  return { lines, problems };
}
