import type { Duplex } from 'node:stream';
import pg from 'pg';
import { statementError } from './errors.ts';
import type { CopySink } from './copy-filter.ts';
import type { Bound } from './values.ts';

/** A column as the server describes it. */
export interface Field {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

/** The part of pg's `Connection` that writes messages; its published types are behind its code. */
export interface Wire {
  readonly stream: Duplex;
  copySink: CopySink | undefined;
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

/** The protocol counts rows in a signed 32-bit integer. */
const mostRows = 2_147_483_647;

/**
 * One statement in the extended protocol (PostgreSQL's manual, 55.2.3), sent whole, with the row limit in its Execute
 * message, so that it costs one round trip. What comes back waits here for its reader, in batches; a subclass says what
 * they are, and pauses the socket when many wait, which makes the server wait. It is a `pg.Query` because pg's pipeline
 * takes nothing else.
 */
export abstract class Exchange<Batch> extends pg.Query {
  readonly #request: Request;
  #stream: Duplex | undefined;
  #wake: (() => void) | undefined;
  fields: readonly Field[] = [];
  failure: Error | undefined;
  finished = false;
  /** Milliseconds as `Date.now()` counts them. */
  sentAt = 0;
  endedAt = 0;

  constructor(request: Request) {
    super(request.sql);
    this.#request = request;
  }

  override submit = (connection: unknown): void => {
    const wire = connection as Wire;
    const { sql, parameters, rows } = this.#request;
    this.#stream = wire.stream;
    this.begin(wire);
    wire.parse({ text: sql, types: parameters.map(({ typeId }) => typeId) });
    // A portal is described, and not the statement: the server checks rights when a portal is made.
    wire.bind({ values: parameters.map(({ text }) => text) });
    wire.describe({ type: 'P' });
    if (rows !== 'describe') wire.execute({ rows: Math.min(rows, mostRows) });
    wire.sync();
    this.sentAt = Date.now();
  };

  /** What has come since the last call, waiting for it; null at the end. @throws DatabaseError */
  async next(): Promise<Batch | null> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      const batch = this.take();
      if (batch !== null || this.finished) return batch;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Ends it with `error` for its reader, unless it has ended before; what still comes is dropped. */
  fail(error: Error): void {
    if (this.finished || this.failure !== undefined) return;
    this.failure = error;
    this.drop();
    this.resume();
    this.wake();
  }

  /** Called before it is sent. */
  protected begin(wire: Wire): void {
    wire.copySink = undefined;
  }

  /** What waits for the reader, which has it from then on; null when nothing does. */
  protected abstract take(): Batch | null;

  /** Forgets what waits. */
  protected abstract drop(): void;

  protected wake(): void {
    this.#wake?.();
  }

  protected pause(): void {
    this.#stream?.pause();
  }

  protected resume(): void {
    if (this.#stream?.isPaused() === true) this.#stream.resume();
  }

  // What pg's Client calls as the answers come.

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    this.fields = fields;
  }

  /** One row, as texts; `length` is that of its message. */
  abstract handleDataRow(message: { fields: readonly (string | null)[]; length: number }): void;

  handlePortalSuspended(): void {
    // The row limit was reached; Sync has been sent, so ReadyForQuery follows.
  }

  handleCommandComplete(message: { readonly text: string }): void;
  handleCommandComplete(): void {
    // ReadyForQuery follows.
  }

  handleEmptyQuery(): void {
    // ReadyForQuery follows.
  }

  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail('erp-exporter sends no data');
  }

  handleError(error: unknown): void {
    this.fail(statementError(error));
  }

  handleReadyForQuery(): void {
    this.finished = true;
    this.endedAt = Date.now();
    this.wake();
  }
}
