import { DatabaseError, type CellFault, type RowObserver } from '../contract.ts';
import type { Row, Value } from '../values.ts';

const mebibyte = 1024 * 1024;
/** A text or bytes beyond this length, in characters or bytes, are cut. */
export const mostCellLength = mebibyte;
/** A row that takes more bytes than this on its way from the server is refused before it has been read. */
export const mostRowBytes = 16 * mebibyte;
/** Bytes of rows that wait for their reader before the server has to wait. */
export const mostWaitingBytes = 256 * 1024;

/** The error of a row that is longer than `mostRowBytes`. */
export function rowTooLong(): DatabaseError {
  return new DatabaseError(
    'query',
    `a row is longer than ${mostRowBytes / mebibyte} MiB, and was not read: select less of it, such as the first 1000 characters of a long text`,
  );
}

/** A column of a result: what makes a value of what the client of the server returns; never called with NULL. */
export interface ColumnReader<Raw> {
  readonly name: string;
  readonly read: (raw: Raw) => Value;
  /** Its text may hold bytes that are none in the encoding of the database; they come as U+FFFD. */
  readonly anyBytes?: boolean;
}

/** How long a value is, in characters or bytes. */
export function lengthOf(value: Value): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
}

/** The beginning of a text or of bytes, as a copy: a slice would keep the whole of it in memory. */
function beginning(value: string | Uint8Array): Value {
  if (typeof value !== 'string') return Uint8Array.from(value.subarray(0, mostCellLength));
  return Buffer.from(value.slice(0, mostCellLength).toWellFormed()).toString();
}

/** Makes rows of the cells of one result. */
export class RowReader<Raw> {
  readonly #columns: readonly ColumnReader<Raw>[];
  readonly #observer: RowObserver | undefined;

  /** @param observer is given the names of the columns at once. */
  constructor(columns: readonly ColumnReader<Raw>[], observer: RowObserver | undefined) {
    this.#columns = columns;
    this.#observer = observer;
    observer?.columns(columns.map(({ name }) => name));
  }

  /** A row; a cell that cannot be read does not cost the others. @param cells in the order of the columns. */
  read(cells: readonly (Raw | null | undefined)[]): Row {
    const row: Record<string, Value> = {};
    for (let at = 0; at < this.#columns.length; at += 1) {
      const column = this.#columns[at];
      const raw = cells[at];
      if (column !== undefined)
        row[column.name] = raw === null || raw === undefined ? null : this.#cell(column, raw);
    }
    return row;
  }

  #cell(column: ColumnReader<Raw>, raw: Raw): Value {
    let value: Value;
    try {
      value = column.read(raw);
    } catch (error) {
      // What a driver refuses is a fault of its own, not of one cell.
      if (error instanceof DatabaseError) throw error;
      this.#report(column, 'unreadable');
      return null;
    }
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) return value;
    if (column.anyBytes === true && typeof value === 'string' && value.includes('\uFFFD'))
      this.#report(column, 'encoding');
    if (value.length <= mostCellLength) return value;
    this.#report(column, 'cut');
    return beginning(value);
  }

  #report({ name }: ColumnReader<Raw>, fault: CellFault): void {
    this.#observer?.oddCell(name, fault);
  }
}
