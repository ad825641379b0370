import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import pg from 'pg';

/** `CopyData`: PostgreSQL's manual, 55.7. */
const copyData = 0x64;
/** Type and length; the length counts itself and not the type. */
const headLength = 5;
const firstCarry = 16 * 1024;
/** What one read takes at most. */
const readLength = 64 * 1024;

/** Takes the content of one CopyData message, `bytes[from]` to before `bytes[to]`, which is valid during the call alone. */
export type CopySink = (bytes: Buffer, from: number, to: number) => void;

function frameLength(bytes: Buffer, at: number): number {
  return 1 + bytes.readUInt32BE(at + 1);
}

/**
 * Parts a stream of the server's messages: the content of CopyData goes to one side without a copy, save what two chunks
 * share; the bytes of all others go to the other side as they come. Both have them for the time of a call.
 */
export class FrameFilter {
  readonly #copy: CopySink;
  readonly #others: (bytes: Buffer) => void;
  /** Bytes of a message for the other side that are still to come. */
  #passing = 0;
  /** The beginning of a CopyData, or of the head of any message, that the last chunk ended in. */
  #carry = Buffer.alloc(firstCarry);
  #carried = 0;

  constructor(copy: CopySink, others: (bytes: Buffer) => void) {
    this.#copy = copy;
    this.#others = others;
  }

  push(chunk: Buffer): void {
    let at = this.#carried > 0 ? this.#complete(chunk) : 0;
    /** Where bytes for the other side begin that have not been handed over. */
    let plain = at;
    while (at < chunk.length) {
      if (this.#passing > 0) {
        const passed = Math.min(this.#passing, chunk.length - at);
        this.#passing -= passed;
        at += passed;
        continue;
      }
      if (chunk.length - at < headLength) break;
      const length = frameLength(chunk, at);
      if (chunk[at] !== copyData) {
        this.#passing = length;
        continue;
      }
      if (plain < at) this.#others(chunk.subarray(plain, at));
      plain = at;
      if (chunk.length - at < length) break;
      this.#copy(chunk, at + headLength, at + length);
      at += length;
      plain = at;
    }
    if (plain < at) this.#others(chunk.subarray(plain, at));
    if (at < chunk.length) this.#keep(chunk, at, chunk.length);
  }

  /** Completes what was carried, as far as `chunk` allows; where in `chunk` the rest begins. */
  #complete(chunk: Buffer): number {
    let at = 0;
    const take = (wanted: number): boolean => {
      const end = Math.min(chunk.length, at + Math.max(0, wanted - this.#carried));
      this.#keep(chunk, at, end);
      at = end;
      return this.#carried >= wanted;
    };
    if (!take(headLength)) return at;
    const length = frameLength(this.#carry, 0);
    if (this.#carry[0] !== copyData) {
      this.#others(this.#carry.subarray(0, headLength));
      this.#passing = length - headLength;
      this.#carried = 0;
    } else if (take(length)) {
      this.#carried = 0;
      this.#copy(this.#carry, headLength, length);
    }
    return at;
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    const length = this.#carried + to - from;
    if (length > this.#carry.length) {
      const larger = Buffer.alloc(2 * length);
      this.#carry.copy(larger, 0, 0, this.#carried);
      this.#carry = larger;
    }
    chunk.copy(this.#carry, this.#carried, from, to);
    this.#carried = length;
  }
}

/** pg's `Connection` with the method that feeds its parser; its published types lack it. */
interface ListeningConnection extends pg.Connection {
  attachListeners(stream: unknown): void;
}

const PgConnection = pg.Connection as unknown as new (config: pg.ConnectionConfig) => ListeningConnection;

/** A socket that reads into the same memory again and again; `take` has it for the time of a call. */
function thriftySocket(take: (bytes: Buffer) => void): Socket {
  const buffer = Buffer.allocUnsafeSlow(readLength);
  const callback = (length: number): boolean => {
    take(buffer.subarray(0, length));
    return true;
  };
  return new Socket({ onread: { buffer, callback } });
}

/**
 * A connection that keeps the rows of a COPY from pg's parser, which would make an object and an event of each: that costs
 * more than all the rest of reading them. Without TLS it also spares a new buffer for each piece that comes from the
 * socket, which are collected so late that they take 60 MB in a long COPY.
 */
export class FramedConnection extends PgConnection {
  /** Who takes the rows of the COPY that runs; they are dropped when there is nobody. */
  copySink: CopySink | undefined;
  /** Stands for the stream that pg's parser listens to; of that it wants 'data' and 'end' alone. */
  readonly #others = new EventEmitter();
  readonly #filter = new FrameFilter(
    (bytes, from, to) => this.copySink?.(bytes, from, to),
    // The parser keeps what it cannot read yet.
    (bytes) => this.#others.emit('data', Buffer.from(bytes)),
  );

  constructor(config: pg.ConnectionConfig) {
    let take: (bytes: Buffer) => void = () => undefined;
    const stream = (): Socket => thriftySocket((bytes) => take(bytes));
    super(config.ssl === false ? { ...config, stream } : config);
    take = (bytes) => this.#filter.push(bytes);
  }

  override attachListeners(stream: Duplex): void {
    super.attachListeners(this.#others);
    // A thrifty socket has no such events.
    stream.on('data', (chunk: Buffer) => this.#filter.push(chunk));
    stream.on('end', () => this.#others.emit('end'));
  }
}
