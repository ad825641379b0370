import fc from 'fast-check';
import { expect, it } from 'vitest';
import { always } from '../../src/calendar/calendar.ts';
import { buildCalendar, calendarSchema } from '../../src/calendar/hours.ts';
import { nextOpening } from '../../src/calendar/next-opening.ts';

const office = (given: unknown) => buildCalendar(calendarSchema.parse(given), 'Europe/Brussels');
const weekdays = office({ days: 'mon-fri', from: '08:20', for: '10h', holidays: ['2026-12-25'] });

it.each([
  ['2026-11-27T18:00:00Z', '2026-11-30T07:20:00Z'],
  ['2026-11-26T02:00:00Z', '2026-11-26T07:20:00Z'],
  ['2026-12-24T20:00:00Z', '2026-12-28T07:20:00Z'],
])('of hours that are closed at %s is %s', (now, opening) => {
  expect(nextOpening(weekdays, Date.parse(now))).toBe(Date.parse(opening));
});

it('is the first second that is open, at any time of the year', () => {
  const year = Date.UTC(2026, 0, 1);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 365 * 86_400 }), (second) => {
      const now = year + second * 1000;
      fc.pre(!weekdays.isOpen(now));
      const opening = nextOpening(weekdays, now);
      if (opening === null) throw new Error('never opens');
      expect(weekdays.isOpen(opening)).toBe(true);
      expect(weekdays.isOpen(opening - 1)).toBe(false);
      expect(weekdays.openSeconds(now, opening)).toBe(0);
    }),
  );
});

it('is none where hours never begin again', () => {
  expect(nextOpening({ isOpen: () => false, openSeconds: () => 0 }, Date.UTC(2026, 0, 1))).toBeNull();
  expect(nextOpening(always, 5)).toBe(5);
});
