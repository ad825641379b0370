import { ExactSum } from '../../decimal.ts';
import type { Instant } from '../../time.ts';

/** A row of an open record. `record` is '' when it has no key, `since` and `amount` are null when unknown. */
export interface OpenRow<Details> {
  readonly record: string;
  readonly since: Instant | null;
  /** An exact decimal number. */
  readonly amount: string | null;
  readonly currency: string;
  readonly details: Details;
}

/** An open record: `since` of its oldest row, everything else of its newest. */
interface Entry<Details> {
  readonly record: string;
  since: Instant | null;
  newest: OpenRow<Details>;
}

/** A record as others see it. */
export interface ListedRecord<Details> {
  readonly record: string;
  readonly since: Instant | null;
  /** An exact decimal number; null when unknown. */
  readonly amount: string | null;
  readonly currency: string;
  readonly details: Details;
}

function listedRecord<Details>({ record, since, newest }: Entry<Details>): ListedRecord<Details> {
  const { amount, currency, details } = newest;
  return { record, since, amount, currency, details };
}

/** A row of unknown age is never newer than one of a known age. */
const never = Number.NEGATIVE_INFINITY;

/** Old before young, an unknown age last. */
function isOlder(one: Instant | null, other: Instant | null): boolean {
  return one !== null && (other === null || one < other);
}

/**
 * The open records of one query and company. The same record twice counts once; a row without a key counts as a record of
 * its own. It holds one entry a record, so the run's row bound is its bound.
 */
export class OpenRecords<Details> {
  readonly #entries: Entry<Details>[] = [];
  readonly #byRecord = new Map<string, Entry<Details>>();
  readonly #amounts = new Map<string, { readonly sum: ExactSum; rows: number }>();

  /** @returns whether the record had another row with another amount: only that of its newest row counts. */
  add(row: OpenRow<Details>): boolean {
    const known = row.record === '' ? undefined : this.#byRecord.get(row.record);
    if (known === undefined) {
      const entry: Entry<Details> = { record: row.record, since: row.since, newest: row };
      this.#entries.push(entry);
      if (row.record !== '') this.#byRecord.set(row.record, entry);
      this.#count(row);
      return false;
    }
    const { amount, currency } = known.newest;
    const isContradiction = Number(amount ?? 0) !== Number(row.amount ?? 0) || currency !== row.currency;
    if (isOlder(row.since, known.since)) known.since = row.since;
    const replaces = (row.since ?? never) >= (known.newest.since ?? never);
    if (replaces) {
      this.#discount(known.newest);
      known.newest = row;
      this.#count(row);
    }
    return isContradiction;
  }

  #count({ amount, currency }: OpenRow<Details>): void {
    if (amount === null) return;
    const entry = this.#amounts.get(currency) ?? { sum: new ExactSum(), rows: 0 };
    this.#amounts.set(currency, entry);
    entry.sum.add(amount);
    entry.rows += 1;
  }

  #discount({ amount, currency }: OpenRow<Details>): void {
    const entry = this.#amounts.get(currency);
    if (amount === null || entry === undefined) return;
    entry.sum.subtract(amount);
    entry.rows -= 1;
    if (entry.rows === 0) this.#amounts.delete(currency);
  }

  /** Each record: `since` of its oldest row, everything else of its newest. */
  *each(): Iterable<ListedRecord<Details>> {
    for (const entry of this.#entries) yield listedRecord(entry);
  }

  /** The newest row of each record. */
  *newestRows(): Iterable<OpenRow<Details>> {
    for (const { newest } of this.#entries) yield newest;
  }

  /** The newest row of the record of a key; no row is found without one. */
  newestRow(record: string): OpenRow<Details> | undefined {
    return this.#byRecord.get(record)?.newest;
  }

  get count(): number {
    return this.#entries.length;
  }

  /** Records that are open since `from` or later. */
  countSince(from: Instant): number {
    return this.#entries.reduce((sum, { since }) => sum + (since !== null && since >= from ? 1 : 0), 0);
  }

  /** Records that are open since `until` or earlier. */
  countUntil(until: Instant): number {
    return this.#entries.reduce((sum, { since }) => sum + (since !== null && since <= until ? 1 : 0), 0);
  }

  /** When the oldest record of a known age was opened. */
  oldestSince(): Instant | null {
    return this.#entries.reduce<Instant | null>(
      (oldest, { since }) => (isOlder(since, oldest) ? since : oldest),
      null,
    );
  }

  /** The sum of each currency, rounded once to the nearest double; no currency is ''. */
  amounts(): [currency: string, sum: number][] {
    return [...this.#amounts].map(([currency, { sum }]) => [currency, sum.toNumber()]);
  }

  /** How many records share a key that `keyOf` makes of their details, with the value of one of them; largest first. */
  countBy<Value>(
    keyOf: (details: Details) => string,
    valueOf: (details: Details) => Value,
  ): { readonly count: number; readonly value: Value }[] {
    const groups = new Map<string, { count: number; readonly value: Value }>();
    for (const { newest } of this.#entries) {
      const key = keyOf(newest.details);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { count: 1, value: valueOf(newest.details) });
      else group.count += 1;
    }
    return [...groups.values()].sort((one, other) => other.count - one.count);
  }

  /**
   * At most `most` records that have a key, oldest first, those of unknown age last.
   *
   * @param isWanted which records may be among them; absent: all.
   */
  oldest(
    most: number,
    isWanted: (record: string, details: Details) => boolean = () => true,
  ): ListedRecord<Details>[] {
    const listed: Entry<Details>[] = [];
    if (most === 0) return [];
    for (const entry of this.#entries) {
      const last = listed.at(-1);
      if (entry.record === '' || !isWanted(entry.record, entry.newest.details)) continue;
      if (listed.length === most && last !== undefined && !isOlder(entry.since, last.since)) continue;
      const place = listed.findIndex((other) => isOlder(entry.since, other.since));
      listed.splice(place === -1 ? listed.length : place, 0, entry);
      if (listed.length > most) listed.pop();
    }
    return listed.map(listedRecord);
  }
}
