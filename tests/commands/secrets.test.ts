import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { check } from '../../src/commands/check.ts';
import { serve } from '../../src/commands/serve.ts';
import { replaceAt } from '../../src/config/source/issues.ts';
import { createLogger } from '../../src/log.ts';
import { casesOf } from '../helpers/nightly.ts';
import { leaks, planted, randomWord } from '../helpers/secrets.ts';

type Path = readonly (string | number)[];

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wrong-key-'));
  file = join(folder, 'erp-exporter.yml');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Where the texts of a file stand, statements apart: they are no place for a secret, and are shown with the right to it. */
function textsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return /\bSELECT\b/i.test(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value)
    ? value.flatMap((item, index) => textsIn(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key]));
}

const runs = casesOf(40);

it(`${runs * 50} random secrets under any key reach no line of check`, { timeout: 900_000 }, async () => {
  const example: unknown = parse(await readFile('config/erp-exporter.example.yml', 'utf8'));
  const paths = textsIn(example);
  const misplaced = fc.array(fc.tuple(fc.constantFrom(...paths), planted), { minLength: 50, maxLength: 50 });
  const env = { SHOP_URL: 'postgres://h/d', ERP_PASSWORD: 'x', INVOICES_DB: 'x' };
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(misplaced, async (places) => {
      const data = places.reduce((whole, [path, { text }]) => replaceAt(whole, path, text), example);
      await writeFile(file, stringify(data));
      const lines: string[] = [];
      expect(await check({ file, connect: false, env, write: (line) => lines.push(line) })).toBe(1);
      const output = lines.join('\n');
      expect(places.flatMap(([, { secret }]) => leaks(output, secret))).toEqual([]);
      seen += places.length;
    }),
    { numRuns: runs, seed: 11 },
  );
  expect(seen).toBe(runs * 50);
});

it.each(['host', 'database', 'user', 'password', 'tls_server_name'])(
  'a secret in %s of a database reaches no log, no page and no metric',
  { timeout: 120_000 },
  async (key) => {
    const [secret = ''] = fc.sample(
      randomWord.filter((word) => !/[/@:\\]/.test(word)),
      { numRuns: 1, seed: 5 },
    );
    const shop = { driver: 'postgres', host: '127.0.0.1', port: 1, database: 'shop', [key]: secret };
    const sync = {
      name: 'sync',
      kind: 'sync',
      flow: 'crm',
      database: 'shop',
      sync_every: '1h',
      query: 'SELECT now() AS last_sync',
    };
    await writeFile(file, stringify({ databases: { shop }, monitors: [sync] }));
    let output = '';
    const log = createLogger({
      level: 'debug',
      format: 'json',
      write: (line) => (output += line),
      now: () => Date.now(),
    });
    const listenAddresses = [{ host: '127.0.0.1', port: 0 }];
    const serving = await serve({
      file,
      env: {},
      listenAddresses,
      externalUrl: undefined,
      version: '0',
      log,
    });
    try {
      const [url = ''] = serving.urls;
      await expect.poll(() => output, { timeout: 60_000 }).toContain('monitor failed');
      for (const path of ['/', '/metrics', '/errors', '/companies/default', '/companies/default/sync'])
        output += await (await fetch(url + path)).text();
    } finally {
      await serving.stop();
    }
    expect(output).toContain('erp_database_up');
    expect(leaks(output, secret)).toEqual([]);
  },
);

it.each([
  [
    'host: "postgres://exporter:welcome@shop.acme.lan/shop"',
    'databases.shop.host: is a URL; use url: for it',
  ],
  [
    'host: h, password_file: Winter2024!',
    'password_file: cannot read the file that is named here: the file does not',
  ],
  ['url_file: "postgres://exporter:welcome@shop.acme.lan/shop"', 'url_file: cannot read '],
])('%s is told without what it holds', { timeout: 60_000 }, async (keys, expected) => {
  const monitor = '{ name: a, kind: sync, flow: f, database: shop, query: SELECT 1 AS last_sync }';
  await writeFile(file, `databases: { shop: { driver: postgres, ${keys} } }\nmonitors: [${monitor}]\n`);
  const lines: string[] = [];
  expect(await check({ file, connect: false, env: {}, write: (line) => lines.push(line) })).toBe(1);
  expect(lines.join('\n')).toContain(expected);
  expect(lines.join('\n')).not.toMatch(/welcome|Winter/);
});

it.each([
  [
    'a block 3,000 levels deep',
    `a:\n${Array.from({ length: 3000 }, (_, n) => `${' '.repeat(n + 1)}a:`).join('\n')}`,
  ],
  [
    'a bomb of merges',
    `a0: &a0 { k: v }\n${Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} { <<: [*a${n}, *a${n}] }`).join('\n')}`,
  ],
])('%s is one short line with its place', { timeout: 120_000 }, async (_, text) => {
  await writeFile(file, text);
  const lines: string[] = [];
  const begin = process.cpuUsage();
  expect(await check({ file, connect: false, env: {}, write: (line) => lines.push(line) })).toBe(1);
  expect(process.cpuUsage(begin).user / 1e6).toBeLessThan(5);
  expect(lines).toEqual([
    expect.stringMatching(/^\S+erp-exporter\.yml:\d+:\d+: contains too many or too deeply/),
    '1 problem',
  ]);
  expect(lines.join('\n').length).toBeLessThan(400);
});

it('a file with thousands of mistakes is told in a hundred lines', { timeout: 120_000 }, async () => {
  await writeFile(file, Array.from({ length: 5000 }, (_, n) => `unknown_${n}: 1`).join('\n'));
  const lines: string[] = [];
  expect(await check({ file, connect: false, env: {}, write: (line) => lines.push(line) })).toBe(1);
  expect(lines.length).toBeLessThanOrEqual(103);
  expect(lines.at(-2)).toMatch(/:1:1: and \d+ more problems: mend these first$/);
});

it.each([
  [
    'a monitor',
    'kT7pXq29fLmZ4rVbWq81nHs3',
    /monitors\[0\]\.name: warning: looks like a secret, and is shown to others/,
  ],
  ['an ordinary name', 'orders_to_SAP_B1_EU2', undefined],
])(
  '%s may be named as it is, with a word of warning where it looks random',
  { timeout: 60_000 },
  async (_, name, warning) => {
    const monitor = `{ name: ${name}, kind: sync, flow: f, database: shop, sync_every: 1h, query: SELECT now() AS last_sync }`;
    await writeFile(
      file,
      `databases: { shop: { driver: postgres, host: h, database: d } }\nmonitors: [${monitor}]\n`,
    );
    const lines: string[] = [];
    expect(
      await check({ file, connect: false, env: {}, write: (line) => lines.push(line) }),
      lines.join('\n'),
    ).toBe(0);
    if (warning === undefined) expect(lines.join('\n')).not.toContain('secret');
    else expect(lines.join('\n')).toMatch(warning);
  },
);
