import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { Row, Value } from './database.ts';
import { statementError } from './postgres-errors.ts';
import type { Bound, Reader } from './postgres-values.ts';

/** A column as the server describes it. */
export interface Field {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

/** The part of pg's `Connection` that writes messages; its published types are behind its code. */
interface Wire {
  readonly stream: Duplex;
  parse(message: { text: string; types: readonly number[] }): void;
  bind(message: { values: readonly (string | null)[] }): void;
  describe(message: { type: 'P' }): void;
  execute(message: { rows: number }): void;
  sync(): void;
  sendCopyFail(reason: string): void;
}

/** What is asked: at most so many rows of the statement, or only its columns. */
export interface Request {
  readonly sql: string;
  readonly parameters: readonly Bound[];
  readonly rows: number | 'describe';
}

/** Bytes of rows that wait for their reader before the socket is paused. */
const highWater = 256 * 1024;
/** The protocol counts rows in a signed 32-bit integer. */
const mostRows = 2_147_483_647;

/**
 * One statement in the extended protocol (PostgreSQL's manual, 55.2.3), sent whole, with the row limit in its Execute
 * message, so that it costs one round trip. Rows wait here for their reader; when they are many the socket is paused,
 * which makes the server wait. It is a `pg.Query` because pg's pipeline takes nothing else.
 */
export class Statement extends pg.Query {
  readonly #request: Request;
  readonly #readerOf: (typeId: number) => Reader;
  #stream: Duplex | undefined;
  #names: string[] = [];
  #readers: Reader[] = [];
  #rows: Row[] = [];
  #bytes = 0;
  #wake: (() => void) | undefined;
  fields: readonly Field[] = [];
  failure: Error | undefined;
  finished = false;
  /** Milliseconds as `Date.now()` counts them. */
  sentAt = 0;
  endedAt = 0;

  constructor(request: Request, readerOf: (typeId: number) => Reader) {
    super(request.sql);
    this.#request = request;
    this.#readerOf = readerOf;
  }

  override submit = (connection: unknown): void => {
    const wire = connection as Wire;
    const { sql, parameters, rows } = this.#request;
    this.#stream = wire.stream;
    wire.parse({ text: sql, types: parameters.map(({ typeId }) => typeId) });
    // A portal is described, and not the statement: the server checks rights when a portal is made.
    wire.bind({ values: parameters.map(({ text }) => text) });
    wire.describe({ type: 'P' });
    if (rows !== 'describe') wire.execute({ rows: Math.min(rows, mostRows) });
    wire.sync();
    this.sentAt = Date.now();
  };

  /** The rows that have come since the last call, waiting for some; none at the end. @throws DatabaseError */
  async next(): Promise<readonly Row[]> {
    while (this.#rows.length === 0 && !this.finished && this.failure === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.failure !== undefined) throw this.failure;
    const rows = this.#rows;
    this.#drop();
    return rows;
  }

  /** Ends it with `error` for its reader, unless it has ended before; rows that still come are dropped. */
  fail(error: Error): void {
    if (this.finished || this.failure !== undefined) return;
    this.failure = error;
    this.#drop();
    this.#wake?.();
  }

  #drop(): void {
    this.#rows = [];
    this.#bytes = 0;
    if (this.#stream?.isPaused() === true) this.#stream.resume();
  }

  #read(values: readonly (string | null)[]): Row {
    const row: Record<string, Value> = {};
    for (let at = 0; at < this.#names.length; at += 1) {
      const text = values[at] ?? null;
      const reader = this.#readers[at];
      row[this.#names[at] ?? ''] = text === null || reader === undefined ? text : reader(text);
    }
    return row;
  }

  // What pg's Client calls as the answers come.

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    this.fields = fields;
    this.#names = fields.map(({ name }) => name);
    this.#readers = fields.map(({ dataTypeID }) => this.#readerOf(dataTypeID));
  }

  handleDataRow({ fields, length }: { fields: readonly (string | null)[]; length: number }): void {
    if (this.failure !== undefined) return;
    this.#rows.push(this.#read(fields));
    this.#bytes += length;
    if (this.#bytes > highWater) this.#stream?.pause();
    this.#wake?.();
  }

  handlePortalSuspended(): void {
    // The row limit was reached; Sync has been sent, so ReadyForQuery follows.
  }

  handleCommandComplete(): void {
    // ReadyForQuery follows.
  }

  handleEmptyQuery(): void {
    // ReadyForQuery follows.
  }

  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail('erp-exporter sends no data');
  }

  handleCopyData(): void {
    // COPY TO STDOUT has no columns, so it has no rows for us.
  }

  handleError(error: unknown): void {
    this.fail(statementError(error));
  }

  handleReadyForQuery(): void {
    this.finished = true;
    this.endedAt = Date.now();
    this.#wake?.();
  }
}
