import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebFront } from '../../../src/commands/support/web-front.ts';
import type { Access } from '../../../src/config/config.ts';
import { MetricsBody } from '../../../src/metrics/body.ts';
import { SnapshotStore } from '../../../src/poll/snapshot.ts';
import { createApp } from '../../../src/web/app.ts';
import { StatusBoard } from '../../../src/web/status/board.ts';
import { makeCertificate } from '../../helpers/certificate.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-serving-'));
  for (const name of ['server', 'other', 'client', 'stranger']) makeCertificate(folder, name, `${name}.lan`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open: WebFront[] = [];
afterEach(async () => {
  for (const front of open.splice(0)) await front.close(0);
});

async function start(yaml: string, access?: Access): Promise<string> {
  const webConfigFile = join(folder, 'web.yml');
  await writeFile(webConfigFile, yaml);
  const front = await WebFront.open({
    listenAddresses: [{ host: '127.0.0.1', port: 0 }],
    externalUrl: undefined,
    webConfigFile,
    log: silent,
  });
  if (!(front instanceof WebFront)) throw new Error(JSON.stringify(front));
  open.push(front);
  const body = new MetricsBody({ ownMetrics: () => Promise.resolve('own 1\n'), now: () => Date.now() });
  const snapshot = new SnapshotStore(body);
  body.show(snapshot);
  await front.listen(createApp, {
    version: '0',
    snapshot,
    runs: { runNow: () => ({ outcome: 'unknown' }), isRunning: () => false },
    history: { of: () => [] },
    longHistory: { isConfigured: false, of: () => Promise.resolve({ ok: false, problem: 'empty' }) },
    metrics: () => body.get(),
    readiness: () => ({ ready: true, text: 'ready' }),
    reload: () => Promise.resolve([]),
    status: new StatusBoard({ snapshot, page: () => undefined, now: () => Date.now() }),
    timezone: () => 'UTC',
    now: () => Date.now(),
    access: () => access,
    tickets: () => undefined,
  });
  return front.urls[0] ?? '';
}

interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The name in the server's certificate. */
  readonly server: string;
}

/** A request over TLS on a connection of its own. */
function ask(url: string, options: RequestOptions = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { rejectUnauthorized: false, agent: false, ...options }, (response) => {
      const socket = response.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } };
      const server = socket.getPeerCertificate().subject.CN;
      response
        .resume()
        .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, server }));
    });
    outgoing.on('error', reject).end();
  });
}

const identity = async (name: string) => ({
  cert: await readFile(join(folder, `${name}.crt`)),
  key: await readFile(join(folder, `${name}.key`)),
});
const pair = 'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n';

describe('TLS', () => {
  it('serves HTTP/1.1 and HTTP/2, and headers of the file', async () => {
    const url = await start(
      `${pair}http_server_config: { headers: { Strict-Transport-Security: max-age=60 } }\n`,
    );
    expect(url).toMatch(/^https:/);
    const answer = await ask(`${url}/metrics`);
    expect(answer).toMatchObject({ status: 200, headers: { 'strict-transport-security': 'max-age=60' } });
    const session = connectHttp2(url, { rejectUnauthorized: false });
    const stream = session.request({ ':path': '/metrics' });
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      stream.once('response', resolve).once('error', reject);
    });
    expect(headers).toMatchObject({ ':status': 200, 'x-content-type-options': 'nosniff' });
    session.destroy();
  });

  it('serves no HTTP/2 when the file says so', async () => {
    const url = await start(`${pair}http_server_config: { http2: false }\n`);
    const session = connectHttp2(url, { rejectUnauthorized: false });
    await expect(
      new Promise((resolve, reject) => session.once('connect', resolve).once('error', reject)),
    ).rejects.toThrow();
    session.destroy();
    expect((await ask(`${url}/metrics`)).status).toBe(200);
  });

  it.each([
    ['min_version: TLS13', { maxVersion: 'TLSv1.2' }, false],
    ['min_version: TLS13', {}, true],
    ['max_version: TLS12', { minVersion: 'TLSv1.3' }, false],
    [
      'min_version: TLS10',
      { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' },
      true,
    ],
    ['', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }, false],
    ['curve_preferences: [CurveP521]', { ecdhCurve: 'P-384' }, false],
    ['curve_preferences: [CurveP384, CurveP256]', { ecdhCurve: 'P-384' }, true],
    [
      'cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      false,
    ],
    [
      'cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      true,
    ],
  ] as [string, RequestOptions, boolean][])(
    'with %j a client with %j: %s',
    async (setting, client, isTaken) => {
      const url = await start(`${pair}${setting === '' ? '' : `  ${setting}\n`}`);
      const answer = ask(`${url}/metrics`, client);
      if (isTaken) expect((await answer).status).toBe(200);
      else await expect(answer).rejects.toThrow();
    },
  );

  it('takes a renewed certificate at once, and keeps the old one while the new one is broken', async () => {
    for (const kind of ['crt', 'key'])
      await copyFile(join(folder, `server.${kind}`), join(folder, `live.${kind}`));
    const url = await start('tls_server_config:\n  cert_file: live.crt\n  key_file: live.key\n');
    expect((await ask(url)).server).toBe('server.lan');
    await copyFile(join(folder, 'other.crt'), join(folder, 'live.crt'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await ask(url)).server).toBe('server.lan');
    await copyFile(join(folder, 'other.key'), join(folder, 'live.key'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await ask(url)).server).toBe('other.lan');
  });
});

describe('client certificates', () => {
  const types = {
    NoClientCert: [true, true, true],
    RequestClientCert: [true, true, true],
    RequireAnyClientCert: [false, true, true],
    VerifyClientCertIfGiven: [true, false, true],
    RequireAndVerifyClientCert: [false, false, true],
  } as const;

  it.each(Object.entries(types))('%s', async (type, [none, stranger, known]) => {
    const ca = type === 'NoClientCert' ? '' : '  client_ca_file: client.crt\n';
    const url = await start(`${pair}  client_auth_type: ${type}\n${ca}`);
    const answers = async (options: RequestOptions) =>
      ask(`${url}/metrics`, options).then(
        ({ status }) => status === 200,
        () => false,
      );
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      expect(await answers({ maxVersion }), 'none').toBe(none);
      expect(await answers({ maxVersion, ...(await identity('stranger')) }), 'stranger').toBe(stranger);
      expect(await answers({ maxVersion, ...(await identity('client')) }), 'known').toBe(known);
    }
  });

  it.each([
    ['client.lan', true],
    ['other.lan', false],
  ])('that are allowed by name: %s', async (name, isTaken) => {
    const url = await start(
      `${pair}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: client.crt\n  client_allowed_sans: [${name}]\n`,
    );
    const answer = ask(`${url}/metrics`, await identity('client'));
    if (isTaken) expect((await answer).status).toBe(200);
    else await expect(answer).rejects.toThrow();
  });

  it('say who it is', async () => {
    const access: Access = {
      visitors: [
        {
          by: 'certificate',
          key: 'client.lan',
          name: 'client.lan',
          companies: 'all',
          rights: new Set(['metrics']),
        },
      ],
    };
    const url = await start(
      `${pair}  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: client.crt\n`,
      access,
    );
    expect((await ask(`${url}/metrics`)).status).toBe(401);
    const known = await identity('client');
    expect((await ask(`${url}/metrics`, known)).status).toBe(200);
    expect((await ask(`${url}/`, known)).status).toBe(403);
  });
});

describe('passwords', () => {
  const users = `basic_auth_users: { dave: "${hashSync('dave123', 4)}" }\n`;
  const login = (user: string, password: string) => ({
    headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
  });

  it('guard every route, over TLS', async () => {
    const url = await start(pair + users);
    for (const path of ['/', '/metrics', '/-/healthy', '/-/ready', '/nothing']) {
      const refused = await ask(`${url}${path}`);
      expect(refused.status, path).toBe(401);
      expect(refused.headers['www-authenticate']).toContain('Basic');
    }
    expect((await ask(`${url}/metrics`, login('dave', 'dave123'))).status).toBe(200);
    expect((await ask(`${url}/metrics`, login('dave', 'bad'))).status).toBe(401);
    expect((await ask(`${url}/metrics`, login('nonexistent', 'dave123'))).status).toBe(401);
    expect((await ask(`${url}/metrics`, { headers: { Authorization: 'Basic !' } })).status).toBe(401);
  });

  it('are taken away without a restart', async () => {
    const url = await start(pair + users);
    expect((await ask(`${url}/metrics`, login('dave', 'dave123'))).status).toBe(200);
    await writeFile(join(folder, 'web.yml'), `${pair}basic_auth_users: { dave: "${hashSync('new', 4)}" }\n`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await ask(`${url}/metrics`, login('dave', 'dave123'))).status).toBe(401);
    expect((await ask(`${url}/metrics`, login('dave', 'new'))).status).toBe(200);
  });

  it('that htpasswd or PHP made are known ($2y$)', async () => {
    const url = await start(
      `${pair}basic_auth_users: { dave: "${hashSync('dave123', 4).replace('$2b$', '$2y$')}" }\n`,
    );
    expect((await ask(`${url}/metrics`, login('dave', 'dave123'))).status).toBe(200);
  });
});

it('limits how often it answers', async () => {
  const url = await start(`${pair}rate_limit: { interval: 1h, burst: 2 }\n`);
  const statuses = [];
  for (let i = 0; i < 3; i += 1) statuses.push((await ask(`${url}/metrics`)).status);
  expect(statuses).toEqual([200, 200, 429]);
});
