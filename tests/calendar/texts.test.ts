import { describe, expect, it } from 'vitest';
import { readDate, readDays, readLength, readStart, readTime } from '../../src/calendar/texts.ts';

const hour = 3_600_000;

describe('readDays', () => {
  it.each([
    ['mon', [0]],
    ['mon-fri', [0, 1, 2, 3, 4]],
    ['sat-mon', [0, 5, 6]],
    ['mon,wed,fri', [0, 2, 4]],
    ['fri, Mon - Tue', [0, 1, 4]],
    ['mon-thu,sat', [0, 1, 2, 3, 5]],
    ['wed-tue', [0, 1, 2, 3, 4, 5, 6]],
    ['sun-sun', [6]],
    ['daily', [0, 1, 2, 3, 4, 5, 6]],
  ])('reads %s', (text, days) => {
    expect(readDays(text)).toEqual(days);
  });
  it.each(['', 'monday', 'mon-', '-fri', 'mon-wed-fri', 'mon,,tue', 'mon fri', 'weekdays', 'constructor'])(
    'refuses %j',
    (text) => {
      expect(() => readDays(text)).toThrow(/is not a day or range of days; write days such as mon-fri/);
    },
  );
});

describe('readTime and readStart', () => {
  it.each([
    ['00:00', 0],
    ['8:20', 8 * hour + 20 * 60_000],
    ['08:20:30', 8 * hour + 20 * 60_000 + 30_000],
    ['23:59', 24 * hour - 60_000],
    ['24:00', 24 * hour],
  ])('reads %s', (text, time) => {
    expect(readTime(text)).toBe(time);
  });
  it.each(['', '8', '24:01', '25:00', '12:60', '12:5', '-1:00', '12:00:60', '12:00pm', '24:00:01'])(
    'refuses %j',
    (text) => {
      expect(() => readTime(text)).toThrow(/is not a time of day; write it as "08:20", at most "24:00"/);
    },
  );
  it('lets no hours begin at 24:00', () => {
    expect(readStart('23:59')).toBe(24 * hour - 60_000);
    expect(() => readStart('24:00')).toThrow(/cannot begin at "24:00"/);
  });
});

describe('readLength', () => {
  it('reads at most a day', () => {
    expect(readLength('10h')).toBe(10 * hour);
    expect(readLength('24h')).toBe(24 * hour);
    expect(() => readLength('1d1s')).toThrow(/longer than a day/);
    expect(() => readLength('0')).toThrow(/cannot last 0/);
    expect(() => readLength('ten hours')).toThrow(/"ten hours" is not a duration/);
  });
});

describe('readDate', () => {
  it('reads full and yearly dates', () => {
    expect(readDate('1970-01-02')).toEqual({ day: 1 });
    expect(readDate('2026-12-25')).toEqual({ day: Date.UTC(2026, 11, 25) / 86_400_000 });
    expect(readDate('12-25')).toEqual({ yearly: 1225 });
    expect(readDate('02-29')).toEqual({ yearly: 229 });
  });
  it.each(['2026-02-29', '13-01', '04-31', '2026-00-01'])('refuses %s, which no calendar has', (text) => {
    expect(() => readDate(text)).toThrow(/does not exist/);
  });
  it.each(['', '25/12', '2026-12-25T00:00', '25 Dec', '2026-12', '12-25-2026'])('refuses %j', (text) => {
    expect(() => readDate(text)).toThrow(/is not a date; write 2026-12-25, or 12-25 for every year/);
  });
});
