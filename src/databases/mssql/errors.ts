import { DatabaseError, type DatabaseErrorKind } from '../contract.ts';

/** Errors by number, https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
const kinds: ReadonlyMap<number, DatabaseErrorKind> = new Map<number, DatabaseErrorKind>([
  ...numbers('login', 18452, 18456, 18463, 18464, 18465, 18466, 18467, 18468, 18470, 18486, 18487, 18488),
  ...numbers('unreachable', 911, 4060, 4063, 4064, 17142, 17187, 18401, 18461, 40532, 40613),
  ...numbers('locked', 1205, 1222),
  ...numbers('permission', 229, 230, 262, 297, 300, 371, 916, 3906, 15247),
  ...numbers('timeout', 8645, 8649),
]);

function numbers(kind: DatabaseErrorKind, ...list: number[]): [number, DatabaseErrorKind][] {
  return list.map((number) => [number, kind]);
}

/** Whether an error number means that the database cannot be opened; a general "login failed" follows it. */
export function isUnknownDatabase(number: number): boolean {
  return number === 4060 || number === 4063 || number === 4064;
}

/** What to do where the words of the server do not say it, in T-SQL. */
const hints: ReadonlyMap<number, string> = new Map([
  [8115, 'a SUM of int is an int: write SUM(CAST(… AS bigint)), or CAST(… AS decimal(18,2)) for an amount'],
]);

/** Turns what tedious throws into a `DatabaseError`. `phase` is what was being done. */
export function toDatabaseError(thrown: unknown, phase: 'connect' | 'statement'): DatabaseError {
  if (thrown instanceof DatabaseError) return thrown;
  const error = firstOf(thrown);
  const number = field(error, 'number');
  const code = typeof number === 'number' ? `mssql:${number}` : nodeCode(error);
  const hint = typeof number === 'number' ? hints.get(number) : undefined;
  const message = hint === undefined ? messageOf(error) : `${messageOf(error)} (${hint})`;
  return new DatabaseError(kindOf(error, phase), message, { code, cause: thrown });
}

/** Several errors of one statement come as one, and the first says most. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
}

function messageOf(error: unknown): string {
  // One attempt for each address of the host, of which tedious says only that none succeeded.
  const attempts = field(error, 'cause');
  const detailed = attempts instanceof AggregateError ? firstOf(attempts) : error;
  return detailed instanceof Error ? detailed.message : String(detailed);
}

function kindOf(error: unknown, phase: 'connect' | 'statement'): DatabaseErrorKind {
  const number = field(error, 'number');
  const code = field(error, 'code');
  if (typeof number === 'number') {
    const known = kinds.get(number);
    if (known !== undefined) return known;
  }
  if (phase === 'connect') return code === 'ELOGIN' && typeof number !== 'number' ? 'login' : 'unreachable';
  const severity = field(error, 'class');
  // From 20 on the server ends the connection with the statement.
  if (typeof number === 'number') return typeof severity === 'number' && severity >= 20 ? 'lost' : 'query';
  if (code === 'ETIMEOUT') return 'timeout';
  if (code === 'ECANCEL') return 'aborted';
  return code === 'EPARAM' || code === 'EREQUEST' || code === 'UNKNOWN' ? 'query' : 'lost';
}

/** The socket's own code (`ECONNREFUSED`) where there is one, else that of tedious (`ESOCKET`). */
function nodeCode(error: unknown): string | undefined {
  for (const holder of [firstOf(field(error, 'cause')), error]) {
    const code = field(holder, 'code');
    if (typeof code === 'string') return `node:${code}`;
  }
  return undefined;
}

function field(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? (Reflect.get(holder, name) as unknown) : undefined;
}
