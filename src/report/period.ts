import { instantFromLocal, startOfDay, zoneClock } from '../time.ts';
import type { Instant } from '../time.ts';

export const periodNames = ['day', 'week', 'month'] as const;
export type PeriodName = (typeof periodNames)[number];

/** The time that a report is about: from `from` (inclusive) to `to` (exclusive), both whole minutes. */
export interface Period {
  readonly from: Instant;
  readonly to: Instant;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const days: Readonly<Record<Exclude<PeriodName, 'month'>, number>> = { day: 1, week: 7 };
const offsetTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/** The same local time a month earlier; of a month that is shorter its last day. */
function monthBefore(wall: number): number {
  const date = new Date(wall);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1);
  const length = (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) - first) / dayMs;
  return first + (Math.min(date.getUTCDate(), length) - 1) * dayMs + (((wall % dayMs) + dayMs) % dayMs);
}

/**
 * When a report ends.
 *
 * @param text a date, whose beginning in `zone` it is, or a time with its offset (RFC 3339); undefined: the last midnight, so that
 *   all days are whole.
 * @throws RangeError when it is neither, or after `now`.
 */
export function endOf(text: string | undefined, zone: string, now: Instant): Instant {
  if (text === undefined) return startOfDay(now, zone);
  const at = offsetTime.test(text) ? Date.parse(text) : dateOf(text, zone);
  if (Number.isNaN(at)) throw new RangeError('write a date or a time with its offset');
  if (at > now) throw new RangeError('is not over yet');
  return Math.floor(at / minuteMs) * minuteMs;
}

const dateOf = (text: string, zone: string): Instant =>
  /^\d{4}-\d\d-\d\d$/.test(text) ? instantFromLocal(text, zone) : NaN;

/** The period of that name that ends at `to`, by the local calendar of `zone`: a day with a DST change has 23 or 25 hours. */
export function periodEnding(name: PeriodName, to: Instant, zone: string): Period {
  const clock = zoneClock(zone);
  const wall = clock.wallTime(to);
  const from = name === 'month' ? monthBefore(wall) : wall - days[name] * dayMs;
  return { from: clock.instant(from), to };
}
