import { Request, type Connection } from 'tedious';
import type { ColumnMetadata } from 'tedious/lib/token/colmetadata-token-parser.js';
import { abortedError } from './aborting.ts';
import { DatabaseError, type Row, type Value } from './database.ts';
import { toDatabaseError } from './mssql-errors.ts';
import type { Bound } from './mssql-parameters.ts';
import { valueReader } from './mssql-values.ts';

/** A batch for `sp_executesql`. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly Bound[];
}

export interface Limits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** In which the zone-less values of the result are written. */
  readonly zone: string;
}

interface Cell {
  readonly value: unknown;
}

interface ColumnReader {
  readonly name: string;
  readonly read: (raw: unknown) => Value;
}

// Rows held for a slow reader before the server is made to wait.
const window = 100;
// How long a server may take to acknowledge a cancel before its connection is dropped.
const graceMs = 1000;

/**
 * Runs `statement` on a session of ours and hands out the rows of its first result. When it returns or throws, the
 * statement has ended on the server, or the connection is closed.
 * @throws DatabaseError
 */
export async function* execute(
  connection: Connection,
  statement: Statement,
  limits: Limits,
): AsyncGenerator<Row, void> {
  if (limits.signal.aborted) throw abortedError();
  const execution = new Execution(connection, statement, limits);
  try {
    yield* execution.rows();
  } finally {
    await execution.end();
  }
}

class Execution {
  readonly #connection: Connection;
  readonly #request: Request;
  readonly #limits: Limits;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = (): void => this.#cut(abortedError());
  #columns: readonly ColumnReader[] | undefined;
  #results = 0;
  #rows: Row[] = [];
  #failure: DatabaseError | undefined;
  #cancelled = false;
  #grace: NodeJS.Timeout | undefined;
  #finished = false;
  #wake: () => void = () => undefined;

  constructor(connection: Connection, { text, parameters }: Statement, limits: Limits) {
    this.#connection = connection;
    this.#limits = limits;
    this.#request = new Request(text, (error) => this.#finish(error));
    this.#request.on('columnMetadata', (columns) => this.#describe(columns));
    this.#request.on('row', (cells: readonly Cell[]) => this.#add(cells));
    for (const { name, type, value, options } of parameters)
      this.#request.addParameter(name, type, value, options);
    this.#timer = setTimeout(() => {
      const message = `the statement took longer than ${limits.timeoutMs} ms`;
      // The number that Microsoft's own clients give a time-out of theirs.
      this.#cut(new DatabaseError('timeout', message, { code: 'mssql:-2' }));
    }, limits.timeoutMs);
    limits.signal.addEventListener('abort', this.#abort);
    connection.execSql(this.#request);
  }

  async *rows(): AsyncGenerator<Row, void> {
    for (;;) {
      const rows = this.#rows;
      this.#rows = [];
      this.#request.resume();
      for (const row of rows) {
        if (this.#cancelled) break;
        yield row;
      }
      if (this.#rows.length > 0 && !this.#cancelled) continue;
      if (this.#finished) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends the statement if it still runs. Resolves when the session is free again or closed. */
  async end(): Promise<void> {
    this.#cancel();
    while (!this.#finished)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  #describe(columns: ColumnMetadata[] | Record<string, ColumnMetadata>): void {
    this.#results += 1;
    if (this.#results === 1)
      this.#columns = Object.values(columns).map((column) => ({
        name: column.colName,
        read: valueReader(column, this.#limits.zone),
      }));
  }

  #add(cells: readonly Cell[]): void {
    if (this.#results !== 1 || this.#cancelled || this.#columns === undefined) return;
    try {
      const row: Record<string, Value> = {};
      for (const [index, { name, read }] of this.#columns.entries()) row[name] = read(cells[index]?.value);
      this.#rows.push(row);
    } catch (error) {
      this.#cut(toDatabaseError(error, 'statement'));
    }
    if (this.#rows.length >= window) this.#request.pause();
    this.#wake();
  }

  /** Ends the statement with `failure`. */
  #cut(failure: DatabaseError): void {
    if (this.#finished || this.#cancelled) return;
    this.#failure = failure;
    this.#cancel();
  }

  #cancel(): void {
    if (this.#finished || this.#cancelled) return;
    this.#cancelled = true;
    this.#rows = [];
    this.#grace = setTimeout(() => this.#connection.close(), graceMs);
    this.#request.cancel();
  }

  #finish(error: unknown): void {
    this.#finished = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#grace);
    this.#limits.signal.removeEventListener('abort', this.#abort);
    if (error !== null && error !== undefined && !this.#cancelled)
      this.#failure = toDatabaseError(error, 'statement');
    this.#wake();
  }
}
