import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Cleanup } from './cleanup.ts';

export interface CountingProxy {
  readonly port: number;
  /** Bytes that the server has sent to its clients so far. */
  sent(): number;
}

/** Forwards connections to `port` of 127.0.0.1 and counts the bytes of the responses. */
export async function startCountingProxy(cleanup: Cleanup, port: number): Promise<CountingProxy> {
  let bytes = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const listener = createServer((client) => {
    const server = createConnection(port, '127.0.0.1');
    for (const socket of [client, server]) keep(socket);
    server.on('data', (chunk: Buffer) => (bytes += chunk.length));
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  cleanup.add(() => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (listener.address() as AddressInfo).port, sent: () => bytes };
}
