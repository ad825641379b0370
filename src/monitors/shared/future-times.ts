import type { Instant } from '../../time.ts';
import { toleratedSkewMs } from './clock-skew.ts';
import { Notes } from './notes.ts';

/** No zone is that far from another: what lies further in the future is no time of something that is over. */
const farthestAheadMs = 24 * 3_600_000;

/**
 * Watches a column for times in the future. A few are what they say (a retry that is planned); when most rows lie there, the
 * database's time zone is wrong.
 */
export class FutureTimes {
  readonly #rowsWhose: string;
  readonly #now: Instant;
  readonly #future = new Notes();
  #rows = 0;
  #futureRows = 0;

  /** @param key that of the query; `column`: the column that holds the times. */
  constructor(key: string, column: string, now: Instant) {
    this.#rowsWhose = `${key}: rows whose ${column}`;
    this.#now = now;
  }

  /** Counts a time; NULL is none. `example` names its row. */
  see(at: Instant | null, example: string): void {
    if (at === null) return;
    this.#rows += 1;
    if (at <= this.#now + toleratedSkewMs) return;
    this.#futureRows += 1;
    this.#future.count(`${this.#rowsWhose} is in the future; check the time zone of the database`, example);
  }

  /**
   * When something was over; null where that lies more than a day in the future, which is noted: an age of 0 until that day would
   * hide that nothing happens any more. `example` names its row.
   */
  unlessFarAhead(at: Instant | null, example: string, notes: Notes): Instant | null {
    if (at === null || at <= this.#now + farthestAheadMs) return at;
    notes.count(`${this.#rowsWhose} is more than a day in the future, which was read as NULL`, example);
    return null;
  }

  /** To be called after the last row: notes those in the future when they are most of all. @returns whether they are. */
  report(notes: Notes): boolean {
    const areMost = this.#futureRows * 2 > this.#rows;
    if (areMost) notes.add(this.#future);
    return areMost;
  }
}
