import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Question, Verdict } from './bcrypt-worker.ts';
import type { Compare } from './passwords.ts';

interface Waiting {
  readonly resolve: (isRight: boolean) => void;
  readonly reject: (error: Error) => void;
}

/** Compares passwords one after another in a thread, which begins with the first and never keeps the process alive. */
export function createBcrypt(): Compare {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let last = 0;
  const start = (): Worker => {
    const started = new Worker(new URL(`./bcrypt-worker${extname(import.meta.url)}`, import.meta.url), {
      execArgv: [],
    });
    started.on('message', ({ id, isRight }: Verdict) => {
      waiting.get(id)?.resolve(isRight);
      waiting.delete(id);
    });
    started.on('error', (error: Error) => {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      worker = undefined;
    });
    started.unref();
    return started;
  };
  return (password, hash) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      worker ??= start();
      worker.postMessage({ id: last, password, hash } satisfies Question);
    });
}
