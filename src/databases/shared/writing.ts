import { DatabaseError } from '../contract.ts';

/** Most rows that one statement of a writing connection may return. */
export const mostWrittenRows = 10_000;

/** The error of a statement that returns more; its transaction is undone. */
export function tooManyRows(): DatabaseError {
  return new DatabaseError('query', `the statement returned more than ${mostWrittenRows} rows`);
}
