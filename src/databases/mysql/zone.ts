import { parseWallTime, zoneClock, type WallTime, type ZoneClock } from '../../time.ts';

/*
 * Time in MySQL. A DATETIME has no zone: it is read with the clock of the database's `timezone`. A TIMESTAMP is an instant
 * that the server writes, and compares with other values, by the clock of the session (`time_zone`), which we choose for
 * each statement. A `Date` parameter is bound as what the clock of `timezone` shows, as DATETIMEs are written.
 *
 * With the offset of `timezone` as the session's clock everything is exact, as long as all instants of the statement (now
 * and its parameters) have that one offset. Where a change of the clock lies between them no fixed offset can be right
 * for every comparison, so the session takes the named zone; the price is that a TIMESTAMP in the hour that occurs twice is
 * then read as the first of the two. A server without the tables of named zones gets a fixed offset even then: that of
 * the parameters when they agree (NOW() is then an hour off), else that of now (parameters on the other side of the
 * change are compared with TIMESTAMP columns an hour off; with DATETIME columns never).
 */

const minuteMs = 60_000;

/** `+01:00`, as `time_zone` takes it; seconds of historic offsets are cut. */
function offsetText(clock: ZoneClock, at: number): string {
  const minutes = Math.trunc((clock.wallTime(at) - at) / minuteMs);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

/** The values for `time_zone`, best first, of a statement that binds `dates` and runs at `now`. */
export function sessionZones(timezone: string, dates: readonly Date[], now: number): readonly string[] {
  const clock = zoneClock(timezone);
  const current = offsetText(clock, now);
  const bound = new Set(dates.map((date) => offsetText(clock, date.getTime())));
  const [first] = bound;
  if (bound.size === 0 || (bound.size === 1 && first === current)) return [current, timezone];
  return [timezone, bound.size === 1 && first !== undefined ? first : current];
}

/** The instant at which the clock of a session in `sessionZone` (an offset or a named zone) shows a wall time. */
export function sessionClock(sessionZone: string): (wall: WallTime) => number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(sessionZone) ?? [];
  if (sign === undefined) {
    const clock = zoneClock(sessionZone);
    return (wall) => clock.instant(wall);
  }
  const offset = (Number(hours) * 60 + Number(minutes)) * minuteMs * (sign === '-' ? -1 : 1);
  return (wall) => wall - offset;
}

/** Reads a DATE, DATETIME or TIMESTAMP text; null for what no calendar knows: the zero date, `2026-00-00`, 31 February. */
export function dateReader(instantOf: (wall: WallTime) => number): (text: string) => Date | null {
  return (text) => {
    try {
      return new Date(instantOf(parseWallTime(text)));
    } catch {
      return null;
    }
  };
}

/** `at` so that its UTC fields are what the clock of `timezone` shows: with mysql2's `timezone: 'Z'` they are what is sent. */
export function localDate(at: Date, timezone: string): Date {
  return new Date(zoneClock(timezone).wallTime(at.getTime()));
}
