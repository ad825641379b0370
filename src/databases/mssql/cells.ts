import { CellBuffer } from '../comparison/batch.ts';
import type { Layout } from '../comparison/sql.ts';
import { DatabaseError } from '../contract.ts';
import type { Cell, Gatherer } from './statement.ts';

const cellBytes = 8;
/** The token of a row and the length of its value, MS-TDS 2.2.7.19. */
const rowOverhead = 3;

/**
 * Gathers packed rows, see `packSql` of comparison-mssql.ts, into batches. A batch that was taken is used again when the
 * next one is taken; meanwhile another is filled.
 */
export class CellGatherer implements Gatherer<CellBuffer> {
  readonly #layout: Layout;
  readonly #width: number;
  readonly #filled: CellBuffer[] = [];
  #current: CellBuffer;
  #spare: CellBuffer | undefined;
  #taken: CellBuffer | undefined;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#width = layout.localTimes.length + (layout.textKey ? 0 : 1);
    this.#current = new CellBuffer(this.#width);
  }

  get full(): boolean {
    return this.#filled.length > 0;
  }

  describe(): void {
    // The one column is known.
  }

  add([cell]: readonly Cell[]): void {
    const packed = cell?.value;
    const fixed = this.#width * cellBytes;
    if (!Buffer.isBuffer(packed) || packed.length < fixed)
      throw new DatabaseError('query', 'the server did not send the packed row that it was asked for');
    const buffer = this.#current;
    const { words } = buffer;
    const first = 2 * buffer.offset;
    for (let at = 0; at < this.#width; at += 1) {
      words[first + 2 * at] = packed.readInt32BE(cellBytes * at + 4);
      words[first + 2 * at + 1] = packed.readInt32BE(cellBytes * at);
    }
    if (this.#layout.textKey) buffer.addKey(packed.toString('utf16le', fixed));
    buffer.add(rowOverhead + packed.length);
    if (buffer.full) this.#next();
  }

  take(atEnd: boolean): CellBuffer | undefined {
    this.#taken?.clear();
    this.#spare = this.#taken ?? this.#spare;
    if (atEnd && this.#current.count > 0) this.#next();
    this.#taken = this.#filled.shift();
    return this.#taken;
  }

  #next(): void {
    this.#filled.push(this.#current);
    this.#current = this.#spare ?? new CellBuffer(this.#width);
    this.#spare = undefined;
  }
}
