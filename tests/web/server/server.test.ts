import { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { safetyHeaders, send, textAnswer } from '../../../src/web/server/http.ts';
import type { HttpHandler } from '../../../src/web/server/http.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { ListenOptions, WebServer } from '../../../src/web/server/server.ts';

const anyPort = { host: '127.0.0.1', port: 0 };
const here: HttpHandler = (request, response) => send(request, response, textAnswer(200, 'here'), {});
const silent: HttpHandler = () => {};

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

async function start(handler: HttpHandler, options: ListenOptions = {}): Promise<WebServer> {
  const servers = await listen(handler, [anyPort], options);
  open.push(...servers);
  const [server] = servers;
  if (server === undefined) throw new Error('none was opened');
  return server;
}

const portOf = ({ address }: WebServer): number => Number(address.split(':').at(-1));

/** A client that says what it is given, and collects what it hears until the server hangs up. */
function dial(server: WebServer, text: string): { socket: Socket; heard: Promise<string> } {
  const socket = connect(portOf(server), '127.0.0.1');
  socket.write(text);
  let heard = '';
  socket.setEncoding('latin1').on('data', (part: string) => (heard += part));
  socket.on('error', () => {});
  return { socket, heard: new Promise((resolve) => socket.once('close', () => resolve(heard))) };
}

describe('listen', () => {
  it('answers at each address until it is closed', async () => {
    const servers = await listen(here, [anyPort, anyPort]);
    for (const { address } of servers) {
      expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
      expect(await (await fetch(`http://${address}`)).text()).toBe('here\n');
    }
    await close(servers, 100);
    await expect(fetch(`http://${servers[0]?.address ?? ''}`)).rejects.toThrow('fetch failed');
  });

  it('says truly that it listens on every address', async () => {
    const servers = await listen(here, [{ host: undefined, port: 0 }]);
    open.push(...servers);
    expect(servers[0]?.address).toMatch(/^(?:\[::\]|0\.0\.0\.0):\d+$/);
  });

  it('leaves none open when one of the ports is taken', async () => {
    const taken = await start(silent);
    const free = await start(silent);
    const freePort = portOf(free);
    await close([free], 0);
    const both = [freePort, portOf(taken)].map((port) => ({ host: '127.0.0.1', port }));
    await expect(listen(silent, both)).rejects.toThrow('EADDRINUSE');
    open.push(...(await listen(silent, [{ host: '127.0.0.1', port: freePort }])));
  });

  it('cuts a request that does not end, once it is closed', async () => {
    const server = await start(silent);
    const hanging = dial(server, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close([server], 100);
    expect(await hanging.heard).toBe('');
  });

  it('answers what is no HTTP with 400 and all safety headers', async () => {
    const { heard } = dial(await start(here), 'Hello, world\r\n\r\n');
    const answer = await heard;
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    for (const [name, value] of Object.entries(safetyHeaders))
      expect(answer).toContain(`${name}: ${value}\r\n`);
  });

  it('answers a request after one whose body nobody read', async () => {
    const body = 'x'.repeat(100_000);
    const first = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const server = await start(here);
    const { heard } = dial(server, `${first}GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect([...(await heard).matchAll(/here\n/g)]).toHaveLength(2);
  });
});

describe('a connection is cut', () => {
  const limits = { request: 300, answer: 300, next: 300 };
  /** The first request may be late: the machine may be busy. */
  const patient = { ...limits, request: 10_000 };
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

  async function timed(heard: Promise<string>): Promise<number> {
    const begin = performance.now();
    await heard;
    return performance.now() - begin;
  }

  it('when its request comes byte by byte', async () => {
    const { socket, heard } = dial(await start(here, { limits }), 'GET /');
    const drip = setInterval(() => socket.write('x'), 20);
    expect(await timed(heard)).toBeLessThan(3000);
    clearInterval(drip);
  });

  it('when the next one does', async () => {
    const { socket, heard } = dial(await start(here, { limits: patient }), `${request}GET /`);
    const drip = setInterval(() => socket.write('x'), 20);
    expect(await timed(heard)).toBeLessThan(3000);
    clearInterval(drip);
    expect(await heard).toContain('here\n');
  });

  it('when it is idle after its answer', async () => {
    const { heard } = dial(await start(here, { limits: patient }), request);
    expect(await timed(heard)).toBeGreaterThan(200);
    expect(await heard).toContain('here\n');
  });

  it('when nobody reads its answer, 100 at once', async () => {
    const large = new Uint8Array(8_000_000);
    const lasted: number[] = [];
    const server = await start(
      (incoming, response) => {
        const begin = performance.now();
        if (response instanceof ServerResponse)
          response.once('close', () => lasted.push(performance.now() - begin));
        send(incoming, response, { status: 200, headers: {}, body: large }, {});
      },
      { limits: { ...patient, answer: 2000 } },
    );
    const sockets = Array.from({ length: 100 }, () => {
      const socket = connect(portOf(server), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(request);
      return socket.pause();
    });
    await expect.poll(() => lasted.length, { timeout: 30_000 }).toBe(100);
    expect(Math.min(...lasted)).toBeGreaterThan(1900);
    for (const socket of sockets) socket.destroy();
  });

  it('not when it takes a large answer at its own pace', async () => {
    const large = new Uint8Array(8_000_000);
    const server = await start(
      (incoming, response) => send(incoming, response, { status: 200, headers: {}, body: large }, {}),
      { limits: { ...patient, answer: 10_000 } },
    );
    const answer = await fetch(`http://${server.address}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await answer.arrayBuffer()).byteLength).toBe(large.length);
  });
});
