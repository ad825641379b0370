/**
 * Writes to the state file. A full disk must not stop the monitors: it is reported once, and what is remembered lives on
 * in the process until it can be written.
 */
export class Writing {
  readonly #onError: (error: Error) => void;
  #isBroken = false;

  /** @param onError called for the first of several writes in a row that failed. */
  constructor(onError: (error: Error) => void) {
    this.#onError = onError;
  }

  /** The last write failed. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Writes, unless the last write failed: one that waits for somebody's lock would hold up the process each time.
   * @returns whether it is written.
   */
  run(write: () => void): boolean {
    return !this.#isBroken && this.retry(write);
  }

  /** Writes, whatever became of the last write. @returns whether it is written. */
  retry(write: () => void): boolean {
    try {
      write();
      this.#isBroken = false;
    } catch (error) {
      if (!this.#isBroken) this.#onError(error instanceof Error ? error : new Error(String(error)));
      this.#isBroken = true;
    }
    return !this.#isBroken;
  }
}
