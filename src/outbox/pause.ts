/** How long another system may still be busy with a request whose sender has gone, in milliseconds. */
export const requestMs = 30_000;

const firstMs = 5000;
const longestMs = 30 * 60_000;
/** No system may put us off for longer, in milliseconds. */
const longestRetryAfterMs = 24 * 60 * 60_000;

/**
 * How long to wait after an attempt that failed: twice as long each time, from 5 s to 30 min, a fifth more or less, so that many
 * do not come back together; never less than `retryAfterMs`, if that is at most a day.
 * @param attempts that have begun, 1 or more.
 * @param random from 0 to 1.
 */
export function pauseAfter(attempts: number, retryAfterMs: number, random: number): number {
  const grown = Math.min(firstMs * 2 ** Math.max(attempts - 1, 0), longestMs);
  const least = Math.min(Math.max(retryAfterMs, 0), longestRetryAfterMs) * (1 + random / 10);
  return Math.max(grown * (0.8 + 0.4 * random), least);
}
