import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { OutboundError, type OutboundPolicy, type OutboundRequest } from '../../src/outbound/contract.ts';
import { createSend, type SendTools } from '../../src/outbound/send.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { freePort, startSilentServer } from '../helpers/tcp.ts';
import { startServer, type Arrived, type RunningServer } from './servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'outbound-'));
const own = makeCertificate(folder, 'own', 'localhost');
const other = makeCertificate(folder, 'other', 'localhost');
afterAll(() => rmSync(folder, { recursive: true }));

const running: RunningServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(
  answer: (request: Arrived, response: ServerResponse) => void,
  options: Parameters<typeof startServer>[1] = {},
): Promise<RunningServer> {
  const server = await startServer(answer, options);
  running.push(server);
  return server;
}

const never = new AbortController().signal;
const policy = (hosts: readonly string[], overrides: Partial<OutboundPolicy> = {}): OutboundPolicy => ({
  hosts: new Set(hosts),
  allowsPrivate: true,
  timeoutMs: 20_000,
  mostBytes: 1_000_000,
  ...overrides,
});
const get = (url: URL | string, overrides: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: 'GET',
  url: new URL(url),
  headers: {},
  ...overrides,
});

async function faultOf(attempt: Promise<unknown>): Promise<OutboundError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OutboundError)) throw new Error(`no OutboundError but ${String(error)}`);
  return error;
}

describe('a call', () => {
  it('sends method, path, headers and body, and gives status, headers and body', async () => {
    const server = await start((_, response) =>
      response
        .writeHead(201, ['Content-Type', 'text/plain', 'X-Twice', 'one', 'X-Twice', 'two'])
        .end('héllo'),
    );
    const send = createSend(policy([server.host]));
    const url = new URL('/api?x=%2F', server.url);
    const answer = await send(
      {
        method: 'PATCH',
        url,
        headers: { 'X-Key': 'k', 'Content-Type': 'application/json' },
        body: '{"a":"é"}',
      },
      never,
    );
    expect(answer).toMatchObject({ status: 201, body: 'héllo', retryAfterMs: undefined });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/plain', 'x-twice': 'one' });
    expect(server.arrived).toEqual([
      expect.objectContaining({ method: 'PATCH', path: '/api?x=%2F', body: '{"a":"é"}' }),
    ]);
    expect(server.arrived[0]?.headers).toMatchObject({
      'x-key': 'k',
      'user-agent': 'erp-exporter',
      'content-length': '10',
    });
  });

  it('does not follow a redirect', async () => {
    const target = await start((_, response) => response.end('secret'));
    const server = await start((_, response) =>
      response.writeHead(302, { Location: target.url.href }).end('moved'),
    );
    const answer = await createSend(policy([server.host, target.host]))(get(server.url), never);
    expect(answer).toMatchObject({ status: 302, body: 'moved', headers: { location: target.url.href } });
    expect(target.arrived).toEqual([]);
  });

  it.each([
    ['7', 7_000],
    ['0', 0],
    ['9999999', 86_400_000],
    [new Date(Date.now() - 60_000).toUTCString(), 0],
    ['soon', undefined],
  ])('reads Retry-After: %s', async (value, expected) => {
    const server = await start((_, response) => response.writeHead(429, { 'Retry-After': value }).end());
    const answer = await createSend(policy([server.host]))(get(server.url), never);
    expect(answer).toMatchObject({ status: 429, retryAfterMs: expected });
  });
});

describe('a call that fails', () => {
  it('was not sent when nothing listens, and when the host does not exist', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const send = createSend(policy([host, 'absent.invalid']), {
      resolve: () => Promise.reject(new Error('ENOTFOUND')),
    });
    expect(await faultOf(send(get(`http://${host}`), never))).toMatchObject({ fault: 'unreachable' });
    expect(await faultOf(send(get('http://absent.invalid'), never))).toMatchObject({
      fault: 'unreachable',
      message: 'ENOTFOUND',
    });
  });

  it('is lost when the connection breaks before the answer', async () => {
    const server = await start((_, response) => response.destroy());
    const send = createSend(policy([server.host]));
    expect(await faultOf(send(get(server.url, { method: 'POST', body: 'x' }), never))).toMatchObject({
      fault: 'lost',
    });
    expect(server.arrived).toHaveLength(1);
  });

  it.each(['with a length', 'in chunks'])('is lost when the answer ends in the middle, %s', async (how) => {
    const server = await start((_, response) => {
      response.writeHead(201, how === 'with a length' ? { 'Content-Length': '100' } : {});
      response.write('{"id":', () => response.destroy());
    });
    expect(await faultOf(createSend(policy([server.host]))(get(server.url), never))).toMatchObject({
      fault: 'lost',
    });
  });

  it('is lost when what answers does not speak HTTP', async () => {
    const server = await start((_, response) => response.socket?.end('SSH-2.0-OpenSSH\r\n'));
    expect(await faultOf(createSend(policy([server.host]))(get(server.url), never))).toMatchObject({
      fault: 'lost',
    });
  });

  it('is lost when no answer comes in time', async () => {
    const silent = await startSilentServer();
    const host = `127.0.0.1:${silent.port}`;
    const send = createSend(policy([host], { timeoutMs: 300 }));
    expect(await faultOf(send(get(`http://${host}`), never))).toMatchObject({
      fault: 'lost',
      message: 'no answer within 300 ms',
    });
    await silent.close();
  });

  it('is lost when the body comes too slowly, though it never pauses for long', async () => {
    const server = await start((_, response) => {
      const timer = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const send = createSend(policy([server.host], { timeoutMs: 1_000 }));
    expect(await faultOf(send(get(server.url), never))).toMatchObject({ fault: 'lost' });
  });

  it('was not sent when a name is not resolved in time', async () => {
    const send = createSend(policy(['slow.example'], { timeoutMs: 100 }), {
      resolve: () => new Promise(() => undefined),
    });
    expect(await faultOf(send(get('http://slow.example'), never))).toMatchObject({ fault: 'unreachable' });
  });

  it('ends when it is told to', async () => {
    const silent = await startSilentServer();
    const host = `127.0.0.1:${silent.port}`;
    const ended = AbortSignal.abort();
    const send = createSend(policy([host]));
    expect(await faultOf(send(get(`http://${host}`), ended))).toMatchObject({
      fault: 'unreachable',
      message: 'the call was ended',
    });
    const soon = new AbortController();
    const call = faultOf(send(get(`http://${host}`), soon.signal));
    setTimeout(() => soon.abort(), 200);
    expect(await call).toMatchObject({ message: 'the call was ended' });
    await silent.close();
  });

  it('reads no more of an answer than it may', async () => {
    let isClosed = false;
    const server = await start((_, response) => {
      response.on('close', () => (isClosed = true));
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const send = createSend(policy([server.host], { mostBytes: 100_000 }));
    expect(await faultOf(send(get(server.url), never))).toMatchObject({ fault: 'large' });
    await expect.poll(() => isClosed, { timeout: 10_000 }).toBe(true);
  });
});

describe('TLS', () => {
  it('trusts the given authority alone, and sends nothing to a server of another', async () => {
    const server = await start((_, response) => response.end('ok'), { certificate: own, name: 'localhost' });
    const request = get(server.url, { method: 'POST', headers: { Authorization: 'secret' }, body: 'x' });
    const trusting = createSend(policy([server.host], { ca: own.cert }));
    expect(await trusting(request, never)).toMatchObject({ status: 200, body: 'ok' });
    for (const ca of [other.cert, undefined]) {
      const send = createSend(policy([server.host], ca === undefined ? {} : { ca }));
      expect(await faultOf(send(request, never))).toMatchObject({ fault: 'unreachable' });
    }
    expect(server.arrived).toHaveLength(1);
  });

  it('refuses a certificate of another name', async () => {
    const server = await start((_, response) => response.end('ok'), { certificate: own });
    const send = createSend(policy([server.host], { ca: own.cert }));
    expect(await faultOf(send(get(server.url), never))).toMatchObject({ fault: 'unreachable' });
    expect(server.arrived).toEqual([]);
  });
});

describe('private addresses', () => {
  const strict = (hosts: readonly string[], tools: SendTools = {}) =>
    createSend(policy(hosts, { allowsPrivate: false }), tools);

  it('are not dialled, whether the URL has the address or a name of it', async () => {
    const server = await start((_, response) => response.end('inside'), { name: 'localhost' });
    const literal = `127.0.0.1:${server.url.port}`;
    expect(await faultOf(strict([server.host])(get(server.url), never))).toMatchObject({
      fault: 'forbidden',
    });
    expect(await faultOf(strict([literal])(get(`http://${literal}`), never))).toMatchObject({
      fault: 'forbidden',
    });
    expect(server.arrived).toEqual([]);
  });

  it('are not dialled when a name changes its address between two looks', async () => {
    const server = await start((_, response) => response.end('inside'));
    const host = `rebinding.example:${server.url.port}`;
    let looks = 0;
    const send = strict([host], {
      resolve: () => {
        looks += 1;
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      },
    });
    expect(await faultOf(send(get(`http://${host}`), never))).toMatchObject({ fault: 'forbidden' });
    // There is one look: what was judged is what is dialled.
    expect(looks).toBe(1);
    expect(server.arrived).toEqual([]);
  });

  it('are left out where a name has public ones too', async () => {
    const server = await start((_, response) => response.end('inside'));
    const host = `both.example:${server.url.port}`;
    const send = createSend(policy([host], { allowsPrivate: false, timeoutMs: 500 }), {
      resolve: () =>
        Promise.resolve([
          { address: '127.0.0.1', family: 4 },
          { address: '::ffff:127.0.0.1', family: 6 },
          { address: '198.41.0.4', family: 4 },
        ]),
    });
    await faultOf(send(get(`http://${host}`), never));
    expect(server.arrived).toEqual([]);
  });

  it('are called where that is allowed, by name too', async () => {
    const server = await start((_, response) => response.end('inside'));
    const host = `named.example:${server.url.port}`;
    const send = createSend(policy([host]), {
      resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
    expect(await send(get(`http://${host}`), never)).toMatchObject({ body: 'inside' });
    expect(server.arrived[0]?.headers.host).toBe(host);
  });
});
