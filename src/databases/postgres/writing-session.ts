import { abortedError } from '../shared/aborting.ts';
import type { PooledSession } from '../shared/pool.ts';
import type { DatabaseError, DatabaseSettings } from '../contract.ts';
import type { Row } from '../values.ts';
import { statementError, timeoutError } from './errors.ts';
import { Link, cancelMs } from './link.ts';
import type { WritingStatement } from './writing-statement.ts';

export interface WritingLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A COMMIT is to be on the disk, whatever the server's default is; a stricter setting stays. */
const durable =
  "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'";

/** One connection that may write, for one transaction after another. */
export class WritingSession implements PooledSession {
  readonly #link: Link;
  #broken = false;
  #lose: (error: Error) => void = () => undefined;

  private constructor(settings: DatabaseSettings) {
    this.#link = new Link(settings, {
      lost: (error) => {
        this.#broken = true;
        this.#lose(statementError(error ?? new Error('Connection terminated unexpectedly')));
      },
      tooLong: () => this.destroy(),
    });
  }

  /** @throws DatabaseError of kind `unreachable`, `login` or `permission`; `aborted` when `signal` fires first. */
  static async open(settings: DatabaseSettings, signal: AbortSignal): Promise<WritingSession> {
    const session = new WritingSession(settings);
    await session.#link.open(signal);
    return session;
  }

  get usable(): boolean {
    return !this.#broken;
  }

  get anyBytes(): boolean {
    return this.#link.anyBytes;
  }

  get received(): number {
    return this.#link.received;
  }

  begin(limits: WritingLimits): Promise<void> {
    const settings = this.#link.localSettings(limits.timeoutMs);
    const begin = `BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE${settings};${durable}`;
    return this.#within(limits, () => this.#send(begin));
  }

  /** The rows of a statement. */
  run(statement: WritingStatement, limits: WritingLimits): Promise<readonly Row[]> {
    return this.#within(limits, async (onEnd) => {
      onEnd((error) => statement.fail(error));
      this.#link.client.query(statement);
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
    await this.#link.end(() => this.destroy());
  }

  destroy(): void {
    this.#broken = true;
    this.#link.cut();
    this.#lose(statementError(new Error('Connection terminated')));
  }

  async #send(sql: string): Promise<void> {
    try {
      await this.#link.client.query(sql);
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
      this.#link.cancel();
      cut = setTimeout(() => this.destroy(), cancelMs);
    };
    const abort = (): void => interrupt(abortedError());
    const limit = setTimeout(() => interrupt(timeoutError(timeoutMs)), this.#link.limitOf(timeoutMs));
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
