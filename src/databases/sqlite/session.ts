import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { DatabaseError, type DatabaseSettings } from '../contract.ts';
import { abortedError, unlessAborted } from '../shared/aborting.ts';
import type { PooledSession } from '../shared/pool.ts';
import { errorOf } from './errors.ts';
import type { Answer, Command } from './messages.ts';

const readerFile = new URL(`./reader${extname(import.meta.url)}`, import.meta.url);

/** One process that reads the file, and what it answers, one answer at a time. */
export class Session implements PooledSession {
  readonly #child: ChildProcess;
  readonly #answers: Answer[] = [];
  #waiting: ((answer: Answer | undefined) => void) | undefined;
  #received = 0;
  #version = '';
  #isGone = false;
  /** A statement is under way, so the process cannot take another one. */
  #isBusy = false;

  private constructor() {
    this.#child = fork(readerFile, {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', (answer: Answer) => this.#take(answer));
    this.#child.on('error', () => this.#lose());
    this.#child.on('exit', () => this.#lose());
  }

  /** Starts a process that has the file open, read-only unless it `writes`. @throws DatabaseError */
  static async open(
    { file, lockTimeoutMs, connectTimeoutMs }: DatabaseSettings,
    caller: AbortSignal,
    { writes }: { readonly writes: boolean } = { writes: false },
  ): Promise<Session> {
    if (file === undefined) throw new DatabaseError('unreachable', 'no file is named');
    const session = new Session();
    const limit = AbortSignal.timeout(connectTimeoutMs);
    const signal = AbortSignal.any([caller, limit]);
    try {
      const answer = await unlessAborted(
        session.ask({ do: 'open', file, lockTimeoutMs, ...(writes ? { writes } : {}) }),
        signal,
      );
      if (answer.is === 'opened') session.#version = answer.version;
      session.release();
      return session;
    } catch (error) {
      session.destroy();
      if (caller.aborted) throw abortedError(error, 'cancelled');
      if (limit.aborted)
        throw new DatabaseError('unreachable', `${file} was not open within ${connectTimeoutMs / 1000} s`);
      throw error instanceof DatabaseError && (error.kind === 'query' || error.kind === 'lost')
        ? new DatabaseError('unreachable', error.message, { code: error.code, cause: error })
        : error;
    }
  }

  get usable(): boolean {
    return !this.#isGone && !this.#isBusy;
  }

  get received(): number {
    return this.#received;
  }

  /** Such as `3.53.4`. */
  get version(): string {
    return this.#version;
  }

  /** Sends a command and waits for the first answer to it. @throws DatabaseError when it failed. */
  async ask(command: Command): Promise<Answer> {
    if (this.#isGone) throw lostError();
    this.#setBusy(true);
    this.#child.send(command, () => undefined);
    return this.next();
  }

  /** The next answer. @throws DatabaseError when it says that the statement failed, or the process is gone. */
  async next(): Promise<Answer> {
    const answer = this.#answers.shift() ?? (await this.#wait());
    if (answer === undefined) throw lostError();
    if (answer.is !== 'failed') return answer;
    this.release();
    throw errorOf(answer.code, answer.message);
  }

  /** The statement has ended: the process can take another one. */
  release(): void {
    this.#setBusy(false);
  }

  end(): Promise<void> {
    this.destroy();
    return Promise.resolve();
  }

  destroy(): void {
    if (!this.#isGone) this.#child.kill('SIGKILL');
    this.#lose();
  }

  /** An idle process must not keep ours from ending; one that works must. */
  #setBusy(isBusy: boolean): void {
    this.#isBusy = isBusy;
    for (const handle of [this.#child, this.#child.channel])
      if (isBusy) handle?.ref();
      else handle?.unref();
  }

  #wait(): Promise<Answer | undefined> {
    if (this.#isGone) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  #take(answer: Answer): void {
    this.#received += 1;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#answers.push(answer);
    else waiting(answer);
  }

  #lose(): void {
    this.#isGone = true;
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }
}

function lostError(): DatabaseError {
  return new DatabaseError('lost', 'the process that reads the file has ended');
}
