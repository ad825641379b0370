import type { X509Certificate } from 'node:crypto';
import { STATUS_CODES, createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { peerOf } from './connections.ts';
import type { Connections } from './connections.ts';
import { safetyHeaders } from './http.ts';
import type { HttpHandler } from './http.ts';
import type { Transport } from './transport.ts';

/** What speaks HTTP over the connections that it is handed; it does not listen itself. */
export type Speaker = HttpServer | Http2SecureServer;

/** A client gets this long to agree on TLS, in milliseconds. */
const handshakeTimeout = 10_000;
/** Requests of one client that HTTP/2 may have under way. */
const maxConcurrentStreams = 100;

/** @param transport undefined: without TLS. */
export function createSpeaker(
  transport: Transport | undefined,
  handler: HttpHandler,
  connections: Connections,
): Speaker {
  const server = createServer(transport);
  const certificates = new Map<string, X509Certificate>();
  const answer = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    const peer = peerOf(request.socket);
    connections.began(peer);
    response.once('close', () => connections.ended(peer));
    // What is left of a body that nobody read would hold up the next request.
    response.once('finish', () => request.resume());
    handler(request, response, { certificate: certificates.get(peer) });
  };
  server.on('request', answer);
  server.on('checkExpectation', answer);
  server.on('clientError', refuse);
  if (transport !== undefined)
    server.prependListener('secureConnection', (socket: TLSSocket) => {
      const certificate = socket.getPeerX509Certificate();
      const peer = peerOf(socket);
      if (!transport.admits(certificate, socket.authorized)) socket.destroy();
      else if (certificate !== undefined && socket.authorized) {
        certificates.set(peer, certificate);
        socket.once('close', () => certificates.delete(peer));
      }
    });
  return server;
}

function createServer(transport: Transport | undefined): Speaker {
  // Connections itself cuts those that are idle, and the guards answer a request without a Host header.
  const http1 = { keepAliveTimeout: 0, requireHostHeader: false };
  if (transport === undefined) return createHttpServer(http1);
  const options = { ...transport.options, ...http1, handshakeTimeout };
  return transport.http2
    ? createSecureServer({ ...options, allowHTTP1: true, settings: { maxConcurrentStreams } })
    : createHttpsServer(options);
}

/** Answers what is no HTTP. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const headers = { ...safetyHeaders, 'Content-Length': '0', Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n'));
}
