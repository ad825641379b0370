import { DatabaseError, type DatabaseSettings } from '../contract.ts';
import { abortedError } from '../shared/aborting.ts';
import { Pool } from '../shared/pool.ts';
import { RowReader } from '../shared/rows.ts';
import { mostWrittenRows, tooManyRows } from '../shared/writing.ts';
import type { Parameters } from '../values.ts';
import type { Executed, OpenWritableDatabase, WritableDatabase } from '../writable.ts';
import { compile } from './parameters.ts';
import { Session } from './session.ts';
import { readerOf } from './values.ts';

/**
 * A file of SQLite 3, opened for writing and never made. Each session is a process: one that is killed leaves a journal, by
 * which the next that opens the file undoes the transaction.
 */
class WritableSqlite implements WritableDatabase {
  readonly #settings: DatabaseSettings;
  readonly #pool: Pool<Session>;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#pool = new Pool(settings.connections, (signal) => Session.open(settings, signal, { writes: true }));
  }

  transaction<Result>(
    work: (execute: (sql: string, parameters: Parameters) => Promise<Executed>) => Promise<Result>,
    { signal: caller, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Result> {
    return this.#pool.use(caller, async (session, signal) => {
      const run = (sql: string, parameters: Parameters) =>
        this.#run(session, sql, { parameters, signal, timeoutMs });
      await run('BEGIN IMMEDIATE', {});
      try {
        const result = await work(run);
        await run('COMMIT', {});
        return result;
      } catch (error) {
        // Its process ends, and the transaction with it.
        await run('ROLLBACK', {}).catch(() => session.destroy());
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #run(
    session: Session,
    text: string,
    {
      parameters,
      signal,
      timeoutMs,
    }: { readonly parameters: Parameters; readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Executed> {
    if (signal.aborted) throw abortedError();
    const { timezone } = this.#settings;
    const { sql, values } = compile(text, parameters, timezone);
    const ending: { by?: 'signal' | 'time' } = {};
    const end = (by: 'signal' | 'time'): void => {
      ending.by ??= by;
      session.destroy();
    };
    const abort = (): void => end('signal');
    const timer = setTimeout(() => end('time'), timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const answer = await session.ask({ do: 'execute', sql, values, maxRows: mostWrittenRows });
      session.release();
      if (answer.is !== 'executed') return { rows: [], changed: 0 };
      if (answer.rows.length > mostWrittenRows) throw tooManyRows();
      const reader = new RowReader(
        answer.columns.map(({ name, declared }) => ({ name, read: readerOf(declared, timezone) })),
        undefined,
      );
      return { rows: answer.rows.map((row) => reader.read(row)), changed: answer.changed };
    } catch (error) {
      if (ending.by === 'signal') throw abortedError(error, 'cancelled');
      if (ending.by === 'time')
        throw new DatabaseError('timeout', `the statement was ended after ${timeoutMs / 1000} s`);
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }
}

/** See `WritableSqlite`. */
export const openWritable: OpenWritableDatabase = (settings) => new WritableSqlite(settings);
