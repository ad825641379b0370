import { setTimeout as delay } from 'node:timers/promises';
import mysql from 'mysql2';
import { DatabaseError, type DatabaseSettings, type StatementEnd } from '../contract.ts';
import { lockTimeoutMs } from '../shared/lock-timeout.ts';
import { collation, connect, quit, type Link } from './connect.ts';
import { serverErrorNumber, toDatabaseError } from './errors.ts';
import { Statement } from './statement.ts';
import { toField, type Field } from './field.ts';
import type { PooledSession } from '../shared/pool.ts';

/** How long ending a statement on the server may take before its connection is dropped. */
const cancelMs = 1000;
/** How long the server may go on after `KILL QUERY` before the whole connection is killed. */
const killPatienceMs = 300;
/** How long making a session as new may take before its connection is dropped. */
const resetMs = 1000;
const interrupted = 1317;
const unknownZone = 1298;

/** Sends one statement of our own, as text, and returns its rows as lists. */
function command(connection: mysql.Connection, sql: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    connection.query<mysql.RowDataPacket[][]>({ sql, rowsAsArray: true }, (error, rows) => {
      if (error === null) resolve(Array.isArray(rows) ? rows : []);
      else reject(toDatabaseError(error, 'statement'));
    });
  });
}

/** A session of the pool: read-only, in a zone and with a time-out that are set for each statement. One thing at a time. */
export class Session implements PooledSession {
  readonly #link: Link;
  readonly #settings: DatabaseSettings;
  #lost: DatabaseError | undefined;
  #onLost: ((error: DatabaseError) => void) | undefined;
  #state = '';

  private constructor(link: Link, settings: DatabaseSettings) {
    this.#link = link;
    this.#settings = settings;
    link.connection.on('error', (error) => this.#lose(error));
    link.socket.on('close', () =>
      this.#lose(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })),
    );
  }

  /** Connects and makes the session read-only. @throws DatabaseError */
  static async open(settings: DatabaseSettings, signal: AbortSignal): Promise<Session> {
    const session = new Session(await connect(settings, signal), settings);
    const abort = (): void => session.destroy();
    signal.addEventListener('abort', abort, { once: true });
    try {
      await session.#makeReadOnly();
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  get usable(): boolean {
    return this.#lost === undefined;
  }

  get received(): number {
    return this.#link.socket.bytesRead;
  }

  /**
   * Sets what the next statement needs, in a round trip when that has changed since the last.
   * @param zones Values for `time_zone`, best first.
   * @param unknown Those that the server has been found not to know; grows.
   * @returns the zone that the session now has.
   */
  async configure(zones: readonly string[], unknown: Set<string>, timeoutMs: number): Promise<string> {
    // In whole seconds, and less than the time-out where that has more than one.
    const lock = Math.max(
      1,
      Math.min(Math.ceil(lockTimeoutMs(this.#settings, timeoutMs) / 1000), Math.ceil(timeoutMs / 1000) - 1),
    );
    const limit = Math.max(1, Math.floor(timeoutMs));
    let refusal: unknown;
    for (const zone of zones.filter((candidate) => !unknown.has(candidate))) {
      // What stands in each of the two comments is run by the one server that has the variable.
      const sql =
        `SET autocommit = 1, lock_wait_timeout = ${lock}, innodb_lock_wait_timeout = ${lock}, time_zone = ${mysql.escape(zone)}` +
        `/*M!100100 , max_statement_time = ${limit / 1000} */ /*!50708 , max_execution_time = ${limit} */`;
      if (sql === this.#state) return zone;
      try {
        await this.command(sql);
        this.#state = sql;
        return zone;
      } catch (error) {
        if (!(error instanceof DatabaseError) || serverErrorNumber(error.cause) !== unknownZone) throw error;
        unknown.add(zone);
        refusal = error;
      }
    }
    throw toDatabaseError(
      refusal ?? new Error(`the server knows none of the time zones ${zones.join(', ')}`),
      'statement',
    );
  }

  /**
   * The server forgets locks, variables, temporary tables and settings of the session, and its prepared statements. Servers
   * older than MySQL 5.7.3 and MariaDB 10.2.4 cannot, so that each of their sessions serves one statement.
   */
  async reset(): Promise<void> {
    const drop = setTimeout(() => this.destroy(), resetMs);
    try {
      const { connection } = this.#link;
      await this.#exclusively(
        () =>
          new Promise<void>((resolve, reject) => {
            connection.reset((error) =>
              error === null ? resolve() : reject(toDatabaseError(error, 'statement')),
            );
          }),
      );
      this.#state = '';
      // Not that of our login, but that of the server's configuration.
      await this.command(`SET NAMES utf8mb4 COLLATE ${collation}`);
      await this.#makeReadOnly();
    } catch {
      this.destroy();
    } finally {
      clearTimeout(drop);
    }
  }

  async #makeReadOnly(): Promise<void> {
    await this.command('SET SESSION TRANSACTION READ ONLY');
  }

  /** Runs a statement of our own and returns its rows as lists. */
  async command(sql: string): Promise<unknown[]> {
    return this.#exclusively(() => command(this.#link.connection, sql));
  }

  /** The columns of a statement, which is prepared and not run. */
  async prepare(sql: string): Promise<readonly Field[]> {
    const { connection } = this.#link;
    return this.#exclusively(
      () =>
        new Promise((resolve, reject) => {
          connection.prepare(sql, (error, statement) => {
            const columns: unknown = error === null ? Reflect.get(statement, 'columns') : [];
            if (error === null && Array.isArray(columns)) resolve(columns.map(toField));
            else reject(toDatabaseError(error ?? new TypeError('mysql2 describes no columns'), 'statement'));
          });
        }),
    );
  }

  /** Starts a statement, prepared and with its parameters apart. @throws DatabaseError when the connection is gone. */
  execute(sql: string, values: mysql.ExecuteValues[]): Statement {
    if (this.#lost !== undefined) throw this.#lost;
    const { connection } = this.#link;
    const statement = new Statement(connection.execute({ sql, values, rowsAsArray: true }), connection);
    this.#onLost = (error) => statement.lose(error);
    return statement;
  }

  /**
   * Ends a statement on the server; resolves within some 1 s, whatever the server does. The session stays usable only when
   * it is certain that the statement, and not the next one, was hit.
   * @returns what has become of the statement.
   */
  async cancel(statement: Statement): Promise<StatementEnd> {
    // What has been received already may hold the end.
    statement.rows.destroy();
    await delay(0);
    if (statement.ended) return 'cancelled';
    // Otherwise the server would go on sending rows, and we reading them, until the kill arrives.
    this.#link.connection.pause();
    const deadline = AbortSignal.timeout(cancelMs);
    const drop = (): void => this.destroy();
    deadline.addEventListener('abort', drop, { once: true });
    let end: StatementEnd = 'unanswered';
    try {
      await this.#kill(statement, deadline);
      end = 'cancelled';
    } catch {
      this.destroy();
    } finally {
      deadline.removeEventListener('abort', drop);
    }
    if (serverErrorNumber(statement.failure) !== interrupted) this.destroy();
    return end;
  }

  /** An error of what was done here, as it leaves the driver. The session ends with it when it means that the connection has. */
  judge(error: unknown): DatabaseError {
    const failure = toDatabaseError(error, 'statement');
    if (failure.kind === 'lost') this.destroy();
    return failure;
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#link.socket.destroy();
    this.#lose(new DatabaseError('lost', 'the connection was dropped'));
  }

  /** Says goodbye to the server and closes. */
  async end(): Promise<void> {
    await quit(this.#link);
  }

  async #kill(statement: Statement, deadline: AbortSignal): Promise<void> {
    const link = await connect(this.#settings, deadline);
    const drop = (): void => void link.socket.destroy();
    deadline.addEventListener('abort', drop, { once: true });
    try {
      const id = this.#link.connection.threadId;
      await command(link.connection, `KILL QUERY ${id}`);
      this.#link.connection.resume();
      await Promise.race([statement.whenEnded, delay(killPatienceMs)]);
      if (!statement.ended) await command(link.connection, `KILL CONNECTION ${id}`);
    } finally {
      deadline.removeEventListener('abort', drop);
      void quit(link);
    }
  }

  /** What `work` comes to, or the loss of the connection, which mysql2 does not always report. */
  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (this.#lost !== undefined) throw this.#lost;
    const loss = Promise.withResolvers<never>();
    this.#onLost = loss.reject;
    try {
      return await Promise.race([work(), loss.promise]);
    } finally {
      this.#onLost = undefined;
    }
  }

  #lose(error: unknown): void {
    if (this.#lost !== undefined) return;
    const { message, code } = toDatabaseError(error, 'statement');
    this.#lost = new DatabaseError('lost', message, { code, cause: error });
    this.#onLost?.(this.#lost);
    this.#onLost = undefined;
  }
}
