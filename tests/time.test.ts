import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  formatWithOffset,
  instantFromLocal,
  isTimeZone,
  parseWallTime,
  startOfDay,
  zoneClock,
} from '../src/time.ts';
import { oddZones, transitionsOf, zoneAndInstant } from './helpers/zones.ts';
import { casesOf } from './helpers/nightly.ts';

const utc = (text: string) => Date.parse(`${text}Z`);

/** What a clock shows, as Node's own formatter says it: nothing in common with the code under test. */
function formatted(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const [year = 0, month = 0, ...rest] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map((type) =>
    Number(parts.find((part) => part.type === type)?.value),
  );
  return Date.UTC(year, month - 1, ...rest);
}

describe('isTimeZone', () => {
  it.each(['Europe/Brussels', 'UTC', 'Etc/GMT-1', 'America/Argentina/Buenos_Aires'])('takes %s', (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  });
  it.each([
    '',
    'Europe/Brussel',
    '+01:00',
    '-0500',
    'GMT+1',
    '2026-01-01T00:00+01:00[Europe/Brussels]',
    ' UTC',
    'UTC\0',
  ])('refuses %j', (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  });
});

describe('instantFromLocal', () => {
  it.each([
    ['2026-01-15', 'Europe/Brussels', '2026-01-14T23:00:00'],
    ['2026-07-15 12:00', 'Europe/Brussels', '2026-07-15T10:00:00'],
    ['2026-07-15T12:00:01.5', 'Europe/Brussels', '2026-07-15T10:00:01.500'],
    ['2026-07-15T12:00:01.123999999', 'Europe/Brussels', '2026-07-15T10:00:01.123'],
    ['2026-07-15T12:00:00', 'Asia/Kathmandu', '2026-07-15T06:15:00'],
    // Skipped: read with the offset before the change.
    ['2026-03-29T02:30:00', 'Europe/Brussels', '2026-03-29T01:30:00'],
    ['2026-10-04T02:15:00', 'Australia/Lord_Howe', '2026-10-03T15:45:00'],
    ['2018-11-04T00:00:00', 'America/Sao_Paulo', '2018-11-04T03:00:00'],
    ['2011-12-30T12:00:00', 'Pacific/Apia', '2011-12-30T22:00:00'],
    // Twice: the first of the two.
    ['2026-10-25T02:30:00', 'Europe/Brussels', '2026-10-25T00:30:00'],
    ['2026-11-01T00:30:00', 'America/Havana', '2026-11-01T04:30:00'],
    ['2018-02-17T23:30:00', 'America/Sao_Paulo', '2018-02-18T01:30:00'],
    ['1969-12-31T23:59:59.999', 'UTC', '1969-12-31T23:59:59.999'],
    ['0001-01-01T00:00:00', 'UTC', '0001-01-01T00:00:00'],
    ['9999-12-31T23:59:59', 'Europe/Brussels', '9999-12-31T22:59:59'],
  ])('reads %s in %s', (local, zone, expected) => {
    expect(new Date(instantFromLocal(local, zone)).toISOString()).toBe(new Date(utc(expected)).toISOString());
  });

  it.each([
    '',
    'now',
    '2026-13-01',
    '2026-02-29',
    '2026-00-10',
    '2026-01-00',
    '2026-01-01T24:00',
    '2026-01-01T10:60',
    '2026-01-01T10:00:60',
    '2026-01-01T10:00Z',
    '2026-01-01T10:00+02:00',
    '2026-01-01T10:00[UTC]',
    '2026-1-1',
    '2026-01-01T10',
  ])('refuses %j', (local) => {
    expect(() => instantFromLocal(local, 'Europe/Brussels')).toThrow(RangeError);
  });

  it('refuses a zone that is none', () => {
    expect(() => instantFromLocal('2026-01-01', 'Mars/Olympus')).toThrow(RangeError);
    expect(() => startOfDay(0, '+01:00')).toThrow(RangeError);
  });

  it('agrees with Temporal wherever the clocks are changed', () => {
    fc.assert(
      fc.property(zoneAndInstant(), ({ zone, at }) => {
        const wall = formatted(at, zone);
        const local = new Date(wall).toISOString().slice(0, -1);
        const expected = Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
        expect(instantFromLocal(local, zone)).toBe(expected);
      }),
      { numRuns: casesOf(500) },
    );
  });

  it('agrees with Temporal on times that no clock shows', () => {
    fc.assert(
      fc.property(zoneAndInstant(), ({ zone, at }) => {
        const local = new Date(at).toISOString().slice(0, -1);
        const expected = Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
        expect(instantFromLocal(local, zone)).toBe(expected);
      }),
      { numRuns: casesOf(500) },
    );
  });
});

describe('parseWallTime', () => {
  it('reads what Date writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(parseWallTime(date.toISOString().slice(0, -1))).toBe(date.getTime());
        },
      ),
    );
  });
});

describe('zoneClock', () => {
  it('shows what the formatter of Node shows', () => {
    fc.assert(
      fc.property(zoneAndInstant(), ({ zone, at }) => {
        expect(zoneClock(zone).wallTime(at)).toBe(formatted(at, zone));
      }),
      { numRuns: casesOf(500) },
    );
  });

  it.each(oddZones)('is right on both sides of every change in %s', (zone) => {
    const clock = zoneClock(zone);
    for (const change of transitionsOf(zone)) {
      expect(clock.wallTime(change)).toBe(formatted(change, zone));
      expect(clock.wallTime(change - 1)).toBe(formatted(change - 1000, zone) + 999);
    }
  });

  it('finds an instant that shows the wall time, for every wall time that is shown', () => {
    fc.assert(
      fc.property(zoneAndInstant(), ({ zone, at }) => {
        const clock = zoneClock(zone);
        const wall = clock.wallTime(at);
        expect(clock.wallTime(clock.instant(wall))).toBe(wall);
        expect(clock.instant(wall)).toBeLessThanOrEqual(at);
      }),
      { numRuns: casesOf(500) },
    );
  });

  it('refuses what is no instant', () => {
    expect(() => zoneClock('Europe/Brussels').wallTime(Number.NaN)).toThrow(RangeError);
    expect(() => zoneClock('Europe/Brussels').startOfDay(Infinity)).toThrow(RangeError);
  });
});

describe('startOfDay', () => {
  it.each([
    ['2026-07-15T21:59:59', 'Europe/Brussels', '2026-07-14T22:00:00'],
    ['2026-07-15T22:00:00', 'Europe/Brussels', '2026-07-15T22:00:00'],
    ['2018-11-04T12:00:00', 'America/Sao_Paulo', '2018-11-04T03:00:00'],
    ['2026-11-01T05:30:00', 'America/Havana', '2026-11-01T04:00:00'],
    ['2011-12-30T10:00:00', 'Pacific/Apia', '2011-12-30T10:00:00'],
    ['2011-12-30T09:59:59', 'Pacific/Apia', '2011-12-29T10:00:00'],
    // 1919-03-30 23:30 was followed by 00:30: the day began in the middle of an hour.
    ['1919-03-31T12:00:00', 'America/Toronto', '1919-03-31T04:30:00'],
  ])('at %s in %s', (at, zone, expected) => {
    expect(new Date(startOfDay(utc(at), zone)).toISOString()).toBe(new Date(utc(expected)).toISOString());
  });

  it('agrees with Temporal', () => {
    fc.assert(
      fc.property(zoneAndInstant(), ({ zone, at }) => {
        const expected = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).startOfDay();
        expect(startOfDay(at, zone)).toBe(expected.epochMilliseconds);
      }),
      { numRuns: casesOf(500) },
    );
  });

  it('is the first instant of a date: the one before shows another date', () => {
    fc.assert(
      fc.property(zoneAndInstant(), ({ zone, at }) => {
        const date = (instant: number) => new Date(formatted(instant, zone)).toISOString().slice(0, 10);
        const start = startOfDay(at, zone);
        expect(start).toBeLessThanOrEqual(at);
        expect(date(start)).toBe(date(at));
        expect(date(start - 1)).not.toBe(date(at));
      }),
    );
  });
});

describe('formatWithOffset', () => {
  it.each([
    ['2026-11-21T09:42:07.123', 'Europe/Brussels', '2026-11-21T10:42:07.123+01:00'],
    ['2026-10-25T00:30:00', 'Europe/Brussels', '2026-10-25T02:30:00.000+02:00'],
    ['2026-10-25T01:30:00', 'Europe/Brussels', '2026-10-25T02:30:00.000+01:00'],
    ['2026-01-01T00:00:00', 'UTC', '2026-01-01T00:00:00.000+00:00'],
  ])('writes %s in %s', (at, zone, expected) => {
    expect(formatWithOffset(utc(at), zone)).toBe(expected);
  });
});
