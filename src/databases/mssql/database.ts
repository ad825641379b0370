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
import { hiddenPlan, readPlan } from './access.ts';
import { CellGatherer } from './cells.ts';
import { readDecimalsExactly } from './exact.ts';
import { bind, dateTypeFor, declarations, type Bound, type DateType } from './parameters.ts';
import { Session } from './session.ts';
import { execute, executeInChunks, type Statement } from './statement.ts';
import { columnTypeOf } from './values.ts';
import { Pool } from '../shared/pool.ts';
import { parseSql } from '../shared/named-parameters.ts';
import { quoting } from './quoting.ts';

// What `describe` and `inspect` may take at most; they are given no time-out of their own.
const metadataTimeoutMs = 30_000;
// Statements whose parameter types are remembered; a configuration has fewer.
const rememberedStatements = 1000;

/**
 * SQL Server 2012 and later, Azure SQL, by tedious.
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
  readonly #pool: Pool<Session>;
  readonly #dateTypes = new Map<string, ReadonlyMap<string, DateType>>();

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#pool = new Pool(settings.connections, (signal) => Session.open(settings, signal));
    const { timezone } = settings;
    this.comparison = comparisonOf({
      dialect: mssqlDialect(timezone),
      timezone,
      query: (sql, parameters, options) => explainCollation(this.query(sql, parameters, options)),
      access: (statement, options) => this.#access(statement, options),
      stream: (statement, layout, options) =>
        explainCollation(
          this.#pool.stream(options.signal, ({ connection }, signal) =>
            this.#cells(connection, statement, layout, { ...options, signal }),
          ),
        ),
    });
  }

  query(sql: string, parameters: Parameters, options: QueryOptions): AsyncIterable<Row> {
    return this.#pool.stream(options.signal, ({ connection }, signal) =>
      this.#run(connection, sql, parameters, { ...options, signal }),
    );
  }

  async describe(sql: string, parameters: Parameters, signal: AbortSignal): Promise<Column[]> {
    const rows = await this.#pool.use(signal, async ({ connection }, either) => {
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
    return this.#pool.use(signal, async ({ connection }, either) => {
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
    const rows = await this.#pool.use(signal, ({ connection }, either) =>
      this.#all(connection, inspection, [], either),
    );
    return {
      version: textOf(rows[0]?.['version']).split('\n', 1)[0]?.trim() ?? '',
      user: textOf(rows[0]?.['login']),
      writable: rows.flatMap((row) => (typeof row['reason'] === 'string' ? [row['reason']] : [])),
    };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async *#run(
    connection: Connection,
    sql: string,
    parameters: Parameters,
    { signal, timeoutMs, maxRows }: QueryOptions,
  ): AsyncGenerator<Row> {
    const statement = undone(await this.#bind(connection, sql, parameters, signal));
    const limits = { signal, timeoutMs, zone: this.#settings.timezone };
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
    const statement = undone(await this.#bind(connection, sql, parameters, signal));
    const limits = { signal, timeoutMs, zone: this.#settings.timezone };
    yield* executeInChunks(connection, statement, limits, new CellGatherer(layout));
  }

  /** Asks for the plan in a session that is then closed: until it is set back it would run no statement. */
  async #access({ sql, parameters }: ComparisonSql, { signal }: ComparisonOptions): Promise<Access> {
    return this.#pool.use(signal, async (session, either) => {
      const { connection } = session;
      const { text, parameters: bound } = await this.#bind(connection, sql, parameters, either);
      const declared = bound.length === 0 ? '' : `DECLARE ${declarations(bound)};\n`;
      try {
        await this.#all(connection, 'SET SHOWPLAN_XML ON', [], either, true);
        const [row] = await this.#all(connection, `${declared}${text}`, [], either, true);
        return readPlan(textOf(Object.values(row ?? {})[0]));
      } catch (error) {
        if (error instanceof DatabaseError && error.kind === 'permission') return hiddenPlan;
        throw error;
      } finally {
        session.destroy();
      }
    });
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
    const { texts, names } = parseSql(sql, quoting, new Set(Object.keys(values)));
    const text = texts.reduce((before, after, index) => `${before}@p${index}${after}`);
    const occurrences = names.map((name, index) => ({ name: `p${index + 1}`, value: values[name] }));
    const { timezone } = this.#settings;
    const others = occurrences
      .filter(({ value }) => !(value instanceof Date))
      .map(({ name, value }) => bind(name, value, 'datetime2', timezone));
    const types =
      others.length === names.length ? undefined : await this.#dateTypesOf(connection, text, others, signal);
    return {
      text,
      parameters: occurrences.map(({ name, value }) =>
        bind(name, value, types?.get(name) ?? 'datetime2', timezone),
      ),
    };
  }

  /**
   * Asks the server which type each parameter that is not among `declared` should have, once per statement. Where it cannot
   * infer one, as with `SELECT :now` or a temporary table, such a `Date` is bound without a zone.
   */
  async #dateTypesOf(
    connection: Connection,
    text: string,
    declared: readonly Bound[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, DateType>> {
    const key = [text, ...declared.map(({ name }) => name)].join('\0');
    const known = this.#dateTypes.get(key);
    if (known !== undefined) return known;
    const types = new Map<string, DateType>();
    try {
      const procedure = 'EXEC sys.sp_describe_undeclared_parameters @tsql, @params';
      for (const row of await this.#all(connection, procedure, describing(text, declared), signal))
        types.set(
          textOf(row['name']).slice('@'.length),
          dateTypeFor(textOf(row['suggested_system_type_name'])),
        );
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind !== 'query') throw error;
      // Any other error, such as an unknown table, may be gone at the next run.
      if (!cannotTell(error)) return types;
    }
    if (this.#dateTypes.size >= rememberedStatements) this.#dateTypes.clear();
    this.#dateTypes.set(key, types);
    return types;
  }
}

/** 11502 to 11531, less 11501, "could not be analyzed because of compile errors": what the describing procedures give up on. */
function cannotTell({ code }: DatabaseError): boolean {
  const number = Number(code?.replace('mssql:', ''));
  return number >= 11502 && number <= 11531;
}

/** The same batch with what it writes undone, on the same lines. */
function undone({ text, parameters }: Statement): Statement {
  return { text: `BEGIN TRAN;${text}\n;IF @@TRANCOUNT > 0 ROLLBACK`, parameters };
}

/** The arguments of the procedures that describe a batch. */
function describing(text: string, declared: readonly Bound[]): Bound[] {
  return [
    bind('tsql', text, 'datetime2', 'UTC'),
    bind('params', declarations(declared) || null, 'datetime2', 'UTC'),
  ];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const inspection = `
SELECT @@VERSION AS version, SUSER_SNAME() AS login, found.reason
FROM (SELECT 1 AS one) AS one
LEFT JOIN (
  SELECT TOP (5) reason FROM (
    SELECT 1 AS place, N'sysadmin' AS reason WHERE IS_SRVROLEMEMBER(N'sysadmin') = 1
    UNION ALL
    SELECT 2, name FROM (VALUES (N'db_owner'), (N'db_datawriter'), (N'db_ddladmin')) AS roles (name)
    WHERE IS_ROLEMEMBER(name) = 1
    UNION ALL
    SELECT 3, permission + N' on database ' + DB_NAME()
    FROM (VALUES (N'INSERT'), (N'UPDATE'), (N'DELETE'), (N'ALTER')) AS permissions (permission)
    WHERE HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', permission) = 1
    UNION ALL
    SELECT 4, permission + N' on ' + (s.name + N'.' + t.name) COLLATE DATABASE_DEFAULT
    FROM sys.tables AS t
    JOIN sys.schemas AS s ON s.schema_id = t.schema_id
    CROSS JOIN (VALUES (N'INSERT'), (N'UPDATE'), (N'DELETE')) AS permissions (permission)
    WHERE HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(t.name), N'OBJECT', permission) = 1
  ) AS reasons
  ORDER BY place, reason
) AS found ON 1 = 1`;

/** See `OpenDatabase`. */
export const open: OpenDatabase = (settings) => {
  readDecimalsExactly();
  return new SqlServer(settings);
};
