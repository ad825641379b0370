/** Lets `burst` requests through at once, then one per `interval` (a token bucket). */
export class RateLimit {
  readonly #interval: number;
  readonly #burst: number;
  #tokens: number;
  #at: number | undefined;

  /** @param interval milliseconds; 0: no limit. */
  constructor({ interval, burst }: { readonly interval: number; readonly burst: number }) {
    this.#interval = interval;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Whether one more may pass now. @param now milliseconds of a clock that never goes back. */
  allows(now: number): boolean {
    if (this.#interval === 0) return true;
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - (this.#at ?? now)) / this.#interval);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
