import type { Column, Parameters } from '../values.ts';
import type { Instant } from '../../time.ts';

/**
 * What the comparison of two tables on two servers needs of each of them: rows and digests in a form in which servers of
 * different makers agree. Everything that depends on a dialect of SQL lies behind this contract, one file per dialect.
 *
 * The canonical form of a record is its key and a list of cells. A cell is a signed 64-bit integer; `nullCell` stands for
 * NULL. Two records are the same when their keys and all their cells are.
 */

/** How the values of a column become cells. */
export type Measure =
  /** The integer itself; a decimal or float must have no fraction. */
  | { readonly type: 'integer' }
  /** Minor units: the amount rounded to `digits` decimals (half away from zero), times 10^digits. */
  | { readonly type: 'money'; readonly digits: number }
  /** Milliseconds since 1970, UTC, rounded down. A zone-less column is read in the database's `timezone`. */
  | { readonly type: 'instant' }
  /** `codes` by the value as text, spaces at its end dropped; a value that is not among them becomes `other`. */
  | { readonly type: 'status'; readonly codes: Readonly<Record<string, number>>; readonly other: number }
  /** The first 64 bits of the md5 of the text in UTF-8, spaces at its end dropped. */
  | { readonly type: 'text' };

/** How a key becomes comparable. An integer key must fit into 64 bits. */
export type KeyMeasure =
  | { readonly type: 'integer' }
  | {
      readonly type: 'text';
      /**
       * Spaces before it are dropped too; those at its end, as of a CHAR, always are. Without `trim`, `fold` and `guid` a
       * look-up compares the column as it stands, so that an index helps: where the server tells spaces at the end apart
       * (PostgreSQL's varchar), it finds no value that ends in some.
       */
      readonly trim: boolean;
      /** Lower case, by the rules of each server, which agree for ASCII. */
      readonly fold: boolean;
      /** A GUID: lower case, without braces. */
      readonly guid: boolean;
    };

/** One side of a comparison: a query of the user, and which of its columns are what. */
export interface Selection {
  /** Read as a derived table: no ORDER BY, no `;`. May use the parameters. */
  readonly sql: string;
  /** What `describe` says of `sql`. */
  readonly columns: readonly Column[];
  readonly parameters: Parameters;
  /** Column names in any case. */
  readonly key: { readonly column: string; readonly measure: KeyMeasure };
  readonly fields: readonly { readonly column: string; readonly measure: Measure }[];
  /** The business time; when there is one, it is the last cell of each row, behind the fields. */
  readonly at?: string;
  /** When a row last changed; for `Part.changedFrom`. */
  readonly changedAt?: string;
  /** For `lookup` alone. */
  readonly amount?: string;
  readonly currency?: string;
}

/** Which rows of a selection: those that fulfil all that is given. Ranges are half-open. Rows without a key never count. */
export interface Part {
  /** Ranges of integer keys, in ascending order, without overlap; at most `mostRanges`. A row in any of them counts. */
  readonly keys?: readonly KeyRange[];
  readonly at?: { readonly from: Instant; readonly to: Instant };
  readonly changedFrom?: Instant;
}

export interface KeyRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** So many ranges one statement takes. */
export const mostRanges = 200;
/** So many keys one `lookup` takes. */
export const mostKeys = 500;

/** NULL as a cell. */
export const nullCell = -(2n ** 63n);

/**
 * Some rows. `cells` holds `width` cells a row, row after row, of which only the first `count * width` are valid; with integer
 * keys the key is the first cell of its row. With text keys `keys` has one entry a row. A batch is valid until the next one
 * is asked for: its buffers may be used again.
 */
export interface CellBatch {
  readonly count: number;
  readonly width: number;
  readonly cells: BigInt64Array;
  /** The same memory as 32-bit words: `words[2 * i]` is the low, `words[2 * i + 1]` the high half of `cells[i]`. */
  readonly words: Int32Array;
  readonly keys: readonly string[];
  /** Bytes that the server sent for it, or a good estimate. */
  readonly bytes: number;
}

/**
 * How a row becomes a number whose sums tell two sets of rows apart. All take key and fields, not `at`.
 * - `native:…`: a function of the server's own, the fastest there; two servers agree on it when both name it
 * - `integer`: arithmetic modulo two primes, see digest.ts; only without fields of measure `text` and with an integer key
 * - `md5`: the first 64 bits of the md5 of the canonical text: the cells as decimal numbers (a text as itself), joined by
 *   chr(31), NULL as chr(30)
 */
export type Digest = `native:${string}` | 'integer' | 'md5';

/**
 * How rows are gathered into buckets: number = floor((integer key or `at` - from) / width). The part must begin at `from`
 * or later. By `at`, rows without a time are left out.
 */
export type Grid =
  | { readonly by: 'key'; readonly from: bigint; readonly width: bigint }
  | { readonly by: 'at'; readonly from: Instant; readonly widthMs: number };

/** A bucket that is not empty. */
export interface Bucket {
  readonly index: number;
  readonly rows: number;
  /** Different keys; the same as `rows` when it was not asked for. */
  readonly keys: number;
  /** Sum of the digests, exact, as decimal text. */
  readonly sum: string;
}

/** A row that was looked up by its key, with what only a report needs. */
export interface FoundRow {
  /** In its canonical form. */
  readonly key: bigint | string;
  /** One per field, then `at`. */
  readonly cells: readonly bigint[];
  /**
   * One per field: what the column of a `text` or a `status` holds, spaces at its end dropped, of a longer text the first
   * 100,000 characters; null for NULL and for other fields.
   */
  readonly texts: readonly (string | null)[];
  /** Exact decimal text, or null. */
  readonly amount: string | null;
  readonly currency: string;
}

/** How the server would read a part. */
export interface Access {
  /** Whether an index leads to the rows of the part, so that others are not read; null when the server does not tell. */
  readonly indexed: boolean | null;
  /** Rows that it believes the largest table holds that it would read whole; 0 when it would read none whole. */
  readonly scannedRows: number;
  /** One line for people, such as `Index Scan using orders_created_at_idx`. */
  readonly text: string;
}

export interface ComparisonOptions {
  readonly signal: AbortSignal;
  /** Milliseconds that the statement may take on the server. */
  readonly timeoutMs: number;
}

/** Compares on one server. All methods throw `DatabaseError` as `query` does, and run one statement at a time, read-only. */
export interface Comparison {
  /** What digests the server can make of such rows, the cheapest first. */
  digests(selection: Selection): readonly Digest[];
  /** Every row of the part; in ascending order of an integer key when `ordered`. */
  rows(
    selection: Selection,
    part: Part,
    ordered: boolean,
    options: ComparisonOptions,
  ): AsyncIterable<CellBatch>;
  /** The buckets of the part that are not empty, in ascending order. @param countKeys whether `Bucket.keys` is wanted. */
  buckets(
    selection: Selection,
    part: Part,
    grid: Grid,
    digest: Digest,
    countKeys: boolean,
    options: ComparisonOptions,
  ): AsyncIterable<Bucket>;
  /** Smallest and largest integer key of the selection; null without rows. */
  keyBounds(
    selection: Selection,
    options: ComparisonOptions,
  ): Promise<{ lowest: bigint; highest: bigint } | null>;
  /** The rows of at most `mostKeys` keys in canonical form, whatever their time. */
  lookup(
    selection: Selection,
    keys: readonly (bigint | string)[],
    options: ComparisonOptions,
  ): Promise<readonly FoundRow[]>;
  /** The server's own clock. */
  now(options: ComparisonOptions): Promise<Instant>;
  access(selection: Selection, part: Part, options: ComparisonOptions): Promise<Access>;
}
