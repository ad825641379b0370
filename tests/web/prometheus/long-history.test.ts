import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { PrometheusServer } from '../../../src/config/config.ts';
import { LongHistory } from '../../../src/web/prometheus/long-history.ts';
import { mostBytes } from '../../../src/prometheus/ask.ts';
import { makeCertificate } from '../../helpers/certificate.ts';
import { freePort } from '../../helpers/tcp.ts';
import { answerOf, wish } from './wish.ts';

const open: Server[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const good = answerOf([
  { metric: { figure: 'state', monitor: 'orders', state: 'ok' }, values: { 0: '1', 3: '1' } },
  { metric: { figure: 'state', monitor: 'orders', state: 'critical' }, values: { 3: '1' } },
  { metric: { figure: 'state', monitor: 'orders', state: 'maintenance' }, values: { 4: '1' } },
  { metric: { figure: 'duration', monitor: 'orders' }, values: { 0: '0.5', 3: '2' } },
  { metric: { figure: 'erp_failed_records', monitor: 'orders' }, values: { 0: '0', 3: '7', 5: 'NaN' } },
]);

async function listening(server: Server, scheme = 'http'): Promise<string> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener): Promise<string> => listening(createServer(listener));

/** A history that reads from this address; what it logs, and a clock that is set by hand. */
function historyAt(url: string, change: Partial<PrometheusServer> = {}) {
  const server = { url, labels: {}, timeoutMs: 20_000, ...change };
  const logged: string[] = [];
  const time = { ms: 0 };
  const history = new LongHistory({
    server: () => server,
    readSecret: (file) =>
      Promise.resolve(file === 'gone' ? { fault: 'gone' } : { text: `secret of ${file}` }),
    log: { warn: (event, fields) => logged.push(`${event} ${JSON.stringify(fields)}`) },
    clock: () => time.ms,
  });
  return { history, logged, time };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the points', () => {
  it('are the gravest state, counts and duration of each step, with gaps where nothing was', async () => {
    const url = await serve((_, response) => response.end(good));
    const found = await historyAt(url).history.of(wish);
    const { from, stepMs } = wish.span;
    expect(found.ok && [...found.points]).toEqual([
      [
        'orders',
        [
          { at: from, state: 'ok', counts: { failed: 0 }, durationSeconds: 0.5 },
          { at: from + 3 * stepMs, state: 'critical', counts: { failed: 7 }, durationSeconds: 2 },
          { at: from + 4 * stepMs, state: null, counts: {}, durationSeconds: NaN },
        ],
      ],
    ]);
  });

  it('are asked for by one bounded question', async () => {
    const asked: URLSearchParams[] = [];
    const url = await serve((request, response) => {
      void textOf(request).then((text) => {
        asked.push(new URLSearchParams(text));
        response.end(good);
      });
    });
    await historyAt(url).history.of(wish);
    const [parameters = new URLSearchParams()] = asked;
    const number = (name: string) => Number(parameters.get(name));
    expect((number('end') - number('start')) / number('step') + 1).toBe(336);
    expect(parameters.get('timeout')).toBe('20000ms');
  });
});

const slow: RequestListener = () => undefined;
const huge: RequestListener = (_, response) => response.end('x'.repeat(mostBytes + 1));
const series = (count: number) =>
  answerOf(
    Array.from({ length: count }, (_, index) => ({
      metric: { figure: 'duration', monitor: `m${index}` },
      values: { 0: '1' },
    })),
  );
const bad = (figure: string, values: unknown[]) =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'matrix', result: [{ metric: { figure, monitor: 'm' }, values }] },
  });

describe('what is no answer', () => {
  it.each<[string, RequestListener, string]>([
    ['nothing in time', slow, 'slow'],
    [
      'half of an answer',
      (_, response) => response.writeHead(200, { 'Content-Length': 100 }).write('{'),
      'slow',
    ],
    ['a timeout of its own', (_, response) => response.writeHead(503).end('{"errorType":"timeout"}'), 'slow'],
    ['a broken connection', (request) => request.socket.destroy(), 'unreachable'],
    ['a fault', (_, response) => response.writeHead(502).end('bad gateway'), 'unreachable'],
    ['a refusal', (_, response) => response.writeHead(401).end(), 'refused'],
    ['a page', (_, response) => response.end('<html></html>'), 'wrong'],
    ['a redirect', (_, response) => response.writeHead(302, { Location: '/elsewhere' }).end(), 'wrong'],
    ['another shape', (_, response) => response.end('{"status":"success","data":[]}'), 'wrong'],
    ['a time of no step', (_, response) => response.end(bad('duration', [[12.5, '1']])), 'wrong'],
    ['no pair', (_, response) => response.end(bad('duration', [null])), 'wrong'],
    ['another figure', (_, response) => response.end(bad('up', [])), 'wrong'],
    ['too many bytes', huge, 'large'],
    ['too many series', (_, response) => response.end(series(1001)), 'large'],
    [
      'too many points',
      (_, response) =>
        response.end(
          bad(
            'duration',
            Array.from({ length: 337 }, () => [0, '1']),
          ),
        ),
      'large',
    ],
    ['no series', (_, response) => response.end(answerOf([])), 'empty'],
  ])('is told as such: %s', async (_, listener, problem) => {
    const { history, logged } = historyAt(
      await serve(listener),
      problem === 'slow' ? { timeoutMs: 300 } : {},
    );
    expect(await history.of(wish)).toEqual({ ok: false, problem });
    expect(logged).toHaveLength(problem === 'empty' ? 0 : 1);
  });

  it('is told as such: nobody there', async () => {
    const { history, logged } = historyAt(`http://127.0.0.1:${await freePort()}`);
    expect(await history.of(wish)).toEqual({ ok: false, problem: 'unreachable' });
    expect(logged[0]).toContain('ECONNREFUSED');
  });
});

describe('how often it asks', () => {
  it('is once for all who want the same, and once a minute', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end(good);
    });
    const { history, time } = historyAt(url);
    await Promise.all(Array.from({ length: 20 }, () => history.of(wish)));
    time.ms += 59_000;
    await history.of(wish);
    expect(asked).toBe(1);
    await history.of({ ...wish, company: 'globex' });
    expect(asked).toBe(2);
    time.ms += 2_000;
    await history.of(wish);
    expect(asked).toBe(3);
  });

  it('is at most three at once; more are told to wait, and a slow one is not asked anew by each page', async () => {
    let asked = 0;
    const url = await serve(() => (asked += 1));
    const { history, time } = historyAt(url, { timeoutMs: 2000 });
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) => history.of({ ...wish, company: `c${index}` })),
    );
    const problems = results.map((result) => (result.ok ? '' : result.problem));
    expect(problems.filter((problem) => problem === 'busy')).toHaveLength(7);
    expect(problems.filter((problem) => problem === 'slow')).toHaveLength(3);
    expect(asked).toBe(3);
    time.ms += 4_000;
    expect(await history.of({ ...wish, company: 'c0' })).toEqual({ ok: false, problem: 'slow' });
    expect(asked).toBe(3);
  });
});

describe('the login', () => {
  it.each<[string, Partial<PrometheusServer>, string | undefined]>([
    ['none', {}, undefined],
    ['a token', { tokenFile: 't' }, 'Bearer secret of t'],
    [
      'a password',
      { login: { username: 'erp', passwordFile: 'p' } },
      `Basic ${Buffer.from('erp:secret of p').toString('base64')}`,
    ],
  ])('is sent: %s', async (_, change, header) => {
    const seen: (string | undefined)[] = [];
    const url = await serve(({ headers }, response) => {
      seen.push(headers.authorization);
      response.end(good);
    });
    const { history, logged } = historyAt(url, change);
    expect((await history.of(wish)).ok).toBe(true);
    expect(seen).toEqual([header]);
    expect(logged).toEqual([]);
  });

  it('whose file has gone is a refusal, with the reason in the log alone', async () => {
    const { history, logged } = historyAt('http://127.0.0.1:1', { tokenFile: 'gone' });
    expect(await history.of(wish)).toEqual({ ok: false, problem: 'refused' });
    expect(logged.join()).toContain('gone');
  });
});

it('verifies the certificate of the server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-tls-'));
  folders.push(folder);
  const { cert, key } = makeCertificate(folder, 'server', 'localhost');
  const url = await listening(
    createTlsServer({ cert, key }, (_, response) => response.end(good)),
    'https',
  );
  const named = url.replace('127.0.0.1', 'localhost');
  expect((await historyAt(named, { ca: cert }).history.of(wish)).ok).toBe(true);
  const unknown = historyAt(named);
  expect(await unknown.history.of(wish)).toEqual({ ok: false, problem: 'unreachable' });
  expect(unknown.logged.join()).toMatch(/self-signed certificate/);
  const misnamed = historyAt(url, { ca: cert });
  expect(await misnamed.history.of(wish)).toEqual({ ok: false, problem: 'unreachable' });
  expect(misnamed.logged.join()).toMatch(/altnames/);
});
