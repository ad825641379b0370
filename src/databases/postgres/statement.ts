import type { RowObserver } from '../contract.ts';
import { mostWaitingBytes, RowReader } from '../shared/rows.ts';
import type { Row } from '../values.ts';
import { Exchange, type Field, type Request } from './exchange.ts';
import type { Reader } from './values.ts';

/** A statement that yields rows. */
export class Statement extends Exchange<readonly Row[]> {
  readonly #readerOf: (typeId: number) => Reader;
  readonly #observer: RowObserver | undefined;
  readonly #anyBytes: boolean;
  #reader: RowReader<string> | undefined;
  #rows: Row[] = [];
  #bytes = 0;

  /** @param anyBytes see `ColumnReader`. */
  constructor(
    request: Request,
    readerOf: (typeId: number) => Reader,
    anyBytes: boolean,
    observer?: RowObserver,
  ) {
    super(request);
    this.#readerOf = readerOf;
    this.#anyBytes = anyBytes;
    this.#observer = observer;
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

  override handleRowDescription(message: { fields: readonly Field[] }): void {
    super.handleRowDescription(message);
    const columns = message.fields.map(({ name, dataTypeID }) => ({
      name,
      read: this.#readerOf(dataTypeID),
      anyBytes: this.#anyBytes,
    }));
    this.#reader = new RowReader(columns, this.#observer);
  }

  override handleDataRow({ fields, length }: { fields: readonly (string | null)[]; length: number }): void {
    if (this.failure !== undefined || this.#reader === undefined) return;
    this.#rows.push(this.#reader.read(fields));
    this.#bytes += length;
    if (this.#bytes > mostWaitingBytes) this.pause();
    this.wake();
  }
}
