import { DatabaseError } from '../contract.ts';
import type { CellBatch } from './contract.ts';

/** Rows of a batch: enough to make passing it on cheap, few enough to stay in the processor's cache. */
const batchRows = 4096;
/** Or so many bytes, for keys that are long. */
const batchBytes = 1024 * 1024;
/** No database indexes a longer key. */
const mostKeyCharacters = 4096;
/** Buffers that are kept: those of two statements. */
const mostSpare = 8;
/** A half of a cell, as a number. */
const half = 4_294_967_296;

/**
 * A batch that is filled again and again: write the cells of a row from `offset` on, then call `add`. Little-endian
 * machines only, which is every machine that Node runs on except s390x.
 */
export class CellBuffer implements CellBatch {
  readonly width: number;
  readonly cells: BigInt64Array;
  readonly words: Int32Array;
  readonly keys: string[] = [];
  count = 0;
  bytes = 0;

  /** @param width Cells a row, 0 or more. */
  constructor(width: number) {
    this.width = width;
    this.cells = new BigInt64Array(batchRows * width);
    this.words = new Int32Array(this.cells.buffer);
  }

  /** Where the cells of the next row begin. */
  get offset(): number {
    return this.count * this.width;
  }

  get full(): boolean {
    return this.count === batchRows || this.bytes >= batchBytes;
  }

  /** Adds the key of a row, a text. @throws DatabaseError when it is too long for a key. */
  addKey(key: string): void {
    if (key.length > mostKeyCharacters)
      throw new DatabaseError(
        'query',
        `a key has ${key.length} characters, and may have ${mostKeyCharacters}: it begins with ${JSON.stringify(key.slice(0, 40))}; choose a column that identifies the record`,
      );
    this.keys.push(key);
  }

  /** Writes one cell. A safe integer may come as a number, which is several times faster. */
  set(index: number, value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.cells[index] = value;
      return;
    }
    // An Int32Array keeps the low 32 bits of what it is given.
    this.words[2 * index] = value;
    this.words[2 * index + 1] = Math.floor(value / half);
  }

  /** Ends a row whose cells have been written. @param bytes What the server sent for it. */
  add(bytes: number): void {
    this.count += 1;
    this.bytes += bytes;
  }

  clear(): void {
    this.count = 0;
    this.bytes = 0;
    this.keys.length = 0;
  }
}

/** Buffers that are kept for statements to come: memory outside of the heap, of which the collector sees little, is freed late. */
export class CellBuffers {
  readonly #spare: CellBuffer[] = [];

  /** An empty buffer. */
  take(width: number): CellBuffer {
    const found = this.#spare.findIndex((buffer) => buffer.width === width);
    const [buffer = new CellBuffer(width)] = found < 0 ? [] : this.#spare.splice(found, 1);
    buffer.clear();
    return buffer;
  }

  /** Returns a buffer that is no longer read. */
  give(buffer: CellBuffer): void {
    if (this.#spare.length < mostSpare) this.#spare.push(buffer);
  }
}
