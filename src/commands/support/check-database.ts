import type { ConfigProblem, LoadResult, MonitorConfig } from '../../config/config.ts';
import { DatabaseError } from '../../databases/contract.ts';
import type { Database, DatabaseSettings, Inspection } from '../../databases/contract.ts';
import { loadDriver } from '../../databases/drivers.ts';
import type { Parameters } from '../../databases/values.ts';
import type { ColumnSpec } from '../../monitors/contract.ts';
import { startOfDay } from '../../time.ts';
import { compareColumns } from './check-columns.ts';
import type { ColumnFindings } from './check-columns.ts';

/** How long one database may take for all of its answers. */
const timeoutMs = 10_000;
/** Ages are measured against the server's timestamps: a larger clock skew makes them wrong. */
const toleratedSkewSeconds = 5;

/** A configuration that was loaded without problems. */
export type LoadedConfig = Extract<LoadResult, { ok: true }>;

/** A statement of a monitor, and its place in the configuration. */
export interface MonitorStatement {
  readonly monitor: MonitorConfig;
  readonly path: readonly (string | number)[];
  readonly key: string;
  readonly database: string;
  readonly sql: string;
  readonly columns: readonly ColumnSpec[];
}

/** What the check of one database found. */
export interface DatabaseFindings {
  /** Version, user and clock skew; undefined when it does not answer. */
  introduction: string | undefined;
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
  /** Names of monitors of which a statement has a problem. */
  readonly faulty: Set<string>;
  /** Whether it answered to the end. */
  answers: boolean;
}

function introduce({ version, user }: Inspection, skewSeconds: number): string {
  const skew =
    Math.abs(skewSeconds) < 0.05
      ? 'clock as ours'
      : `clock ${Math.abs(skewSeconds).toFixed(1)} s ${skewSeconds > 0 ? 'ahead' : 'behind'}`;
  return `${version}, user ${user}, ${skew}`;
}

function hidden(table: string): string {
  return (
    `reads ${table}, where row-level security decides which rows this login sees: the others are missing without an error. ` +
    'Have its owner let this login see all rows, by a policy or a right to bypass policies; a canary tells when nothing is left to see'
  );
}

/** Checks one database: its login, its clock and each of its statements, in at most `timeoutMs`. */
class DatabaseCheck {
  readonly findings: DatabaseFindings = {
    introduction: undefined,
    problems: [],
    warnings: [],
    faulty: new Set(),
    answers: true,
  };
  readonly #result: LoadedConfig;
  readonly #settings: DatabaseSettings;
  readonly #statements: readonly MonitorStatement[];
  readonly #timeout = AbortSignal.timeout(timeoutMs);
  readonly #signal: AbortSignal;
  #checked = 0;

  constructor(
    result: LoadedConfig,
    settings: DatabaseSettings,
    statements: readonly MonitorStatement[],
    signal: AbortSignal | undefined,
  ) {
    this.#result = result;
    this.#settings = settings;
    this.#statements = statements;
    this.#signal = signal === undefined ? this.#timeout : AbortSignal.any([this.#timeout, signal]);
  }

  /** Never throws: what goes wrong is a finding. */
  async run(): Promise<void> {
    let database: Database | undefined;
    try {
      database = (await loadDriver(this.#settings.driver))(this.#settings);
      await this.#inspect(database);
      for (const statement of this.#statements) {
        await this.#checkStatement(statement, database);
        this.#checked += 1;
      }
    } catch (error) {
      this.#gaveUp(error);
    } finally {
      await database?.close();
    }
  }

  #gaveUp(error: unknown): void {
    this.findings.answers = false;
    const words = error instanceof Error ? error.message : String(error);
    const message = this.#timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : words;
    const rest = this.#statements.slice(this.#checked).map(({ monitor, key }) => `${monitor.name}.${key}`);
    const unchecked = rest.length === 0 ? '' : `; not checked: ${rest.join(', ')}`;
    this.findings.problems.push(this.#problem(`cannot be queried: ${message}${unchecked}`));
  }

  async #inspect(database: Database): Promise<void> {
    const { clockSkewSeconds } = await database.ping(this.#signal);
    const inspection = await database.inspect(this.#signal);
    this.findings.introduction = introduce(inspection, clockSkewSeconds);
    const warn = (message: string) => this.findings.warnings.push(this.#problem(message));
    this.#judgeLogin(inspection);
    if (Math.abs(clockSkewSeconds) > toleratedSkewSeconds)
      warn(
        `its clock is ${clockSkewSeconds.toFixed(0)} s off ours, and so are all ages; synchronise both with NTP`,
      );
  }

  #judgeLogin({ writable, powerful, reaching }: Inspection): void {
    const warn = (message: string) => this.findings.warnings.push(this.#problem(message));
    const { acceptSuperuser } = this.#settings;
    const powers = powerful.join(', ');
    if (powerful.length > 0 && acceptSuperuser === undefined)
      this.findings.problems.push(
        this.#problem(
          `its login can do anything on the server (${powers}), files and programs included, which no read-only session prevents; give the exporter one that can only read, or say in accept_superuser why it must be so`,
        ),
      );
    else if (powerful.length > 0)
      warn(`its login can do anything on the server (${powers}); accepted: ${acceptSuperuser ?? ''}`);
    for (const reason of writable.filter((each) => !powerful.includes(each)))
      warn(`its login could write (${reason}); give the exporter one that can only read`);
    for (const reason of reaching)
      warn(
        `its login reaches past what it reads (${reason}): files, programs, other sessions or servers; revoke that`,
      );
  }

  /** @throws DatabaseError when the database no longer answers; its objection to the statement is a finding. */
  async #checkStatement(statement: MonitorStatement, database: Database): Promise<void> {
    const { monitor, path } = statement;
    const report = (message: string) => this.#result.problemAt(path, `monitor ${monitor.name}: ${message}`);
    try {
      const { problems, warnings } = await this.#compare(statement, database);
      this.findings.problems.push(...problems.map(report));
      if (problems.length > 0) this.findings.faulty.add(monitor.name);
      const filtered = await this.#filteredTables(statement, database);
      this.findings.warnings.push(...[...warnings, ...filtered.map(hidden)].map(report));
    } catch (error) {
      const isOfStatement =
        error instanceof DatabaseError && ['query', 'permission', 'locked'].includes(error.kind);
      if (!isOfStatement) throw error;
      this.findings.faulty.add(monitor.name);
      this.findings.problems.push(report(`${statement.database} refuses it: ${error.message}`));
    }
  }

  async #compare({ monitor, sql, columns }: MonitorStatement, database: Database): Promise<ColumnFindings> {
    const described = await database.describe(sql, this.#parametersOf(monitor), this.#signal);
    return compareColumns(described, columns, {
      shared: monitor.shared,
      byValue: monitor.kind.comparesDatabases !== true,
    });
  }

  /** None where the server cannot tell, nor for a statement that can only stand alone. */
  async #filteredTables({ monitor, sql }: MonitorStatement, database: Database): Promise<readonly string[]> {
    try {
      return (await database.filteredTables?.(sql, this.#parametersOf(monitor), this.#signal)) ?? [];
    } catch (error) {
      if (error instanceof DatabaseError && error.kind === 'query') return [];
      throw error;
    }
  }

  #parametersOf(monitor: MonitorConfig): Parameters {
    const { config } = this.#result;
    const [company = ''] = monitor.companies;
    const now = Date.now();
    const zone = config.companies.get(company)?.timezone ?? config.timezone;
    return {
      company: monitor.shared ? null : company,
      now: new Date(now),
      today: new Date(startOfDay(now, zone)),
    };
  }

  #problem(message: string): ConfigProblem {
    return this.#result.problemAt(['databases', this.#settings.name], message);
  }
}

/** Checks one database of a configuration. Never throws. */
export async function checkDatabase(
  result: LoadedConfig,
  settings: DatabaseSettings,
  statements: readonly MonitorStatement[],
  signal: AbortSignal | undefined,
): Promise<DatabaseFindings> {
  const check = new DatabaseCheck(result, settings, statements, signal);
  await check.run();
  return check.findings;
}
