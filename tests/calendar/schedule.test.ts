import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { expectedIntervalSeconds, nextRun, validateCron } from '../../src/calendar/schedule.ts';

const brussels = 'Europe/Brussels';
const minute = 60_000;
const day = 86_400_000;
const instant = fc.integer({ min: Date.UTC(2000), max: Date.UTC(2050) });

/** The next `count` runs of a cron expression, as UTC texts without seconds. */
function runs(cron: string, timezone: string, after: string, count: number): string[] {
  const found: string[] = [];
  let at = Date.parse(after);
  while (found.length < count) {
    at = nextRun({ cron, timezone }, 'any', at);
    found.push(new Date(at).toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

describe('runs at an interval', () => {
  const everyMs = fc.integer({ min: 1, max: 40 * day });

  it('come strictly later, within one interval, and stay in step across restarts', () => {
    fc.assert(
      fc.property(everyMs, fc.string(), instant, instant, (every, key, after, otherStart) => {
        const next = nextRun({ everyMs: every }, key, after);
        expect(next).toBeGreaterThan(after);
        expect(next - after).toBeLessThanOrEqual(every);
        expect(nextRun({ everyMs: every }, key, next)).toBe(next + every);
        expect(nextRun({ everyMs: every }, key, next - 1)).toBe(next);
        expect(Math.abs(nextRun({ everyMs: every }, key, otherStart) - next) % every).toBe(0);
      }),
    );
  });

  it('spread over the interval by their keys', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let unit = 0; unit < 1000; unit += 1) {
      const due = nextRun({ everyMs: 15_000 }, `monitor_${String(unit)}/acme`, 1_800_000_000_000);
      const bucket = Math.floor((due % 15_000) / 1500);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    // 100 are expected in each; 9.5 is the standard deviation.
    expect(Math.min(...buckets)).toBeGreaterThan(60);
    expect(Math.max(...buckets)).toBeLessThan(140);
  });

  it('take a clock that stands before 1970', () => {
    expect(nextRun({ everyMs: 1000 }, 'x', -5_000_000)).toBeGreaterThan(-5_000_000);
    expect(nextRun({ everyMs: 1000 }, 'x', -5_000_000)).toBeLessThanOrEqual(-4_999_000);
  });
});

/** Sorted values of one field of a cron expression. */
const field = (max: number) => fc.uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 4 });

describe('runs by cron', () => {
  it('are the first minute whose wall clock fits, away from changes of the clock', () => {
    fc.assert(
      fc.property(
        field(59),
        field(23),
        fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 7 }),
        fc.constantFrom('UTC', 'Asia/Kathmandu', brussels),
        fc.integer({ min: Date.UTC(2026, 4), max: Date.UTC(2026, 8) }),
        (minutes, hours, weekdays, timezone, after) => {
          const cron = `${minutes.join(',')} ${hours.join(',')} * * ${weekdays.join(',')}`;
          let at = Math.floor(after / minute) * minute;
          let wall: Temporal.ZonedDateTime;
          do {
            at += minute;
            wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
          } while (
            !minutes.includes(wall.minute) ||
            !hours.includes(wall.hour) ||
            !weekdays.includes(wall.dayOfWeek % 7)
          );
          expect(nextRun({ cron, timezone }, 'any', after)).toBe(at);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('come strictly later, whatever the key', () => {
    const at = Date.parse('2026-06-01T00:00:00Z');
    const daily = { cron: '0 2 * * *', timezone: brussels };
    expect(nextRun(daily, 'a', at - 1)).toBe(at);
    expect(nextRun(daily, 'a', at)).toBe(at + day);
    expect(nextRun(daily, 'b', at)).toBe(at + day);
  });

  it('at a fixed time that the day skips come when the skipped time is over', () => {
    expect(runs('30 2 * * *', brussels, '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
    ]);
    expect(runs('0,30 2 * * *', brussels, '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:00Z',
    ]);
    expect(runs('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', 2)).toEqual([
      '2026-10-03T15:30Z',
      '2026-10-04T15:15Z',
    ]);
    expect(runs('0 0 * * *', 'America/Havana', '2026-03-07T12:00Z', 2)).toEqual([
      '2026-03-08T05:00Z',
      '2026-03-09T04:00Z',
    ]);
  });

  it('at a fixed time that occurs twice come the first time alone', () => {
    expect(runs('30 2 * * *', brussels, '2026-10-24T12:00Z', 2)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]);
    expect(runs('0,30 2 * * *', brussels, '2026-10-24T12:00Z', 3)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T00:30Z',
      '2026-10-26T01:00Z',
    ]);
  });

  it('with a wildcard or a step go with the clock', () => {
    expect(runs('0 * * * *', brussels, '2026-03-28T23:30Z', 3)).toEqual([
      '2026-03-29T00:00Z',
      '2026-03-29T01:00Z',
      '2026-03-29T02:00Z',
    ]);
    expect(runs('*/30 2 * * *', brussels, '2026-03-28T12:00Z', 1)).toEqual(['2026-03-30T00:00Z']);
    expect(runs('*/30 2 * * *', brussels, '2026-10-24T12:00Z', 4)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
    ]);
  });

  it('that never come are an error', () => {
    expect(() => nextRun({ cron: '0 0 30 2 *', timezone: 'UTC' }, 'any', 0)).toThrow(
      /names no time that comes/,
    );
  });
});

describe('validateCron', () => {
  it.each([
    '0 2 * * *',
    '*/5 8-18 * * mon-fri',
    '0 0 29 2 *',
    '0 6 L * *',
    '0 6 * * FRI#2',
    '@daily',
    ' 0  2 * * * ',
  ])('takes %j', (expression) => {
    expect(validateCron(expression, brussels)).toBeUndefined();
  });

  const advice = 'write minute, hour, day, month and weekday, such as "0 2 * * *" for 02:00 every day';
  it.each([
    ['', `"" is not a cron expression (fields: 0, needed: 5); ${advice}`],
    ['* * * *', `"* * * *" is not a cron expression (fields: 4, needed: 5); ${advice}`],
    ['0 */5 * * * *', `"0 */5 * * * *" is not a cron expression (fields: 6, needed: 5); ${advice}`],
    [
      '2026-01-05T00:00:00',
      `"2026-01-05T00:00:00" is not a cron expression (fields: 1, needed: 5); ${advice}`,
    ],
    ['61 * * * *', `"61 * * * *" is not a cron expression (Invalid value for minute: 61); ${advice}`],
    ['0 0 30 2 *', '"0 0 30 2 *" names a date that never occurs; correct its day or month'],
  ])('refuses %j', (expression, message) => {
    expect(validateCron(expression, brussels)).toBe(message);
  });

  it.each(['@often', '@reboot', 'a b c d e', '*/0 * * * *', '0 2 * * 8', '5-1 * * * *'])(
    'refuses %s',
    (expression) => {
      expect(validateCron(expression, brussels)).toContain(`is not a cron expression (`);
    },
  );
});

describe('expectedIntervalSeconds', () => {
  it.each([
    ['* * * * *', 60],
    ['*/5 * * * *', 300],
    ['0,5,40 * * * *', 35 * 60],
    ['0-30 * * * *', 30 * 60],
    ['* 0-22 * * *', 61 * 60],
    ['0 2 * * *', 86_400],
    ['0 2 * * mon-fri', 3 * 86_400],
    ['*/5 8-18 * * mon-fri', (2 * 24 + 13) * 3600 + 5 * 60],
    ['30 3 * * sun', 7 * 86_400],
    ['0 6 1 * *', 31 * 86_400],
  ])('of %s', (cron, seconds) => {
    expect(expectedIntervalSeconds({ cron, timezone: 'Asia/Kathmandu' })).toBe(seconds);
  });

  it('of an interval is the interval', () => {
    expect(expectedIntervalSeconds({ everyMs: 1500 })).toBe(1.5);
  });

  it('is the longest of all gaps that a week of runs has', () => {
    fc.assert(
      fc.property(field(59), field(23), field(6), (minutes, hours, weekdays) => {
        const schedule = {
          cron: `${minutes.join(',')} ${hours.join(',')} * * ${weekdays.join(',')}`,
          timezone: brussels,
        };
        let longest = 0;
        let at = nextRun(schedule, 'any', Date.UTC(2027, 0, 1));
        // Rules that repeat each week show all their gaps within one; more runs than that are no harm.
        for (const end = at + 7 * day; at < end;) {
          const next = nextRun(schedule, 'any', at);
          longest = Math.max(longest, next - at);
          at = next;
        }
        expect(expectedIntervalSeconds(schedule)).toBe(longest / 1000);
      }),
      { numRuns: 40 },
    );
  });
});
