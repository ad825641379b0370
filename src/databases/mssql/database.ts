import type { Connection } from 'tedious';
import type { Access, CellBatch, Comparison, ComparisonOptions } from '../comparison/contract.ts';
import { explainCollation, mssqlDialect } from './comparison.ts';
import { comparisonOf } from '../comparison/run.ts';
import type { ComparisonSql, Layout } from '../comparison/sql.ts';
import {
  DatabaseError,
  type Database,
  type DatabaseSettings,
  type Inspection,
  type OpenDatabase,
  type QueryOptions,
} from '../contract.ts';
import type { Column, Parameters, Row } from '../values.ts';
import { hiddenPlan, readPlan, tablesOf } from './access.ts';
import { CellGatherer } from './cells.ts';
import { readDecimalsExactly } from './exact.ts';
import { DateTypes, describing, placesOf } from './date-types.ts';
import { filteredTablesOf, filteringPolicies, inspection, tablesRead } from './inspection.ts';
import { bind, declarations, type Bound } from './parameters.ts';
import { SessionPool } from './pool.ts';
import { execute, executeInChunks, type Statement } from './statement.ts';
import { columnTypeOf } from './values.ts';
import { lockTimeoutMs } from '../shared/lock-timeout.ts';
import { parseStatement } from '../shared/named-parameters.ts';
import { quoting } from './quoting.ts';

// What `describe` and `inspect` may take at most; they are given no time-out of their own.
const metadataTimeoutMs = 30_000;

/**
 * SQL Server 2012 and later, Azure SQL: connections by `mssql`, statements by tedious, on which it stands.
 *
 * Every session says `ApplicationIntent=ReadOnly` and `erp-exporter`, waits `lockTimeoutMs` for a lock and is the first
 * victim of a deadlock. SQL Server knows no read-only session, so a statement runs within a transaction that is rolled back:
 * what it writes is undone, unless it commits by itself. Only a login that cannot write protects fully; `inspect` reports
 * when it can. Two things may fail within a transaction: memory-optimised tables without the hint `WITH (SNAPSHOT)`, and
 * linked servers without a transaction coordinator.
 */
class SqlServer implements Database {
  readonly comparison: Comparison;
  readonly #settings: DatabaseSettings;
  readonly #pool: SessionPool;
  readonly #dateTypes: DateTypes;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#pool = new SessionPool(settings);
    const { timezone } = settings;
    this.#dateTypes = new DateTypes(timezone);
    this.comparison = comparisonOf({
      dialect: mssqlDialect(timezone),
      timezone,
      query: (sql, parameters, options) => explainCollation(this.query(sql, parameters, options)),
      access: (statement, options) => this.#access(statement, options),
      stream: (statement, layout, options) =>
        explainCollation(
          this.#pool.stream(options.signal, (connection, signal) =>
            this.#cells(connection, statement, layout, { ...options, signal }),
          ),
        ),
    });
  }

  query(sql: string, parameters: Parameters, options: QueryOptions): AsyncIterable<Row> {
    return this.#pool.stream(options.signal, (connection, signal) =>
      this.#run(connection, sql, parameters, { ...options, signal }),
    );
  }

  async describe(sql: string, parameters: Parameters, signal: AbortSignal): Promise<Column[]> {
    const rows = await this.#pool.use(signal, async (connection, either) => {
      const { text, parameters: bound } = await this.#bind(connection, sql, parameters, either);
      return this.#all(
        connection,
        'EXEC sys.sp_describe_first_result_set @tsql, @params',
        describing(text, bound),
        either,
      );
    });
    return rows
      .filter((row) => row['is_hidden'] !== true)
      .map((row) => {
        // NULL for a type written in .NET, such as geography, whose values are bytes.
        const native = row['system_type_name'];
        const name = textOf(row['name']);
        if (typeof native !== 'string') return { name, type: 'bytes', native: textOf(row['user_type_name']) };
        return { name, type: columnTypeOf(native), native };
      });
  }

  async ping(signal: AbortSignal): Promise<{ clockSkewSeconds: number }> {
    return this.#pool.use(signal, async (connection, either) => {
      const sent = Date.now();
      const [row] = await this.#all(
        connection,
        'SELECT TODATETIMEOFFSET(SYSUTCDATETIME(), 0) AS clock',
        [],
        either,
      );
      const received = Date.now();
      const clock = row?.['clock'];
      if (!(clock instanceof Date)) throw new DatabaseError('query', 'the server did not send its time');
      return { clockSkewSeconds: (clock.getTime() - (sent + received) / 2) / 1000 };
    });
  }

  async inspect(signal: AbortSignal): Promise<Inspection> {
    const rows = await this.#pool.use(signal, (connection, either) =>
      this.#all(connection, inspection, [], either),
    );
    const reasons = (sort: string): string[] =>
      rows.flatMap((row) =>
        row['sort'] === sort && typeof row['reason'] === 'string' ? [row['reason']] : [],
      );
    return {
      version: textOf(rows[0]?.['version']).split('\n', 1)[0]?.trim() ?? '',
      user: textOf(rows[0]?.['login']),
      writable: reasons('writable'),
      powerful: reasons('powerful'),
      reaching: reasons('reaching'),
    };
  }

  /** Where nothing is filtered, one statement tells. Before SQL Server 2016 there are no policies: the statement fails. */
  async filteredTables(sql: string, parameters: Parameters, signal: AbortSignal): Promise<readonly string[]> {
    const rows = await this.#pool.use(signal, (connection, either) =>
      this.#all(connection, filteringPolicies, [], either),
    );
    if (rows.length === 0) return [];
    const plan = await this.#plan(sql, parameters, signal);
    return tablesRead(sql, filteredTablesOf(rows), plan === undefined ? undefined : tablesOf(plan));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async *#run(
    connection: Connection,
    sql: string,
    parameters: Parameters,
    { signal, timeoutMs, maxRows, observer }: QueryOptions,
  ): AsyncGenerator<Row> {
    const statement = undone(
      await this.#bind(connection, sql, parameters, signal),
      this.#lockTimeout(timeoutMs),
    );
    const limits = { signal, timeoutMs, zone: this.#settings.timezone, observer };
    let rows = 0;
    for await (const row of execute(connection, statement, limits)) {
      rows += 1;
      if (rows > maxRows) return;
      yield row;
    }
  }

  async *#cells(
    connection: Connection,
    { sql, parameters }: ComparisonSql,
    layout: Layout,
    { signal, timeoutMs }: ComparisonOptions,
  ): AsyncGenerator<CellBatch> {
    const statement = undone(
      await this.#bind(connection, sql, parameters, signal),
      this.#lockTimeout(timeoutMs),
    );
    const limits = { signal, timeoutMs, zone: this.#settings.timezone };
    yield* executeInChunks(connection, statement, limits, new CellGatherer(layout));
  }

  async #access({ sql, parameters }: ComparisonSql, { signal }: ComparisonOptions): Promise<Access> {
    const plan = await this.#plan(sql, parameters, signal);
    return plan === undefined ? hiddenPlan : readPlan(plan);
  }

  /**
   * The plan of a statement, asked for in a session that is then closed: until it is set back it would run no statement.
   * @returns undefined when the login may not see it.
   */
  async #plan(sql: string, parameters: Parameters, signal: AbortSignal): Promise<string | undefined> {
    return this.#pool.use(signal, async (connection, either) => {
      const { text, parameters: bound } = await this.#bind(connection, sql, parameters, either);
      const declared = bound.length === 0 ? '' : `DECLARE ${declarations(bound)};\n`;
      try {
        await this.#all(connection, 'SET SHOWPLAN_XML ON', [], either, true);
        const [row] = await this.#all(connection, `${declared}${text}`, [], either, true);
        return textOf(Object.values(row ?? {})[0]);
      } catch (error) {
        if (error instanceof DatabaseError && error.kind === 'permission') return undefined;
        throw error;
      } finally {
        connection.close();
      }
    });
  }

  /** What makes the wait for a lock shorter than the time-out of the statement, where that of the session is not. */
  #lockTimeout(timeoutMs: number): string {
    const shorter = lockTimeoutMs(this.#settings, timeoutMs);
    return shorter < this.#settings.lockTimeoutMs ? `SET LOCK_TIMEOUT ${shorter};` : '';
  }

  async #all(
    connection: Connection,
    text: string,
    parameters: readonly Bound[],
    signal: AbortSignal,
    bare = false,
  ): Promise<Row[]> {
    const limits = { signal, timeoutMs: metadataTimeoutMs, zone: this.#settings.timezone };
    return Array.fromAsync(execute(connection, { text, parameters, bare }, limits));
  }

  /** Replaces each occurrence of a parameter by one of its own, `@p1`, `@p2`, …, and binds them. */
  async #bind(
    connection: Connection,
    sql: string,
    values: Parameters,
    signal: AbortSignal,
  ): Promise<Statement> {
    const parsed = parseStatement(sql, quoting, new Set(Object.keys(values)));
    const text = parsed.texts.reduce((before, after, index) => `${before}@p${index}${after}`);
    const places = placesOf(parsed, values);
    const ask = (procedure: string, parameters: readonly Bound[]): Promise<Row[]> =>
      this.#all(connection, procedure, parameters, signal);
    const types = await this.#dateTypes.of(text, places, ask);
    const { timezone } = this.#settings;
    return {
      text,
      parameters: places.map(({ name, value }) =>
        bind(name, value, types.get(name) ?? 'datetime2', timezone),
      ),
    };
  }
}

/** The same batch with what it writes undone, on the same lines. @param setting in T-SQL, which ends with the batch. */
function undone({ text, parameters }: Statement, setting: string): Statement {
  return { text: `${setting}BEGIN TRAN;${text}\n;IF @@TRANCOUNT > 0 ROLLBACK`, parameters };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** See `OpenDatabase`. */
export const open: OpenDatabase = (settings) => {
  readDecimalsExactly();
  return new SqlServer(settings);
};
