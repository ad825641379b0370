import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConfigProblem } from '../../src/config/config.ts';
import { safetyHeaders } from '../../src/web/server/http.ts';
import { createApp } from '../../src/web/app.ts';
import type { AppOptions } from '../../src/web/app.ts';
import { close, listen } from '../../src/web/server/server.ts';
import { acceptsGzip } from '../../src/web/answers/scrape.ts';
import { appOptions } from './app-options.ts';

const cleanups: (() => Promise<void>)[] = [];

async function start(change: Partial<AppOptions> = {}): Promise<string> {
  const app = createApp(appOptions('own 1\n', { hosts: { names: new Set(['exporter.lan']) }, ...change }));
  const servers = await listen(app, [{ host: '127.0.0.1', port: 0 }]);
  cleanups.push(() => close(servers, 100));
  return `http://${servers[0]?.address ?? ''}`;
}

/** A request whose body is not unpacked on the way. */
function raw(url: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const outgoing = request(url, { headers, method }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end();
    },
  );
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

describe('acceptsGzip', () => {
  it.each([
    ['gzip', true],
    ['deflate, gzip;q=1.0, *;q=0.5', true],
    ['br,gzip;q=0.5', true],
    ['x-gzip', true],
    ['', false],
    ['identity', false],
    ['gzip;q=0', false],
    ['gzip; q=0.000, br', false],
    ['gzipped', false],
  ])('reads %j as %s', (header, expected) => expect(acceptsGzip(header)).toBe(expected));
});

describe('createApp', () => {
  it('serves metrics plain and gzipped, with the content type that Prometheus wants', async () => {
    const url = `${await start()}/metrics`;
    const plain = await raw(url, {});
    expect(plain.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toContain('own 1\n');
    const zipped = await raw(url, { 'Accept-Encoding': 'gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.body).toString()).toContain('own 1\n');
    const refused = await raw(url, { 'Accept-Encoding': 'gzip;q=0' });
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  it('answers HEAD without a body', async () => {
    const answer = await raw(`${await start()}/metrics`, {}, 'HEAD');
    expect(answer.status).toBe(200);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
    expect(answer.body).toHaveLength(0);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('takes no %s for a scrape', async (method) => {
    const url = await start();
    for (const path of ['/metrics', '/metrics?x=1']) {
      const answer = await raw(`${url}${path}`, {}, method);
      expect(answer.status, path).toBe(405);
      expect(answer.headers['allow'], path).toBe('GET, HEAD');
      expect(answer.body.toString(), path).toBe('Use GET, HEAD.\n');
    }
  });

  it('is healthy always, ready when it is', async () => {
    const url = await start({ readiness: () => ({ ready: false, text: '3 monitors wait' }) });
    expect((await raw(`${url}/-/healthy`, {})).status).toBe(200);
    const ready = await raw(`${url}/-/ready`, {});
    expect(ready.status).toBe(503);
    expect(ready.body.toString()).toBe('3 monitors wait\n');
    expect((await raw(`${await start()}/-/ready`, {})).status).toBe(200);
  });

  it('reloads by POST and PUT, not by GET, and says what is wrong with a bad file', async () => {
    const problem: ConfigProblem = {
      file: 'a.yml',
      line: 3,
      column: 5,
      path: 'monitors[0]',
      message: 'is bad',
    };
    let good = true;
    const url = `${await start({ reload: () => Promise.resolve(good ? [] : [problem]) })}/-/reload`;
    expect((await raw(url, {}, 'POST')).status).toBe(200);
    expect((await raw(url, {}, 'PUT')).status).toBe(200);
    expect((await raw(url, {})).status).toBe(405);
    good = false;
    const answer = await raw(url, {}, 'POST');
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain('a.yml:3:5: monitors[0]: is bad');
  });

  it('serves a page that no foreign content can enter', async () => {
    const page = await raw(`${await start()}/`, {});
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    for (const directive of ["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"])
      expect(page.headers['content-security-policy']).toContain(directive);
  });

  it('serves what the page refers to, for ever under the same name', async () => {
    const url = await start({ routePrefix: '/erp' });
    const page = (await raw(`${url}/erp/`, {})).body.toString();
    const files = [...page.matchAll(/(?:src|href)="([^"]*\/assets\/[^"]*)"/g)].map(([, path = '']) => path);
    expect(files.length).toBeGreaterThan(1);
    const types = [];
    for (const path of files) {
      const answer = await raw(`${url}${path}`, {});
      expect(answer.status, path).toBe(200);
      expect(answer.headers['x-content-type-options'], path).toBe('nosniff');
      expect(answer.headers['cache-control'], path).toBe('public, max-age=31536000, immutable');
      types.push(answer.headers['content-type']);
    }
    expect(types).toEqual(['text/css; charset=utf-8', 'text/javascript; charset=utf-8']);
    expect((await raw(`${url}/erp/assets/..%2f..%2fpackage.json`, {})).status).toBe(404);
  });

  it('serves the documentation as pages, with an anchor for each alert', async () => {
    const url = await start({ routePrefix: '/erp' });
    const page = await raw(`${url}/erp/docs/runbook`, {});
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body.toString()).toContain('<article class="document" lang="en"><h1 id="runbook">');
    expect(page.body.toString()).toContain('<h2 id="erprecordfailed">ErpRecordFailed</h2>');
    const list = await raw(`${url}/erp/docs/?lang=nl`, {});
    expect(list.body.toString()).toContain('<h1>Documentatie</h1>');
    expect(list.body.toString()).toContain('<a href="runbook">Runbook</a>');
    for (const path of ['docs/nothing', 'docs/runbook.md', 'docs/..%2f..%2fpackage.json'])
      expect((await raw(`${url}/erp/${path}`, {})).status, path).toBe(404);
  });

  it('lives below the path of the external URL', async () => {
    const url = await start({ routePrefix: '/erp' });
    expect((await raw(`${url}/erp/metrics`, {})).status).toBe(200);
    expect((await raw(`${url}/erp/`, {})).body.toString()).toContain('href="/erp/metrics"');
    expect((await raw(`${url}/metrics`, {})).status).toBe(404);
  });

  it.each([
    ['GET', '/', 200],
    ['GET', '/metrics', 200],
    ['GET', '/-/healthy', 200],
    ['GET', '/-/ready', 200],
    ['GET', '/nothing', 404],
    ['GET', '/-/reload', 405],
    ['POST', '/-/reload', 200],
    ['BREW', '/', 400],
  ])('answers %s %s with %i and all safety headers', async (method, path, status) => {
    const answer = await raw(`${await start()}${path}`, {}, method);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(
      Object.fromEntries(Object.entries(safetyHeaders).map(([name, value]) => [name.toLowerCase(), value])),
    );
  });

  it('serves no lifecycle unless it is enabled, and reads no configuration then', async () => {
    let reloads = 0;
    const reload = () => {
      reloads += 1;
      return Promise.resolve([]);
    };
    const url = await start({ reload, lifecycle: undefined });
    for (const path of ['/-/reload', '/-/quit']) {
      const answer = await raw(`${url}${path}`, {}, 'POST');
      expect(answer.status).toBe(403);
      expect(answer.body.toString()).toContain('--web.enable-lifecycle');
      expect((await raw(`${url}${path}`, {})).status).toBe(405);
    }
    expect(reloads).toBe(0);
  });

  it('quits when it is asked to', async () => {
    let quits = 0;
    const url = await start({ lifecycle: { quit: () => void (quits += 1) } });
    expect((await raw(`${url}/-/quit`, {})).status).toBe(405);
    expect(quits).toBe(0);
    expect((await raw(`${url}/-/quit`, {}, 'POST')).status).toBe(200);
    expect(quits).toBe(1);
  });

  it.each([
    ['localhost:9745', 200],
    ['a.localhost', 200],
    ['127.0.0.1', 200],
    ['[::1]:9745', 200],
    ['10.0.0.7:80', 200],
    ['Exporter.LAN.:9745', 200],
    ['evil.example', 403],
    ['evil.example:9745', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['exporter.lan@evil.example', 403],
    [':9745', 400],
  ])('answers the host %s with %i on every route', async (host, status) => {
    const url = await start();
    for (const path of ['/', '/metrics', '/-/healthy', '/nothing']) {
      const answer = await raw(`${url}${path}`, { Host: host });
      expect(answer.status, path).toBe(status === 200 && path === '/nothing' ? 404 : status);
    }
  });

  it('answers under any name when it is on the network and nobody named it', async () => {
    expect((await raw(await start({ hosts: { names: undefined } }), { Host: 'any.example' })).status).toBe(
      200,
    );
  });

  it.each([
    ['a form of another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['a neighbour below the same domain', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['an old browser, another site', { Origin: 'https://evil.example' }, 403],
    ['a page without an origin', { Origin: 'null' }, 403],
    ['another port of the same host', { Host: 'exporter.lan', Origin: 'http://exporter.lan:81' }, 403],
    ['its own page', { Host: 'exporter.lan', Origin: 'http://exporter.lan' }, 200],
    [
      'its own page behind a proxy',
      { Origin: 'https://monitor.example', 'Sec-Fetch-Site': 'same-origin' },
      200,
    ],
    ['a program', {}, 200],
  ])('takes a POST from %s with %i', async (_, headers, status) => {
    let reloads = 0;
    const reload = () => {
      reloads += 1;
      return Promise.resolve([]);
    };
    const url = await start({ reload, externalOrigin: 'https://monitor.example' });
    expect((await raw(`${url}/-/reload`, headers, 'POST')).status).toBe(status);
    expect(reloads).toBe(status === 200 ? 1 : 0);
  });

  it('shows on the page what is wrong with how it is served', async () => {
    const url = await start({ warning: () => 'open to <all>' });
    expect((await raw(url, {})).body.toString()).toContain('open to &lt;all>');
  });

  it('answers a request that fails without telling its inside', async () => {
    const url = await start({ metrics: () => Promise.reject(new Error('secret inside')) });
    const answer = await raw(`${url}/metrics`, {});
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).not.toContain('secret');
    const withQuery = await raw(`${url}/metrics?x=1`, {});
    expect(withQuery.status).toBe(500);
    expect(withQuery.body.toString()).not.toContain('secret');
  });
});
