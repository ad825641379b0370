import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serve } from '../../src/commands/serve.ts';
import type { LogFields, Logger } from '../../src/log.ts';
import { openStateFile } from '../../src/state/file.ts';
import { lockStateFile } from '../../src/state/lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serve-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A port that is free; fails when `port` is not. */
async function freePort(port = 0): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: found } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return found;
}

/** The lines that were logged: level, event, fields. */
type Logged = readonly [level: string, event: string, fields: LogFields];

function recorder(lines: Logged[]): Logger {
  const level =
    (name: string) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push([name, event, fields]);
  return { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
}

const writeConfig = (text: string) => writeFile(join(folder, 'erp-exporter.yml'), text);

async function start(port: number, log: Logger = silent, stateFile = 'state.db', more = '') {
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(
    file,
    `${more}state_file: ${stateFile}
databases: { shop: { driver: postgres, host: 127.0.0.1, port: 1, database: shop } }
monitors:
  - { name: sync, kind: sync, flow: crm, database: shop, sync_every: 1h, query: "SELECT now() AS last_sync" }
`,
  );
  return serve({
    file,
    env: {},
    listenAddresses: [{ host: '127.0.0.1', port }],
    externalUrl: undefined,
    version: '0.0.0',
    log,
  });
}

it('serves while the provider is down at which people sign in', async () => {
  const lines: Logged[] = [];
  const token = 'a-token-of-Prometheus';
  const hash = createHash('sha256').update(token).digest('hex');
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const port = await freePort();
  const serving = await start(
    port,
    recorder(lines),
    'state.db',
    `access:
  visitors: [{ token_sha256: ${hash}, rights: [metrics] }]
  oidc: { issuer: '${issuer}', client_id: a, people: [{ claim: groups, value: a, rights: [page] }] }
`,
  );
  try {
    const url = `http://127.0.0.1:${port}`;
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}/metrics`, { headers })).status).toBe(200);
    const answer = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
    expect([answer.status, answer.url]).toEqual([503, `${url}/login?to=%2F`]);
    expect(await answer.text()).toContain('does not answer');
    expect(lines).toContainEqual([
      'warn',
      'identity provider unreachable',
      { issuer, problem: expect.stringContaining(issuer) as string },
    ]);
  } finally {
    await serving.stop();
  }
});

describe('the state file', () => {
  it('is opened at the start and closed at the end', async () => {
    const serving = await start(await freePort());
    await serving.stop();
    const database = openStateFile(join(folder, 'state.db'));
    expect(database.prepare('SELECT count(*) AS n FROM monitor_scope').get()).toEqual({ n: 0 });
    database.close();
  });

  it('that cannot be used ends the start, and nothing goes on listening', async () => {
    await writeFile(join(folder, 'state.db'), 'Hello, world. '.repeat(500));
    const port = await freePort();
    await expect(start(port)).rejects.toThrow(/state\.db cannot be used: .*repair or remove it/);
    expect(await freePort(port)).toBe(port);
  });
});

describe('a state file that another process uses', () => {
  it('ends the start of a second one', async () => {
    const first = await start(await freePort());
    try {
      await expect(start(await freePort())).rejects.toThrow(
        /state\.db cannot be used: another erp-exporter uses it/,
      );
      const scrape = await (await fetch(`${first.urls[0] ?? ''}/metrics`)).text();
      expect(scrape).toContain('erp_state_file_written 1\n');
    } finally {
      await first.stop();
    }
  });

  it('is refused by a reload, which changes nothing', async () => {
    const other = lockStateFile(join(folder, 'other.db'));
    const serving = await start(await freePort());
    try {
      const text = await readFile(join(folder, 'erp-exporter.yml'), 'utf8');
      await writeConfig(text.replace('state.db', 'other.db').replace('name: sync', 'name: renamed'));
      expect(await serving.reload()).toEqual([
        expect.objectContaining({
          message: expect.stringContaining('another erp-exporter uses it') as string,
        }),
      ]);
      const scrape = await (await fetch(`${serving.urls[0] ?? ''}/metrics`)).text();
      expect(scrape).toContain('erp_config_last_reload_successful 0\n');
      expect(scrape).toContain('monitor="sync"');
      expect(() => lockStateFile(join(folder, 'state.db'))).toThrow(/another erp-exporter/);
    } finally {
      await serving.stop();
      other.release();
    }
  });
});

describe('a reload', () => {
  it('of a bad file keeps the configuration in force, and reports every problem', async () => {
    const lines: Logged[] = [];
    const serving = await start(await freePort(), recorder(lines));
    try {
      await writeConfig('databases: { shop: { driver: nothing } }\nmonitors: []\n');
      const problems = await serving.reload();
      expect(problems.length).toBeGreaterThan(0);
      const rejected = lines.filter(([, event]) => event === 'configuration rejected');
      expect(rejected).toHaveLength(problems.length);
      expect(rejected[0]).toEqual([
        'error',
        'configuration rejected',
        { problem: expect.stringContaining(':1:') as string },
      ]);
      const scrape = await (await fetch(`${serving.urls[0] ?? ''}/metrics`)).text();
      expect(scrape).toContain('erp_config_last_reload_successful 0\n');
      expect(scrape).toContain('monitor="sync"');
    } finally {
      await serving.stop();
    }
  });

  it('of another state file closes the one before', async () => {
    const lines: Logged[] = [];
    const serving = await start(await freePort(), recorder(lines));
    const text = await readFile(join(folder, 'erp-exporter.yml'), 'utf8');
    await writeConfig(text.replace('state.db', 'other.db'));
    expect(await Promise.all([serving.reload(), serving.reload()])).toEqual([[], []]);
    expect(lines.filter(([, event]) => event === 'configuration reloaded')).toHaveLength(2);
    // Nobody holds it any more: SQLite removes what it keeps beside an open file.
    expect((await readdir(folder)).sort()).toEqual(
      expect.arrayContaining(['erp-exporter.yml', 'other.db', 'state.db']),
    );
    expect(await readdir(folder)).not.toContain('state.db-wal');
    await serving.stop();
    expect(await readdir(folder)).not.toContain('other.db-wal');
  });

  it('does nothing once the process stops', async () => {
    const serving = await start(await freePort());
    const stopping = serving.stop();
    expect(await serving.reload()).toEqual([
      expect.objectContaining({ message: 'not put in force: erp-exporter is shutting down' }),
    ]);
    await stopping;
  });
});

it('is ready when each monitor has completed a run, and says how many have not', async () => {
  const serving = await start(await freePort());
  try {
    const url = `${serving.urls[0] ?? ''}/-/ready`;
    const answers: string[] = [];
    await expect
      .poll(async () => {
        const answer = await fetch(url);
        answers.push(`${answer.status} ${(await answer.text()).trim()}`);
        return answers.at(-1);
      })
      .toBe('200 erp-exporter is ready.');
    for (const answer of answers.slice(0, -1))
      expect(answer).toBe('503 erp-exporter is not ready: 1 monitor has not completed a run yet.');
  } finally {
    await serving.stop();
  }
});

it('logs events that are short and constant', async () => {
  const lines: Logged[] = [];
  const serving = await start(await freePort(), recorder(lines));
  await serving.stop();
  expect(lines.map(([, event]) => event)).toContain('listening');
  for (const [, event] of lines) expect(event).toMatch(/^[a-z]+( [a-z]+){0,4}$/);
});

describe('the status page', () => {
  const config = (listen: string) => `
databases: { shop: { driver: postgres, host: 127.0.0.1, port: 1, database: shop } }
companies: { acme: {} }
access: { visitors: [{ token_sha256: "${'0'.repeat(64)}", rights: [page] }] }
${listen === '' ? '' : `status_page: { enabled: true, title: Shop, url: "http://status.example/", listen: "${listen}", companies: { acme: { name: Our shop, flows: { crm: { name: Customers } } } } }`}
monitors:
  - { name: sync, kind: sync, flow: crm, companies: [acme], database: shop, sync_every: 1h, query: "SELECT now() AS last_sync" }
`;

  it('is at an address of its own, where nothing else is, until the configuration says otherwise', async () => {
    const [port, own, other] = [await freePort(), await freePort(), await freePort()];
    await writeConfig(config(`127.0.0.1:${own}`));
    const serving = await serve({
      file: join(folder, 'erp-exporter.yml'),
      env: {},
      listenAddresses: [{ host: '127.0.0.1', port }],
      externalUrl: new URL('http://exporter.example/erp'),
      version: '0.0.0',
      log: silent,
    });
    const status = async (at: number, path: string) =>
      (await fetch(`http://127.0.0.1:${at}${path}`).catch(() => ({ status: 'none' }))).status;
    try {
      expect(await status(port, '/erp/')).toBe(401);
      expect(await status(port, '/erp/status')).toBe(200);
      expect(await status(own, '/status')).toBe(200);
      const html = await (await fetch(`http://127.0.0.1:${own}/status`)).text();
      const [, style = ''] = /href="(\/assets\/[^"]+\.css)"/.exec(html) ?? [];
      expect(await status(own, style)).toBe(200);
      for (const path of ['/', '/metrics', '/-/ready', '/api/v1/overview', '/companies/acme'])
        expect(await status(own, path), path).toBe(404);

      await writeConfig(config(`127.0.0.1:${other}`));
      expect(await serving.reload()).toEqual([]);
      expect([await status(own, '/status'), await status(other, '/status')]).toEqual(['none', 200]);

      await writeConfig(config(`127.0.0.1:${port}`));
      expect((await serving.reload()).map(({ message }) => message)).toEqual([
        expect.stringContaining('EADDRINUSE'),
      ]);
      expect(await status(other, '/status')).toBe(200);

      await writeConfig(config(''));
      expect(await serving.reload()).toEqual([]);
      expect([await status(other, '/status'), await status(port, '/erp/status')]).toEqual(['none', 404]);
    } finally {
      await serving.stop();
    }
  });
});
