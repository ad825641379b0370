import type { Instant } from '../../time.ts';
import { toleratedSkewMs } from './clock-skew.ts';
import { Notes } from './notes.ts';

/** No zone is that far from another: what lies further in the future is no time of something that is over. */
const farthestAheadMs = 24 * 3_600_000;

/**
 * When something was over; null where that lies more than a day in the future, which is noted: an age of 0 until that day would
 * hide that nothing happens any more.
 *
 * @param key that of the query; `column`: the column that holds the time; `example` names its row.
 */
export function unlessFarAhead(
  at: Instant | null,
  { key, column, now, notes }: { key: string; column: string; now: Instant; notes: Notes },
  example: string,
): Instant | null {
  if (at === null || at <= now + farthestAheadMs) return at;
  notes.count(
    `${key}: rows whose ${column} is more than a day in the future, which was read as NULL`,
    example,
  );
  return null;
}

/**
 * Watches a column for times in the future. A few are what they say (a retry that is planned); when most rows lie there, the
 * database's time zone is wrong.
 */
export class FutureTimes {
  readonly #what: string;
  readonly #now: Instant;
  readonly #future = new Notes();
  #rows = 0;
  #futureRows = 0;

  /** @param key that of the query; `column`: the column that holds the times. */
  constructor(key: string, column: string, now: Instant) {
    this.#what = `${key}: rows whose ${column} is in the future; check the time zone of the database`;
    this.#now = now;
  }

  /** Counts a time; NULL is none. `example` names its row. */
  see(at: Instant | null, example: string): void {
    if (at === null) return;
    this.#rows += 1;
    if (at <= this.#now + toleratedSkewMs) return;
    this.#futureRows += 1;
    this.#future.count(this.#what, example);
  }

  /** To be called after the last row: notes those in the future when they are most of all. @returns whether they are. */
  report(notes: Notes): boolean {
    const areMost = this.#futureRows * 2 > this.#rows;
    if (areMost) notes.add(this.#future);
    return areMost;
  }
}
