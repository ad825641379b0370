import { Temporal } from 'temporal-polyfill';

/** A point in time: milliseconds since 1970-01-01T00:00:00Z, as `Date.now()` counts them. */
export type Instant = number;

/** Local time: milliseconds since 1970-01-01T00:00 on a clock without changes of its UTC offset. */
export type WallTime = number;

/** Milliseconds of a day without a DST change. */
export const dayMs = 86_400_000;

/** Converts between instants and the local time of one time zone. */
export interface ZoneClock {
  /** The local time at `at`. */
  wallTime(at: Instant): WallTime;
  /**
   * The instant of a local time. A local time that a DST change skips is read with the offset before the change, one that
   * occurs twice as the first of the two ("compatible", RFC 5545 section 3.3.5).
   */
  instant(wall: WallTime): Instant;
  /** The first instant of the calendar day that contains `at`; not always 00:00, where DST skips midnight. */
  startOfDay(at: Instant): Instant;
  /**
   * Which offset `instant` subtracts from a local time, by the first local time of which it does: ascending, the first from
   * -Infinity on. Those of the time from `from` to `to` are right; what lies before or after is read with the nearest one.
   */
  offsets(from: Instant, to: Instant): readonly WallOffset[];
}

/** From a local time on, its distance to UTC in milliseconds. */
export interface WallOffset {
  readonly from: WallTime;
  readonly offset: number;
}

/** The time from `start` (inclusive) to `end` (exclusive) in which a zone has one UTC offset, in milliseconds. */
interface Stretch {
  readonly start: Instant;
  readonly end: Instant;
  readonly offset: number;
}

/** More than any zone had changes of its offset between 1800 and 2100. */
const maxStretches = 512;
/** More than there are zones. */
const maxClocks = 1024;

/** A cache of facts that never change: the time zone database. */
const clocks = new Map<string, ZoneClock>();

/** Whether `zone` is an IANA time zone that this Node knows, such as `Europe/Brussels`. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    // Newer engines also accept a bare offset, which has no DST and so is nearly always a mistake.
    return !/^[+-]/.test(zone);
  } catch {
    return false;
  }
}

/**
 * The clock of `zone`. It caches the offset changes that it has looked up, so that most calls are plain arithmetic (about
 * 50 ns).
 * @throws RangeError when the zone does not exist.
 */
export function zoneClock(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  if (clocks.size >= maxClocks) clocks.clear();
  const clock = createClock(zone);
  clocks.set(zone, clock);
  return clock;
}

/**
 * The instant of a local time in `zone`; see `ZoneClock.instant` for times that DST skips or repeats.
 *
 * @param local ISO 8601 date or date-time without an offset; digits beyond milliseconds are cut; a space may replace the `T`.
 * @throws RangeError when `local` is not in that form, or the zone does not exist.
 */
export function instantFromLocal(local: string, zone: string): Instant {
  return zoneClock(zone).instant(parseWallTime(local));
}

/** The first instant of the calendar day that contains `at` in `zone`; see `ZoneClock.startOfDay`. */
export function startOfDay(at: Instant, zone: string): Instant {
  return zoneClock(zone).startOfDay(at);
}

/** `2026-11-21T10:42:07.123+01:00`: `at` in the local time of `zone`, with its offset. */
export function formatWithOffset(at: Instant, zone: string): string {
  return zoned(at, zone).toString({ timeZoneName: 'never', fractionalSecondDigits: 3 });
}

const localGrammar = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?$/;

/**
 * Reads a local time from ISO 8601 text.
 * @throws RangeError when `local` is not a date or date-time of the years 0000 to 9999, or has an offset.
 */
export function parseWallTime(local: string): WallTime {
  const match = localGrammar.exec(local);
  if (match === null)
    throw new RangeError(`${JSON.stringify(local)} is not an ISO 8601 date or date-time without an offset`);
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const date = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const outOfRange =
    new Date(date).getUTCDate() !== Number(day) ||
    new Date(date).getUTCMonth() !== Number(month) - 1 ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59;
  if (outOfRange) throw new RangeError(`${JSON.stringify(local)} has a field out of range`);
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return date + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1_000 + milliseconds;
}

function zoned(at: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone);
}

function createClock(zone: string): ZoneClock {
  if (!isTimeZone(zone)) throw new RangeError(`${JSON.stringify(zone)} is not a time zone`);
  const stretches: Stretch[] = [];
  let latest: Stretch = { start: 0, end: 0, offset: 0 };

  function stretchAt(at: Instant): Stretch {
    if (at >= latest.start && at < latest.end) return latest;
    let found = stretches.find((stretch) => at >= stretch.start && at < stretch.end);
    if (found === undefined) {
      if (stretches.length >= maxStretches) stretches.length = 0;
      found = readStretch(at, zone);
      stretches.push(found);
    }
    latest = found;
    return found;
  }

  function resolve(wall: WallTime, inGap: (before: Stretch, after: Stretch) => Instant): Instant {
    // An offset is less than a day, so no instant with this local time is before this stretch.
    let stretch = stretchAt(wall - dayMs);
    for (;;) {
      if (wall - stretch.offset < stretch.end) return wall - stretch.offset;
      const next = stretchAt(stretch.end);
      if (wall - next.offset < next.start) return inGap(stretch, next);
      stretch = next;
    }
  }

  const wallTime = (at: Instant): WallTime => at + stretchAt(at).offset;
  return {
    wallTime,
    instant: (wall) => resolve(wall, (before) => wall - before.offset),
    startOfDay: (at) => resolve(Math.floor(wallTime(at) / dayMs) * dayMs, (_, after) => after.start),
    offsets: (from, to) => offsetsOf(stretchAt, from, to),
  };
}

/** See `ZoneClock.offsets`. */
function offsetsOf(stretchAt: (at: Instant) => Stretch, from: Instant, to: Instant): readonly WallOffset[] {
  let stretch = stretchAt(from);
  const found: WallOffset[] = [{ from: -Infinity, offset: stretch.offset }];
  while (stretch.end < to) {
    const next = stretchAt(stretch.end);
    // A local time that is skipped, and one that occurs twice, is read with the offset before the change.
    found.push({ from: stretch.end + Math.max(stretch.offset, next.offset), offset: next.offset });
    stretch = next;
  }
  return found;
}

/** The stretch that contains `at`, from the time zone database of Node.js. */
function readStretch(at: Instant, zone: string): Stretch {
  const there = zoned(at, zone);
  // 'previous' excludes `at` itself, but a change at `at` starts the stretch.
  const start = there.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const end = there.getTimeZoneTransition('next');
  return {
    start: start?.epochMilliseconds ?? -Infinity,
    end: end?.epochMilliseconds ?? Infinity,
    offset: there.offsetNanoseconds / 1e6,
  };
}
