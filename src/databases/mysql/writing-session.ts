import { DatabaseError, type DatabaseSettings } from '../contract.ts';
import { abortedError } from '../shared/aborting.ts';
import { lockTimeoutMs } from '../shared/lock-timeout.ts';
import type { PooledSession } from '../shared/pool.ts';
import { RowReader } from '../shared/rows.ts';
import { mostWrittenRows, tooManyRows } from '../shared/writing.ts';
import type { Parameters, Row } from '../values.ts';
import type { Executed } from '../writable.ts';
import { connect, quit, type Link } from './connect.ts';
import { toDatabaseError } from './errors.ts';
import { toField } from './field.ts';
import { compile } from './sql.ts';
import { readerOf, toBound } from './values.ts';

/** How long ending a session on the server may take. */
const killMs = 1000;
/** How much longer than its time-out a statement may take before we end it in the server's place. */
const graceMs = 500;

/** How one statement of a transaction may run. */
export interface StatementLimits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** What a statement brought so far. */
class Gathering {
  readonly rows: Row[] = [];
  changed = 0;
  #reader: RowReader<unknown> | undefined;
  #results = 0;
  readonly #timezone: string;

  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  /** A procedure returns several results; the first with columns is kept. */
  describe(fields: unknown): void {
    if (!Array.isArray(fields)) return;
    this.#results += 1;
    if (this.#results > 1) return;
    const columns = fields
      .map(toField)
      .map((field) => ({ name: field.name, read: readerOf(field, this.#timezone, this.#timezone) }));
    this.#reader = new RowReader(columns, undefined);
  }

  take(result: unknown): void {
    if (Array.isArray(result)) {
      if (this.#results === 1 && this.#reader !== undefined) this.rows.push(this.#reader.read(result));
    } else if (typeof result === 'object' && result !== null && 'affectedRows' in result)
      this.changed += typeof result.affectedRows === 'number' ? result.affectedRows : 0;
  }
}

/** A session that may write. One thing at a time. */
export class WritingSession implements PooledSession {
  readonly #link: Link;
  readonly #settings: DatabaseSettings;
  #isLost = false;
  /** Ends what waits for an answer when the connection has gone, which mysql2 does not always report. */
  #onLost: ((error: DatabaseError) => void) | undefined;

  private constructor(link: Link, settings: DatabaseSettings) {
    this.#link = link;
    this.#settings = settings;
    link.connection.on('error', (error) => this.#lose(toDatabaseError(error, 'statement').message));
    link.socket.on('close', () => this.#lose('the connection was closed'));
  }

  /** Connects. @throws DatabaseError */
  static async open(settings: DatabaseSettings, signal: AbortSignal): Promise<WritingSession> {
    return new WritingSession(await connect(settings, signal), settings);
  }

  get usable(): boolean {
    return !this.#isLost;
  }

  get received(): number {
    return this.#link.socket.bytesRead;
  }

  /** Begins a transaction whose statements the server itself ends where it can. */
  async begin({ signal, timeoutMs }: StatementLimits): Promise<void> {
    const lock = Math.max(1, Math.ceil(lockTimeoutMs(this.#settings, timeoutMs) / 1000));
    const limit = Math.max(1, Math.floor(timeoutMs));
    // What stands in the comments is run by the one server that has the variable.
    const settings =
      `SET autocommit = 1, lock_wait_timeout = ${lock}, innodb_lock_wait_timeout = ${lock}` +
      `/*M!100100 , max_statement_time = ${limit / 1000} */ /*!50708 , max_execution_time = ${limit} */`;
    for (const sql of [settings, 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'START TRANSACTION'])
      await this.execute(sql, {}, { signal, timeoutMs });
  }

  /** Runs one statement. When it is given up, its session is ended on the server. @throws DatabaseError */
  async execute(
    text: string,
    parameters: Parameters,
    { signal, timeoutMs }: StatementLimits,
  ): Promise<Executed> {
    if (signal.aborted) throw abortedError();
    if (this.#isLost) throw new DatabaseError('lost', 'the connection was closed');
    const ended = Promise.withResolvers<Executed>();
    this.#onLost = ended.reject;
    const giveUp = (error: DatabaseError): void => {
      ended.reject(error);
      this.#kill();
    };
    const abort = (): void => giveUp(abortedError());
    const late = new DatabaseError('timeout', `the statement did not end within ${timeoutMs} ms`);
    const timer = setTimeout(() => giveUp(late), timeoutMs + graceMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      this.#start(text, parameters, ended, giveUp);
      return await ended.promise;
    } catch (error) {
      const failure = toDatabaseError(error, 'statement');
      if (failure.kind === 'lost') this.destroy();
      throw failure;
    } finally {
      this.#onLost = undefined;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  async end(): Promise<void> {
    await quit(this.#link);
  }

  destroy(): void {
    this.#link.socket.destroy();
    this.#lose('the connection was dropped');
  }

  #start(
    text: string,
    parameters: Parameters,
    { resolve, reject }: PromiseWithResolvers<Executed>,
    giveUp: (error: DatabaseError) => void,
  ): void {
    const { timezone } = this.#settings;
    const { sql, values } = compile(text, parameters);
    const { connection } = this.#link;
    const bound = values.map((value) => toBound(value, timezone));
    // Statements of a session's own, such as START TRANSACTION, cannot all be prepared.
    const command =
      bound.length === 0
        ? connection.query({ sql, rowsAsArray: true })
        : connection.execute({ sql, values: bound, rowsAsArray: true });
    const gathering = new Gathering(timezone);
    command.on('fields', (fields: unknown) => gathering.describe(fields));
    command.on('result', (result: unknown) => {
      gathering.take(result);
      if (gathering.rows.length > mostWrittenRows) giveUp(tooManyRows());
    });
    command.on('error', reject);
    command.on('end', () => resolve({ rows: gathering.rows, changed: gathering.changed }));
  }

  /** Ends the session on the server, which undoes its transaction, whatever it is doing. */
  #kill(): void {
    const id = this.#link.connection.threadId;
    this.destroy();
    const kill = async (): Promise<void> => {
      const link = await connect(this.#settings, AbortSignal.timeout(killMs));
      link.connection.query(`KILL CONNECTION ${id}`, () => void quit(link));
      setTimeout(() => link.socket.destroy(), killMs).unref();
    };
    void kill().catch(() => undefined);
  }

  #lose(message: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#onLost?.(new DatabaseError('lost', message));
    this.#onLost = undefined;
  }
}
