import { Duplex, type Readable } from 'node:stream';
import type mysql from 'mysql2';
import { mostRowBytes, mostWaitingBytes, rowTooLong } from '../shared/rows.ts';
import { toField, type Field } from './field.ts';

/** Rows that wait for a slow reader; few, as a row can be megabytes. */
const bufferedRows = 32;

/** What the packets of a connection come from, without TLS; the published types of mysql2 lack it. */
function plainStream(connection: mysql.Connection): Duplex {
  const stream: unknown = Reflect.get(connection, 'stream');
  if (stream instanceof Duplex) return stream;
  throw new TypeError('mysql2 has no stream as it used to');
}

/** One statement that runs in a session. */
export class Statement {
  /** Known before the first row is. */
  fields: readonly Field[] = [];
  /** Rows as lists, in the order of `fields`. Destroying it drops what is still to come. */
  readonly rows: Readable;
  ended = false;
  failure: unknown;
  readonly #end = Promise.withResolvers<undefined>();
  readonly #stream: Duplex;
  /** Bytes that have come since the last row did. */
  #bytes = 0;
  /** Of the rows that wait for their reader, as far as they are known: a long row counts until the reader has caught up. */
  #waitingBytes = 0;
  readonly #count = ({ length }: Buffer): void => {
    this.#bytes += length;
    if (this.#bytes <= mostRowBytes) return;
    this.lose(rowTooLong());
    this.#stream.destroy();
  };

  /** @param connection has just sent `command`. */
  constructor(command: mysql.Query, connection: mysql.Connection) {
    this.#stream = plainStream(connection);
    command.on('fields', (fields: unknown) => {
      if (Array.isArray(fields)) this.fields = fields.map(toField);
    });
    // Not left to the stream, which lets go of the command when it is destroyed.
    command.on('error', (error: unknown) => {
      this.failure = error;
    });
    command.on('end', () => this.#finish());
    this.rows = command.stream({ highWaterMark: bufferedRows });
    this.rows.on('error', () => undefined);
    // Behind the listener of `stream`, which pauses by the number of rows alone.
    command.on('result', () => this.#bound(connection));
    this.#stream.on('data', this.#count);
  }

  /** Resolves when the server is done with it, or its connection is gone. */
  get whenEnded(): Promise<undefined> {
    return this.#end.promise;
  }

  /** The connection is gone: mysql2 reports that on the connection only, not on the statement. */
  lose(error: Error): void {
    this.failure ??= error;
    this.rows.destroy(error);
    this.#finish();
  }

  /** Makes the server wait when what waits here is long; reading a row lets it go on. */
  #bound(connection: mysql.Connection): void {
    this.#waitingBytes = (this.rows.readableLength > 1 ? this.#waitingBytes : 0) + this.#bytes;
    this.#bytes = 0;
    // Rows that nobody will read do not wait.
    if (this.#waitingBytes > mostWaitingBytes && !this.rows.destroyed) connection.pause();
  }

  #finish(): void {
    this.#stream.off('data', this.#count);
    this.ended = true;
    this.#end.resolve(undefined);
  }
}
