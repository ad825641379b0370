import { abortedError } from './aborting.ts';
import { DatabaseError } from '../contract.ts';

/** What a pool keeps: one connection to a server, logged in. */
export interface PooledSession {
  /** Nothing is known against using it again. */
  readonly usable: boolean;
  /** Bytes that the server has sent so far. */
  readonly received: number;
  /** Takes leave of the server; resolves within a second or so, whatever the server does. */
  end(): Promise<void>;
  /** Cuts the connection at once. A session that has ended takes no harm. */
  destroy(): void;
}

/** A session that nobody used for so long is closed. */
const idleMs = 5 * 60_000;
/** `close` waits so long for the server to end what runs; what is left is then cut. */
const closeMs = 1500;
/** A server that had closed an idle connection says so within a round trip; what breaks later broke while it was used. */
const staleMs = 250;

/** A session in somebody's hands, and what was known of it when it was given to him. */
interface Loan<Session> {
  readonly session: Session;
  readonly reused: boolean;
  readonly received: number;
  readonly since: number;
}

interface Idle<Session> {
  readonly session: Session;
  readonly timer: NodeJS.Timeout;
}

/** One caller, from his asking until all that he asked for has ended. */
interface Run {
  readonly signal: AbortSignal;
  readonly abort: () => void;
  readonly forget: () => void;
}

/**
 * The sessions of one database: at most `size`, opened when needed and kept for a while. Callers beyond that wait, first
 * come, first served. A caller that was given an idle session gets a new one when the server turns out to have dropped it
 * meanwhile; so `work` may be called twice, the second time only when the server had heard nothing of the first.
 */
export class Pool<Session extends PooledSession> {
  readonly #open: (signal: AbortSignal) => Promise<Session>;
  /** Every session but those that are being opened. */
  readonly #live = new Set<Session>();
  readonly #idle: Idle<Session>[] = [];
  readonly #runs = new Set<Run>();
  readonly #waiting = new Set<() => void>();
  readonly #empty = Promise.withResolvers<undefined>();
  /** Places that no caller has; idle sessions are never more than these. */
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
    const run = this.#begin(caller);
    try {
      await this.#takePlace(run.signal);
      try {
        for (let again = false; ; again = true) {
          const loan = await this.#lend(run.signal, again);
          try {
            if (run.signal.aborted) throw abortedError();
            yield* work(loan.session, run.signal);
            return;
          } catch (error) {
            if (!wasDead(loan, error)) throw error;
          } finally {
            this.#takeBack(loan.session);
          }
        }
      } finally {
        this.#leavePlace();
      }
    } finally {
      this.#finish(run);
    }
  }

  /** As `stream`, for work that has one result. */
  async use<Result>(
    caller: AbortSignal,
    work: (session: Session, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const once = async function* (session: Session, signal: AbortSignal): AsyncGenerator<Result> {
      yield await work(session, signal);
    };
    for await (const result of this.stream(caller, once)) return result;
    throw new TypeError('work had no result');
  }

  /** Aborts all that runs or waits, then ends every session. Resolves within `closeMs`, whatever the server does. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const run of this.#runs) run.abort();
    for (const { session, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      void this.#end(session);
    }
    const cut = setTimeout(() => {
      for (const session of this.#live) session.destroy();
      this.#empty.resolve(undefined);
    }, closeMs);
    this.#tellWhenEmpty();
    await this.#empty.promise;
    clearTimeout(cut);
  }

  #begin(caller: AbortSignal): Run {
    if (this.#closed) throw new DatabaseError('aborted', 'the database has been closed');
    if (caller.aborted) throw abortedError();
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    caller.addEventListener('abort', abort, { once: true });
    const forget = (): void => caller.removeEventListener('abort', abort);
    const run: Run = { signal: controller.signal, abort, forget };
    this.#runs.add(run);
    return run;
  }

  #finish(run: Run): void {
    run.forget();
    this.#runs.delete(run);
    this.#tellWhenEmpty();
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

  /** Hands the place to whoever has waited longest. */
  #leavePlace(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }

  async #lend(signal: AbortSignal, fresh: boolean): Promise<Loan<Session>> {
    const idle = fresh ? undefined : this.#takeIdle();
    const session = idle ?? (await this.#open(signal));
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

  #takeBack(session: Session): void {
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
    this.#tellWhenEmpty();
  }

  #tellWhenEmpty(): void {
    if (this.#closed && this.#runs.size === 0 && this.#live.size === 0) this.#empty.resolve(undefined);
  }
}

/** Whether a loan failed because the server had dropped the session before it was given: it has said nothing since. */
function wasDead<Session extends PooledSession>(
  { session, reused, received, since }: Loan<Session>,
  error: unknown,
): boolean {
  const lost = error instanceof DatabaseError && error.kind === 'lost' && !session.usable;
  return reused && lost && session.received === received && performance.now() - since < staleMs;
}
