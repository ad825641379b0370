import { abortedError } from './aborting.ts';
import { LoginGuard } from './login-guard.ts';
import { onlyResult } from './only-result.ts';
import { DatabaseError } from '../contract.ts';

/** What a pool keeps: one connection to a server, logged in. */
export interface PooledSession {
  /** Whether it can be used again, as far as is known. */
  readonly usable: boolean;
  /** Bytes that the server has sent so far. */
  readonly received: number;
  /**
   * Undoes what statements left in the session: locks, variables, settings. Called before it is kept for the next caller; one
   * for which that fails is no longer usable. Resolves within a second or so. Absent where a statement can leave nothing.
   */
  reset?(): Promise<void>;
  /** Says goodbye to the server; resolves within a second or so, whatever the server does. */
  end(): Promise<void>;
  /** Cuts the connection at once. A session that has ended takes no harm. */
  destroy(): void;
}

/** A session that was idle for so long is closed. */
const idleMs = 5 * 60_000;
/** `close` waits so long for the server to end what runs; what is left is then cut. */
const closeMs = 1500;
/** A server that had closed an idle connection says so within a round trip; what breaks later broke while it was used. */
const staleMs = 250;

/** A session that a caller uses, and what was known of it when the caller got it. */
interface SessionInUse<Session> {
  readonly session: Session;
  readonly reused: boolean;
  readonly received: number;
  readonly since: number;
}

interface Idle<Session> {
  readonly session: Session;
  readonly timer: NodeJS.Timeout;
}

/** One call of `stream`, from its beginning until everything it started has ended. */
interface Call {
  readonly signal: AbortSignal;
  readonly abort: () => void;
  readonly forget: () => void;
}

/**
 * The sessions of one database: at most `size`, opened when needed and kept for a while. Callers beyond that wait, first
 * come, first served. A caller that was given an idle session gets a new one when the server turns out to have dropped it
 * meanwhile; so `work` may be called twice, the second time only when nothing of the first had reached the server.
 */
export class Pool<Session extends PooledSession> {
  readonly #open: (signal: AbortSignal) => Promise<Session>;
  /** Every session except those that are being opened. */
  readonly #live = new Set<Session>();
  readonly #idle: Idle<Session>[] = [];
  readonly #calls = new Set<Call>();
  readonly #waiting = new Set<() => void>();
  readonly #empty = Promise.withResolvers<undefined>();
  readonly #logins = new LoginGuard();
  /** Places that no call has; there are never more idle sessions than these. */
  #free: number;
  #closed = false;

  /** @param open Must reject with a `DatabaseError`, and soon when its signal fires. */
  constructor(size: number, open: (signal: AbortSignal) => Promise<Session>) {
    this.#free = size;
    this.#open = open;
  }

  /**
   * What `work` yields in a session of its own. It must end soon when the signal it is given fires, which `caller` and
   * `close` do. The session goes back when the iteration ends, however it ends.
   * @throws DatabaseError when no session can be had; else what `work` throws.
   */
  async *stream<Item>(
    caller: AbortSignal,
    work: (session: Session, signal: AbortSignal) => AsyncIterable<Item>,
  ): AsyncGenerator<Item, void, undefined> {
    const call = this.#begin(caller);
    try {
      await this.#takePlace(call.signal);
      try {
        for (let again = false; ; again = true) {
          const inUse = await this.#checkOut(call.signal, again);
          try {
            if (call.signal.aborted) throw abortedError();
            yield* work(inUse.session, call.signal);
            return;
          } catch (error) {
            if (!wasAlreadyClosed(inUse, error)) throw error;
          } finally {
            await this.#checkIn(inUse.session);
          }
        }
      } finally {
        this.#leavePlace();
      }
    } finally {
      this.#finish(call);
    }
  }

  /** As `stream`, for work that has one result. */
  async use<Result>(
    caller: AbortSignal,
    work: (session: Session, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    return onlyResult<Session, Result>((once) => this.stream(caller, once), work);
  }

  /** Aborts all that runs or waits, then ends every session. Resolves within `closeMs`, whatever the server does. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const call of this.#calls) call.abort();
    for (const { session, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      void this.#end(session);
    }
    const cut = setTimeout(() => {
      for (const session of this.#live) session.destroy();
      this.#empty.resolve(undefined);
    }, closeMs);
    this.#resolveWhenEmpty();
    await this.#empty.promise;
    clearTimeout(cut);
  }

  #begin(caller: AbortSignal): Call {
    if (this.#closed) throw new DatabaseError('aborted', 'the database has been closed');
    if (caller.aborted) throw abortedError();
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    caller.addEventListener('abort', abort, { once: true });
    const forget = (): void => caller.removeEventListener('abort', abort);
    const call: Call = { signal: controller.signal, abort, forget };
    this.#calls.add(call);
    return call;
  }

  #finish(call: Call): void {
    call.forget();
    this.#calls.delete(call);
    this.#resolveWhenEmpty();
  }

  async #takePlace(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const take = (): void => resolve(undefined);
    const abort = (): void => {
      this.#waiting.delete(take);
      reject(abortedError());
    };
    this.#waiting.add(take);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Passes the place to the call that has waited longest. */
  #leavePlace(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }

  async #checkOut(signal: AbortSignal, fresh: boolean): Promise<SessionInUse<Session>> {
    const idle = fresh ? undefined : this.#takeIdle();
    const session = idle ?? (await this.#logins.open(() => this.#open(signal), signal));
    this.#live.add(session);
    return { session, reused: idle !== undefined, received: session.received, since: performance.now() };
  }

  #takeIdle(): Session | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (idle.session.usable) return idle.session;
      this.#cut(idle.session);
    }
    return undefined;
  }

  async #checkIn(session: Session): Promise<void> {
    if (session.usable && !this.#closed) await session.reset?.();
    if (!session.usable) this.#cut(session);
    else if (this.#closed) void this.#end(session);
    else {
      const idle = { session, timer: setTimeout(() => void this.#retire(idle), idleMs).unref() };
      this.#idle.push(idle);
    }
  }

  /** Ends a session that was idle too long, which keeps a place until it is gone. */
  async #retire(idle: Idle<Session>): Promise<void> {
    this.#idle.splice(this.#idle.indexOf(idle), 1);
    this.#free -= 1;
    await this.#end(idle.session);
    this.#leavePlace();
  }

  async #end(session: Session): Promise<void> {
    await session.end().catch(() => undefined);
    this.#cut(session);
  }

  #cut(session: Session): void {
    session.destroy();
    this.#live.delete(session);
    this.#resolveWhenEmpty();
  }

  #resolveWhenEmpty(): void {
    if (this.#closed && this.#calls.size === 0 && this.#live.size === 0) this.#empty.resolve(undefined);
  }
}

/** Whether it failed because the server had dropped the session before it was used: nothing has come since. */
function wasAlreadyClosed<Session extends PooledSession>(
  { session, reused, received, since }: SessionInUse<Session>,
  error: unknown,
): boolean {
  const lost = error instanceof DatabaseError && error.kind === 'lost' && !session.usable;
  return reused && lost && session.received === received && performance.now() - since < staleMs;
}
