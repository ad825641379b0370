import type { Worker } from 'node:worker_threads';
import type { CommandReply, DataDirectory, WorkerAction, WorkerCommand } from './worker-messages.ts';

/** How long a command may take, in milliseconds. */
const replyMs = 60_000;

interface Waiting {
  readonly resolve: (directory?: DataDirectory) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Sends commands to a worker, and matches its replies to them by number. */
export class WorkerCommands {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #ended: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** @returns the data directory when that was asked for. @throws Error with the words of the worker. */
  send(action: WorkerAction): Promise<DataDirectory | undefined> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const late = () => this.settle({ id, error: `no answer within ${replyMs / 1000} s` });
      this.#waiting.set(id, { resolve, reject, timer: setTimeout(late, replyMs) });
      this.#worker.postMessage({ id, ...action } satisfies WorkerCommand);
    });
  }

  settle({ id, directory, error }: CommandReply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    if (error === undefined) waiting?.resolve(directory);
    else waiting?.reject(new Error(error));
  }

  /** The worker has ended: everything that waits fails, and so does what is sent later. */
  end(error: Error): void {
    this.#ended ??= error;
    for (const id of [...this.#waiting.keys()]) this.settle({ id, error: error.message });
  }
}
