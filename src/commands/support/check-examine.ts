import type { ConfigProblem, LoadResult } from '../../config/config.ts';
import { DatabaseError } from '../../databases/contract.ts';
import type { Database } from '../../databases/contract.ts';
import { createKnowledge } from '../../known-errors/knowledge.ts';
import { RunError } from '../../monitors/contract.ts';
import { runOf, unitsOf } from '../../poll/task.ts';
import type { Unit } from '../../poll/task.ts';
import { createMonitorStates } from '../../state/monitor-states.ts';
import { databaseFrom, openDatabases } from './open-databases.ts';

type Loaded = Extract<LoadResult, { ok: true }>;

/** How long the questions of one monitor may take. */
const patienceMs = 10_000;

/** What the kinds themselves have to say of their databases. */
export interface Examination {
  /** A line each. */
  readonly lines: readonly string[];
  readonly problems: readonly ConfigProblem[];
}

async function examineUnit(
  unit: Unit,
  result: Loaded,
  databases: ReadonlyMap<string, Database>,
  caller: AbortSignal | undefined,
): Promise<readonly string[]> {
  const patience = AbortSignal.timeout(patienceMs);
  const run = runOf(unit, {
    config: result.config,
    database: databaseFrom(databases),
    // Nothing is classified or kept: this is no run.
    errors: createKnowledge(result.config.knownErrors, undefined),
    states: createMonitorStates(undefined, () => {}),
    now: Date.now(),
    signal: caller === undefined ? patience : AbortSignal.any([patience, caller]),
  });
  return (await unit.monitor.kind.examine?.(run)) ?? [];
}

/**
 * Lets each monitor whose kind wants to know more of its databases than the columns of its queries ask them, for its first
 * company: whether indexes lead to what it reads, for instance.
 *
 * @param reachable databases that answered; monitors of others are left out, for that has been told.
 */
export async function examineMonitors(
  result: Loaded,
  reachable: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<Examination> {
  const { config } = result;
  const lines: string[] = [];
  const problems: ConfigProblem[] = [];
  const units = unitsOf(config).filter(
    ({ monitor, companies }) =>
      monitor.kind.examine !== undefined &&
      companies.includes(monitor.companies[0] ?? '') &&
      monitor.databases.every((name) => reachable.has(name)),
  );
  for (const unit of units) {
    const { monitor } = unit;
    const databases = await openDatabases(config, monitor.databases);
    try {
      const told = await examineUnit(unit, result, databases.byName, signal);
      lines.push(...told.map((line) => `monitor ${monitor.name}: ${line}`));
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
