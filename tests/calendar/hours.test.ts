import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Calendar } from '../../src/calendar/calendar.ts';
import { buildCalendar, calendarSchema } from '../../src/calendar/hours.ts';
import { instantFromLocal } from '../../src/time.ts';
import { processorMs } from '../helpers/processor.ts';

const brussels = 'Europe/Brussels';

function calendar(yaml: string, zone = brussels): Calendar {
  return buildCalendar(calendarSchema.parse(parse(yaml)), zone);
}

/** Open hours between two local times. */
function openHours(yaml: string, from: string, to: string, zone = brussels): number {
  return calendar(yaml, zone).openSeconds(instantFromLocal(from, zone), instantFromLocal(to, zone)) / 3600;
}

function isOpen(yaml: string, at: string, zone = brussels): boolean {
  return calendar(yaml, zone).isOpen(instantFromLocal(at, zone));
}

describe('hours', () => {
  const office = '{ days: mon-fri, from: "08:20", for: 10h, holidays: [2026-12-25] }';

  it('counts office hours', () => {
    // 2026-11-20 is a Friday.
    expect(openHours(office, '2026-11-20', '2026-11-21')).toBe(10);
    expect(openHours(office, '2026-11-20T17:20', '2026-11-23T09:20')).toBe(2);
    expect(openHours(office, '2026-11-21', '2026-11-23')).toBe(0);
    expect(openHours(office, '2026-11-16', '2026-11-23')).toBe(50);
    expect(openHours(office, '2026-12-24', '2026-12-26')).toBe(10);
  });

  it('is open from the first second to before the last', () => {
    expect(isOpen(office, '2026-11-20T08:19:59.999')).toBe(false);
    expect(isOpen(office, '2026-11-20T08:20:00')).toBe(true);
    expect(isOpen(office, '2026-11-20T18:19:59.999')).toBe(true);
    expect(isOpen(office, '2026-11-20T18:20:00')).toBe(false);
    expect(isOpen(office, '2026-12-25T12:00:00')).toBe(false);
  });

  it('keeps fractions of a second', () => {
    expect(
      calendar(office).openSeconds(Date.parse('2026-11-20T10:00:00Z'), Date.parse('2026-11-20T10:00:01.5Z')),
    ).toBe(1.5);
  });

  it('counts nothing when the end is not after the start', () => {
    expect(openHours(office, '2026-11-20T12:00', '2026-11-20T12:00')).toBe(0);
    expect(openHours(office, '2026-11-20T13:00', '2026-11-20T12:00')).toBe(0);
    expect(calendar(office).openSeconds(Number.NaN, Date.UTC(2026))).toBe(0);
  });

  it('takes several spans, over midnight too, and counts overlaps once', () => {
    const shifts = `
      timezone: Europe/Brussels
      spans:
        - { days: mon-fri, from: "08:00", to: "12:00" }
        - { days: "mon-thu,sat", from: "13:00", to: "17:30" }
        - { days: fri, from: "22:00", to: "06:00" }
        - { days: wed, from: "11:00", to: "14:00" }`;
    expect(openHours(shifts, '2026-11-16', '2026-11-17')).toBe(8.5);
    // Monday in Tokyo ends at 16:00 in Brussels.
    expect(openHours(shifts, '2026-11-16', '2026-11-17', 'Asia/Tokyo')).toBe(7);
    expect(openHours(shifts, '2026-11-18', '2026-11-19')).toBe(9.5);
    expect(openHours(shifts, '2026-11-20', '2026-11-21')).toBe(6);
    expect(openHours(shifts, '2026-11-21', '2026-11-22')).toBe(10.5);
  });

  it('uses its own zone, else the default', () => {
    const noon = '{ days: daily, from: "12:00", for: 1h }';
    expect(calendar(noon, 'Asia/Kathmandu').isOpen(Date.parse('2026-11-20T06:15:00Z'))).toBe(true);
    expect(
      calendar(noon.replace('{', '{ timezone: UTC,'), 'Asia/Kathmandu').isOpen(
        Date.parse('2026-11-20T12:30:00Z'),
      ),
    ).toBe(true);
  });

  it('opens whole days without from, and every day but the holidays with these alone', () => {
    expect(openHours('{ days: "sat,sun" }', '2026-11-16', '2026-11-23')).toBe(48);
    expect(openHours('{ holidays: [2026-11-18] }', '2026-11-16', '2026-11-23')).toBe(6 * 24);
    expect(openHours('{ days: daily, from: "18:00", for: 24h }', '2026-11-16', '2026-11-23')).toBe(7 * 24);
    expect(openHours('{ days: mon, from: "22:00", to: "24:00" }', '2026-11-16', '2026-11-23')).toBe(2);
  });
});

describe('holidays', () => {
  const nights = (holidays: string) => `{ days: daily, from: "22:00", to: "06:00", holidays: [${holidays}] }`;

  it('end at midnight what runs into them, and begin nothing', () => {
    expect(openHours(nights('2026-12-25'), '2026-12-24T12:00', '2026-12-27T12:00')).toBe(2 + 8);
    expect(isOpen(nights('2026-12-25'), '2026-12-24T23:59:59')).toBe(true);
    expect(isOpen(nights('2026-12-25'), '2026-12-25T00:00')).toBe(false);
    expect(isOpen(nights('2026-12-25'), '2026-12-25T23:00')).toBe(false);
    expect(isOpen(nights('2026-12-25'), '2026-12-26T02:00')).toBe(false);
  });

  it('come every year, a full date before a yearly one', () => {
    const yearly =
      '{ days: daily, from: "08:00", to: "18:00", holidays: [12-25, { date: 2027-12-25, from: "08:00", to: "09:00" }] }';
    expect(openHours(yearly, '2026-12-25', '2026-12-26')).toBe(0);
    expect(openHours(yearly, '2027-12-25', '2027-12-26')).toBe(1);
    expect(openHours(yearly, '2028-12-25', '2028-12-26')).toBe(0);
    expect(openHours('{ days: daily, holidays: [02-29] }', '2027-02-01', '2027-03-02')).toBe(29 * 24);
    expect(openHours('{ days: daily, holidays: [02-29] }', '2028-02-01', '2028-03-02')).toBe(29 * 24);
  });

  it('may have other hours, on days that are else closed too', () => {
    const half =
      '{ days: mon-fri, from: "08:20", for: 10h, holidays: [{ date: 2026-12-24, from: "08:20", to: "12:00" }, { date: 2026-12-26, from: "10:00", for: 30m }] }';
    expect(openHours(half, '2026-12-24', '2026-12-25')).toBeCloseTo(11 / 3, 10);
    expect(openHours(half, '2026-12-26', '2026-12-27')).toBe(0.5);
  });
});

describe('DST', () => {
  const night = '{ days: daily, from: "22:00", to: "06:00" }';

  it.each([
    ['2026-03-28', 7],
    ['2026-03-27', 8],
    ['2026-10-24', 9],
  ])('counts the real length of the night of %s', (date, hours) => {
    const noon = instantFromLocal(`${date}T12:00`, brussels);
    expect(calendar(night).openSeconds(noon, noon + 86_400_000) / 3600).toBe(hours);
    expect(
      calendar(night.replace('to: "06:00"', 'for: 8h')).openSeconds(noon, noon + 86_400_000) / 3600,
    ).toBe(hours);
  });

  it('reads a skipped time with the offset before the change, a repeated one as the first', () => {
    expect(openHours('{ days: daily, from: "02:30", to: "05:00" }', '2026-03-29', '2026-03-30')).toBe(1.5);
    expect(openHours('{ days: daily, from: "02:30", to: "03:15" }', '2026-03-29', '2026-03-30')).toBe(0);
    expect(openHours('{ days: daily, from: "02:30", to: "03:00" }', '2026-10-25', '2026-10-26')).toBe(1.5);
    expect(openHours('{ days: daily, from: "01:30", to: "02:30" }', '2026-10-25', '2026-10-26')).toBe(1);
    expect(
      openHours(
        '{ days: daily, from: "01:30", to: "02:30" }',
        '2026-10-04',
        '2026-10-05',
        'Australia/Lord_Howe',
      ),
    ).toBe(0.5);
  });

  it('knows that a change at midnight and a skipped date close nothing and open nothing', () => {
    expect(openHours('{ days: daily }', '2018-11-03', '2018-11-06', 'America/Sao_Paulo')).toBe(71);
    expect(openHours('{ days: daily }', '2026-10-31', '2026-11-02', 'America/Havana')).toBe(49);
    // 2011-12-30, a Friday, was skipped: its hours do not turn up on Saturday.
    expect(
      openHours('{ days: mon-fri, from: "08:00", to: "18:00" }', '2011-12-29', '2012-01-02', 'Pacific/Apia'),
    ).toBe(10);
  });
});

describe('nonsense dates and long silences', () => {
  const office = '{ days: mon-fri, from: "08:20", for: 10h, holidays: [12-25] }';

  it('counts from 1970 to 2199', () => {
    const always = calendar('{ days: daily }', 'UTC');
    expect(always.openSeconds(Date.parse('1753-01-01'), Date.parse('1970-01-02'))).toBe(86_400);
    expect(always.openSeconds(Date.parse('2199-12-31'), Date.parse('9999-12-31'))).toBe(86_400);
    expect(always.openSeconds(-Infinity, Infinity)).toBe((Date.UTC(2200) - Date.UTC(1970)) / 1000);
    expect(always.isOpen(-1)).toBe(false);
    expect(always.isOpen(Date.UTC(2200))).toBe(false);
    expect(always.isOpen(Infinity)).toBe(false);
  });

  it('answers for 400 days of silence in well under a millisecond', () => {
    const hours = calendar(office);
    const now = Date.parse('2026-11-21T10:00:00Z');
    hours.openSeconds(now - 400 * 86_400_000, now);
    const took = processorMs(() => {
      for (let second = 0; second < 1000; second += 1)
        hours.openSeconds(now - 400 * 86_400_000, now + second * 1000);
    });
    expect(took).toBeLessThan(500);
  });

  it('answers for thousands of records spread over decades at once', () => {
    const hours = calendar(office);
    const now = Date.parse('2026-11-21T10:00:00Z');
    const took = processorMs(() => {
      for (let record = 0; record < 10_000; record += 1)
        hours.openSeconds((record % 100) * 1.7e10 + record, now);
    });
    expect(took).toBeLessThan(5000);
  });
});
