import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from '../helpers/certificate.ts';

/** A request that arrived, with its whole body. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface RunningServer {
  readonly url: URL;
  /** `127.0.0.1:PORT` or `localhost:PORT`. */
  readonly host: string;
  readonly arrived: readonly Arrived[];
  stop(): Promise<void>;
}

/** A real HTTP server on this machine. */
export async function startServer(
  answer: (request: Arrived, response: ServerResponse) => void,
  options: { readonly certificate?: Certificate; readonly name?: string } = {},
): Promise<RunningServer> {
  const arrived: Arrived[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) body += chunk;
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    arrived.push(one);
    answer(one, response);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    receive(request, response).catch(() => response.destroy());
  };
  const { certificate } = options;
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `${options.name ?? '127.0.0.1'}:${(server.address() as AddressInfo).port}`;
  return {
    url: new URL(`${certificate === undefined ? 'http' : 'https'}://${host}/`),
    host,
    arrived,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
