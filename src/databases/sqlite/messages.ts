/** What may be bound: SQLite knows no other types. */
export type BoundValue = null | number | bigint | string;
/** What a cell holds; every integer is a `bigint`. */
export type RawValue = null | number | bigint | string | Uint8Array;

/** A column as SQLite describes it: `declared` is the type of the table's column, '' for an expression. */
export interface RawColumn {
  readonly name: string;
  readonly declared: string;
}

/** What is sent to the reading process. One statement at a time. */
export type Command =
  | {
      readonly do: 'open';
      readonly file: string;
      readonly lockTimeoutMs: number;
      /** Statements may write. Absent: the file is open read-only. */
      readonly writes?: true;
    }
  | { readonly do: 'describe'; readonly sql: string }
  | {
      readonly do: 'run';
      readonly sql: string;
      readonly values: readonly BoundValue[];
      readonly maxRows: number;
      readonly lockTimeoutMs: number;
    }
  /** The rows before have been taken: send the next ones. */
  | { readonly do: 'more' }
  /** Of a file that is open for writing: runs a statement to its end. */
  | {
      readonly do: 'execute';
      readonly sql: string;
      readonly values: readonly BoundValue[];
      readonly maxRows: number;
    };

/** What it answers. */
export type Answer =
  | { readonly is: 'opened'; readonly version: string }
  | { readonly is: 'columns'; readonly columns: readonly RawColumn[] }
  | { readonly is: 'rows'; readonly rows: readonly (readonly RawValue[])[] }
  | { readonly is: 'done' }
  | {
      readonly is: 'executed';
      readonly columns: readonly RawColumn[];
      /** One more than `maxRows` at most. */
      readonly rows: readonly (readonly RawValue[])[];
      readonly changed: number;
    }
  /** `code`: SQLite's extended result code, 0 when it is not SQLite that refused. */
  | { readonly is: 'failed'; readonly code: number; readonly message: string };
