import { zoneClock, type Instant } from '../../time.ts';
import type { ComparisonDialect } from './dialect.ts';
import { lookupSql } from './lookup-sql.ts';
import { beginningOf, integerOf, textOf } from './result-values.ts';
import {
  bucketsSql,
  digestsOf,
  keyBoundsSql,
  layoutOf,
  resultNames,
  rowsSql,
  type ComparisonSql,
  type Layout,
} from './sql.ts';
import {
  nullCell,
  type Access,
  type Bucket,
  type CellBatch,
  type Comparison,
  type ComparisonOptions,
  type Digest,
  type FoundRow,
  type Grid,
  type Part,
  type Selection,
} from './contract.ts';
import { DatabaseError, type Database } from '../contract.ts';
import type { Row } from '../values.ts';

/** What a driver brings so that it can compare. */
export interface ComparisonDriver {
  readonly dialect: ComparisonDialect;
  /** IANA zone in which the database's zone-less timestamps are written. */
  readonly timezone: string;
  readonly query: Database['query'];
  /** How the server would run a statement of `rowsSql`. */
  access(statement: ComparisonSql, options: ComparisonOptions): Promise<Access>;
  /**
   * The rows of a statement of `rowsSql`. The caller converts local times within the batch, so each batch must be new or
   * filled again.
   */
  readonly stream: (
    statement: ComparisonSql,
    layout: Layout,
    options: ComparisonOptions,
  ) => AsyncIterable<CellBatch>;
}

/** More rows than a part ever has; drivers clamp it to what their protocol takes. */
const mostRows = 2_147_483_647;
/** Rows that a look-up of a few hundred keys may have, duplicates and what the collation adds counted. */
const mostFound = 20_000;

class DriverComparison implements Comparison {
  readonly #driver: ComparisonDriver;

  constructor(driver: ComparisonDriver) {
    this.#driver = driver;
  }

  digests(selection: Selection): readonly Digest[] {
    return digestsOf(this.#driver.dialect, selection);
  }

  async *rows(
    selection: Selection,
    part: Part,
    ordered: boolean,
    options: ComparisonOptions,
  ): AsyncGenerator<CellBatch> {
    const { dialect, stream } = this.#driver;
    const layout = layoutOf(dialect, selection);
    const statement = rowsSql(dialect, selection, part, ordered);
    for await (const batch of stream(statement, layout, options)) {
      this.#toUtc(batch, layout);
      yield batch;
    }
  }

  async *buckets(
    selection: Selection,
    part: Part,
    grid: Grid,
    digest: Digest,
    countKeys: boolean,
    options: ComparisonOptions,
  ): AsyncGenerator<Bucket> {
    const statement = bucketsSql(this.#driver.dialect, selection, part, grid, digest, countKeys);
    for await (const row of this.#query(statement, mostRows, options))
      yield {
        index: Number(row[resultNames.bucket]),
        rows: Number(row[resultNames.rows]),
        keys: Number(row[resultNames.keys]),
        sum: String(row[resultNames.sum]),
      };
  }

  async keyBounds(
    selection: Selection,
    options: ComparisonOptions,
  ): Promise<{ lowest: bigint; highest: bigint } | null> {
    const statement = keyBoundsSql(this.#driver.dialect, selection);
    const [row] = await Array.fromAsync(this.#query(statement, 1, options));
    const lowest = row?.[resultNames.lowest] ?? null;
    const highest = row?.[resultNames.highest] ?? null;
    if (lowest === null || highest === null) return null;
    return { lowest: BigInt(integerOf(lowest)), highest: BigInt(integerOf(highest)) };
  }

  async lookup(
    selection: Selection,
    keys: readonly (bigint | string)[],
    options: ComparisonOptions,
  ): Promise<readonly FoundRow[]> {
    if (keys.length === 0) return [];
    const layout = layoutOf(this.#driver.dialect, selection);
    const statement = lookupSql(this.#driver.dialect, selection, keys);
    if (statement === null) return [];
    const wanted = new Set(keys);
    const found: FoundRow[] = [];
    for await (const row of this.#query(statement, mostFound, options)) {
      const each = this.#foundRow(row, layout, selection.fields.length);
      if (wanted.has(each.key)) found.push(each);
    }
    return found;
  }

  async now(options: ComparisonOptions): Promise<Instant> {
    const statement = { sql: this.#driver.dialect.now, parameters: {} };
    const [row] = await Array.fromAsync(this.#query(statement, 1, options));
    const now = row?.['now'];
    if (typeof now === 'number') return now;
    if (!(now instanceof Date)) throw new DatabaseError('query', 'the server did not send its time');
    return now.getTime();
  }

  async access(selection: Selection, part: Part, options: ComparisonOptions): Promise<Access> {
    return this.#driver.access(rowsSql(this.#driver.dialect, selection, part, false), options);
  }

  #query(
    { sql, parameters }: ComparisonSql,
    maxRows: number,
    options: ComparisonOptions,
  ): AsyncIterable<Row> {
    return this.#driver.query(sql, parameters, { ...options, maxRows });
  }

  /** Converts in place what the server could not. */
  #toUtc({ cells, count, width }: CellBatch, { textKey, localTimes }: Layout): void {
    const first = textKey ? 0 : 1;
    for (const [index, isLocal] of localTimes.entries()) {
      if (!isLocal) continue;
      for (let row = 0; row < count; row += 1) {
        const at = row * width + first + index;
        cells[at] = this.#instant(cells[at] ?? nullCell);
      }
    }
  }

  #instant(localTime: bigint): bigint {
    if (localTime === nullCell) return nullCell;
    return BigInt(zoneClock(this.#driver.timezone).instant(Number(localTime)));
  }

  #foundRow(row: Row, { textKey, localTimes }: Layout, fields: number): FoundRow {
    const key = row[resultNames.key];
    const cells = localTimes.map((isLocal, index) => {
      const cell = BigInt(integerOf(row[resultNames.cell(index)]));
      return isLocal ? this.#instant(cell) : cell;
    });
    return {
      key: textKey ? String(key) : BigInt(integerOf(key)),
      cells,
      texts: Array.from({ length: fields }, (_, index) => beginningOf(textOf(row[resultNames.text(index)]))),
      amount: textOf(row[resultNames.amount]),
      currency: (textOf(row[resultNames.currency]) ?? '').trim(),
    };
  }
}

/** Compares by means of a driver's `query`; the driver's dialect says how. */
export function comparisonOf(driver: ComparisonDriver): Comparison {
  return new DriverComparison(driver);
}
