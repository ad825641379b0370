import { DatabaseError } from '../contract.ts';
import type { Measure } from './contract.ts';
import type { ColumnRef, ComparisonDialect } from './dialect.ts';
import type { Instant, WallOffset, WallTime, ZoneClock } from '../../time.ts';

/** Since 1970 clocks have been put back at full quarters of an hour, and by no more than three hours. */
const quarterMs = 900_000;
const longestFoldMs = 3 * 3_600_000;

/**
 * The wall time that separates what is read as before `at` from what is read as at or after it. That is what the clock shows
 * at `at`, except in the second run of an hour that occurs twice: all its times are read as of the first run, see
 * `ZoneClock.instant`, so the bound is then the end of that hour.
 */
export function wallBound(clock: ZoneClock, at: Instant): WallTime {
  let bound = clock.wallTime(at);
  const last = Math.floor(at / quarterMs) * quarterMs;
  for (let change = last; change > at - longestFoldMs; change -= quarterMs)
    bound = Math.max(bound, clock.wallTime(change - 1) + 1);
  return bound;
}

/** `2026-11-21T10:42:07.123`. */
export function wallText(wall: WallTime): string {
  return new Date(wall).toISOString().slice(0, -1);
}

/** Changes of the offset are known to the server for these years; digests of rows outside of them differ, and the rows are read. */
const knownYears = { from: Date.UTC(1980, 0), to: Date.UTC(2050, 0) } as const;

/**
 * SQL for the distance of a local time to UTC, in milliseconds: a tree of comparisons, so that each row takes eight at most,
 * which also keeps below the ten levels that SQL Server lets a CASE have.
 * @param sql The time, a column or an expression over one.
 * @param literal The SQL of a local time that it is compared with.
 */
export function offsetSql(clock: ZoneClock, sql: string, literal: (wall: WallTime) => string): string {
  const tree = (offsets: readonly WallOffset[]): string => {
    const middle = offsets.length >> 1;
    const first = offsets[middle];
    if (first === undefined) return '0';
    if (middle === 0) return String(first.offset);
    const [before, after] = [offsets.slice(0, middle), offsets.slice(middle)];
    return `CASE WHEN ${sql} >= ${literal(first.from)} THEN ${tree(after)} ELSE ${tree(before)} END`;
  };
  return tree(clock.offsets(knownYears.from, knownYears.to));
}

/** A cell as the server sees it, its times in UTC. @throws DatabaseError when it cannot convert them. */
export function serverCell(dialect: ComparisonDialect, ref: ColumnRef, measure: Measure): string {
  const { sql, localTime } = dialect.cell(ref, measure);
  if (!localTime) return sql;
  const utc = dialect.utcCell?.(ref);
  if (utc === undefined)
    throw new DatabaseError('query', `the server cannot convert ${JSON.stringify(ref.column.name)} to UTC`);
  return utc;
}
