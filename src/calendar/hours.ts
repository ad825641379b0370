import { z } from 'zod';
import { dayMs, isTimeZone, zoneClock } from '../time.ts';
import type { Calendar } from './calendar.ts';
import { openTime, type Span } from './open-time.ts';
import { daysExample, readDate, readDays, readLength, readStart, readTime } from './texts.ts';

const dateExample = 'a date such as 2026-12-25, or 12-25 for every year';

/** Applies `read` to a text; the RangeError that it throws becomes an issue. */
function reading<T>(read: (text: string) => T) {
  return (text: string, context: z.core.$RefinementCtx): T => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  };
}

function textOf<T>(expected: string, read: (text: string) => T) {
  return z.string({ error: `expected ${expected}` }).transform(reading(read));
}

const days = textOf(daysExample, readDays).describe(
  'Days on which the hours begin: ranges and lists such as `mon-fri`, `sat-mon`, `"mon,wed,fri"`, or `daily`.',
);

const hours = {
  from: textOf('a time of day such as "08:20"', readStart)
    .optional()
    .describe(
      'Start of the hours, in local time: `"08:20"`. Leave out `from`, `to` and `for` for the whole day.',
    ),
  to: textOf('a time of day such as "17:30"', readTime)
    .optional()
    .describe(
      'End of the hours: `"17:30"`, or `"24:00"` for midnight. A time before `from` is on the next day.',
    ),
  for: textOf('a duration such as 10h', readLength)
    .optional()
    .describe('Instead of `to`: length of the hours in local time, at most `24h`.'),
} as const;

/** Hours of one day, in milliseconds: since midnight, and for `for` since `from`. */
interface Hours {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly for?: number | undefined;
}

function checkHours(given: Hours, context: z.core.$RefinementCtx): void {
  const report = (key: keyof Hours, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message });
  const end = given.to !== undefined ? 'to' : 'for';
  if (given.to !== undefined && given.for !== undefined)
    report('for', 'to and for are both given; keep one of them');
  else if (given.from === undefined && given[end] !== undefined)
    report(end, 'from is missing; add the time at which the hours begin');
  else if (given.from !== undefined && given[end] === undefined)
    report('from', 'the end of the hours is missing; add to or for');
  else if (given.from !== undefined && given.from === given.to)
    report('to', 'to is the same time as from; leave both out for a whole day, or write for: 24h');
}

const spanSchema = z.strictObject({ days, ...hours }).superRefine(checkHours);

const holidayHoursSchema = z
  .strictObject({
    date: textOf(dateExample, readDate).describe('The date: `2026-12-25`, or `12-25` for every year.'),
    ...hours,
  })
  .superRefine(checkHours);

// A plain union of the two would report "invalid input" for any mistake; this one leads to the key that is wrong.
const holidaySchema = z
  .union(
    [
      z.string(),
      z.looseObject({}).meta({ ...z.toJSONSchema(holidayHoursSchema, { io: 'input' }), $schema: undefined }),
    ],
    { error: `expected ${dateExample}, or a mapping with date, from and to` },
  )
  .transform((given, context): object => {
    if (typeof given !== 'string') return given;
    reading(readDate)(given, context);
    return { date: given };
  })
  .pipe(holidayHoursSchema);

/**
 * One entry of `calendars:` in the configuration: the business hours, in which a flow is expected to move. Either one span
 * (`days`, `from`, `to` or `for`) or several (`spans`); neither, with `holidays` alone, is every day but these.
 */
export const calendarSchema = z
  .strictObject({
    timezone: z
      .string({ error: 'expected a time zone such as Europe/Brussels' })
      .refine(isTimeZone, {
        error: (issue) =>
          `${JSON.stringify(issue.input)} is not a time zone; write an IANA name such as Europe/Brussels`,
      })
      .optional()
      .describe('Time zone of the hours, an IANA name. Absent: the `timezone` of the configuration.'),
    days: days.optional(),
    ...hours,
    spans: z
      .array(spanSchema, { error: 'expected a list of spans, each with days, from and to' })
      .min(1, 'spans is empty; list at least one, or leave it out')
      .optional()
      .describe(
        'Instead of `days`, `from`, `to` and `for`: a list of such spans. Where spans overlap, time counts once.',
      ),
    holidays: z
      .array(holidaySchema, { error: 'expected a list of dates' })
      .optional()
      .describe(
        'Dates that are closed from midnight to midnight: no hours begin on them, and hours of the previous day end at midnight. ' +
          'Each is `2026-12-25`, or `12-25` for every year, or a mapping with other hours for that date: `{ date: 2026-12-24, from: "08:20", to: "12:00" }`. ' +
          'A full date overrides a yearly one.',
      ),
  })
  .superRefine((given, context) => {
    checkSpans(given, context);
    checkHours(given, context);
    checkDates(given, context);
  });

type CalendarEntry = z.output<typeof calendarSchema>;

function checkSpans(given: CalendarEntry, context: z.core.$RefinementCtx): void {
  const own = (['days', 'from', 'to', 'for'] as const).filter((key) => given[key] !== undefined);
  const [first] = own;
  if (given.spans !== undefined && first !== undefined)
    context.addIssue({
      code: 'custom',
      path: [first],
      message: `${own.join(', ')} cannot be combined with spans; put all hours into spans`,
    });
  else if (
    given.spans === undefined &&
    given.days === undefined &&
    (own.length > 0 || given.holidays === undefined)
  )
    context.addIssue({
      code: 'custom',
      path: own.slice(0, 1),
      message: `days is missing; write ${daysExample}`,
    });
}

function checkDates(given: CalendarEntry, context: z.core.$RefinementCtx): void {
  const seen = new Set<string>();
  given.holidays?.forEach(({ date }, index) => {
    const key = JSON.stringify(date);
    if (seen.has(key))
      context.addIssue({
        code: 'custom',
        path: ['holidays', index],
        message: 'this date is listed twice; keep one of them',
      });
    seen.add(key);
  });
}

function spanOf(given: Hours): Span {
  const from = given.from ?? 0;
  if (given.for !== undefined) return { from, to: from + given.for };
  const to = given.to ?? dayMs;
  return { from, to: to <= from ? to + dayMs : to };
}

/**
 * The calendar that an entry of the configuration describes.
 *
 * Hours are those of a clock on the wall, in `entry.timezone` or else `defaultTimezone`; open time is the real time that
 * passes while it moves through them, so a night with a DST change counts an hour more or less. What DST does to `from`
 * and `to` is described at `ZoneClock.instant`. Time before 1970 and after 2199 is closed.
 */
export function buildCalendar(entry: CalendarEntry, defaultTimezone: string): Calendar {
  const week: Span[][] = [[], [], [], [], [], [], []];
  const spans = entry.spans ?? [{ ...entry, days: entry.days ?? readDays('daily') }];
  for (const span of spans) for (const day of span.days) week[day]?.push(spanOf(span));

  const dated = new Map<number, readonly Span[]>();
  const yearly = new Map<number, readonly Span[]>();
  for (const { date, ...own } of entry.holidays ?? []) {
    const other = own.from === undefined ? [] : [spanOf(own)];
    if ('day' in date) dated.set(date.day, other);
    else yearly.set(date.yearly, other);
  }
  return openTime({ week, dated, yearly }, zoneClock(entry.timezone ?? defaultTimezone));
}
