import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallBound, wallText } from '../../../src/databases/comparison/wall-clock.ts';
import { zoneClock } from '../../../src/time.ts';

const zones = ['Europe/Brussels', 'America/New_York', 'Australia/Lord_Howe', 'Antarctica/Troll', 'UTC'];
const hour = 3_600_000;

/** Whether a clock ever shows it. */
function exists(zone: string, wall: number): boolean {
  const clock = zoneClock(zone);
  return clock.wallTime(clock.instant(wall)) === wall;
}

describe('the bound of wall times', () => {
  it('parts what is read as earlier from the rest, around each change of the clock', () => {
    const near = Date.UTC(2026, 9, 25, 1);
    const instants = fc.oneof(
      fc.integer({ min: near - 5 * hour, max: near + 5 * hour }),
      fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2037, 0, 1) }),
    );
    const distances = fc.integer({ min: -4 * hour, max: 4 * hour });
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, distances, (zone, at, distance) => {
        const clock = zoneClock(zone);
        const wall = clock.wallTime(at) + distance;
        fc.pre(exists(zone, wall));
        expect(wall < wallBound(clock, at)).toBe(clock.instant(wall) < at);
      }),
      { numRuns: 5000 },
    );
  });

  it('is the end of an hour that runs for the second time', () => {
    const clock = zoneClock('Europe/Brussels');
    const bound = (at: string): string => wallText(wallBound(clock, Date.parse(at)));
    expect(bound('2026-10-25T00:30:00Z')).toBe('2026-10-25T02:30:00.000');
    expect(bound('2026-10-25T01:00:00Z')).toBe('2026-10-25T03:00:00.000');
    expect(bound('2026-10-25T01:30:00Z')).toBe('2026-10-25T03:00:00.000');
    expect(bound('2026-10-25T02:30:00Z')).toBe('2026-10-25T03:30:00.000');
  });
});
