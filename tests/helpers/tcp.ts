import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP listener on 127.0.0.1 that tests put between a client and a server, or in a server's place. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** A forwarder whose connections can be cut as a broken network would cut them. */
export interface Proxy extends Listener {
  /** How many connections there have been. */
  readonly connections: number;
  /** Forwards nothing any more, in either direction, on any connection, and lets all of them stand. */
  freeze(): void;
  /** Resets every connection that is open now; new ones are served. */
  cut(): void;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return portOf(server);
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

interface Tracked {
  readonly listener: Listener;
  readonly open: Set<Socket>;
}

async function track(accept: (socket: Socket, keep: (socket: Socket) => void) => void): Promise<Tracked> {
  const open = new Set<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  };
  const server = createServer((socket) => {
    keep(socket);
    accept(socket, keep);
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { listener: { port, close }, open };
}

/** Accepts connections and never says a word. */
export async function startSilentServer(): Promise<Listener> {
  return (await track((socket) => socket.resume())).listener;
}

/** Forwards to `port` of 127.0.0.1. */
export async function startProxy(port: number): Promise<Proxy> {
  let frozen = false;
  let connections = 0;
  const { listener, open } = await track((client, keep) => {
    connections += 1;
    if (frozen) return;
    const server = createConnection(port, '127.0.0.1');
    keep(server);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  return {
    ...listener,
    get connections() {
      return connections;
    },
    freeze: () => {
      frozen = true;
      for (const socket of open) socket.unpipe().pause();
    },
    cut: () => {
      for (const socket of open) socket.resetAndDestroy();
    },
  };
}
