import type { Config, ConfigProblem } from '../../config/config.ts';
import { formatProblem, formatWarning } from '../../config/source/problem.ts';
import { cutSecrets } from '../../secrets.ts';
import { checkDatabase } from './check-database.ts';
import type { DatabaseFindings, LoadedConfig, MonitorStatement } from './check-database.ts';
import { examineMonitors } from './check-examine.ts';
import { count } from './count.ts';

export interface ConnectOptions {
  readonly write: (line: string) => void;
  readonly signal?: AbortSignal;
}

function statementsOf({ monitors }: Config): MonitorStatement[] {
  return monitors.flatMap((monitor, index) => {
    const queries = monitor.kind.queries(monitor.settings);
    const [database = ''] = monitor.databases;
    const canary =
      monitor.canary === undefined ? [] : [{ key: 'canary', database, sql: monitor.canary, columns: [] }];
    return [...queries, ...canary].map((query) => ({
      ...query,
      monitor,
      path: ['monitors', index, ...query.key.split('.')],
    }));
  });
}

/** Checks every database, all at once. @returns the findings by the database's name. */
async function findingsOf(
  result: LoadedConfig,
  statements: readonly MonitorStatement[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, DatabaseFindings>> {
  const found = [...result.config.databases.values()].map(async (settings) => {
    const own = statements.filter(({ database }) => database === settings.name);
    return [settings.name, await checkDatabase(result, settings, own, signal)] as const;
  });
  return new Map(await Promise.all(found));
}

const byPlace = (a: ConfigProblem, b: ConfigProblem): number => a.line - b.line || a.column - b.column;

/**
 * Connects to every database of a configuration: whether it answers, whether the login could write, whether each query
 * returns what its monitor needs, and whether a run of each monitor succeeds. Writes a line for each finding.
 *
 * @returns whether nothing is wrong.
 */
export async function checkDatabases(result: LoadedConfig, options: ConnectOptions): Promise<boolean> {
  const { write, signal } = options;
  const statements = statementsOf(result.config);
  const found = await findingsOf(result, statements, signal);
  for (const [name, { introduction }] of found)
    if (introduction !== undefined) write(cutSecrets(`database ${name}: ${introduction}`));
  const all = [...found.values()];
  const answering = [...found].filter(([, { answers }]) => answers).map(([name]) => name);
  const faulty = new Set(all.flatMap((findings) => [...findings.faulty]));
  const examination = await examineMonitors(result, { answering: new Set(answering), faulty }, signal);
  for (const line of examination.lines) write(cutSecrets(line));
  const warnings = [...all.flatMap((findings) => findings.warnings), ...examination.warnings].sort(byPlace);
  for (const warning of warnings) write(formatWarning(warning));
  const problems = [...all.flatMap((findings) => findings.problems), ...examination.problems].sort(byPlace);
  for (const problem of problems) write(formatProblem(problem));
  const prepared = `${count(statements.length, 'query', 'queries')} prepared, ${count(examination.runs, 'monitor')} run once, no problem found`;
  write(problems.length === 0 ? prepared : count(problems.length, 'problem'));
  return problems.length === 0;
}
