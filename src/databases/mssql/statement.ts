import { Request, type Connection } from 'tedious';
import { abortedError, endedAs } from '../shared/aborting.ts';
import { DatabaseError, type RowObserver } from '../contract.ts';
import { lengthOf, mostRowBytes, mostWaitingBytes, rowTooLong, RowReader } from '../shared/rows.ts';
import type { Row } from '../values.ts';
import { toDatabaseError } from './errors.ts';
import type { Bound } from './parameters.ts';
import { valueReader, type ColumnMetadata } from './values.ts';

/** A batch for `sp_executesql`. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly Bound[];
  /** It is sent as a batch of its own instead, without its parameters, so that what it sets outlasts it. */
  readonly bare?: boolean;
}

export interface Limits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** In which the zone-less values of the result are written. */
  readonly zone: string;
  readonly observer?: RowObserver | undefined;
  /** Is told, once, how many rows the statement returned and changed together. */
  readonly counted?: ((rows: number) => void) | undefined;
}

/** A value as tedious hands it out. */
export interface Cell {
  readonly value: unknown;
}

/** Gathers the rows of a result into chunks. */
export interface Gatherer<Chunk> {
  /** Called once, before the first row. */
  describe(columns: readonly ColumnMetadata[]): void;
  add(cells: readonly Cell[]): void;
  /** Whether the server should wait until the chunk has been taken. */
  readonly full: boolean;
  /** What is ready for the caller; undefined when nothing is. `atEnd`: no more rows will come. */
  take(atEnd: boolean): Chunk | undefined;
}

// Rows held for a slow reader before the server is made to wait.
const window = 100;
// How long a server may take to acknowledge a cancel before its connection is dropped.
const graceMs = 1000;

/**
 * Runs `statement` on a session of ours and yields the rows of its first result. When it returns or throws, the
 * statement has ended on the server, or the connection is closed.
 * @throws DatabaseError
 */
export async function* execute(
  connection: Connection,
  statement: Statement,
  limits: Limits,
): AsyncGenerator<Row, void> {
  const gatherer = new RowGatherer(limits);
  for await (const rows of executeInChunks(connection, statement, limits, gatherer))
    for (const row of rows) {
      if (limits.signal.aborted) break;
      yield row;
    }
}

/** As `execute`, for rows that are gathered in another way. */
export async function* executeInChunks<Chunk>(
  connection: Connection,
  statement: Statement,
  limits: Limits,
  gatherer: Gatherer<Chunk>,
): AsyncGenerator<Chunk, void> {
  if (limits.signal.aborted) throw abortedError();
  const execution = new Execution(connection, statement, limits, gatherer);
  try {
    yield* execution.chunks();
  } finally {
    await execution.end();
  }
}

class RowGatherer implements Gatherer<readonly Row[]> {
  readonly #limits: Limits;
  #reader: RowReader<unknown> | undefined;
  #rows: Row[] = [];
  #length = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get full(): boolean {
    return this.#rows.length >= window || this.#length > mostWaitingBytes;
  }

  describe(columns: readonly ColumnMetadata[]): void {
    const { zone, observer } = this.#limits;
    const readers = columns.map((column) => ({ name: column.colName, read: valueReader(column, zone) }));
    this.#reader = new RowReader(readers, observer);
  }

  add(cells: readonly Cell[]): void {
    if (this.#reader === undefined) return;
    const row = this.#reader.read(cells.map(({ value }) => value));
    this.#rows.push(row);
    this.#length += Object.values(row).reduce<number>((sum, value) => sum + lengthOf(value), 0);
  }

  take(): readonly Row[] | undefined {
    if (this.#rows.length === 0) return undefined;
    const rows = this.#rows;
    this.#rows = [];
    this.#length = 0;
    return rows;
  }
}

class Execution<Chunk> {
  readonly #connection: Connection;
  readonly #request: Request;
  readonly #limits: Limits;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = (): void => this.#cut(abortedError());
  readonly #gatherer: Gatherer<Chunk>;
  #results = 0;
  #failure: DatabaseError | undefined;
  #cancelled = false;
  /** A cancel was sent. */
  #isSent = false;
  /** The server did not acknowledge it. */
  #isIgnored = false;
  #grace: NodeJS.Timeout | undefined;
  #finished = false;
  #wake: () => void = () => undefined;
  /** Bytes that have come since the last row did. */
  #bytes = 0;
  readonly #count = ({ length }: Buffer): void => {
    this.#bytes += length;
    if (this.#bytes > mostRowBytes) this.#refuseRow();
  };

  constructor(
    connection: Connection,
    { text, parameters, bare = false }: Statement,
    limits: Limits,
    gatherer: Gatherer<Chunk>,
  ) {
    this.#connection = connection;
    this.#limits = limits;
    this.#gatherer = gatherer;
    this.#request = new Request(text, (error, rows) => this.#finish(error, rows));
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
    // A socket that is piped: one more listener does not set it flowing.
    connection.socket?.on('data', this.#count);
    if (bare) connection.execSqlBatch(this.#request);
    else connection.execSql(this.#request);
  }

  async *chunks(): AsyncGenerator<Chunk, void> {
    for (;;) {
      const atEnd = this.#finished;
      const chunk = this.#cancelled ? undefined : this.#gatherer.take(atEnd);
      this.#request.resume();
      if (chunk !== undefined) {
        yield chunk;
        continue;
      }
      if (atEnd) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure === undefined) return;
    throw this.#isSent ? endedAs(this.#isIgnored ? 'unanswered' : 'cancelled', this.#failure) : this.#failure;
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
    if (this.#results === 1) this.#gatherer.describe(Object.values(columns));
  }

  #add(cells: readonly Cell[]): void {
    this.#bytes = 0;
    if (this.#results !== 1 || this.#cancelled) return;
    try {
      this.#gatherer.add(cells);
    } catch (error) {
      this.#cut(toDatabaseError(error, 'statement'));
    }
    if (this.#gatherer.full) this.#request.pause();
    this.#wake();
  }

  /** The server would send the whole of the row before it listens to a cancel. */
  #refuseRow(): void {
    if (this.#finished) return;
    this.#failure ??= rowTooLong();
    this.#cancelled = true;
    this.#connection.close();
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
    this.#isSent = true;
    this.#grace = setTimeout(() => {
      this.#isIgnored = true;
      this.#connection.close();
    }, graceMs);
    this.#request.cancel();
  }

  #finish(error: unknown, rows: number | undefined): void {
    this.#finished = true;
    if (rows !== undefined) this.#limits.counted?.(rows);
    clearTimeout(this.#timer);
    clearTimeout(this.#grace);
    this.#connection.socket?.off('data', this.#count);
    this.#limits.signal.removeEventListener('abort', this.#abort);
    if (error !== null && error !== undefined && !this.#cancelled)
      this.#failure = toDatabaseError(error, 'statement');
    this.#wake();
  }
}
