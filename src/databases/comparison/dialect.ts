import type { Digest, KeyMeasure, Measure, Selection } from './contract.ts';
import type { Column } from '../values.ts';
import type { Instant } from '../../time.ts';

/** A column of the user's query, in a statement around it. */
export interface ColumnRef {
  readonly column: Column;
  /** How SQL names it: qualified and quoted. */
  readonly sql: string;
}

/** An expression that makes a cell. */
export interface CellSql {
  /** Yields a signed 64-bit integer, never NULL. */
  readonly sql: string;
  /**
   * It is a local time in the database's `timezone`, in milliseconds as if it were UTC, which the reader converts. Digests of
   * such cells cannot be compared between servers: they are of `utcCell`.
   */
  readonly localTime: boolean;
}

/** One input of a digest: the name of a column of the subquery around which the digest is computed. */
export interface DigestInput {
  readonly sql: string;
  /** `text`: a text, NULL for NULL; `decimal`: a number of `decimal`, NULL for NULL; `integer`: a cell, `nullCell` for NULL. */
  readonly type: 'integer' | 'text' | 'decimal';
}

/** How one dialect of SQL says what a comparison needs: expressions only, all pure. Numbers are pasted, texts never are. */
export interface ComparisonDialect {
  /** A quoted name. */
  name(column: string): string;
  /** The key in canonical form: a signed 64-bit integer, or a text; NULL for NULL. */
  key(ref: ColumnRef, measure: KeyMeasure): string;
  /** A field or a time as a cell. */
  cell(ref: ColumnRef, measure: Measure): CellSql;
  /** The cell of a time whose `cell` is a local time, converted by the server: for digests and buckets, which no reader sees. */
  utcCell?(ref: ColumnRef): string;
  /** A field of measure `text` in canonical form, for digests; NULL for NULL. */
  text(ref: ColumnRef): string;
  /** A field of measure `money` rounded to `digits` decimals, for a digest of the dialect's own that is faster with it, beside an integer key; NULL for NULL. */
  decimal?(ref: ColumnRef, digits: number): string;
  /** What digests it can make of a selection whose cells it can all convert, cheapest first. */
  digests(selection: Selection): readonly Digest[];
  /** The digest of a row, a signed 64-bit integer; the first input is the key. `integer` is the same in all dialects. */
  digest(digest: Exclude<Digest, 'integer'>, inputs: readonly DigestInput[]): string;
  /** floor((value - from) / width) for value >= from, as an integer that fits 53 bits. `width` >= 1. */
  bucket(value: string, from: bigint, width: bigint): string;
  /** The exact sum of signed 64-bit integers, as decimal text. */
  sum(value: string): string;
  /** What ends a SELECT, such as ` OPTION (MAXDOP 1)`; or ''. */
  readonly suffix: string;
  /** What at the end of a subquery keeps the server from computing its columns anew for each use, such as ` OFFSET 0`. */
  readonly fence?: string;
  /**
   * Key and cells of a row of `rowsSql` in one column, `erp_row`, for a driver whose `stream` takes it apart. `key` is what
   * `key` made, of that type.
   */
  pack?(key: string, type: KeyMeasure['type'], cells: readonly string[]): string;
  /** What separates the values of a time column before `at` from the rest; absent: a `Date` that the driver binds. */
  instant?(ref: ColumnRef, at: Instant): string;
  /** A SELECT that yields the server's clock, one row, column `now`, an instant or milliseconds since 1970. */
  readonly now: string;
}
