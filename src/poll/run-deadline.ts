/** A run that has not ended this long after it was cancelled is abandoned: its driver failed to keep its promise. */
const graceMs = 2_000;
/** Node fires a timer of more milliseconds at once. */
export const longestTimeoutMs = 2 ** 31 - 1;

/** Cancels a run when its time-out passes or its task is stopped, and abandons it when it then does not end. */
export class RunDeadline {
  /** Fires at the time-out, and when `stop` does. */
  readonly signal: AbortSignal;
  readonly #timeout = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #abandoned = Promise.withResolvers<never>();
  #graceTimer: NodeJS.Timeout | undefined;

  /** @param timeoutMs of the whole run; more than a timer can take means as long as one can. */
  constructor(timeoutMs: number, stop: AbortSignal) {
    this.#timer = setTimeout(() => this.#timeout.abort(), Math.min(timeoutMs, longestTimeoutMs));
    this.signal = AbortSignal.any([stop, this.#timeout.signal]);
    this.signal.addEventListener('abort', this.#startGrace);
  }

  /** Whether the time-out has passed. */
  get hasPassed(): boolean {
    return this.#timeout.signal.aborted;
  }

  /** The result of `run`. @throws what it throws; Error when it does not end although it was cancelled. */
  async limit<Result>(run: Promise<Result>): Promise<Result> {
    return Promise.race([run, this.#abandoned.promise]);
  }

  /** To be called when the run has ended: no timer stays behind. */
  clear(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#graceTimer);
    this.signal.removeEventListener('abort', this.#startGrace);
  }

  readonly #startGrace = (): void => {
    this.#graceTimer = setTimeout(
      () => this.#abandoned.reject(new Error('the run did not end when it was cancelled')),
      graceMs,
    );
  };
}
