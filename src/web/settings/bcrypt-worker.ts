import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** A comparison that is asked for, and its answer. */
export interface Question {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}
export interface Verdict {
  readonly id: number;
  readonly isRight: boolean;
}

// A thread of its own: bcrypt takes from 50 ms to seconds, in which the process must go on answering.
parentPort?.on('message', ({ id, password, hash }: Question) => {
  parentPort?.postMessage({ id, isRight: compareSync(password, hash) } satisfies Verdict);
});
