import type {
  Column,
  Database,
  DatabaseSettings,
  Inspection,
  OpenDatabase,
  Parameters,
  QueryOptions,
  Row,
} from './database.ts';
import { Attempt, type Surroundings } from './mysql-attempt.ts';
import { abortedError, toDatabaseError } from './mysql-errors.ts';
import { clockSkew, inspect } from './mysql-inspect.ts';
import { Pool } from './mysql-pool.ts';
import { Session } from './mysql-session.ts';
import { assertReading, compile } from './mysql-sql.ts';
import { toColumn } from './mysql-values.ts';

/** How long `close` waits for running statements to end on the server; dropping what is left takes no time. */
const closeMs = 1500;
/** Something that a caller waits for, until it ends or is told to. */
interface Run {
  readonly signal: AbortSignal;
  readonly stop: () => void;
  readonly ended: Promise<undefined>;
  readonly end: () => void;
}

class MysqlDatabase implements Database {
  readonly #pool: Pool;
  readonly #surroundings: Surroundings;
  readonly #runs = new Set<Run>();
  #closed = false;

  constructor(settings: DatabaseSettings) {
    this.#surroundings = { timezone: settings.timezone, unknownZones: new Set() };
    this.#pool = new Pool(settings.connections, (signal) => Session.open(settings, signal));
  }

  async *query(sql: string, parameters: Parameters, options: QueryOptions): AsyncGenerator<Row> {
    const run = this.#begin(options.signal);
    try {
      if (options.maxRows < 1) return;
      const compiled = compile(sql, parameters);
      for (let fresh = false; ; fresh = true) {
        const lease = await this.#pool.acquire(run.signal, fresh);
        const attempt = new Attempt(lease, compiled, this.#surroundings);
        try {
          yield* attempt.rows(run.signal, options);
          return;
        } catch (error) {
          if (fresh || !attempt.stale) throw error;
        } finally {
          this.#pool.release(lease);
        }
      }
    } catch (error) {
      throw run.signal.aborted ? abortedError(error) : toDatabaseError(error, 'statement');
    } finally {
      run.end();
    }
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
    this.#closed = true;
    const runs = [...this.#runs];
    for (const run of runs) run.stop();
    const patience = Promise.withResolvers<undefined>();
    const timer = setTimeout(patience.resolve, closeMs, undefined);
    await Promise.race([Promise.all(runs.map((run) => run.ended)), patience.promise]);
    clearTimeout(timer);
    this.#pool.destroyLent();
    await this.#pool.endIdle();
  }

  /** @throws DatabaseError when there is no more to begin. */
  #begin(caller: AbortSignal): Run {
    if (this.#closed || caller.aborted) throw abortedError();
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const stop = (): void => controller.abort();
    const end = (): void => {
      caller.removeEventListener('abort', stop);
      this.#runs.delete(run);
      resolve(undefined);
    };
    const run: Run = { signal: controller.signal, stop, ended: promise, end };
    caller.addEventListener('abort', stop, { once: true });
    this.#runs.add(run);
    return run;
  }

  /** Runs something short of our own in a session. */
  async #use<T>(caller: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    const run = this.#begin(caller);
    try {
      for (let fresh = false; ; fresh = true) {
        const lease = await this.#pool.acquire(run.signal, fresh);
        const drop = (): void => lease.session.destroy();
        run.signal.addEventListener('abort', drop, { once: true });
        try {
          return await work(lease.session);
        } catch (error) {
          const failure = lease.session.judge(error);
          if (fresh || !lease.reused || lease.session.usable || run.signal.aborted) throw failure;
        } finally {
          run.signal.removeEventListener('abort', drop);
          this.#pool.release(lease);
        }
      }
    } catch (error) {
      throw run.signal.aborted ? abortedError(error) : toDatabaseError(error, 'statement');
    } finally {
      run.end();
    }
  }
}

/**
 * MySQL 5.7.8 and later, MariaDB 10.1 and later. Statements are prepared on the server and stay so, in sessions that are
 * READ ONLY and have `max_execution_time` (MySQL) or `max_statement_time` (MariaDB). A cancelled one is ended by
 * `KILL QUERY` over a short connection outside the bound. For time see mysql-zone.ts.
 */
export const open: OpenDatabase = (settings) => new MysqlDatabase(settings);
