import type { DatabaseSettings } from './database.ts';
import { abortedError, closedError } from './postgres-errors.ts';
import { Session } from './postgres-session.ts';

/** A session that nobody used for so long is closed. */
const idleMs = 5 * 60_000;
/** `close` waits so long for the server to end what runs. */
const closeMs = 1500;

/** At most `connections` sessions, opened when needed and kept for a while; callers beyond that wait in a queue. */
export class SessionPool {
  readonly #settings: DatabaseSettings;
  readonly #live = new Set<Session>();
  readonly #idle = new Map<Session, NodeJS.Timeout>();
  readonly #waiting = new Set<{ take: () => void; refuse: (error: Error) => void }>();
  #free: number;
  #closed = false;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#free = settings.connections;
  }

  /** A session for the caller alone, until `release`. @throws DatabaseError when none can be had, or `signal` fires first. */
  async acquire(signal: AbortSignal): Promise<Session> {
    await this.#place(signal);
    try {
      return this.#takeIdle() ?? (await this.#connect(signal));
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Takes a session back once it has settled. */
  async release(session: Session): Promise<void> {
    if (session.usable && !this.#closed) {
      const timer = setTimeout(() => void this.#end(session), idleMs).unref();
      this.#idle.set(session, timer);
    } else await this.#end(session);
    this.#leave();
  }

  /** Ends everything on the server, then every session. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { refuse } of this.#waiting) refuse(closedError());
    const cut = setTimeout(() => {
      for (const session of this.#live) session.destroy();
    }, closeMs);
    await Promise.all(
      [...this.#live].map(async (session) => {
        session.interrupt(closedError());
        await session.settled;
        await this.#end(session);
      }),
    );
    clearTimeout(cut);
  }

  async #connect(signal: AbortSignal): Promise<Session> {
    const session = new Session(this.#settings);
    const abort = (): void => session.interrupt(abortedError());
    this.#live.add(session);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await session.connect();
      return session;
    } catch (error) {
      this.#live.delete(session);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #takeIdle(): Session | undefined {
    for (const [session, timer] of this.#idle) {
      this.#idle.delete(session);
      clearTimeout(timer);
      if (session.usable) return session;
      this.#live.delete(session);
    }
    return undefined;
  }

  async #end(session: Session): Promise<void> {
    clearTimeout(this.#idle.get(session));
    this.#idle.delete(session);
    this.#live.delete(session);
    await session.end();
  }

  async #place(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw abortedError();
    if (this.#closed) throw closedError();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const waiter = { take: () => resolve(undefined), refuse: reject };
    const abort = (): void => reject(abortedError());
    this.#waiting.add(waiter);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      this.#waiting.delete(waiter);
      signal.removeEventListener('abort', abort);
    }
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next.take();
  }
}
