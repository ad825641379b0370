import { access, constants } from 'node:fs/promises';
import { userInfo } from 'node:os';
import {
  DatabaseError,
  type Database,
  type DatabaseSettings,
  type Inspection,
  type OpenDatabase,
  type QueryOptions,
} from '../contract.ts';
import { abortedError } from '../shared/aborting.ts';
import { lockTimeoutMs } from '../shared/lock-timeout.ts';
import { Pool } from '../shared/pool.ts';
import { RowReader } from '../shared/rows.ts';
import type { Column, Parameters, Row } from '../values.ts';
import { compile, isReading, notReading } from './parameters.ts';
import { Session } from './session.ts';
import { columnType, readerOf } from './values.ts';

/**
 * A file of SQLite 3, opened read-only and never made. Each session is a process of its own: a statement is ended by ending
 * its process, since SQLite blocks the thread that it runs in. There is nothing to log in to and nothing to compare by.
 */
class SqliteDatabase implements Database {
  readonly #settings: DatabaseSettings;
  readonly #pool: Pool<Session>;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#pool = new Pool(settings.connections, (signal) => Session.open(settings, signal));
  }

  async *query(sql: string, parameters: Parameters, options: QueryOptions): AsyncGenerator<Row> {
    if (options.maxRows < 1) return;
    const compiled = compile(sql, parameters, this.#settings.timezone);
    // One that makes no sense is refused for that, by SQLite; so it has to be asked first.
    if (!isReading(compiled.sql)) await this.describe(sql, parameters, options.signal);
    yield* this.#pool.stream(options.signal, (session, signal) =>
      this.#rows(session, compiled, { ...options, signal }),
    );
  }

  async describe(sql: string, parameters: Parameters, signal: AbortSignal): Promise<Column[]> {
    const compiled = compile(sql, parameters, this.#settings.timezone);
    return this.#use(signal, async (session) => {
      const answer = await session.ask({ do: 'describe', sql: compiled.sql });
      if (!isReading(compiled.sql)) throw notReading();
      const columns = answer.is === 'columns' ? answer.columns : [];
      return columns.map(({ name, declared }) => ({
        name,
        type: columnType(declared),
        native: declared || 'expression',
      }));
    });
  }

  async ping(signal: AbortSignal): Promise<{ clockSkewSeconds: number }> {
    // The file has no clock of its own: reading it is all that there is to try.
    await this.#use(signal, (session) => session.ask({ do: 'describe', sql: 'SELECT 1 FROM sqlite_schema' }));
    return { clockSkewSeconds: 0 };
  }

  async inspect(signal: AbortSignal): Promise<Inspection> {
    const version = await this.#use(signal, (session) => Promise.resolve(session.version));
    const { file = '' } = this.#settings;
    const isWritable = await access(file, constants.W_OK).then(
      () => true,
      () => false,
    );
    const user = userInfo().username;
    return {
      version: `SQLite ${version}`,
      user,
      writable: isWritable ? [`user ${user} may write ${file}`] : [],
      powerful: [],
      reaching: [],
    };
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async *#rows(
    session: Session,
    { sql, values }: ReturnType<typeof compile>,
    { signal, timeoutMs, maxRows, observer }: QueryOptions,
  ): AsyncGenerator<Row> {
    const end = endAt(session, signal, timeoutMs);
    try {
      const described = await session.ask({
        do: 'run',
        sql,
        values,
        maxRows,
        lockTimeoutMs: lockTimeoutMs(this.#settings, timeoutMs),
      });
      const columns = described.is === 'columns' ? described.columns : [];
      const { timezone } = this.#settings;
      const reader = new RowReader(
        columns.map(({ name, declared }) => ({ name, read: readerOf(declared, timezone) })),
        observer,
      );
      for (
        let answer = await session.next();
        answer.is === 'rows';
        answer = await session.ask({ do: 'more' })
      )
        for (const row of answer.rows) yield reader.read(row);
      session.release();
    } catch (error) {
      throw end.reason() ?? error;
    } finally {
      end.clear();
    }
  }

  /** Runs something short of our own, which ends with its session when the signal fires. */
  #use<T>(caller: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#pool.use(caller, async (session, signal) => {
      const end = endAt(session, signal, this.#settings.connectTimeoutMs);
      try {
        const result = await work(session);
        session.release();
        return result;
      } catch (error) {
        throw end.reason() ?? error;
      } finally {
        end.clear();
      }
    });
  }
}

/** Ends the session when the signal fires or the time is over; `reason` is the error that then is the right one. */
function endAt(session: Session, signal: AbortSignal, timeoutMs: number) {
  let isOver = false;
  const abort = (): void => session.destroy();
  const timer = setTimeout(() => {
    isOver = true;
    session.destroy();
  }, timeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  return {
    reason: (): DatabaseError | undefined => {
      if (signal.aborted) return abortedError(undefined, 'cancelled');
      return isOver
        ? new DatabaseError('timeout', `the statement was ended after ${timeoutMs / 1000} s`, {
            code: 'sqlite:9',
            end: 'cancelled',
          })
        : undefined;
    },
    clear: (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}

/** See `SqliteDatabase`. */
export const open: OpenDatabase = (settings) => new SqliteDatabase(settings);
