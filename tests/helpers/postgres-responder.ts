import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** One message of PostgreSQL's protocol, version 3: type, length, content. */
export function message(type: string, ...content: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(content.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

export function int32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeInt32BE(value, 4 * at);
  return bytes;
}

/** The messages of a client that has logged in, each as its type and content. */
export interface Received {
  readonly type: string;
  readonly content: Buffer;
}

export interface PostgresResponder {
  readonly port: number;
  /** By connection: what came after the start. */
  readonly received: readonly Received[];
  /** The first packets of all connections, without their length. */
  readonly starts: readonly Buffer[];
  close(): Promise<void>;
}

const ready = message('Z', 'I');
const welcome = Buffer.concat([message('R', int32(0)), message('K', int32(4711, 815)), ready]);

/** Takes whole messages off the front of `bytes`; what is left is returned. */
function takeMessages(bytes: Buffer, headLength: number, take: (message: Buffer) => void): Buffer {
  let rest = bytes;
  while (rest.length >= headLength + 4) {
    const length = headLength + rest.readInt32BE(headLength);
    if (rest.length < length) break;
    take(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return rest;
}

/**
 * A server that speaks as much of PostgreSQL's protocol as a client needs to log in. It answers the first Sync with the first
 * of `answers` and a ReadyForQuery, and so on.
 */
export async function startPostgresResponder(answers: readonly Buffer[]): Promise<PostgresResponder> {
  const received: Received[] = [];
  const starts: Buffer[] = [];
  const sockets = new Set<Socket>();
  let answered = 0;
  const serve = (socket: Socket): void => {
    let started = false;
    let rest: Buffer = Buffer.alloc(0);
    const take = (whole: Buffer): void => {
      const type = whole.toString('latin1', 0, 1);
      received.push({ type, content: whole.subarray(5) });
      if (type === 'S') socket.write(Buffer.concat([answers[answered++] ?? Buffer.alloc(0), ready]));
    };
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      if (!started)
        rest = takeMessages(rest, 0, (packet) => {
          started = true;
          starts.push(packet.subarray(4));
          socket.write(welcome);
        });
      if (started) rest = takeMessages(rest, 1, take);
    });
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, received, starts, close };
}
