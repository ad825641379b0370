import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/calendar/calendar.ts';
import { openTime, type Rules, type Span } from '../../src/calendar/open-time.ts';
import { zoneClock } from '../../src/time.ts';
import { transitionsOf, zoneAndInstant } from '../helpers/zones.ts';
import { casesOf } from '../helpers/nightly.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Whole minutes, so that the walk below can go minute by minute. */
const span: fc.Arbitrary<Span> = fc
  .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }))
  .map(([from, length]) => ({ from: from * minuteMs, to: (from + length) * minuteMs }));
const spans = fc.array(span, { maxLength: 3 });

interface Case {
  readonly zone: string;
  readonly rules: Rules;
  /** In whole minutes. */
  readonly from: number;
  readonly minutes: number;
}

/** A week of hours, with holidays around the instant in question. */
const anyCase: fc.Arbitrary<Case> = fc
  .record({
    place: zoneAndInstant(),
    week: fc.array(spans, { minLength: 7, maxLength: 7 }),
    dated: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), spans), { maxLength: 2 }),
    yearly: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), spans), { maxLength: 1 }),
    minutes: fc.integer({ min: 1, max: 2 * 1440 }),
  })
  .map(({ place: { zone, at }, week, dated, yearly, minutes }) => {
    const today = Math.floor(at / dayMs);
    const monthDay = (day: number) =>
      (new Date(day * dayMs).getUTCMonth() + 1) * 100 + new Date(day * dayMs).getUTCDate();
    return {
      zone,
      rules: {
        week,
        dated: new Map(dated.map(([offset, hours]) => [today + offset, hours])),
        yearly: new Map(yearly.map(([offset, hours]) => [monthDay(today + offset), hours])),
      },
      from: Math.floor(at / minuteMs) * minuteMs,
      minutes,
    };
  });

function build({ zone, rules }: Case): Calendar {
  return openTime(rules, zoneClock(zone));
}

function holidayOf(rules: Rules, date: Temporal.PlainDate): readonly Span[] | undefined {
  const day = Temporal.PlainDate.from('1970-01-01').until(date).days;
  return rules.dated.get(day) ?? rules.yearly.get(date.month * 100 + date.day);
}

/** The windows of the days around an instant, straight from the definition, by Temporal. */
function slowWindows({ zone, rules, from, minutes }: Case): { start: number; end: number }[] {
  const local = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).toPlainDate();
  const found: { start: number; end: number }[] = [];
  for (let offset = -4; offset <= minutes / 1440 + 4; offset += 1) {
    const date = local.add({ days: offset });
    const at = (milliseconds: number) =>
      date.toPlainDateTime().add({ milliseconds }).toZonedDateTime(zone, { disambiguation: 'compatible' });
    if (!at(0).toPlainDate().equals(date)) continue;
    const cut = holidayOf(rules, date.add({ days: 1 })) !== undefined;
    for (const hours of holidayOf(rules, date) ?? rules.week[date.dayOfWeek - 1] ?? [])
      found.push({
        start: at(hours.from).epochMilliseconds,
        end: at(cut ? Math.min(hours.to, dayMs) : hours.to).epochMilliseconds,
      });
  }
  return found;
}

/** Walks minute by minute and asks of each whether any hours hold it. */
function slowOpenSeconds(given: Case): number {
  const windows = slowWindows(given);
  let seconds = 0;
  for (let minute = 0; minute < given.minutes; minute += 1) {
    const at = given.from + minute * minuteMs;
    if (windows.some(({ start, end }) => at >= start && at < end)) seconds += 60;
  }
  return seconds;
}

describe('open time', () => {
  it('is what a walk through the minutes counts, whatever the hours, holidays, zone and DST', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const open = build(given).openSeconds(given.from, given.from + given.minutes * minuteMs);
        expect(open).toBe(slowOpenSeconds(given));
      }),
      { numRuns: casesOf(400) },
    );
  });

  it('is the time for which a wall clock shows open hours, where the clocks are not changed', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { zone, from, minutes } = given;
        fc.pre(transitionsOf(zone).every((change) => change < from - 4 * dayMs || change > from + 8 * dayMs));
        const rules: Rules = { week: given.rules.week, dated: new Map(), yearly: new Map() };
        let seconds = 0;
        for (let minute = 0; minute < minutes; minute += 5) {
          const wall = Temporal.Instant.fromEpochMilliseconds(from + minute * minuteMs).toZonedDateTimeISO(
            zone,
          );
          const time = (wall.hour * 60 + wall.minute) * minuteMs;
          const today = rules.week[wall.dayOfWeek - 1] ?? [];
          const yesterday = rules.week[(wall.dayOfWeek + 5) % 7] ?? [];
          const open =
            today.some((hours) => time >= hours.from && time < hours.to) ||
            yesterday.some((hours) => time + dayMs < hours.to);
          if (open) seconds += 60;
        }
        const calendar = openTime(rules, zoneClock(zone));
        let sampled = 0;
        for (let minute = 0; minute < minutes; minute += 5)
          sampled += calendar.openSeconds(from + minute * minuteMs, from + (minute + 1) * minuteMs);
        expect(sampled).toBe(seconds);
      }),
      { numRuns: 60 },
    );
  });

  it('adds up over any split, to the millisecond', () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.nat({ max: 500 * dayMs }),
        fc.nat({ max: 500 * dayMs }),
        (given, first, second) => {
          const calendar = build(given);
          const whole = calendar.openSeconds(given.from, given.from + first + second);
          const parts =
            calendar.openSeconds(given.from, given.from + first) +
            calendar.openSeconds(given.from + first, given.from + first + second);
          expect(parts).toBeCloseTo(whole, 4);
        },
      ),
    );
  });

  it('adds up day by day over years, and does not depend on what was asked before', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 300, max: 3000 }), (given, days) => {
        const calendar = build(given);
        let sum = 0;
        for (let day = 0; day < days; day += 1)
          sum += calendar.openSeconds(given.from + day * dayMs, given.from + (day + 1) * dayMs);
        expect(build(given).openSeconds(given.from, given.from + days * dayMs)).toBe(sum);
      }),
      { numRuns: 20 },
    );
  });

  it('is never negative, never more than the time that passes, and never shrinks', () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.integer({ min: -dayMs, max: 90 * dayMs }),
        fc.nat({ max: dayMs }),
        (given, length, more) => {
          const calendar = build(given);
          const open = calendar.openSeconds(given.from, given.from + length);
          expect(open).toBeGreaterThanOrEqual(0);
          expect(open).toBeLessThanOrEqual(Math.max(0, length / 1000));
          expect(calendar.openSeconds(given.from, given.from + length + more)).toBeGreaterThanOrEqual(open);
          expect(calendar.openSeconds(given.from - more, given.from + length)).toBeGreaterThanOrEqual(open);
        },
      ),
    );
  });

  it('grows in exactly the milliseconds that are open', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(), fc.integer({ min: -1, max: 1 }), (given, pick, nudge) => {
        const calendar = build(given);
        const edges = slowWindows(given).flatMap(({ start, end }) => [start, end]);
        const at = (edges[pick % edges.length] ?? given.from) + nudge;
        expect(calendar.isOpen(at)).toBe(calendar.openSeconds(at, at + 1) > 0);
        const around = slowWindows({ ...given, from: at, minutes: 1 });
        expect(calendar.isOpen(at)).toBe(around.some(({ start, end }) => at >= start && at < end));
      }),
      { numRuns: casesOf(300) },
    );
  });
});
