import { DatabaseError, type DatabaseErrorKind } from '../contract.ts';

/** What was being done when an error came. */
export type Phase = 'connect' | 'statement';

/**
 * The numbers of MySQL (1xxx to 3xxx) and MariaDB (19xx, 4xxx) that decide something; all others are `query`.
 * Source: the error references of MySQL 8.4 ("Server Error Message Reference") and MariaDB ("MariaDB Error Codes").
 */
const numbers: readonly (readonly [DatabaseErrorKind, readonly number[]])[] = [
  ['login', [1045, 1130, 1251, 1524, 1698, 1820, 1862, 3118, 3955, 4151]],
  ['unreachable', [1040, 1049, 1129, 1203, 1226, 3032]],
  ['permission', [1044, 1095, 1142, 1143, 1227, 1290, 1345, 1370, 1792, 1836]],
  ['locked', [1205, 1213, 3572]],
  // 1317 without a signal of ours: something on the server, such as a watchdog, found that the statement took too long.
  ['timeout', [1317, 1969, 3024]],
  ['lost', [1053, 1077, 1158, 1159, 1160, 1161, 1184, 1927, 4031]],
];

const kindOfNumber: ReadonlyMap<number, DatabaseErrorKind> = new Map(
  numbers.flatMap(([kind, list]) => list.map((number) => [number, kind])),
);

/** The number that the server gave an error, or undefined when the error is not the server's. */
export function serverErrorNumber(error: unknown): number | undefined {
  // Node's own errors have an errno too, a negative one.
  if (!(error instanceof Error) || !('errno' in error)) return undefined;
  return typeof error.errno === 'number' && error.errno > 0 ? error.errno : undefined;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  // A host with several addresses fails with an AggregateError that says nothing itself.
  const causes = error instanceof AggregateError ? error.errors.map(wordsOf) : [];
  return causes.length > 0 ? causes.join('; ') : error.name;
}

/** The error that leaves the driver for any that came out of mysql2, of Node or of the server. */
export function toDatabaseError(error: unknown, phase: Phase): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const message = wordsOf(error);
  const number = serverErrorNumber(error);
  if (number !== undefined) {
    const kind = kindOfNumber.get(number) ?? (phase === 'connect' ? 'unreachable' : 'query');
    return new DatabaseError(kind, message, {
      code: `mysql:${number}`,
      cause: error,
      end: kind === 'timeout' ? 'cancelled' : undefined,
    });
  }
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const broken = phase === 'connect' ? 'unreachable' : 'lost';
  const kind = code === undefined && phase === 'statement' ? 'query' : broken;
  return new DatabaseError(kind, message, {
    code: code === undefined ? undefined : `node:${code}`,
    cause: error,
  });
}
