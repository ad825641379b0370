import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import type { Calendar } from './calendar.ts';

/** How far ahead is looked. */
const farthestMs = 400 * dayMs;

/**
 * When a calendar is next open, `now` itself if it is; `null` when it is not within 400 days. Open time only ever grows, so that the
 * instant at which it begins to is found by halving.
 */
export function nextOpening(calendar: Calendar, now: Instant): Instant | null {
  const hasOpened = (after: number): boolean => calendar.openSeconds(now, now + after) > 0;
  let open = 1000;
  while (!hasOpened(open)) {
    if (open >= farthestMs) return null;
    open = Math.min(2 * open, farthestMs);
  }
  let closed = 0;
  while (open - closed > 1) {
    const middle = Math.floor((open + closed) / 2);
    if (hasOpened(middle)) open = middle;
    else closed = middle;
  }
  return now + open - 1;
}
