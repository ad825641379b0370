import type { ColumnType } from '../../databases/values.ts';

/** What a column may hold for each way of reading it; `unknown` is left to the values themselves. */
export const columnTypes = {
  text: ['text', 'integer', 'decimal', 'float', 'boolean', 'instant', 'unknown'],
  instant: ['instant', 'integer', 'decimal', 'float', 'text', 'unknown'],
  amount: ['integer', 'decimal', 'float', 'unknown'],
  number: ['integer', 'decimal', 'float', 'boolean', 'unknown'],
  /** A number, or an instant that becomes one. */
  figure: ['integer', 'decimal', 'float', 'boolean', 'instant', 'unknown'],
  /** A number of seconds, or a duration as the configuration writes it. */
  duration: ['integer', 'decimal', 'float', 'text', 'unknown'],
  boolean: ['boolean', 'integer', 'decimal', 'text', 'unknown'],
} as const satisfies Readonly<Record<string, readonly ColumnType[]>>;
