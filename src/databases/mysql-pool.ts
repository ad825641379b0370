import { abortedError } from './mysql-errors.ts';
import type { Session } from './mysql-session.ts';

/** A place in the pool, and the session that fills it. */
export interface Lease {
  readonly session: Session;
  /** It served somebody before, so the server may have closed it without our knowing. */
  readonly reused: boolean;
}

/** At most `size` sessions, opened when needed and kept; callers beyond that wait in a queue. */
export class Pool {
  readonly #open: (signal: AbortSignal) => Promise<Session>;
  readonly #idle: Session[] = [];
  readonly #lent = new Set<Session>();
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(size: number, open: (signal: AbortSignal) => Promise<Session>) {
    this.#free = size;
    this.#open = open;
  }

  /**
   * @param fresh Asks for a session that nobody has used, in the place of one that turned out to be dead.
   * @throws DatabaseError when no session can be had, or `signal` fires first.
   */
  async acquire(signal: AbortSignal, fresh: boolean): Promise<Lease> {
    await this.#place(signal);
    try {
      if (fresh) this.#idle.pop()?.destroy();
      else
        for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
          if (session.usable) return this.#lend(session, true);
        }
      return this.#lend(await this.#open(signal), false);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  release({ session }: Lease): void {
    this.#lent.delete(session);
    if (session.usable) this.#idle.push(session);
    this.#leave();
  }

  /** Closes the sessions that nobody uses. */
  async endIdle(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((session) => session.end()));
  }

  /** Drops the sessions that are in use. */
  destroyLent(): void {
    for (const session of this.#lent) session.destroy();
  }

  #lend(session: Session, reused: boolean): Lease {
    this.#lent.add(session);
    return { session, reused };
  }

  async #place(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw abortedError();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.delete(take);
        reject(abortedError());
      };
      const take = (): void => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      this.#waiting.add(take);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
