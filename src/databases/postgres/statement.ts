import type { Row, Value } from '../values.ts';
import { Exchange, type Field, type Request } from './exchange.ts';
import type { Reader } from './values.ts';

/** Bytes of rows that wait for their reader before the socket is paused. */
const highWater = 256 * 1024;

/** A statement that yields rows. */
export class Statement extends Exchange<readonly Row[]> {
  readonly #readerOf: (typeId: number) => Reader;
  #names: string[] = [];
  #readers: Reader[] = [];
  #rows: Row[] = [];
  #bytes = 0;

  constructor(request: Request, readerOf: (typeId: number) => Reader) {
    super(request);
    this.#readerOf = readerOf;
  }

  protected override take(): readonly Row[] | null {
    const rows = this.#rows;
    if (rows.length === 0) return null;
    this.drop();
    this.resume();
    return rows;
  }

  protected override drop(): void {
    this.#rows = [];
    this.#bytes = 0;
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

  override handleRowDescription(message: { fields: readonly Field[] }): void {
    super.handleRowDescription(message);
    this.#names = message.fields.map(({ name }) => name);
    this.#readers = message.fields.map(({ dataTypeID }) => this.#readerOf(dataTypeID));
  }

  override handleDataRow({ fields, length }: { fields: readonly (string | null)[]; length: number }): void {
    if (this.failure !== undefined) return;
    this.#rows.push(this.#read(fields));
    this.#bytes += length;
    if (this.#bytes > highWater) this.pause();
    this.wake();
  }
}
