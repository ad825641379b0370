/**
 * What a column holds at the edge: integers as `number` where safe, else `bigint`; decimals as exact strings; instants
 * and dates as `Date` (a zone-less one is read in the database's `timezone`, a date is its first instant there); binary
 * as bytes; GUIDs as lower-case text; anything else as text; NULL as `null`.
 */
export type Value = null | boolean | number | bigint | string | Date | Uint8Array;

/** One row of a result: values by column name, names as the server spells them. */
export type Row = Readonly<Record<string, Value>>;

/** What a column can be asked to hold. `unknown` is a column whose type only its values tell. */
export type ColumnType =
  'boolean' | 'integer' | 'decimal' | 'float' | 'text' | 'instant' | 'bytes' | 'unknown';

/** A column of a prepared query: `native` is the server's own name of the type, for messages. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly native: string;
}

/** Values for the named parameters `:name` of a statement. */
export type Parameters = Readonly<Record<string, null | boolean | number | bigint | string | Date>>;
