import { abortedError } from '../shared/aborting.ts';
import type { Comparison } from '../comparison/contract.ts';
import { mysqlDialect } from './comparison.ts';
import { comparisonOf } from '../comparison/run.ts';
import type { Database, DatabaseSettings, Inspection, OpenDatabase, QueryOptions } from '../contract.ts';
import type { Column, Parameters, Row } from '../values.ts';
import { accessOf } from './access.ts';
import { Attempt, type Surroundings } from './attempt.ts';
import { cellsOf } from './cells.ts';
import { clockSkew, inspect } from './inspect.ts';
import { Session } from './session.ts';
import { assertReading, compile, type Compiled } from './sql.ts';
import { toColumn } from './values.ts';
import { Pool } from '../shared/pool.ts';

class MysqlDatabase implements Database {
  readonly comparison: Comparison;
  readonly #pool: Pool<Session>;
  readonly #surroundings: Surroundings;

  constructor(settings: DatabaseSettings) {
    this.#surroundings = { timezone: settings.timezone, unknownZones: new Set() };
    this.#pool = new Pool(settings.connections, (signal) => Session.open(settings, signal));
    const query = this.query.bind(this);
    this.comparison = comparisonOf({
      dialect: mysqlDialect(settings.timezone),
      timezone: settings.timezone,
      query,
      access: (statement, options) => accessOf(query, statement, options),
      stream: ({ sql, parameters }, layout, { signal, timeoutMs }) =>
        this.#run(signal, compile(sql, parameters), (attempt, either) =>
          attempt.run(either, timeoutMs, (statement) => cellsOf(statement, layout)),
        ),
    });
  }

  async *query(sql: string, parameters: Parameters, options: QueryOptions): AsyncGenerator<Row> {
    if (options.maxRows < 1) return;
    yield* this.#run(options.signal, compile(sql, parameters), (attempt, signal) =>
      attempt.rows(signal, options),
    );
  }

  async describe(sql: string, parameters: Parameters, signal: AbortSignal): Promise<Column[]> {
    const compiled = compile(sql, parameters);
    return this.#use(signal, async (session) => {
      const fields = await session.prepare(compiled.sql);
      assertReading(compiled.sql);
      return fields.map(toColumn);
    });
  }

  async ping(signal: AbortSignal): Promise<{ clockSkewSeconds: number }> {
    return this.#use(signal, async (session) => ({ clockSkewSeconds: await clockSkew(session) }));
  }

  async inspect(signal: AbortSignal): Promise<Inspection> {
    return this.#use(signal, inspect);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  #run<Item>(
    caller: AbortSignal,
    compiled: Compiled,
    work: (attempt: Attempt, signal: AbortSignal) => AsyncIterable<Item>,
  ): AsyncIterable<Item> {
    return this.#pool.stream(caller, (session, signal) =>
      work(new Attempt(session, compiled, this.#surroundings), signal),
    );
  }

  /** Runs something short of our own in a session, which is dropped when it has to be given up. */
  async #use<T>(caller: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#pool.use(caller, async (session, signal) => {
      const drop = (): void => session.destroy();
      signal.addEventListener('abort', drop, { once: true });
      try {
        return await work(session);
      } catch (error) {
        const failure = session.judge(error);
        throw signal.aborted ? abortedError(failure) : failure;
      } finally {
        signal.removeEventListener('abort', drop);
      }
    });
  }
}

/**
 * MySQL 5.7.8 and later, MariaDB 10.1 and later. Statements are prepared on the server and stay so, in sessions that are
 * READ ONLY and have `max_execution_time` (MySQL) or `max_statement_time` (MariaDB). A cancelled one is ended by
 * `KILL QUERY` over a short connection outside the bound. For time see mysql-zone.ts.
 */
export const open: OpenDatabase = (settings) => new MysqlDatabase(settings);
