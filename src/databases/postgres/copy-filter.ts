import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { mostRowBytes } from '../shared/rows.ts';

/** `CopyData`: PostgreSQL's manual, 55.7. */
const copyData = 0x64;
/** Type and length; the length counts itself and not the type. */
const headLength = 5;
const initialPartialLength = 16 * 1024;
/** What one read takes at most. */
const readLength = 64 * 1024;

/** Takes the content of one CopyData message, `bytes[from]` to before `bytes[to]`, which is valid during the call alone. */
export type CopySink = (bytes: Buffer, from: number, to: number) => void;

function messageLength(bytes: Buffer, at: number): number {
  return 1 + bytes.readUInt32BE(at + 1);
}

/**
 * Splits the stream of the server's messages: the content of CopyData goes to one side, copied only where a message spans two
 * chunks; the bytes of all others go to the other side unchanged. Either may use them only during the call. Nothing of a
 * message that is too long is passed on, nor of what comes after it.
 */
export class CopyDataFilter {
  readonly #copy: CopySink;
  readonly #others: (bytes: Buffer) => void;
  readonly #tooLong: () => void;
  #isOver = false;
  /** Bytes of a message for the other side that have not come yet. */
  #othersLeft = 0;
  /** The beginning of a CopyData, or of the head of any message, at the end of the last chunk. */
  #partial = Buffer.alloc(initialPartialLength);
  #partialLength = 0;

  /** @param tooLong Called once, at the head of a message of more than `mostRowBytes`. */
  constructor(copy: CopySink, others: (bytes: Buffer) => void, tooLong: () => void) {
    this.#copy = copy;
    this.#others = others;
    this.#tooLong = tooLong;
  }

  push(chunk: Buffer): void {
    if (this.#hasEnded()) return;
    let at = this.#partialLength > 0 ? this.#completePartial(chunk) : 0;
    /** Where the bytes for the other side begin that have not been passed on. */
    let pending = at;
    while (at < chunk.length && !this.#hasEnded()) {
      if (this.#othersLeft > 0) {
        const passed = Math.min(this.#othersLeft, chunk.length - at);
        this.#othersLeft -= passed;
        at += passed;
        continue;
      }
      if (chunk.length - at < headLength) break;
      const length = messageLength(chunk, at);
      if (this.#refuses(length)) break;
      if (chunk[at] !== copyData) {
        this.#othersLeft = length;
        continue;
      }
      if (pending < at) this.#others(chunk.subarray(pending, at));
      pending = at;
      if (chunk.length - at < length) break;
      this.#copy(chunk, at + headLength, at + length);
      at += length;
      pending = at;
    }
    if (pending < at) this.#others(chunk.subarray(pending, at));
    if (at < chunk.length && !this.#hasEnded()) this.#keep(chunk, at, chunk.length);
  }

  /** A method, because the compiler believes that a field stays as it was. */
  #hasEnded(): boolean {
    return this.#isOver;
  }

  #refuses(length: number): boolean {
    if (length <= mostRowBytes) return false;
    this.#isOver = true;
    this.#tooLong();
    return true;
  }

  /** Completes the partial message, as far as `chunk` allows; returns where in `chunk` the rest begins. */
  #completePartial(chunk: Buffer): number {
    let at = 0;
    const take = (wanted: number): boolean => {
      const end = Math.min(chunk.length, at + Math.max(0, wanted - this.#partialLength));
      this.#keep(chunk, at, end);
      at = end;
      return this.#partialLength >= wanted;
    };
    if (!take(headLength)) return at;
    const length = messageLength(this.#partial, 0);
    if (this.#refuses(length)) return at;
    if (this.#partial[0] !== copyData) {
      this.#others(this.#partial.subarray(0, headLength));
      this.#othersLeft = length - headLength;
      this.#partialLength = 0;
    } else if (take(length)) {
      this.#partialLength = 0;
      this.#copy(this.#partial, headLength, length);
    }
    return at;
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    const length = this.#partialLength + to - from;
    if (length > this.#partial.length) {
      const larger = Buffer.alloc(2 * length);
      this.#partial.copy(larger, 0, 0, this.#partialLength);
      this.#partial = larger;
    }
    chunk.copy(this.#partial, this.#partialLength, from, to);
    this.#partialLength = length;
  }
}

/** pg's `Connection` with the method that feeds its parser; its published types lack it. */
interface ListeningConnection extends pg.Connection {
  attachListeners(stream: unknown): void;
}

const PgConnection = pg.Connection as unknown as new (config: pg.ConnectionConfig) => ListeningConnection;

/** A socket that reads into one buffer again and again; `take` may use it only during the call. */
function reusingSocket(take: (bytes: Buffer) => void): Socket {
  const buffer = Buffer.allocUnsafeSlow(readLength);
  const callback = (length: number): boolean => {
    take(buffer.subarray(0, length));
    return true;
  };
  return new Socket({ onread: { buffer, callback } });
}

/**
 * A connection that keeps the rows of a COPY from pg's parser, which would make an object and an event of each. Without TLS it
 * also reads into one buffer, where Node makes a new one for each piece that comes from the socket. What both save is in
 * docs/dependencies.md.
 */
export class CopyConnection extends PgConnection {
  /** Receives the rows of the COPY that runs; without it they are dropped. */
  copySink: CopySink | undefined;
  /** Called when the server sends a row, or anything else, of more than `mostRowBytes`; it is not read, nor what follows. */
  tooLong: () => void = () => undefined;
  /** Stands in for the stream that pg's parser listens to; the parser uses only 'data' and 'end'. */
  readonly #others = new EventEmitter();
  readonly #filter = new CopyDataFilter(
    (bytes, from, to) => this.copySink?.(bytes, from, to),
    // The parser keeps what it cannot read yet.
    (bytes) => this.#others.emit('data', Buffer.from(bytes)),
    () => this.tooLong(),
  );

  constructor(config: pg.ConnectionConfig) {
    let take: (bytes: Buffer) => void = () => undefined;
    const stream = (): Socket => reusingSocket((bytes) => take(bytes));
    super(config.ssl === false ? { ...config, stream } : config);
    take = (bytes) => this.#filter.push(bytes);
  }

  override attachListeners(stream: Duplex): void {
    super.attachListeners(this.#others);
    // A socket with `onread` emits no such events.
    stream.on('data', (chunk: Buffer) => this.#filter.push(chunk));
    stream.on('end', () => this.#others.emit('end'));
  }
}
