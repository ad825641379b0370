import { DatabaseError, type DatabaseErrorKind } from '../contract.ts';
import { rowTooLong } from '../shared/rows.ts';

/** SQLITE_TOOBIG: a value is longer than the limit that the reader sets. */
const tooBig = 18;

/** Primary result codes (https://sqlite.org/rescode.html) that say more than that a statement is wrong. */
const kinds: ReadonlyMap<number, DatabaseErrorKind> = new Map([
  [3, 'permission'], // SQLITE_PERM
  [5, 'locked'], // SQLITE_BUSY
  [6, 'locked'], // SQLITE_LOCKED
  [8, 'permission'], // SQLITE_READONLY
  [10, 'unreachable'], // SQLITE_IOERR
  [11, 'unreachable'], // SQLITE_CORRUPT
  [14, 'unreachable'], // SQLITE_CANTOPEN
  [23, 'permission'], // SQLITE_AUTH
  [26, 'unreachable'], // SQLITE_NOTADB
]);

/** @param code SQLite's extended result code, 0 for a refusal of our own. */
export function errorOf(code: number, message: string): DatabaseError {
  // The low byte of an extended code is the primary one.
  const primary = code & 0xff;
  const words = primary === tooBig ? rowTooLong().message : message;
  return new DatabaseError(kinds.get(primary) ?? 'query', words, {
    code: `sqlite:${code === 0 ? 1 : code}`,
  });
}
