import sql from 'mssql';
import type { Connection } from 'tedious';
import { DatabaseError, type DatabaseSettings } from './database.ts';
import { toDatabaseError } from './mssql-errors.ts';
import { poolConfig, prepareSession } from './mssql-session.ts';

// `close` resolves within 2 s: this long statements may take to end, then their connections are dropped.
const closingMs = 1500;

/** The sessions of one database. Each lives in `acquire` … `release`, and never more than `connections` at once. */
export class SessionPool {
  readonly #pool: sql.ConnectionPool;
  readonly #connections = new Set<Connection>();
  readonly #closing = new AbortController();

  constructor(settings: DatabaseSettings) {
    this.#pool = new sql.ConnectionPool(
      poolConfig(settings, (connection) => {
        prepareSession(connection, settings);
        this.#watch(connection);
      }),
    );
    // Every error reaches its caller by a promise as well.
    this.#pool.on('error', () => undefined);
  }

  /** Fires when the pool is closed, then whatever runs must end. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** A logged-in connection. @throws DatabaseError; `aborted` when the signal fires first or the pool is closed. */
  async acquire(signal: AbortSignal): Promise<Connection> {
    try {
      signal.throwIfAborted();
      await unlessAborted(this.#pool.connect(), signal);
      const pending = this.#pool.pool.acquire();
      const abort = (): void => pending.abort();
      signal.addEventListener('abort', abort);
      try {
        return await pending.promise;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    } catch (error) {
      throw signal.aborted ? aborted(error) : toDatabaseError(error, 'connect');
    }
  }

  release(connection: Connection): void {
    // The statement's transaction is still open, as after a cancel that did not roll back: closing does.
    if (connection.inTransaction) connection.close();
    this.#pool.pool.release(connection);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // tedious cannot stop a login but by closing, and mssql waits for it.
    for (const connection of this.#connections)
      if (connection.state !== connection.STATE.LOGGED_IN && connection.request === undefined)
        connection.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, closingMs);
    });
    await Promise.race([this.#pool.close().catch(() => undefined), late]);
    clearTimeout(timer);
    for (const connection of this.#connections) connection.close();
  }

  #watch(connection: Connection): void {
    this.#connections.add(connection);
    connection.once('end', () => this.#connections.delete(connection));
    // One that was closed while its TCP connection was being made goes on to log in.
    connection.once('connect', () => {
      if (this.#closing.signal.aborted) connection.close();
    });
  }
}

/** The error of a caller whose signal fired. */
export function aborted(cause?: unknown): DatabaseError {
  return new DatabaseError('aborted', 'the statement was aborted', { cause });
}

/** `work`, or a rejection as soon as `signal` fires; `work` then goes on unheeded. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  let abort: () => void = () => undefined;
  const fired = new Promise<never>((_, reject) => {
    abort = () => reject(aborted());
    signal.addEventListener('abort', abort);
  });
  try {
    await Promise.race([work, fired]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
