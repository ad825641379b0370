import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetSql, wallBound, wallText } from '../../../src/databases/comparison/wall-clock.ts';
import { zoneClock } from '../../../src/time.ts';
import { casesOf } from '../../helpers/nightly.ts';

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
      { numRuns: casesOf(5000) },
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

describe('the offset of a wall time in SQL', () => {
  /** What a server makes of the expression for one time: the CASE that is innermost is always of plain numbers. */
  function evaluate(sql: string, wall: number): number {
    let rest = sql.replaceAll('t >= ', `${wall} >= `);
    const innermost = /CASE WHEN (-?\d+) >= (-?\d+) THEN (-?\d+) ELSE (-?\d+) END/g;
    while (rest.includes('CASE'))
      rest = rest.replaceAll(innermost, (_, left: string, right: string, after: string, before: string) =>
        Number(left) >= Number(right) ? after : before,
      );
    return Number(rest);
  }

  const sqlOf = new Map(zones.map((zone) => [zone, offsetSql(zoneClock(zone), 't', String)]));

  it('is that with which the reader converts it, in hours that are skipped or occur twice too', () => {
    const changes = [Date.UTC(2026, 2, 29, 2), Date.UTC(2026, 9, 25, 2), Date.UTC(1999, 3, 4, 2)];
    const walls = fc.oneof(
      fc
        .tuple(fc.constantFrom(...changes), fc.integer({ min: -5 * hour, max: 5 * hour }))
        .map(([at, by]) => at + by),
      fc.integer({ min: Date.UTC(1981, 0), max: Date.UTC(2049, 0) }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...zones), walls, (zone, wall) => {
        const offset = evaluate(sqlOf.get(zone) ?? '', wall);
        expect(wall - offset).toBe(zoneClock(zone).instant(wall));
      }),
      { numRuns: casesOf(300) },
    );
  });

  it('nests no deeper than the ten levels of SQL Server, in the zones with most changes too', () => {
    for (const zone of [...zones, 'Africa/Casablanca', 'Asia/Gaza', 'Africa/Cairo']) {
      const sql = offsetSql(zoneClock(zone), 't', String);
      let depth = 0;
      let deepest = 0;
      for (const [word] of sql.matchAll(/CASE|END/g)) {
        depth += word === 'CASE' ? 1 : -1;
        deepest = Math.max(deepest, depth);
      }
      expect(deepest, zone).toBeLessThan(10);
    }
  });
});
