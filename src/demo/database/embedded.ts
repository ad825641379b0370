import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** A data directory (tar). */
export type Cluster = Uint8Array<ArrayBuffer>;

/** What the worker is asked: to run these statements, or to hand out its data directory. */
export type Order =
  { readonly id: number; readonly sql: string } | { readonly id: number; readonly copy: true };

/** What it says: first where it listens (`127.0.0.1:40123`), then how each order went. */
export type Answer =
  { readonly address: string } | { readonly id: number; readonly cluster?: Cluster; readonly error?: string };

/** A PostgreSQL in a thread of its own, gone without a trace when it stops. */
export interface EmbeddedDatabase {
  readonly url: string;
  /** Runs statements in one transaction; none is fine. @throws Error with the server's words. */
  write(statements: readonly string[]): Promise<void>;
  /** Its whole data directory, some 30 MB, from which another one starts many times faster than from nothing. */
  copy(): Promise<Cluster>;
  /** Gives room back that a server of its own would reclaim in the background. */
  maintain(): Promise<void>;
  /** Resolves in well under a second, whatever runs. */
  stop(): Promise<void>;
}

/** How long a database may take to start or to answer, in milliseconds. */
const startMs = 120_000;
const answerMs = 60_000;

interface Waiting {
  readonly resolve: (cluster?: Cluster) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Orders on their way to a worker, by number. */
class Orders {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #ended: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  send(order: { readonly sql: string } | { readonly copy: true }): Promise<Cluster | undefined> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.settle({ id, error: `no answer within ${answerMs / 1000} s` }),
        answerMs,
      );
      this.#waiting.set(id, { resolve, reject, timer });
      this.#worker.postMessage({ id, ...order } satisfies Order);
    });
  }

  settle({ id, cluster, error }: Extract<Answer, { readonly id: number }>): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    if (error === undefined) waiting?.resolve(cluster);
    else waiting?.reject(new Error(error));
  }

  end(error: Error): void {
    this.#ended ??= error;
    for (const id of [...this.#waiting.keys()]) this.settle({ id, error: error.message });
  }
}

/**
 * Starts an empty database in memory, on a free port of 127.0.0.1. It computes in its own thread, so that neither its
 * start nor its queries hold up ours.
 *
 * @param cluster what `copy` of another one returned.
 * @throws the signal's reason when it fires before the database is ready; Error when the database does not start.
 */
export async function startEmbedded(
  name: string,
  signal: AbortSignal,
  cluster?: Cluster,
): Promise<EmbeddedDatabase> {
  signal.throwIfAborted();
  // Sources run as .ts, the build as .js; compilers do not rewrite file names in texts.
  const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, { name: `demo-${name}`, execArgv: [], workerData: cluster });
  const orders = new Orders(worker);
  const stop = async (): Promise<void> => {
    orders.end(new Error(`the ${name} database was stopped`));
    await worker.terminate();
  };
  const ready = Promise.withResolvers<string>();
  const end = (error: Error): void => {
    orders.end(error);
    ready.reject(error);
  };
  worker.on('error', (error) =>
    end(new Error(`the ${name} database ended: ${String(error)}`, { cause: error })),
  );
  worker.on('exit', () => end(new Error(`the ${name} database ended`)));
  worker.on('message', (answer: Answer) => {
    if ('address' in answer) ready.resolve(answer.address);
    else orders.settle(answer);
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(startMs)]);
  const onAbort = (): void =>
    ready.reject(limit.reason instanceof Error ? limit.reason : new Error('aborted'));
  limit.addEventListener('abort', onAbort, { once: true });
  try {
    const address = await ready.promise;
    return {
      url: `postgres://postgres@${address}/postgres?sslmode=disable`,
      write: async (statements) => {
        if (statements.length > 0)
          await orders.send({ sql: `BEGIN READ WRITE; ${statements.join(';\n')}; COMMIT` });
      },
      copy: async () => (await orders.send({ copy: true })) ?? new Uint8Array(),
      maintain: async () => {
        for (const sql of ['VACUUM', 'CHECKPOINT']) await orders.send({ sql });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    limit.removeEventListener('abort', onAbort);
  }
}
