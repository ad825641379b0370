import type { Readable } from 'node:stream';
import type mysql from 'mysql2';
import { toField, type Field } from './field.ts';

/** Rows that wait for a slow reader; few, as a row can be megabytes. */
const bufferedRows = 32;

/** One statement that runs in a session. */
export class Statement {
  /** Known before the first row is. */
  fields: readonly Field[] = [];
  /** Rows as lists, in the order of `fields`. Destroying it drops what is still to come. */
  readonly rows: Readable;
  ended = false;
  failure: unknown;
  readonly #end = Promise.withResolvers<undefined>();

  constructor(command: mysql.Query) {
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

  #finish(): void {
    this.ended = true;
    this.#end.resolve(undefined);
  }
}
