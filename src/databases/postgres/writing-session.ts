import { Socket } from 'node:net';
import pg from 'pg';
import { abortedError, unlessAborted } from '../shared/aborting.ts';
import { lockTimeoutMs } from '../shared/lock-timeout.ts';
import type { PooledSession } from '../shared/pool.ts';
import type { DatabaseError, DatabaseSettings } from '../contract.ts';
import type { Row } from '../values.ts';
import { clientConfig, defaultPort, sendCancelRequest, type BackendKey } from './connect.ts';
import { connectError, statementError, timeoutError } from './errors.ts';
import type { WritingStatement } from './writing-statement.ts';

/** How long after `timeoutMs` we wait for the server to end a statement by itself. */
const graceMs = 250;
/** How long a server may take to end what was cancelled, before its connection is cut. */
const cancelMs = 1000;
const endMs = 500;

export interface WritingLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A COMMIT is to be on the disk, whatever the server's default is; a stricter setting stays. */
const durable =
  "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'";

function beginning(settings: DatabaseSettings, timeoutMs: number, anyBytes: boolean): string {
  const limits = {
    statement_timeout: Math.max(1, Math.ceil(timeoutMs)),
    lock_timeout: lockTimeoutMs(settings, timeoutMs),
    idle_in_transaction_session_timeout: 60_000,
    TimeZone: pg.escapeLiteral(settings.timezone),
    DateStyle: 'ISO',
    bytea_output: 'hex',
    ...(anyBytes ? { client_encoding: 'SQL_ASCII' } : {}),
  };
  const set = Object.entries(limits).map(([name, value]) => `;SET LOCAL ${name}=${value}`);
  return `BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE${set.join('')};${durable}`;
}

/** One connection that may write, for one transaction after another. */
export class WritingSession implements PooledSession {
  readonly #settings: DatabaseSettings;
  readonly #client: pg.Client;
  #key: BackendKey | undefined;
  #anyBytes = false;
  #broken = false;
  #lose: (error: Error) => void = () => undefined;

  private constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#client = new pg.Client(clientConfig(settings, () => this.destroy()));
    const lose = (error?: Error): void => {
      this.#broken = true;
      this.#lose(statementError(error ?? new Error('Connection terminated unexpectedly')));
    };
    this.#client.on('error', lose);
    this.#client.on('end', () => lose());
    const { connection } = this.#client;
    connection.on('parameterStatus', (status: { parameterName: string; parameterValue: string }) => {
      if (status.parameterName === 'server_encoding') this.#anyBytes = status.parameterValue === 'SQL_ASCII';
    });
    connection.once('backendKeyData', (key: BackendKey) => {
      this.#key = key;
    });
  }

  /** @throws DatabaseError of kind `unreachable`, `login` or `permission`; `aborted` when `signal` fires first. */
  static async open(settings: DatabaseSettings, signal: AbortSignal): Promise<WritingSession> {
    const session = new WritingSession(settings);
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

  get anyBytes(): boolean {
    return this.#anyBytes;
  }

  get received(): number {
    const { stream } = this.#client.connection;
    return stream instanceof Socket ? stream.bytesRead : 0;
  }

  begin(limits: WritingLimits): Promise<void> {
    return this.#within(limits, () =>
      this.#send(beginning(this.#settings, limits.timeoutMs, this.#anyBytes)),
    );
  }

  /** The rows of a statement. */
  run(statement: WritingStatement, limits: WritingLimits): Promise<readonly Row[]> {
    return this.#within(limits, async (onEnd) => {
      onEnd((error) => statement.fail(error));
      this.#client.query(statement);
      const rows: Row[] = [];
      for (let batch = await statement.next(); batch !== null; batch = await statement.next())
        rows.push(...batch);
      return rows;
    });
  }

  /** A failure of kind `lost` may mean that it was done. It is not cancelled: nobody would know what became of it. */
  commit({ timeoutMs }: WritingLimits): Promise<void> {
    const { signal } = new AbortController();
    return this.#within({ timeoutMs, signal }, () => this.#send('COMMIT'));
  }

  /** Undoes what has not been committed, by ending the session if nothing else helps. Never rejects. */
  async rollback(): Promise<void> {
    if (this.#broken) return;
    const { signal } = new AbortController();
    await this.#within({ timeoutMs: cancelMs, signal }, () => this.#send('ROLLBACK')).catch(() =>
      this.destroy(),
    );
  }

  async reset(): Promise<void> {
    const { signal } = new AbortController();
    await this.#within({ timeoutMs: cancelMs, signal }, () => this.#send('DISCARD ALL')).catch(() =>
      this.destroy(),
    );
  }

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

  destroy(): void {
    this.#broken = true;
    this.#client.connection.stream.destroy();
    this.#lose(statementError(new Error('Connection terminated')));
  }

  async #send(sql: string): Promise<void> {
    try {
      await this.#client.query(sql);
    } catch (error) {
      throw statementError(error);
    }
  }

  /**
   * Waits for the server, which ends a statement at its limit by itself. When it does not, or `signal` fires, the statement is
   * cancelled and the session is not used again; a server that does not answer the cancel either is left.
   */
  async #within<Result>(
    { timeoutMs, signal }: WritingLimits,
    work: (onEnd: (fail: (error: DatabaseError) => void) => void) => Promise<Result>,
  ): Promise<Result> {
    if (signal.aborted) throw abortedError();
    const { promise: ended, reject } = Promise.withResolvers<never>();
    let why: DatabaseError | undefined;
    let cut: NodeJS.Timeout | undefined;
    let fail: (error: DatabaseError) => void = () => undefined;
    this.#lose = (error) => {
      fail(statementError(error));
      reject(why ?? statementError(error));
    };
    const interrupt = (error: DatabaseError): void => {
      why = error;
      this.#broken = true;
      if (this.#key !== undefined) sendCancelRequest(this.#settings, this.#key, cancelMs);
      cut = setTimeout(() => this.destroy(), cancelMs);
    };
    const abort = (): void => interrupt(abortedError());
    const limit = setTimeout(() => interrupt(timeoutError(timeoutMs)), timeoutMs + graceMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([work((given) => (fail = given)), ended]);
    } catch (error) {
      throw why ?? error;
    } finally {
      clearTimeout(limit);
      clearTimeout(cut);
      signal.removeEventListener('abort', abort);
      this.#lose = () => undefined;
    }
  }
}
