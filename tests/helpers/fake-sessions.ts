import { abortedError } from '../../src/databases/shared/aborting.ts';
import { DatabaseError } from '../../src/databases/contract.ts';
import type { PooledSession } from '../../src/databases/shared/pool.ts';

/** A signal that never fires. */
export const never = new AbortController().signal;
/** The error of a connection that broke. */
export const lost = (): DatabaseError => new DatabaseError('lost', 'the connection broke');

/** Resolves after `ms`, or rejects at once when `signal` fires. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(abortedError());
    });
  });
}

/** A server that counts its sessions, from the first attempt to connect until they are gone. */
export class FakeServer {
  sessions = 0;
  most = 0;
  opened = 0;
  openMs = 0;
  endMs = 0;
  refuses = false;

  readonly open = async (signal: AbortSignal): Promise<FakeSession> => {
    this.sessions += 1;
    this.most = Math.max(this.most, this.sessions);
    try {
      if (signal.aborted) throw abortedError();
      if (this.openMs > 0) await wait(this.openMs, signal);
      if (this.refuses) throw new DatabaseError('unreachable', 'refused');
    } catch (error) {
      this.sessions -= 1;
      throw error;
    }
    this.opened += 1;
    return new FakeSession(this, this.opened);
  };
}

/** A session of a `FakeServer`. */
export class FakeSession implements PooledSession {
  usable = true;
  received = 0;
  readonly id: number;
  readonly #server: FakeServer;
  #there = true;

  constructor(server: FakeServer, id: number) {
    this.#server = server;
    this.id = id;
  }

  async end(): Promise<void> {
    if (this.#server.endMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#server.endMs));
    this.destroy();
  }

  destroy(): void {
    this.usable = false;
    if (this.#there) this.#server.sessions -= 1;
    this.#there = false;
  }
}

/** The kind of the `DatabaseError` that `work` ends with, or `done`. */
export const kindOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DatabaseError ? error.kind : error),
  );
