/**
 * Does a piece of work when asked, never twice at once, and never more than once more after that: whoever asks while one
 * waits shares it. So a thousand requests in a minute cost no more than two.
 */
export class Coalesced<Result> {
  readonly #work: () => Promise<Result>;
  #running: Promise<Result> | undefined;
  #waiting: Promise<Result> | undefined;

  constructor(work: () => Promise<Result>) {
    this.#work = work;
  }

  /** @returns the result of work that began after this call. */
  request(): Promise<Result> {
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#running === undefined) return this.#begin();
    const begin = (): Promise<Result> => {
      this.#waiting = undefined;
      return this.#begin();
    };
    this.#waiting = this.#running.then(begin, begin);
    return this.#waiting;
  }

  #begin(): Promise<Result> {
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
