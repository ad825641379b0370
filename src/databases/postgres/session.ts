import { Socket } from 'node:net';
import pg from 'pg';
import { abortedError, endedAs, unlessAborted } from '../shared/aborting.ts';
import { rowTooLong } from '../shared/rows.ts';
import { DatabaseError, type DatabaseSettings } from '../contract.ts';
import { lockTimeoutMs } from '../shared/lock-timeout.ts';
import type { PooledSession } from '../shared/pool.ts';
import { clientConfig, defaultPort, sendCancelRequest, type BackendKey } from './connect.ts';
import { connectError, statementError, timeoutError } from './errors.ts';
import type { Exchange } from './exchange.ts';

/** How long after `timeoutMs` we wait for the server to end a statement by itself. */
const graceMs = 250;
/** How long a server may take to end what was cancelled, before its connection is cut. */
const cancelMs = 1000;
/** A cancel that comes before its statement is forgotten by the server, so it is sent again. */
const cancelEveryMs = 300;
const endMs = 500;
const longestTimeoutMs = 2_147_483_647;

/** Every transaction sets all it relies on: behind PGlite and pgbouncer a session is not our own. */
function beginning(settings: DatabaseSettings, timeoutMs: number, anyBytes: boolean): string {
  const limits = {
    statement_timeout: Math.min(Math.max(1, Math.ceil(timeoutMs)), longestTimeoutMs),
    lock_timeout: lockTimeoutMs(settings, timeoutMs),
    idle_in_transaction_session_timeout: 60_000,
    TimeZone: pg.escapeLiteral(settings.timezone),
    DateStyle: 'ISO',
    bytea_output: 'hex',
    // Sent as they are; converted, one wrong byte would be an error of the whole statement.
    ...(anyBytes ? { client_encoding: 'SQL_ASCII' } : {}),
  };
  const set = Object.entries(limits).map(([name, value]) => `;SET LOCAL ${name}=${value}`);
  return `BEGIN TRANSACTION READ ONLY${set.join('')}`;
}

/** A message of the server, as pg reads it. */
interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/**
 * One connection. A statement is sent in one packet with the BEGIN before it, and ROLLBACK and DISCARD ALL after it, so that it
 * costs one round trip, can't write, and leaves nothing behind for the next, whatever it does: the extended protocol takes
 * one statement only. A session whose statement had to be cancelled is not used again, for the cancel could hit the next.
 */
export class Session implements PooledSession {
  readonly #settings: DatabaseSettings;
  readonly #client: pg.Client;
  #key: BackendKey | undefined;
  #anyBytes = false;
  #broken = false;
  #gone = false;
  /** A cancel was sent. */
  #cancelled = false;
  #statement: Exchange<unknown> | undefined;
  /** Fulfilled when no statement is under way. */
  #settled: Promise<unknown> = Promise.resolve();
  #timers: readonly NodeJS.Timeout[] = [];

  private constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#client = new pg.Client(clientConfig(settings, () => this.#refuseRow()));
    const lose = (): void => {
      this.#broken = true;
      this.#gone = true;
    };
    this.#client.on('error', lose);
    this.#client.on('end', lose);
    this.#client.connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) => {
      if (parameterName === 'server_encoding') this.#anyBytes = parameterValue === 'SQL_ASCII';
    });
    this.#client.connection.once('backendKeyData', (key: BackendKey) => {
      this.#key = key;
    });
  }

  /**
   * Connects and logs in.
   * @throws DatabaseError of kind `unreachable`, `login` or `permission`; `aborted` when `signal` fires first.
   */
  static async open(settings: DatabaseSettings, signal: AbortSignal): Promise<Session> {
    const session = new Session(settings);
    try {
      await unlessAborted(session.#client.connect(), signal, 'unanswered');
      return session;
    } catch (error) {
      session.destroy();
      const { host, port = defaultPort } = settings;
      throw connectError(error, host.startsWith('/') ? host : `${host}:${port}`);
    }
  }

  get usable(): boolean {
    return !this.#broken;
  }

  /** Its database knows of no encoding, so that its texts may hold any bytes. */
  get anyBytes(): boolean {
    return this.#anyBytes;
  }

  get received(): number {
    const { stream } = this.#client.connection;
    return stream instanceof Socket ? stream.bytesRead : 0;
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
    const { stream } = this.#client.connection;
    stream.cork();
    this.#send(beginning(this.#settings, timeoutMs, this.#anyBytes), (error) =>
      statement.fail(statementError(error)),
    );
    this.#client.query(statement);
    const breaks = (): void => {
      this.#broken = true;
    };
    this.#send('ROLLBACK', breaks);
    // What outlasts a transaction, advisory locks above all.
    this.#send('DISCARD ALL', breaks, () => resolve(undefined));
    stream.uncork();
    this.#timers = [
      setTimeout(
        () => this.#interrupt(() => timeoutError(timeoutMs)),
        Math.min(timeoutMs + graceMs, longestTimeoutMs),
      ),
    ];
  }

  #send(sql: string, onError: (error: Error) => void, onEnd?: () => void): void {
    const query = new pg.Query(sql, (error: Error | null | undefined) => {
      if (error) onError(error);
      onEnd?.();
    });
    this.#client.query(query);
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
    if (this.#client.getTransactionStatus() !== 'I') this.#broken = true;
  }

  #cancel(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    const request = (): void => {
      if (this.#key === undefined) return;
      sendCancelRequest(this.#settings, this.#key, cancelMs);
    };
    request();
    this.#timers = [setInterval(request, cancelEveryMs), setTimeout(() => this.destroy(), cancelMs)];
  }

  /** Ends an idle session in order. */
  async end(): Promise<void> {
    if (this.#broken) {
      this.destroy();
      return;
    }
    this.#broken = true;
    const timer = setTimeout(() => this.destroy(), endMs);
    await this.#client.end();
    clearTimeout(timer);
  }

  /** Cuts the connection. */
  destroy(): void {
    this.#broken = true;
    this.#gone = true;
    this.#client.connection.stream.destroy();
  }
}
