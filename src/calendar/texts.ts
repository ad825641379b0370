import { parseDuration } from '../duration.ts';
import { dayMs, parseWallTime } from '../time.ts';

/** The date of a holiday: `day` counts from 1970-01-01, `yearly` is month * 100 + day of the month. */
export type HolidayDate = { readonly day: number } | { readonly yearly: number };

/** How days are written, for messages. */
export const daysExample = 'days such as mon-fri, "mon,wed,fri" or daily';

const weekdays: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * Weekdays, 0 for Monday, sorted, from a list of days and ranges; a range may run over the weekend (`sat-mon`).
 * @throws RangeError with a message for the user, as do all readers here.
 */
export function readDays(text: string): readonly number[] {
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const range = part.trim() === 'daily' ? ['mon', 'sun'] : part.split('-').map((name) => name.trim());
    const [first = -1, last = first, ...more] = range.map((name) => weekdays.indexOf(name));
    if (first < 0 || last < 0 || more.length > 0)
      throw new RangeError(
        `${JSON.stringify(part.trim())} is not a day or range of days; write ${daysExample}`,
      );
    const length = ((last - first + 7) % 7) + 1;
    for (let step = 0; step < length; step += 1) found.add((first + step) % 7);
  }
  return [...found].sort((a, b) => a - b);
}

/** Milliseconds from 00:00 to a time of day, `24:00` included. @throws RangeError */
export function readTime(text: string): number {
  const match = /^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  const [hour, minute, second] = [match?.[1], match?.[2], match?.[3] ?? '0'].map(Number);
  const time = Date.UTC(1970, 0, 1, hour, minute, second);
  // Text that does not fit the grammar makes NaN, which is no smaller than anything.
  if (!(time <= dayMs))
    throw new RangeError(
      `${JSON.stringify(text)} is not a time of day; write it as "08:20", at most "24:00"`,
    );
  return time;
}

/** As `readTime`, for a time at which hours begin: before `24:00`. @throws RangeError */
export function readStart(text: string): number {
  const time = readTime(text);
  if (time === dayMs) throw new RangeError('hours cannot begin at "24:00"; write "00:00" on the next day');
  return time;
}

/** Milliseconds of a duration of at most a day. @throws RangeError */
export function readLength(text: string): number {
  const length = parseDuration(text);
  if (length === undefined)
    throw new RangeError(`${JSON.stringify(text)} is not a duration; write it as 10h or 1h30m`);
  if (length === 0) throw new RangeError('hours cannot last 0; write a duration such as 10h');
  if (length > dayMs)
    throw new RangeError(
      `${JSON.stringify(text)} is longer than a day; write at most 24h, and the other days in days`,
    );
  return length;
}

/** The date of a holiday from `2026-12-25`, or `12-25` for every year. @throws RangeError */
export function readDate(text: string): HolidayDate {
  const match = /^(\d{4}-)?(\d\d)-(\d\d)$/.exec(text);
  if (match === null)
    throw new RangeError(`${JSON.stringify(text)} is not a date; write 2026-12-25, or 12-25 for every year`);
  const yearly = match[1] === undefined;
  let day: number;
  try {
    // Read in a leap year, so that 02-29 is a date.
    day = parseWallTime(yearly ? `2000-${text}` : text) / dayMs;
  } catch (error) {
    throw new RangeError(`${JSON.stringify(text)} does not exist; write a date that exists`, {
      cause: error,
    });
  }
  return yearly ? { yearly: Number(match[2]) * 100 + Number(match[3]) } : { day };
}
