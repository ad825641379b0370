import type { DatabaseSettings } from '../contract.ts';
import { Pool } from '../shared/pool.ts';
import type { Execute, OpenWritableDatabase, WritableDatabase } from '../writable.ts';
import { WritingSession } from './writing-session.ts';

/** MySQL and MariaDB, for statements that write. A table without transactions (MyISAM) is not undone. */
class WritableMysql implements WritableDatabase {
  readonly #pool: Pool<WritingSession>;

  constructor(settings: DatabaseSettings) {
    this.#pool = new Pool(settings.connections, (signal) => WritingSession.open(settings, signal));
  }

  transaction<Result>(
    work: (execute: Execute) => Promise<Result>,
    { signal: caller, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Result> {
    return this.#pool.use(caller, async (session, signal) => {
      const limits = { signal, timeoutMs };
      await session.begin(limits);
      try {
        const result = await work((sql, parameters) => session.execute(sql, parameters, limits));
        await session.execute('COMMIT', {}, limits);
        return result;
      } catch (error) {
        // A session that is not sure to be clean is not used again.
        await session.execute('ROLLBACK', {}, limits).catch(() => session.destroy());
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** See `WritableMysql`. */
export const openWritable: OpenWritableDatabase = (settings) => new WritableMysql(settings);
