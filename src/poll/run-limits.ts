import type { LimitReached } from './run-now.ts';

/** A monitor runs at most once in this time for people who ask. */
export const monitorPauseMs = 10_000;
/** All monitors together run at most so often within `windowMs`. */
export const mostRuns = 30;
export const windowMs = 60_000;

/** How often people may have monitors run: each monitor, and all together. Holds no more than `mostRuns` times. */
export class RunLimits {
  /** The runs of the last `windowMs`, the oldest first. */
  #runs: readonly { readonly key: string; readonly at: number }[] = [];

  /**
   * Counts a run of a task, unless there were too many.
   *
   * @param now milliseconds of a clock that never goes back.
   */
  take(key: string, now: number): LimitReached | undefined {
    this.#runs = this.#runs.filter(({ at }) => now - at < windowMs);
    const own = this.#runs.findLast((run) => run.key === key);
    if (own !== undefined && now - own.at < monitorPauseMs)
      return { limit: 'monitor', retryAfterMs: own.at + monitorPauseMs - now };
    const [oldest] = this.#runs;
    if (oldest !== undefined && this.#runs.length >= mostRuns)
      return { limit: 'all', retryAfterMs: oldest.at + windowMs - now };
    this.#runs = [...this.#runs, { key, at: now }];
    return undefined;
  }
}
