import type { Instant, WallTime, ZoneClock } from '../../time.ts';

/** Since 1970 clocks have been put back at full quarters of an hour, and by no more than three hours. */
const quarterMs = 900_000;
const longestFoldMs = 3 * 3_600_000;

/**
 * The wall time that separates what is read as before `at` from what is read as at or after it. That is what the clock shows
 * at `at`, except in the second run of an hour that occurs twice: all its times are read as of the first run, see
 * `ZoneClock.instant`, so the bound is then the end of that hour.
 */
export function wallBound(clock: ZoneClock, at: Instant): WallTime {
  let bound = clock.wallTime(at);
  const last = Math.floor(at / quarterMs) * quarterMs;
  for (let change = last; change > at - longestFoldMs; change -= quarterMs)
    bound = Math.max(bound, clock.wallTime(change - 1) + 1);
  return bound;
}

/** `2026-11-21T10:42:07.123`. */
export function wallText(wall: WallTime): string {
  return new Date(wall).toISOString().slice(0, -1);
}
