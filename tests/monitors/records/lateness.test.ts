import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { always } from '../../../src/calendar/calendar.ts';
import type { Calendar } from '../../../src/calendar/calendar.ts';
import { newestLate } from '../../../src/monitors/records/lateness.ts';
import { hour, minute, now } from '../run.ts';

/** Open for the first `openMs` of every hour. */
function hourly(openMs: number): Calendar {
  const openUntil = (at: number) => Math.floor(at / hour) * openMs + Math.min(openMs, at % hour);
  return {
    isOpen: (at) => at % hour < openMs,
    openSeconds: (from, to) => (to > from ? (openUntil(to) - openUntil(from)) / 1000 : 0),
  };
}

describe('newestLate', () => {
  it('is just over the limit when there is no calendar', () => {
    expect(newestLate(always, now, 30 * minute)).toBe(now - 30 * minute - 1);
  });

  it('is null when the calendar does not open long enough', () => {
    expect(newestLate({ isOpen: () => false, openSeconds: () => 0 }, now, minute)).toBeNull();
  });

  it('is null for a limit that nobody can wait for', () => {
    expect(newestLate(hourly(1), now, 1000 * hour)).toBeNull();
  });

  it('says of every instant what the calendar says', () => {
    const waits = fc.integer({ min: -10 * hour, max: 500 * hour });
    const opens = fc.integer({ min: 1, max: hour });
    fc.assert(
      fc.property(
        opens,
        fc.integer({ min: 1, max: 20 * hour }),
        fc.array(waits),
        (openMs, limitMs, waited) => {
          const calendar = hourly(openMs);
          const newest = newestLate(calendar, now, limitMs);
          for (const since of [
            ...waited.map((ms) => now - ms),
            ...(newest === null ? [] : [newest, newest + 1]),
          ]) {
            const late = calendar.openSeconds(since, now) > limitMs / 1000;
            expect(newest !== null && since <= newest).toBe(late);
          }
        },
      ),
    );
  });
});
