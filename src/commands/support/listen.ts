import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The parts of `--web.listen-address`: `:9745`, `127.0.0.1:9745`, `[::1]:9745`. */
export interface ListenAddress {
  /** undefined: every address of the machine. */
  readonly host: string | undefined;
  readonly port: number;
}

/** @throws Error that says what to write, when `text` is no such address. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new Error(
      `--web.listen-address ${JSON.stringify(text)}: write host:port or :port, such as :9745 or 127.0.0.1:9745`,
    );
  const host = match[1] ?? match[2];
  return { host: host === '' ? undefined : host, port };
}

/**
 * Opens one server per address, all or none.
 *
 * @returns the servers and the URLs at which they answer.
 * @throws Error when a port is taken.
 */
export async function listen(
  handler: RequestListener,
  addresses: readonly ListenAddress[],
): Promise<{ servers: Server[]; urls: string[] }> {
  const servers: Server[] = [];
  const urls: string[] = [];
  try {
    for (const address of addresses) {
      const { server, url } = await listenAt(handler, address);
      servers.push(server);
      urls.push(url);
    }
  } catch (error) {
    // Else those that opened would keep a process alive that does not serve.
    await close(servers, 0);
    throw error;
  }
  return { servers, urls };
}

async function listenAt(
  handler: RequestListener,
  { host, port }: ListenAddress,
): Promise<{ server: Server; url: string }> {
  // A client that sends its request byte by byte must not hold a socket for ever.
  const limits = { requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 75_000 };
  const server = createServer(limits, handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  const shown = host === undefined ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return { server, url: `http://${shown}:${actual}` };
}

/** Stops taking requests, lets those under way end, and cuts what is left after `patienceMs`. */
export async function close(servers: readonly Server[], patienceMs: number): Promise<void> {
  const timer = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), patienceMs);
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
        }),
    ),
  );
  clearTimeout(timer);
}
