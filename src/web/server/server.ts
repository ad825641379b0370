import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { Connections, connectionLimits } from './connections.ts';
import type { ConnectionLimits } from './connections.ts';
import type { HttpHandler } from './http.ts';
import type { ListenAddress } from './listen-address.ts';
import { createSpeaker } from './speaker.ts';
import type { Speaker } from './speaker.ts';
import type { Transport } from './transport.ts';

/** One address at which requests are answered. */
export interface WebServer {
  /** Where it really listens, such as `127.0.0.1:9745`, `[::]:9745`. */
  readonly address: string;
  /** Stops taking requests, lets those under way end, and cuts what is left after `patienceMs`. */
  close(patienceMs: number): Promise<void>;
}

/** How connections are taken. */
export interface ListenOptions {
  /** Asked for each connection; undefined: without TLS. */
  readonly transport?: () => Promise<Transport | undefined>;
  readonly limits?: ConnectionLimits;
}

/** Far more than people and their Prometheus servers need. */
const maxConnections = 500;

/** Answers at one address. The transport of a connection is chosen when it comes in, so that it can change without a restart. */
class Gate implements WebServer {
  readonly #handler: HttpHandler;
  readonly #transport: () => Promise<Transport | undefined>;
  readonly #connections: Connections;
  readonly #listener: TcpServer;
  #address = '';
  #speaker: { readonly transport: Transport | undefined; readonly server: Speaker } | undefined;

  constructor(handler: HttpHandler, { transport, limits = connectionLimits }: ListenOptions) {
    this.#handler = handler;
    this.#transport = transport ?? (() => Promise.resolve(undefined));
    this.#connections = new Connections(limits);
    this.#listener = createTcpServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
      this.#admit(socket).catch(() => socket.destroy());
    });
    this.#listener.maxConnections = maxConnections;
  }

  async open({ host, port }: ListenAddress): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen({ port, host }, resolve);
    });
    const { address, port: actual } = this.#listener.address() as AddressInfo;
    this.#address = address.includes(':') ? `[${address}]:${actual}` : `${address}:${actual}`;
  }

  get address(): string {
    return this.#address;
  }

  async close(patienceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#connections.cutAll(), patienceMs);
    await new Promise<void>((resolve) => {
      this.#listener.close(() => resolve());
      this.#connections.drain();
    });
    clearTimeout(timer);
  }

  async #admit(socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    this.#connections.opened(socket);
    const transport = await this.#transport();
    if (this.#speaker === undefined || this.#speaker.transport !== transport)
      this.#speaker = { transport, server: createSpeaker(transport, this.#handler, this.#connections) };
    // Documented: a server takes connections that another one accepted.
    this.#speaker.server.emit('connection', socket);
    socket.resume();
  }
}

/**
 * Listens at each address, all or none.
 *
 * @throws Error when a port is taken.
 */
export async function listen(
  handler: HttpHandler,
  addresses: readonly ListenAddress[],
  options: ListenOptions = {},
): Promise<readonly WebServer[]> {
  const servers: WebServer[] = [];
  try {
    for (const address of addresses) {
      const gate = new Gate(handler, options);
      await gate.open(address);
      servers.push(gate);
    }
  } catch (error) {
    // Else those that opened would keep a process alive that does not serve.
    await close(servers, 0);
    throw error;
  }
  return servers;
}

/** As `WebServer.close`, for all of them. */
export async function close(servers: readonly WebServer[], patienceMs: number): Promise<void> {
  await Promise.all(servers.map((server) => server.close(patienceMs)));
}
