import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prometheus-section-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(section: string) {
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(
    file,
    `databases: { shop: { driver: postgres, host: 127.0.0.1, database: shop } }
monitors:
  - { name: sync, kind: sync, flow: crm, database: shop, sync_every: 1h, query: "SELECT now() AS last_sync", alert_after: { warning: 2h } }
${section}
`,
  );
  return loadConfig(file, { env: { TOKEN: 'hush' } });
}

async function problems(section: string): Promise<string> {
  const result = await load(section);
  return result.ok ? '' : result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
}

it('is read with its defaults; secrets stay in their files', async () => {
  const plain = await load('prometheus: { url: "http://127.0.0.1:9090/" }');
  expect(plain.ok && plain.config.prometheus).toEqual({
    url: 'http://127.0.0.1:9090',
    labels: {},
    timeoutMs: 5000,
  });
  await writeFile(join(folder, 'password'), 'hush\n');
  const file = 'password_file: password';
  const whole = await load(
    `prometheus: { url: "https://p.example/prom", username: erp, ${file}, labels: { job: erp }, timeout: 10s }`,
  );
  expect(whole.ok && whole.config.prometheus).toEqual({
    url: 'https://p.example/prom',
    labels: { job: 'erp' },
    timeoutMs: 10_000,
    login: { username: 'erp', passwordFile: join(folder, 'password') },
  });
  expect(JSON.stringify(whole)).not.toContain('hush');
  expect((await load('')).ok).toBe(true);
});

it('warns of a login that crosses the network in clear text', async () => {
  await writeFile(join(folder, 'token'), 'hush');
  const warningsOf = async (url: string) => {
    const result = await load(`prometheus: { url: "${url}", token_file: token }`);
    return result.ok ? result.warnings.map(({ message }) => message) : ['bad'];
  };
  expect(await warningsOf('http://prometheus.lan:9090')).toEqual([
    'the login crosses the network unencrypted; use https',
  ]);
  expect(await warningsOf('https://prometheus.lan')).toEqual([]);
  expect(await warningsOf('http://localhost:9090')).toEqual([]);
});

it.each([
  ['{}', 'url'],
  ['{ url: "file:///etc/passwd" }', 'is not a web address'],
  ['{ url: "http://erp:hush@p.example" }', 'contains a login'],
  ['{ url: "http://p/?tenant=1" }', 'write the address alone'],
  ['{ url: "http://p", username: erp }', 'only one of username and password_file'],
  ['{ url: "http://p", password_file: none }', 'only one of username and password_file'],
  ['{ url: "http://p", token_file: none }', 'prometheus.token_file: the file cannot be read'],
  ['{ url: "http://p", token_file: empty }', 'prometheus.token_file: the file is empty'],
  ['{ url: "http://p", tls_ca_file: text }', 'prometheus.tls_ca_file: the file is no PEM text'],
  ['{ url: "http://p", username: e, password_file: text, token_file: text }', 'both username and token_file'],
  ['{ url: "http://p", labels: { company: acme } }', 'must not be company or monitor'],
  ['{ url: "http://p", labels: { "a-b": x } }', 'is no name of a label'],
  ['{ url: "http://p", timeout: 1m }', 'at most 30s'],
  ['{ url: "http://p", retention: 30d }', 'retention'],
])('says what is wrong with %s', async (section, message) => {
  await writeFile(join(folder, 'empty'), '\n');
  await writeFile(join(folder, 'text'), 'text');
  expect(await problems(`prometheus: ${section}`)).toContain(message);
});
