import type { CellBuffer, CellBuffers } from '../comparison/batch.ts';
import { nullCell, type CellBatch } from '../comparison/contract.ts';
import { DatabaseError } from '../contract.ts';
import { statementError } from './errors.ts';
import { Exchange, type Wire } from './exchange.ts';

/** Begins the first message of a binary COPY: signature, flags, and the length of an extension (manual, COPY, "Binary Format"). */
const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const headerLength = signature.length + 8;
/** Full batches that wait for their reader before the socket is paused. */
const mostWaiting = 2;

/** What a row of a COPY consists of: a key, then cells, all but a text key 8 bytes long. */
export interface CopyLayout {
  readonly textKey: boolean;
  /** The key not counted. */
  readonly cells: number;
}

/**
 * `COPY (SELECT key, cell, …) TO STDOUT (FORMAT binary)`, whose rows become batches without an object for each. A few
 * batches go round: one that was yielded is filled again once the next one is asked for.
 */
export class CopyStatement extends Exchange<CellBatch> {
  readonly #textKey: boolean;
  readonly #width: number;
  #wire: Wire | undefined;
  #filling: CellBuffer;
  #yielded: CellBuffer | undefined;
  readonly #full: CellBuffer[] = [];
  readonly #buffers: CellBuffers;
  #header = true;
  /** The last buffer was yielded, or returned to the spare ones. */
  #ended = false;

  constructor(select: string, { textKey, cells }: CopyLayout, buffers: CellBuffers) {
    super({ sql: `COPY (\n${select}\n) TO STDOUT (FORMAT binary)`, parameters: [], rows: 0 });
    this.#textKey = textKey;
    this.#width = textKey ? cells : cells + 1;
    this.#buffers = buffers;
    this.#filling = buffers.take(this.#width);
  }

  protected override begin(wire: Wire): void {
    this.#wire = wire;
    wire.copySink = (bytes, from, to) => {
      if (this.failure !== undefined) return;
      try {
        this.#take(bytes, from, to);
      } catch (error) {
        this.fail(statementError(error));
      }
    };
  }

  protected override take(): CellBatch | null {
    if (this.#yielded !== undefined) this.#buffers.give(this.#yielded);
    this.#yielded = this.#full.shift();
    if (this.#yielded === undefined && this.finished && !this.#ended) {
      this.#ended = true;
      if (this.#filling.count > 0) this.#yielded = this.#filling;
      else this.#buffers.give(this.#filling);
    }
    if (this.#full.length < mostWaiting) this.resume();
    return this.#yielded ?? null;
  }

  protected override drop(): void {
    this.#full.length = 0;
  }

  override handleDataRow(): void {
    this.#refuse();
  }

  override handleReadyForQuery(): void {
    if (this.#wire !== undefined) this.#wire.copySink = undefined;
    super.handleReadyForQuery();
  }

  /** One message: a row, which the first one has a header before, or the end. */
  #take(bytes: Buffer, from: number, to: number): void {
    let at = from;
    if (this.#header) {
      if (!bytes.subarray(at, at + signature.length).equals(signature)) {
        this.#refuse();
        return;
      }
      at += headerLength + bytes.readUInt32BE(at + headerLength - 4);
      this.#header = false;
    }
    // The number of fields; the end has -1.
    if (at === to || bytes.readInt16BE(at) < 0) return;
    at += 2;
    const buffer = this.#filling;
    if (this.#textKey) {
      const length = bytes.readInt32BE(at);
      at += 4;
      buffer.addKey(bytes.toString('utf8', at, at + length));
      at += length;
    }
    at = readCells(bytes, at, buffer);
    if (at !== to) {
      this.#refuse();
      return;
    }
    buffer.add(to - from);
    if (!buffer.full) return;
    this.#full.push(buffer);
    this.#filling = this.#buffers.take(this.#width);
    if (this.#full.length >= mostWaiting) this.pause();
    this.wake();
  }

  #refuse(): void {
    this.fail(new DatabaseError('query', 'the server sent rows of another shape than was asked for'));
  }
}

/** Reads the cells of a row; where they end, or -1 when one is no 64-bit integer. */
function readCells(bytes: Buffer, from: number, buffer: CellBuffer): number {
  const { words, offset, width } = buffer;
  let at = from;
  for (let index = offset; index < offset + width; index += 1) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length === -1) {
      buffer.set(index, nullCell);
      continue;
    }
    if (length !== 8) return -1;
    words[2 * index + 1] = bytes.readInt32BE(at);
    words[2 * index] = bytes.readInt32BE(at + 4);
    at += 8;
  }
  return at;
}
