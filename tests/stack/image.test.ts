import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Agent, request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../helpers/certificate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const stages = dockerfile.split(/^(?=FROM )/m).slice(1);
const final = stages.at(-1) ?? '';
const run = promisify(execFile);

/** The words of an instruction in its JSON form, after its beginning. */
const wordsOf = (beginning: string): string[] =>
  JSON.parse(new RegExp(`^${beginning} (\\[.*\\])$`, 'm').exec(final)?.[1] ?? '[]') as string[];
const environment = Object.fromEntries(
  [...final.matchAll(/^ENV (\w+)=(.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
);
const copies = [...final.matchAll(/^COPY (?!--from)(\S+) (\S+)$/gm)].map(([, from = '', to = '']) => ({
  from,
  to,
}));

it('starts from an image that is named by its digest, and from no other', () => {
  const bases = stages.map((stage) => /^FROM (\S+)/.exec(stage)?.[1] ?? '');
  expect(bases[0]).toMatch(/^node:24[\w.-]*@sha256:[0-9a-f]{64}$/);
  expect(new Set(bases.slice(1))).toEqual(new Set(['base']));
  expect(/^USER (\S+)$/m.exec(final)?.[1]).toBe('node');
});

/**
 * Its steps by hand, in a folder of its own: no Docker engine is needed to see that nothing is missing. Each run has a socket of
 * its own, since several of them share a machine here.
 */
describe('the image', { timeout: 120_000 }, () => {
  let app: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    app = mkdtempSync(join(tmpdir(), 'image-'));
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(root, name), join(app, name));
    const install = /^RUN npm (ci --omit=dev.*)$/m.exec(dockerfile)?.[1]?.split(' ') ?? [];
    expect(install).toContain('--ignore-scripts');
    await run('npm', [...install, '--prefer-offline', '--no-audit', '--no-fund'], { cwd: app });
    cpSync(join(root, 'dist'), join(app, 'dist'), { recursive: true });
    for (const { from, to } of copies) {
      mkdirSync(dirname(join(app, to)), { recursive: true });
      cpSync(join(root, from), join(app, to), { recursive: true });
    }
    writeFileSync(
      join(app, 'erp-exporter.yml'),
      `databases: { shop: { driver: postgres, host: 127.0.0.1, port: 1, database: shop } }
monitors:
  - { name: sync, kind: sync, flow: crm, database: shop, sync_every: 1h, query: "SELECT now() AS last_sync" }
`,
    );
    makeCertificate(app, 'server', 'monitor.example');
    writeFileSync(
      join(app, 'web.yml'),
      'tls_server_config: { cert_file: server.crt, key_file: server.key }\n',
    );
    env = {
      PATH: process.env['PATH'],
      ...environment,
      ERP_EXPORTER_HEALTH_SOCKET: `@erp-exporter-test-${process.pid}`,
    };
  }, 180_000);
  afterAll(() => rmSync(app, { recursive: true, force: true }));

  const [, ...program] = wordsOf('ENTRYPOINT');
  const [command = ''] = wordsOf('CMD');
  const [, ...healthCheck] = wordsOf('HEALTHCHECK .* CMD');

  /** What the health check says: its exit code and its output. */
  async function healthOf(...flags: string[]): Promise<readonly [code: number, text: string]> {
    const child = spawn(process.execPath, [...healthCheck, ...flags], {
      cwd: app,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    const [code] = (await once(child, 'close')) as [number];
    return [code, text.trim()];
  }

  /** The answer of a server whose certificate nobody vouches for. */
  function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      request(url, { agent: new Agent({ rejectUnauthorized: false }) }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      })
        .on('error', reject)
        .end();
    });
  }

  it('serves its page with everything that this leads to, and its health check follows port, TLS and prefix', async () => {
    const flags = [
      '--config.file=erp-exporter.yml',
      '--web.config.file=web.yml',
      '--web.listen-address=127.0.0.1:0',
      '--web.external-url=https://monitor.example/erp',
    ];
    const child = spawn(process.execPath, [...program, command, ...flags], {
      cwd: app,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      let url = '';
      const lines: string[] = [];
      for await (const line of createInterface(child.stderr)) {
        lines.push(line);
        url = /msg=listening urls=(\S+)/.exec(line)?.[1] ?? '';
        if (url !== '') break;
      }
      child.stderr.resume();
      expect(url, lines.join('\n')).not.toBe('');
      expect(await healthOf()).toEqual([0, 'erp-exporter is healthy.']);
      await expect
        .poll(() => healthOf('--ready'), { timeout: 20_000 })
        .toEqual([0, 'erp-exporter is ready.']);
      const page = await get(`${url}/erp/`);
      expect(page.status).toBe(200);
      const assets = [...page.text.matchAll(/(?:href|src)="(\/erp\/[^"]+\.(?:css|js|svg))/g)].map(
        ([, path = '']) => path,
      );
      expect(assets.length).toBeGreaterThan(1);
      for (const path of assets) expect((await get(`${url}${path}`)).status, path).toBe(200);
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
      const [code, text] = await healthOf();
      expect(code).toBe(1);
      expect(text).toMatch(/^erp-exporter does not answer: /);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('says what is missing when nobody named the socket', async () => {
    const failed = await run(process.execPath, healthCheck, {
      cwd: app,
      env: { PATH: env['PATH'] },
    }).catch((error: unknown) => error as { code: number; stderr: string });
    expect(failed).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ERP_EXPORTER_HEALTH_SOCKET') as string,
    });
  });
});
