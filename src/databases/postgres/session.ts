import pg from 'pg';
import { abortedError, endedAs } from '../shared/aborting.ts';
import { rowTooLong } from '../shared/rows.ts';
import { DatabaseError, type DatabaseSettings } from '../contract.ts';
import type { PooledSession } from '../shared/pool.ts';
import { statementError, timeoutError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { Link, cancelMs } from './link.ts';

/** A cancel that comes before its statement is forgotten by the server, so it is sent again. */
const cancelEveryMs = 300;
/**
 * One connection. A statement is sent in one packet with the BEGIN before it, and ROLLBACK and DISCARD ALL after it, so that it
 * costs one round trip, can't write, and leaves nothing behind for the next, whatever it does: the extended protocol takes
 * one statement only. A session whose statement had to be cancelled is not used again, for the cancel could hit the next.
 */
export class Session implements PooledSession {
  readonly #link: Link;
  #broken = false;
  #gone = false;
  /** A cancel was sent. */
  #cancelled = false;
  #statement: Exchange<unknown> | undefined;
  /** Fulfilled when no statement is under way. */
  #settled: Promise<unknown> = Promise.resolve();
  #timers: readonly NodeJS.Timeout[] = [];

  private constructor(settings: DatabaseSettings) {
    this.#link = new Link(settings, {
      lost: () => {
        this.#broken = true;
        this.#gone = true;
      },
      tooLong: () => this.#refuseRow(),
    });
  }

  /**
   * Connects and logs in.
   * @throws DatabaseError of kind `unreachable`, `login` or `permission`; `aborted` when `signal` fires first.
   */
  static async open(settings: DatabaseSettings, signal: AbortSignal): Promise<Session> {
    const session = new Session(settings);
    await session.#link.open(signal);
    return session;
  }

  get usable(): boolean {
    return !this.#broken;
  }

  /** Its database knows of no encoding, so that its texts may hold any bytes. */
  get anyBytes(): boolean {
    return this.#link.anyBytes;
  }

  get received(): number {
    return this.#link.received;
  }

  get #running(): boolean {
    const statement = this.#statement;
    return statement !== undefined && !statement.finished && statement.failure === undefined;
  }

  /**
   * Runs `statement` and yields its batches as they come. However the iteration ends, the server has then finished it, or the
   * connection is cut. @throws DatabaseError; of kind `timeout` when it takes longer than `timeoutMs`.
   */
  async *run<Batch>(
    statement: Exchange<Batch>,
    timeoutMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<Batch, void, undefined> {
    const abort = (): void => this.#interrupt(abortedError);
    signal.addEventListener('abort', abort, { once: true });
    this.#start(statement, timeoutMs);
    try {
      for (let batch = await statement.next(); batch !== null; batch = await statement.next()) yield batch;
    } catch (error) {
      await this.#settle();
      if (!this.#cancelled || !(error instanceof DatabaseError)) throw error;
      throw endedAs(this.#gone ? 'unanswered' : 'cancelled', error);
    } finally {
      signal.removeEventListener('abort', abort);
      await this.#settle();
    }
  }

  #start(statement: Exchange<unknown>, timeoutMs: number): void {
    this.#statement = statement;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#settled = promise;
    const { client } = this.#link;
    const { stream } = client.connection;
    stream.cork();
    this.#send(`BEGIN TRANSACTION READ ONLY${this.#link.localSettings(timeoutMs)}`, (error) =>
      statement.fail(statementError(error)),
    );
    client.query(statement);
    const breaks = (): void => {
      this.#broken = true;
    };
    this.#send('ROLLBACK', breaks);
    // What outlasts a transaction, advisory locks above all.
    this.#send('DISCARD ALL', breaks, () => resolve(undefined));
    stream.uncork();
    this.#timers = [
      setTimeout(() => this.#interrupt(() => timeoutError(timeoutMs)), this.#link.limitOf(timeoutMs)),
    ];
  }

  #send(sql: string, onError: (error: Error) => void, onEnd?: () => void): void {
    const query = new pg.Query(sql, (error: Error | null | undefined) => {
      if (error) onError(error);
      onEnd?.();
    });
    this.#link.client.query(query);
  }

  /** A row is too long to be read: the server would send the whole of it before it listens to a cancel. */
  #refuseRow(): void {
    this.#statement?.fail(rowTooLong());
    this.destroy();
  }

  /** Ends the statement on the server; its reader gets the error. */
  #interrupt(error: () => DatabaseError): void {
    if (!this.#running) return;
    this.#statement?.fail(error());
    this.#broken = true;
    this.#cancelled = true;
    this.#cancel();
  }

  /** Waits until the server has done with the statement, whose reader may have left before its end. */
  async #settle(): Promise<void> {
    this.#interrupt(abortedError);
    const cut = setTimeout(() => this.destroy(), cancelMs);
    await this.#settled;
    clearTimeout(cut);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#statement = undefined;
    if (this.#link.client.getTransactionStatus() !== 'I') this.#broken = true;
  }

  #cancel(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#link.cancel();
    this.#timers = [
      setInterval(() => this.#link.cancel(), cancelEveryMs),
      setTimeout(() => this.destroy(), cancelMs),
    ];
  }

  /** Ends an idle session in order. */
  async end(): Promise<void> {
    if (this.#broken) {
      this.destroy();
      return;
    }
    this.#broken = true;
    await this.#link.end(() => this.destroy());
  }

  /** Cuts the connection. */
  destroy(): void {
    this.#broken = true;
    this.#gone = true;
    this.#link.cut();
  }
}
