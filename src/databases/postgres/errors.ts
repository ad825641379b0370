import { DatabaseError, type DatabaseErrorKind } from '../contract.ts';

/** SQLSTATEs whose meaning does not follow from the phase: PostgreSQL's manual, appendix A. */
const kinds: Readonly<Record<string, DatabaseErrorKind>> = {
  '57014': 'timeout', // query_canceled: the server's statement_timeout
  '55P03': 'locked', // lock_not_available
  '40P01': 'locked', // deadlock_detected
  '40001': 'locked', // on a standby: the statement stood in the way of replication
  '42501': 'permission', // insufficient_privilege
  '25006': 'permission', // read_only_sql_transaction
  '28000': 'login', // invalid_authorization_specification
  '28P01': 'login', // invalid_password
  '57P01': 'lost', // admin_shutdown
  '57P02': 'lost', // crash_shutdown
  '57P05': 'lost', // idle_session_timeout
  '25P03': 'lost', // idle_in_transaction_session_timeout
};

interface ErrorFacts {
  readonly message: string;
  readonly code: string | undefined;
  readonly hint: string | undefined;
}

function textOf(error: object, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What an error says of itself; a host with several addresses gives one for all of them. */
function factsOf(error: unknown): ErrorFacts {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(inner instanceof Error)) return { message: String(inner), code: undefined, hint: undefined };
  return { message: inner.message, code: textOf(inner, 'code'), hint: textOf(inner, 'hint') };
}

function namespaced(code: string | undefined): string | undefined {
  if (code === undefined) return undefined;
  return /^[0-9A-Z]{5}$/.test(code) ? `sqlstate:${code}` : `node:${code}`;
}

/** The error of a session that could not be made. */
export function connectError(error: unknown, where: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { message, code } = factsOf(error);
  // pg refuses to answer a challenge without a password in words of its own.
  const kind = /^SASL:/.test(message) ? 'login' : (kinds[code ?? ''] ?? 'unreachable');
  const settled = kind === 'login' || kind === 'permission' ? kind : 'unreachable';
  const words = settled === 'login' ? `${where} refused the login` : `cannot connect to ${where}`;
  return new DatabaseError(settled, `${words}: ${message}`, { code: namespaced(code), cause: error });
}

/** The error of a statement that had been sent. */
export function statementError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { message, code, hint } = factsOf(error);
  const words = hint === undefined ? message : `${message} (${hint})`;
  const kind = kindOf(error, code);
  return new DatabaseError(kind, words, {
    code: namespaced(code),
    cause: error,
    end: kind === 'timeout' ? 'cancelled' : undefined,
  });
}

function kindOf(error: unknown, code: string | undefined): DatabaseErrorKind {
  const isSqlState = code !== undefined && /^[0-9A-Z]{5}$/.test(code);
  // No SQLSTATE: the socket broke. Class 08: connection exception, unless the session goes on.
  if (!isSqlState) return 'lost';
  if (code.startsWith('08')) return isFatal(error) ? 'lost' : 'query';
  return kinds[code] ?? 'query';
}

/** Whether the server ends the session with it: PostgreSQL's manual, 55.8, field `S` or, not translated, `V`. */
function isFatal(error: unknown): boolean {
  return error instanceof Error && !/^ERROR$/.test(textOf(error, 'severity') ?? '');
}

export function timeoutError(timeoutMs: number): DatabaseError {
  return new DatabaseError('timeout', `the statement took longer than ${timeoutMs} ms`);
}
