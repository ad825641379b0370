import mssql from 'mssql';
import type { Connection } from 'tedious';
import { DatabaseError, type DatabaseSettings } from '../contract.ts';
import { abortedError, unlessAborted } from '../shared/aborting.ts';
import { LoginGuard } from '../shared/login-guard.ts';
import { onlyResult } from '../shared/only-result.ts';
import { openingError } from './connect-errors.ts';
import { connectionConfig } from './connection-config.ts';
import { guard } from './guards.ts';
import { execute } from './statement.ts';

/** By what requests of `mssql` have a connection, which its types leave out. */
export interface Lender {
  acquire(requester: object): Promise<Connection>;
  release(connection: Connection): this;
}

/** A connection that was idle for so long is closed. */
const idleMs = 5 * 60_000;
/** How often the pool looks for such connections. */
const reapMs = 30_000;
/** Callers end their waiting by their own signals, and connecting has its own time-out: in the pool they wait without limit. */
const noLimitMs = 2 ** 31 - 1;
/** `close` waits so long for the server to end what runs; what is left is then cut. */
const closeMs = 1500;
/** How long making a session as new may take before it is closed. */
const resetMs = 1000;
/** A server that had closed an idle connection says so within a round trip; what breaks later broke while it was used. */
const staleMs = 250;

/** A connection that a caller uses, and what was known of it when the caller got it. */
interface Loan {
  readonly connection: Connection;
  readonly reused: boolean;
  readonly received: number;
  readonly since: number;
}

/**
 * The connections of one database: the pool of `mssql`, and around it what that leaves open. No connection is handed out
 * before it was guarded and its locking set; one whose transaction is still open is closed; a caller that was given an idle
 * connection which the server turns out to have dropped meanwhile gets a new one; callers can give up waiting; and `close`
 * waits for no server.
 */
export class SessionPool {
  readonly #settings: DatabaseSettings;
  readonly #pool: mssql.ConnectionPool & Lender;
  /** Every connection that is not closed, those that are being opened included. */
  readonly #live = new Set<Connection>();
  readonly #opening = new Set<Connection>();
  readonly #idle = new Set<Connection>();
  /** Connections whose locking is set. */
  readonly #ready = new WeakSet<Connection>();
  /** How each call that runs or waits is ended. */
  readonly #calls = new Set<() => void>();
  readonly #done = Promise.withResolvers<undefined>();
  readonly #logins = new LoginGuard();
  #closed = false;

  constructor(settings: DatabaseSettings, { writes }: { readonly writes: boolean } = { writes: false }) {
    this.#settings = settings;
    this.#pool = new mssql.ConnectionPool({
      ...connectionConfig(settings, writes),
      validateConnection: 'socket',
      pool: {
        max: settings.connections,
        min: 0,
        idleTimeoutMillis: idleMs,
        reapIntervalMillis: reapMs,
        acquireTimeoutMillis: noLimitMs,
        createTimeoutMillis: noLimitMs,
      },
      beforeConnect: (connection) => this.#watch(connection),
    }) as mssql.ConnectionPool & Lender;
    // Whoever waits for a connection gets the error as well.
    this.#pool.on('error', () => undefined);
  }

  /**
   * What `work` yields with a connection of its own, which goes back when the iteration ends, however it ends. `work` must end
   * soon when the signal it is given fires, which `caller` and `close` do; it may be called twice, the second time only when
   * nothing of the first had reached the server.
   * @throws DatabaseError when no connection can be had; else what `work` throws.
   */
  async *stream<Item>(
    caller: AbortSignal,
    work: (connection: Connection, signal: AbortSignal) => AsyncIterable<Item>,
  ): AsyncGenerator<Item, void, undefined> {
    const { signal, end } = this.#begin(caller);
    try {
      for (let again = false; ; again = true) {
        const loan = await this.#borrow(signal, again);
        try {
          yield* work(loan.connection, signal);
          return;
        } catch (error) {
          if (!wasAlreadyClosed(loan, error)) throw error;
        } finally {
          await this.#giveBack(loan.connection);
        }
      }
    } finally {
      end();
    }
  }

  /** As `stream`, for work that has one result. */
  async use<Result>(
    caller: AbortSignal,
    work: (connection: Connection, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    return onlyResult<Connection, Result>((once) => this.stream(caller, once), work);
  }

  /** Aborts all that runs or waits, then closes every connection. Resolves within `closeMs`, whatever the server does. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#calls) end();
    for (const connection of this.#opening) connection.close();
    const cut = setTimeout(() => {
      for (const connection of this.#live) connection.close();
      this.#done.resolve(undefined);
    }, closeMs);
    if (this.#calls.size === 0) this.#done.resolve(undefined);
    await this.#done.promise;
    for (const connection of this.#idle) connection.close();
    // It ends only when what it lent has come back, which a reader who was left behind may never do.
    void this.#pool.close().catch(() => undefined);
    clearTimeout(cut);
  }

  /** Called by the pool for each connection, before it is opened. */
  #watch(connection: Connection): void {
    guard(connection, this.#settings);
    this.#live.add(connection);
    this.#opening.add(connection);
    const gone = (): void => {
      this.#live.delete(connection);
      this.#idle.delete(connection);
      this.#opening.delete(connection);
    };
    connection.once('end', gone);
    connection.once('connect', (error) => {
      this.#opening.delete(connection);
      if (error !== undefined) gone();
      // One that is closed while its TCP connection is being made goes on to log in.
      if (this.#closed) connection.close();
    });
  }

  #begin(caller: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } {
    if (this.#closed) throw new DatabaseError('aborted', 'the database has been closed');
    if (caller.aborted) throw abortedError();
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    caller.addEventListener('abort', abort, { once: true });
    this.#calls.add(abort);
    const end = (): void => {
      caller.removeEventListener('abort', abort);
      this.#calls.delete(abort);
      if (this.#closed && this.#calls.size === 0) this.#done.resolve(undefined);
    };
    return { signal: controller.signal, end };
  }

  /** @param fresh the server has dropped an idle connection, so that the other ones are not to be trusted either. */
  async #borrow(signal: AbortSignal, fresh: boolean): Promise<Loan> {
    if (fresh) for (const connection of this.#idle) connection.close();
    const connection = await this.#logins.open(() => this.#acquire(signal), signal);
    const reused = this.#ready.has(connection);
    this.#idle.delete(connection);
    try {
      if (!reused) await unlessAborted(setLocking(connection, this.#settings, signal), signal);
      if (signal.aborted) throw abortedError();
    } catch (error) {
      if (!reused) connection.close();
      await this.#giveBack(connection);
      throw openingError(error, this.#settings);
    }
    this.#ready.add(connection);
    const received = connection.socket?.bytesRead ?? 0;
    return { connection, reused, received, since: performance.now() };
  }

  async #acquire(signal: AbortSignal): Promise<Connection> {
    try {
      if (!this.#pool.connected) await unlessAborted(this.#pool.connect(), signal, 'unanswered');
      const waiting = this.#pool.acquire(this);
      try {
        return await unlessAborted(waiting, signal);
      } catch (error) {
        // Nobody waits any more for what may still come.
        waiting.then(
          (connection) => void this.#giveBack(connection),
          () => undefined,
        );
        throw error;
      }
    } catch (error) {
      throw openingError(error, this.#settings);
    }
  }

  async #giveBack(connection: Connection): Promise<void> {
    if (isUsable(connection) && this.#ready.has(connection) && !this.#closed)
      await reset(connection, this.#settings);
    // A cancel that did not roll back leaves a transaction: closing the session ends it.
    if (!isUsable(connection)) connection.close();
    else if (this.#ready.has(connection)) this.#idle.add(connection);
    this.#pool.release(connection);
  }
}

/** Whether it failed because the server had dropped the session before it was used: nothing has come since. */
function wasAlreadyClosed({ connection, reused, received, since }: Loan, error: unknown): boolean {
  const lost = error instanceof DatabaseError && error.kind === 'lost' && !isUsable(connection);
  const silent = (connection.socket?.bytesRead ?? 0) === received;
  return reused && lost && silent && performance.now() - since < staleMs;
}

/** Whether a connection can be used again, as far as is known: not when a transaction is still open. */
function isUsable({ state, STATE, socket, inTransaction }: Connection): boolean {
  return state === STATE.LOGGED_IN && socket?.writable === true && !inTransaction;
}

/**
 * Undoes what statements left in a session, application locks and temporary tables above all, as `sp_reset_connection` does.
 * Closes one for which that fails or takes longer than `resetMs`.
 */
async function reset(connection: Connection, settings: DatabaseSettings): Promise<void> {
  const limit = setTimeout(() => connection.close(), resetMs);
  try {
    await new Promise<void>((resolve, reject) => {
      connection.reset((error) => (error === undefined || error === null ? resolve() : reject(error)));
    });
    await setLocking(connection, settings, AbortSignal.timeout(resetMs));
  } catch {
    connection.close();
  } finally {
    clearTimeout(limit);
  }
}

/**
 * Sets for a whole session how it waits for locks, anew after each reset; the server takes back what a statement sent by
 * `sp_executesql` sets.
 * @throws DatabaseError
 */
async function setLocking(
  connection: Connection,
  { lockTimeoutMs, connectTimeoutMs, timezone }: DatabaseSettings,
  signal: AbortSignal,
): Promise<void> {
  const text = `set lock_timeout ${Math.round(lockTimeoutMs)}\nset deadlock_priority low`;
  const limits = { signal, timeoutMs: connectTimeoutMs, zone: timezone };
  await Array.fromAsync(execute(connection, { text, parameters: [], bare: true }, limits));
}
