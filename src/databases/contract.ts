import type { Comparison } from './comparison/contract.ts';
import type { Column, Parameters, Row } from './values.ts';

export interface QueryOptions {
  /** Ends the statement on the server when it fires; the iteration then throws a `DatabaseError` of kind `aborted`. */
  readonly signal: AbortSignal;
  /** At most this many rows are handed out; the rest is never transferred. */
  readonly maxRows: number;
  /** Second belt, held by the server itself where it can: milliseconds after which it ends the statement. */
  readonly timeoutMs: number;
  readonly observer?: RowObserver | undefined;
}

/**
 * Why a cell is not handed out as it is stored:
 * - `cut`: a text or bytes of more than 1 MiB, of which the beginning is handed out
 * - `unreadable`: a value that has no meaning here, such as a date that no calendar has; null is handed out
 * - `encoding`: a text with bytes that are none in its encoding, each of which is handed out as U+FFFD
 */
export type CellFault = 'cut' | 'unreadable' | 'encoding';

/** What a caller of `query` may want to know besides the rows. Neither method may throw. */
export interface RowObserver {
  /** Called once, before the first row, also when there is none: the names in order, one of them twice where it is. */
  columns(names: readonly string[]): void;
  oddCell(column: string, fault: CellFault): void;
}

/** What the server says about itself and about the login that reads it. */
export interface Inspection {
  /** Such as `PostgreSQL 15.18`. */
  readonly version: string;
  readonly user: string;
  /** Why the login could write, one phrase each (`superuser`, `INSERT on public.orders`), at most 5; empty when read-only. */
  readonly writable: readonly string[];
  /** Why the login can do anything on the server, whatever its session: `superuser`, `FILE on *.*`; mostly empty. */
  readonly powerful: readonly string[];
  /** Rights with which a statement that only reads reaches other sessions, files or servers: `EXECUTE on dblink`. */
  readonly reaching: readonly string[];
}

/**
 * One named connection, pooled. Every session is read-only and short-tempered (see each driver). All methods throw
 * `DatabaseError` alone, never emit an unhandled `error` event, and are safe to call from several places at once; no more
 * than `connections` sessions are ever open, callers beyond that wait.
 */
export interface Database {
  /** What comparing its tables with those of another server needs; absent where the driver cannot (`Driver.canCompare`). */
  readonly comparison?: Comparison;
  /**
   * Runs one statement and streams its rows with flat memory. Named parameters `:name` are bound by the driver, never
   * pasted; a `Date` compares correctly with zoned and with zone-less columns (the latter in the database's `timezone`).
   * Leaving the loop early ends the statement on the server. A row that takes more than 16 MiB is refused before it has been
   * read, and a cell is cut to 1 MiB. Of columns with the same name the row has the last.
   */
  query(sql: string, parameters: Parameters, options: QueryOptions): AsyncIterable<Row>;
  /** The columns that `sql` would return, without running it. */
  describe(sql: string, parameters: Parameters, signal: AbortSignal): Promise<Column[]>;
  /** One round trip. `clockSkewSeconds` is the server's clock minus ours, the round trip halved. */
  ping(signal: AbortSignal): Promise<{ clockSkewSeconds: number }>;
  inspect(signal: AbortSignal): Promise<Inspection>;
  /**
   * The tables that `sql` reads, through views too, whose rows the server filters for this login without a word (row-level
   * security), as `schema.table`; it is not run. Absent where the driver cannot tell.
   */
  filteredTables?(sql: string, parameters: Parameters, signal: AbortSignal): Promise<readonly string[]>;
  /** Cancels on the server what still runs, then closes every session. Resolves within 2 s, whatever the server does. */
  close(): Promise<void>;
}

/**
 * - `unreachable`: no connection could be made (refused, no route, unknown host, TLS, connect time-out, unknown database)
 * - `login`: user or password refused
 * - `lost`: the connection broke while a statement ran
 * - `timeout`: the statement took longer than its limit
 * - `locked`: a lock was not granted in time, or the statement was a deadlock's victim
 * - `aborted`: the caller's signal fired
 * - `permission`: the login may not read something that the statement names, or may not write
 * - `query`: the server refused the statement (syntax, unknown table, division by zero, …)
 */
export type DatabaseErrorKind =
  'unreachable' | 'login' | 'lost' | 'timeout' | 'locked' | 'aborted' | 'permission' | 'query';

/**
 * What is known of a statement that was ended before its time:
 * - `cancelled`: it has ended on the server
 * - `unanswered`: the server did not answer the cancel, so that the connection was cut
 */
export type StatementEnd = 'cancelled' | 'unanswered';

/** The one error that leaves a driver. It carries the decision (`kind`), the server's own code and words. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly kind: DatabaseErrorKind;
  /** Namespaced as in the catalogue of known errors: `sqlstate:57014`, `mssql:1222`, `mysql:1205`, `node:ECONNREFUSED`. */
  readonly code: string | undefined;
  /** Of kinds `aborted` and `timeout`; absent when nothing had reached the server. */
  readonly end: StatementEnd | undefined;

  constructor(
    kind: DatabaseErrorKind,
    message: string,
    options: { code?: string | undefined; cause?: unknown; end?: StatementEnd | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.code = options.code;
    this.end = options.end;
  }
}

/**
 * - `disable`: plain text
 * - `require`: encrypted, the certificate is not checked
 * - `verify-ca`: encrypted, the certificate must be signed by `ca` (or a public authority)
 * - `verify-full`: as `verify-ca`, and the certificate must name the host
 */
export type TlsMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

export interface TlsSettings {
  readonly mode: TlsMode;
  /** PEM texts, read by the configuration. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

/** A database of the configuration, whole: every default filled in, secrets read, a `url` taken apart. */
export interface DatabaseSettings {
  readonly name: string;
  readonly driver: string;
  /** Host name, address, `server\instance` (mssql) or the path of a socket (begins with `/`; postgres and mysql). */
  readonly host: string;
  /** Where the data are for a driver that reads a file (`Driver.place`); `host` is '' then. */
  readonly file?: string;
  /** Absent: the driver's own default. */
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  /** Path of the file that the password was read from. */
  readonly passwordFile?: string;
  /** Why its login may be a superuser, in the user's words; absent: it may not. For `check` alone. */
  readonly acceptSuperuser?: string;
  /** How to log in if not by user and password, see `Driver.authentications`. */
  readonly authentication?: string;
  /** Of the directory that knows the login, where `authentication` needs it. */
  readonly tenant?: string;
  /** IANA zone in which the database's zone-less timestamps are written. */
  readonly timezone: string;
  /** Most sessions open at once, 1 or more. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** How long a statement waits for a lock. */
  readonly lockTimeoutMs: number;
  readonly tls: TlsSettings;
}

/** What a driver's file exports as `open`. It connects lazily, at the first use: opening never fails and never waits. */
export type OpenDatabase = (settings: DatabaseSettings) => Database;

/** What comparing needs of a database. @throws DatabaseError when its driver cannot compare. */
export function requireComparison({ comparison }: Database): Comparison {
  if (comparison === undefined)
    throw new DatabaseError('query', 'the driver of this database cannot compare tables');
  return comparison;
}
