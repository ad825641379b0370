import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite, protocol } from '@electric-sql/pglite';

type StreamOptions = Parameters<PGlite['execProtocolRawStream']>[1];
type RawOptions = Parameters<PGlite['execProtocolRaw']>[1];

/** First bytes of the messages that open or go on with an extended query; the client's Sync ends it. */
const extended: ReadonlySet<number> = new Set(
  ['P', 'B', 'D', 'E', 'C', 'H'].map((letter) => letter.charCodeAt(0)),
);

/** How long a client may keep a transaction open while others wait to write, in milliseconds. */
const usualPatienceMs = 10_000;

/**
 * PGlite has one session, which pglite-socket shares out among its clients message by message; it only lets a client
 * finish first when `isInTransaction` says so. Here an extended query counts as one too, else one client's Parse could
 * replace another's unnamed statement, and an error of one would swallow messages of all. Our own writes take their turn
 * between those of the clients.
 */
export class SharedDatabase extends PGlite {
  #amidQuery = false;

  override isInTransaction(): boolean {
    return this.#amidQuery || super.isInTransaction();
  }

  /**
   * Called by pglite-socket for each message of a client. It never throws, which would stop the server's queue for good:
   * an error here is no refusal of a statement, it leaves the engine broken, and ends the thread.
   */
  override async execProtocolRawStream(message: Uint8Array, options: StreamOptions): Promise<void> {
    try {
      await super.execProtocolRawStream(message, options);
    } catch (error) {
      setImmediate(() => {
        throw new Error('PGlite broke down over a message of a client', { cause: error });
      });
    }
    this.#amidQuery = extended.has(message[0] ?? 0);
  }

  /** Called for everything that comes from this process: also for the ROLLBACK after a client that left midway. */
  override async execProtocolRaw(message: Uint8Array, options?: RawOptions): Promise<Uint8Array> {
    if (this.#amidQuery) this.execProtocolRawSync(protocol.serialize.sync());
    this.#amidQuery = false;
    return super.execProtocolRaw(message, options);
  }

  /**
   * Runs statements, separated by semicolons, as soon as no client is in a transaction. One that keeps its transaction open
   * for too long loses it, as `idle_in_transaction_session_timeout` would have it (this build has no timers).
   * @throws the server's error; nothing has been written then, and the session is as it was.
   */
  async write(sql: string, patienceMs = usualPatienceMs): Promise<void> {
    const deadline = performance.now() + patienceMs;
    const message = protocol.serialize.query(sql);
    while (!(await this.runExclusive(async () => this.#writeNow(message, deadline)))) await sleep(5);
  }

  async #writeNow(message: Uint8Array, deadline: number): Promise<boolean> {
    const rollback = protocol.serialize.query('ROLLBACK');
    if (this.isInTransaction()) {
      if (performance.now() < deadline) return false;
      await this.execProtocolStream(rollback);
    }
    try {
      await this.execProtocolStream(message);
    } finally {
      if (this.isInTransaction()) await this.execProtocolStream(rollback);
    }
    return true;
  }
}
