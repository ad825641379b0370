import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { WorkerCommands } from './worker-commands.ts';
import type { DataDirectory, WorkerMessage } from './worker-messages.ts';

/** A PostgreSQL in a thread of its own, gone without a trace when it stops. */
export interface EmbeddedDatabase {
  readonly url: string;
  /** Runs statements in one transaction; none is fine. @throws Error with the server's words. */
  write(statements: readonly string[]): Promise<void>;
  /** Runs a statement that no transaction may hold. @throws Error with the server's words. */
  run(statement: string): Promise<void>;
  /** Its whole data directory as a compressed tar; from a file of it another one starts many times faster. */
  copy(): Promise<DataDirectory>;
  /** Gives room back that a server of its own would reclaim in the background. */
  maintain(): Promise<void>;
  /** Resolves in well under a second, whatever runs. */
  stop(): Promise<void>;
}

/** How long a database may take to start, in milliseconds. */
const startMs = 120_000;

/** The worker thread of one database. */
class DatabaseThread {
  readonly #name: string;
  readonly #worker: Worker;
  readonly #commands: WorkerCommands;
  readonly #ready = Promise.withResolvers<string>();

  constructor(name: string, directoryFile: string | undefined) {
    this.#name = name;
    // Sources run as .ts, the build as .js; compilers do not rewrite file names in texts.
    const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(file, { name: `demo-${name}`, execArgv: [], workerData: directoryFile });
    this.#commands = new WorkerCommands(this.#worker);
    this.#worker.on('error', (error) => this.#end(new Error(String(error), { cause: error })));
    this.#worker.on('exit', () => this.#end(new Error('its thread has exited')));
    this.#worker.on('message', (message: WorkerMessage) => {
      if ('address' in message) this.#ready.resolve(message.address);
      else this.#commands.settle(message);
    });
  }

  /** @returns the address where it listens. @throws the signal's reason when it fires before that. */
  async listening(signal: AbortSignal): Promise<string> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(startMs)]);
    const onAbort = (): void =>
      this.#ready.reject(limit.reason instanceof Error ? limit.reason : new Error('aborted'));
    limit.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#ready.promise;
    } finally {
      limit.removeEventListener('abort', onAbort);
    }
  }

  /** The database at the address where the thread listens. */
  databaseAt(address: string): EmbeddedDatabase {
    const commands = this.#commands;
    return {
      url: `postgres://postgres@${address}/postgres?sslmode=disable`,
      write: async (statements) => {
        if (statements.length > 0)
          await commands.send({ sql: `BEGIN READ WRITE; ${statements.join(';\n')}; COMMIT` });
      },
      run: async (sql) => {
        await commands.send({ sql });
      },
      copy: async () => (await commands.send({ copy: true })) ?? new Uint8Array(),
      maintain: async () => {
        for (const sql of ['VACUUM', 'CHECKPOINT']) await commands.send({ sql });
      },
      stop: () => this.stop(),
    };
  }

  async stop(): Promise<void> {
    this.#commands.end(new Error(`the ${this.#name} database was stopped`));
    await this.#worker.terminate();
  }

  #end(reason: Error): void {
    const error = new Error(`the ${this.#name} database ended: ${reason.message}`, { cause: reason });
    this.#commands.end(error);
    this.#ready.reject(error);
  }
}

/**
 * Starts an empty database in memory, on a free port of 127.0.0.1. It computes in its own thread, so that neither its
 * start nor its queries hold up ours.
 *
 * @param directoryFile holds what `copy` of another one returned.
 * @throws the signal's reason when it fires before the database is ready; Error when the database does not start.
 */
export async function startEmbedded(
  name: string,
  signal: AbortSignal,
  directoryFile?: string,
): Promise<EmbeddedDatabase> {
  signal.throwIfAborted();
  const thread = new DatabaseThread(name, directoryFile);
  try {
    return thread.databaseAt(await thread.listening(signal));
  } catch (error) {
    await thread.stop();
    throw error;
  }
}
