import type { Config, ConfigProblem, LoadResult, MonitorConfig } from '../../config/config.ts';
import { formatProblem, formatWarning } from '../../config/source/problem.ts';
import { DatabaseError } from '../../databases/contract.ts';
import type { Database, DatabaseSettings, Inspection } from '../../databases/contract.ts';
import { loadDriver } from '../../databases/drivers.ts';
import type { ColumnSpec } from '../../monitors/contract.ts';
import { startOfDay } from '../../time.ts';
import { compareColumns } from './check-columns.ts';
import { examineMonitors } from './check-examine.ts';
import { count } from './count.ts';

/** How long one database may take for all of its answers. */
const patienceMs = 10_000;
/** Ages are measured against the server's timestamps: a clock that is further off spoils them. */
const toleratedSkewSeconds = 5;

export interface ConnectOptions {
  readonly write: (line: string) => void;
  readonly signal?: AbortSignal;
}

type Loaded = Extract<LoadResult, { ok: true }>;

/** A statement of a monitor, and where the file says it. */
interface Statement {
  readonly monitor: MonitorConfig;
  readonly path: readonly (string | number)[];
  readonly key: string;
  readonly database: string;
  readonly sql: string;
  readonly columns: readonly ColumnSpec[];
}

/** What one database had to say. */
interface Findings {
  /** How it introduces itself; undefined when it does not answer. */
  introduction: string | undefined;
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
}

function statementsOf({ monitors }: Config): Statement[] {
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

function introduce({ version, user }: Inspection, skewSeconds: number): string {
  const skew =
    Math.abs(skewSeconds) < 0.05
      ? 'clock as ours'
      : `clock ${Math.abs(skewSeconds).toFixed(1)} s ${skewSeconds > 0 ? 'ahead' : 'behind'}`;
  return `${version}, user ${user}, ${skew}`;
}

/** The introduction, and what in it the user should know. */
async function greet(
  settings: DatabaseSettings,
  database: Database,
  signal: AbortSignal,
  result: Loaded,
  findings: Findings,
): Promise<void> {
  const { clockSkewSeconds } = await database.ping(signal);
  const inspection = await database.inspect(signal);
  findings.introduction = introduce(inspection, clockSkewSeconds);
  const warn = (message: string) =>
    findings.warnings.push(result.problemAt(['databases', settings.name], message));
  for (const reason of inspection.writable)
    warn(`its login could write (${reason}); give the exporter one that can only read`);
  if (Math.abs(clockSkewSeconds) > toleratedSkewSeconds)
    warn(
      `its clock is ${clockSkewSeconds.toFixed(0)} s off ours, and so are all ages; synchronise both with NTP`,
    );
}

/** @throws DatabaseError when the database does not answer any more; what it says of the statement is a finding. */
async function checkStatement(
  statement: Statement,
  database: Database,
  signal: AbortSignal,
  result: Loaded,
  findings: Findings,
): Promise<void> {
  const { monitor, path, sql, columns } = statement;
  const [company = ''] = monitor.companies;
  const now = Date.now();
  const zone = result.config.companies.get(company)?.timezone ?? result.config.timezone;
  const parameters = {
    company: monitor.shared ? null : company,
    now: new Date(now),
    today: new Date(startOfDay(now, zone)),
  };
  const say = (message: string) => result.problemAt(path, `monitor ${monitor.name}: ${message}`);
  try {
    const { problems, warnings } = compareColumns(
      await database.describe(sql, parameters, signal),
      columns,
      monitor.shared,
    );
    findings.problems.push(...problems.map(say));
    findings.warnings.push(...warnings.map(say));
  } catch (error) {
    const isOfStatement =
      error instanceof DatabaseError && ['query', 'permission', 'locked'].includes(error.kind);
    if (!isOfStatement) throw error;
    findings.problems.push(say(`${statement.database} refuses it: ${error.message}`));
  }
}

/** Asks one database everything, in at most ten seconds. Never throws. */
async function checkDatabase(
  settings: DatabaseSettings,
  statements: readonly Statement[],
  result: Loaded,
  options: ConnectOptions,
): Promise<Findings> {
  const findings: Findings = { introduction: undefined, problems: [], warnings: [] };
  const patience = AbortSignal.timeout(patienceMs);
  const signal = options.signal === undefined ? patience : AbortSignal.any([patience, options.signal]);
  let done = 0;
  let database: Database | undefined;
  try {
    database = (await loadDriver(settings.driver))(settings);
    await greet(settings, database, signal, result, findings);
    for (const statement of statements) {
      await checkStatement(statement, database, signal, result, findings);
      done += 1;
    }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const message = patience.aborted ? `no answer within ${patienceMs / 1000} s` : words;
    const rest = statements.slice(done).map(({ monitor, key }) => `${monitor.name}.${key}`);
    const unchecked = rest.length === 0 ? '' : `; not checked: ${rest.join(', ')}`;
    findings.problems.push(
      result.problemAt(['databases', settings.name], `cannot be asked: ${message}${unchecked}`),
    );
  } finally {
    await database?.close();
  }
  return findings;
}

/**
 * Asks every database of a configuration, all at once: who it is, whether the login could write, and whether each query
 * returns what its monitor needs. Writes a line for each finding.
 *
 * @returns whether nothing is wrong.
 */
export async function checkDatabases(result: Loaded, options: ConnectOptions): Promise<boolean> {
  const { write } = options;
  const statements = statementsOf(result.config);
  const databases = [...result.config.databases.values()];
  const all = await Promise.all(
    databases.map((settings) =>
      checkDatabase(
        settings,
        statements.filter(({ database }) => database === settings.name),
        result,
        options,
      ),
    ),
  );
  for (const [index, { introduction }] of all.entries())
    if (introduction !== undefined) write(`database ${databases[index]?.name ?? ''}: ${introduction}`);
  const byPlace = (a: ConfigProblem, b: ConfigProblem) => a.line - b.line || a.column - b.column;
  const reachable = databases.filter((_, index) => all[index]?.problems.length === 0).map(({ name }) => name);
  const examination = await examineMonitors(result, new Set(reachable), options.signal);
  for (const line of examination.lines) write(line);
  for (const warning of all.flatMap(({ warnings }) => warnings).sort(byPlace)) write(formatWarning(warning));
  const problems = [...all.flatMap((findings) => findings.problems), ...examination.problems].sort(byPlace);
  for (const problem of problems) write(formatProblem(problem));
  write(
    problems.length === 0
      ? `${count(statements.length, 'query', 'queries')} prepared, all right`
      : count(problems.length, 'problem'),
  );
  return problems.length === 0;
}
