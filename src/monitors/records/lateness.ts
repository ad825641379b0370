import type { Calendar } from '../../calendar/calendar.ts';
import type { Instant } from '../../time.ts';
import type { Sample } from '../contract.ts';
import { sample } from '../shared/samples.ts';
import { families } from './families.ts';
import type { OpenRecords } from './open-records.ts';

/** How far back a calendar is asked: one that opens for less than the limit in ten years makes nothing late. */
const farthestMs = 10 * 365 * 86_400_000;

/**
 * The newest instant since which more than `limitMs` of business hours have passed until `now`: a record that waits since
 * then, or longer, is late. Found once per run by bisection (a later start never means more business hours), so that a row
 * costs one comparison, however complex the calendar is.
 *
 * @returns null when nothing can be late.
 */
export function newestLate(calendar: Calendar, now: Instant, limitMs: number): Instant | null {
  const isLate = (since: Instant) => calendar.openSeconds(since, now) > limitMs / 1000;
  let step = Math.max(1, limitMs);
  while (!isLate(now - step)) {
    if (step >= farthestMs) return null;
    step = Math.min(2 * step, farthestMs);
  }
  let late = now - step;
  let inTime = now;
  while (inTime - late > 1) {
    const middle = Math.floor((late + inTime) / 2);
    if (isLate(middle)) late = middle;
    else inTime = middle;
  }
  return late;
}

/** What moves with the clock: the business hours since the oldest waiting record of each company began to wait. */
export function waitingLive(
  calendar: Calendar,
  oldest: readonly (readonly [company: string, since: Instant | null])[],
  now: Instant,
): Sample[] {
  return oldest.flatMap(([company, since]) =>
    since === null ? [] : [sample(families.sinceOldestWaiting, company, calendar.openSeconds(since, now))],
  );
}

/** A limit of lateness with the newest instant since when a record is late. */
export interface LateLimit {
  readonly severity: 'warning' | 'critical';
  readonly newest: Instant | null;
}

/** How many of the waiting records are over the limit. */
export function countLate(waiting: OpenRecords<unknown>, { newest }: LateLimit): number {
  return newest === null ? 0 : waiting.countUntil(newest);
}

/** The instant since when a record must have waited to be late by any of these limits. */
export function newestLateBy(limits: readonly LateLimit[]): number {
  return Math.max(...limits.map(({ newest }) => newest ?? Number.NEGATIVE_INFINITY));
}
