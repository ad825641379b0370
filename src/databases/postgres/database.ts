import { abortedError } from '../shared/aborting.ts';
import { CellBuffers } from '../comparison/batch.ts';
import { postgresAccess } from './comparison-access.ts';
import { postgresComparison } from './comparison.ts';
import { comparisonOf } from '../comparison/run.ts';
import type { ComparisonSql, Layout } from '../comparison/sql.ts';
import type { CellBatch, Comparison, ComparisonOptions } from '../comparison/contract.ts';
import type { Database, DatabaseSettings, Inspection, OpenDatabase, QueryOptions } from '../contract.ts';
import type { Column, Parameters, Row } from '../values.ts';
import { Pool } from '../shared/pool.ts';
import { CopyStatement } from './copy.ts';
import type { Request } from './exchange.ts';
import { Session } from './session.ts';
import { Statement } from './statement.ts';
import { bind, columnType, literal, readersFor, type Bound, type Reader } from './values.ts';
import { parseStatement } from '../shared/named-parameters.ts';
import { quoting } from './quoting.ts';

/** What our own statements and a preparation may take. */
const ownTimeoutMs = 10_000;

/** Relations on which the login has a right that changes rows, of a column at least. */
const writableRelations = `
  SELECT privilege || ' on ' || quote_ident(nspname) || '.' || quote_ident(relname) AS reason
  FROM pg_catalog.pg_class AS relation
    JOIN pg_catalog.pg_namespace AS schema ON schema.oid = relnamespace
    CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS privileges (privilege)
  WHERE relkind IN ('r', 'p', 'v', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema')
    AND nspname NOT LIKE 'pg\\_toast%' AND nspname NOT LIKE 'pg\\_temp%'
    AND has_schema_privilege(schema.oid, 'USAGE')
    AND CASE WHEN privilege IN ('INSERT', 'UPDATE') THEN has_any_column_privilege(relation.oid, privilege)
      ELSE has_table_privilege(relation.oid, privilege) END
  ORDER BY nspname, relname, privilege LIMIT 5`;

/** What lets a statement in a read-only transaction reach files, programs, other sessions and other servers. */
const reachingRights = `
  SELECT 'role ' || rolname AS reason FROM pg_catalog.pg_roles
  WHERE rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_signal_backend', 'pg_write_server_files')
    AND pg_has_role(oid, 'USAGE')
  UNION
  SELECT 'EXECUTE on ' || proname FROM pg_catalog.pg_proc AS function
    JOIN pg_catalog.pg_namespace AS schema ON schema.oid = pronamespace
  WHERE proname IN ('dblink', 'dblink_connect', 'dblink_connect_u', 'dblink_exec', 'lo_export', 'lo_import')
    AND has_schema_privilege(schema.oid, 'USAGE') AND has_function_privilege(function.oid, 'EXECUTE')
  ORDER BY reason`;

/**
 * The tables of a statement on which row-level security applies to the login. The statement stands where it is parsed, and
 * locks all that it reads, but is never run; the locks tell which tables those are.
 */
const filteredTables = (statement: string) => `
  SELECT quote_ident(nspname) || '.' || quote_ident(relname) AS name
  FROM pg_catalog.pg_class AS relation
    JOIN pg_catalog.pg_namespace AS schema ON schema.oid = relnamespace
  WHERE relrowsecurity AND row_security_active(relation.oid)
    AND relation.oid IN (SELECT lock.relation FROM pg_catalog.pg_locks AS lock
      WHERE lock.locktype = 'relation' AND lock.pid = pg_backend_pid())
    AND NOT EXISTS (SELECT FROM (
${statement.replace(/;\s*$/, '')}
    ) AS statement WHERE false)
  ORDER BY nspname, relname`;

class PostgresDatabase implements Database {
  readonly #settings: DatabaseSettings;
  readonly #pool: Pool<Session>;
  readonly #buffers = new CellBuffers();
  readonly #readerOf: (typeId: number) => Reader;
  readonly comparison: Comparison;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#pool = new Pool(settings.connections, (signal) => Session.open(settings, signal));
    this.#readerOf = readersFor(settings.timezone);
    this.comparison = comparisonOf({
      dialect: postgresComparison(settings.timezone),
      timezone: settings.timezone,
      query: (sql, parameters, options) => this.query(sql, parameters, options),
      stream: (statement, layout, options) => this.#copy(statement, layout, options),
      access: (statement, options) =>
        postgresAccess(statement, (sql, parameters) =>
          Array.fromAsync(this.query(sql, parameters, { ...options, maxRows: 1000 })),
        ),
    });
  }

  async *query(
    sql: string,
    parameters: Parameters,
    { signal, maxRows, timeoutMs, observer }: QueryOptions,
  ): AsyncGenerator<Row> {
    if (maxRows < 1) return;
    const request = this.#request(sql, parameters, maxRows);
    const batches = this.#pool.stream(signal, (session, either) =>
      session.run(new Statement(request, this.#readerOf, session.anyBytes, observer), timeoutMs, either),
    );
    for await (const rows of batches)
      for (const row of rows) {
        if (signal.aborted) throw abortedError();
        yield row;
      }
  }

  async describe(sql: string, parameters: Parameters, signal: AbortSignal): Promise<Column[]> {
    const { fields } = (await this.#whole(this.#request(sql, parameters, 'describe'), signal)).statement;
    if (fields.length === 0) return [];
    const types = fields.map(({ dataTypeID, dataTypeModifier }) => `(${dataTypeID}, ${dataTypeModifier})`);
    const names = await this.#rows(
      `SELECT format_type(type, modifier) AS native FROM (VALUES ${types.join()}) AS types (type, modifier)`,
      signal,
    );
    return fields.map(({ name, dataTypeID }, at) => ({
      name,
      type: columnType(dataTypeID),
      native: String(names[at]?.['native'] ?? dataTypeID),
    }));
  }

  async ping(signal: AbortSignal): Promise<{ clockSkewSeconds: number }> {
    const sql = 'SELECT extract(epoch FROM clock_timestamp())::float8 AS seconds';
    const { rows, statement } = await this.#whole(this.#request(sql, {}, 1), signal);
    const middle = (statement.sentAt + statement.endedAt) / 2000;
    return { clockSkewSeconds: Number(rows[0]?.['seconds']) - middle };
  }

  async inspect(signal: AbortSignal): Promise<Inspection> {
    const [login] = await this.#rows(
      `SELECT current_setting('server_version') AS version, current_user::text AS name,
        (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS superuser`,
      signal,
    );
    const [version = ''] = String(login?.['version']).split(' ');
    const writable =
      login?.['superuser'] === true
        ? ['superuser']
        : (await this.#rows(writableRelations, signal)).map(({ reason }) => String(reason));
    const reaching = login?.['superuser'] === true ? [] : await this.#rows(reachingRights, signal);
    return {
      version: `PostgreSQL ${version}`,
      user: String(login?.['name']),
      writable,
      powerful: login?.['superuser'] === true ? ['superuser'] : [],
      reaching: reaching.map(({ reason }) => String(reason)),
    };
  }

  async filteredTables(sql: string, parameters: Parameters, signal: AbortSignal): Promise<readonly string[]> {
    const request = this.#request(filteredTables(sql), parameters, 1000);
    return (await this.#whole(request, signal)).rows.map(({ name }) => String(name));
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** Rows of `SELECT key, cell, …` by COPY. */
  async *#copy(
    { sql, parameters }: ComparisonSql,
    { textKey, localTimes }: Layout,
    { signal, timeoutMs }: ComparisonOptions,
  ): AsyncGenerator<CellBatch> {
    const { texts, names } = parseStatement(sql, quoting, new Set(Object.keys(parameters)));
    const select = texts.map((text, at) => {
      const name = names[at];
      return name === undefined ? text : text + literal(this.#bind(parameters, name));
    });
    const layout = { textKey, cells: localTimes.length };
    const batches = this.#pool.stream(signal, (session, either) =>
      session.run(new CopyStatement(select.join(''), layout, this.#buffers), timeoutMs, either),
    );
    for await (const batch of batches) {
      if (signal.aborted) throw abortedError();
      yield batch;
    }
  }

  /** Each name becomes one `$n`, wherever it stands, so that an expression that stands twice stays the same expression. */
  #request(sql: string, parameters: Parameters, rows: Request['rows']): Request {
    const { texts, names } = parseStatement(sql, quoting, new Set(Object.keys(parameters)));
    const used = [...new Set(names)];
    const numbered = texts.map((text, at) => {
      const name = names[at];
      return name === undefined ? text : `${text}$${used.indexOf(name) + 1}`;
    });
    return { sql: numbered.join(''), parameters: used.map((name) => this.#bind(parameters, name)), rows };
  }

  #bind(parameters: Parameters, name: string): Bound {
    return bind(parameters[name] ?? null, this.#settings.timezone);
  }

  async #rows(sql: string, signal: AbortSignal): Promise<Row[]> {
    return (await this.#whole(this.#request(sql, {}, 1000), signal)).rows;
  }

  /** Runs a short statement of our own to its end. */
  async #whole(request: Request, caller: AbortSignal): Promise<{ statement: Statement; rows: Row[] }> {
    return this.#pool.use(caller, async (session, signal) => {
      const statement = new Statement(request, this.#readerOf, session.anyBytes);
      const rows = await Array.fromAsync(session.run(statement, ownTimeoutMs, signal));
      return { statement, rows: rows.flat() };
    });
  }
}

/**
 * PostgreSQL 12 or newer, or what speaks its protocol: pgbouncer in transaction mode, PGlite behind its socket.
 * Every statement runs alone in a read-only transaction that is rolled back, in the TimeZone of the settings.
 */
export const open: OpenDatabase = (settings) => new PostgresDatabase(settings);
