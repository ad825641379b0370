import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExporter } from '../helpers/exporter.ts';
import type { Exporter } from '../helpers/exporter.ts';
import { runHere } from '../helpers/program.ts';
import { freePort } from '../helpers/tcp.ts';

let folder: string;
let exporter: Exporter;
const file = (name: string) => join(folder, name);
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'remedies-command-'));
  writeFileSync(file('operator'), 'operator-token-0123456789\n');
  writeFileSync(file('reader'), 'reader-token-0123456789\n');
  const shop = new DatabaseSync(file('shop.db'));
  shop.exec('CREATE TABLE orders (n TEXT, at TEXT, error TEXT)');
  shop
    .prepare('INSERT INTO orders VALUES (?, ?, ?)')
    .run('W/1 ü', new Date().toISOString(), 'customer unknown');
  shop.close();
  exporter = await startExporter(`
databases: { shop: { driver: sqlite, file: ${JSON.stringify(file('shop.db'))} } }
state_file: ${JSON.stringify(file('state.db'))}
companies: { acme: {} }
access:
  visitors:
    - { token_sha256: ${hashOf('operator-token-0123456789')}, rights: [metrics, page, records, remedies] }
    - { token_sha256: ${hashOf('reader-token-0123456789')}, rights: [page] }
monitors:
  - name: web_orders
    kind: records
    flow: orders
    companies: [acme]
    database: shop
    every: 1h
    failed: SELECT n AS record, at AS since, error FROM orders WHERE :company = 'acme'
remedies:
  list:
    - { name: relaunch, errors: [rate-limit], http: { url: "https://erp.example/{record}" } }
    - { name: unlock, errors: [record-locked], http: { url: "https://erp.example/{record}/unlock" } }
    - { name: by_people, by_hand: any, dry_run: false, http: { url: "https://erp.invalid/{record}" } }
`);
}, 120_000);
afterAll(async () => {
  await exporter.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const { status, stdout, stderr } = await runHere('remedies', ...args);
  return { code: status, stdout: stdout.trim(), stderr: stderr.trim() };
}

const as = (who: string) => ['--url', exporter.url, '--token-file', file(who)];
const states = async () => {
  const { code, stdout } = await run('list', ...as('operator'));
  expect(code).toBe(0);
  const { remedies } = JSON.parse(stdout) as { remedies: { name: string; state: string }[] };
  return remedies.map(({ name, state }) => `${name} ${state}`);
};

describe('erp-exporter remedies', () => {
  it('lists, stops and resumes what a running exporter does', async () => {
    expect(await states()).toEqual(['relaunch dry_run', 'unlock dry_run', 'by_people active']);
    expect(await run('pause', '--remedy', 'unlock', ...as('operator'))).toMatchObject({
      code: 0,
      stdout: 'pause: done',
    });
    expect(await states()).toEqual(['relaunch dry_run', 'unlock paused', 'by_people active']);
    expect((await run('pause', ...as('operator'))).code).toBe(0);
    expect(await states()).toEqual(['relaunch paused', 'unlock paused', 'by_people paused']);
    expect((await run('resume', ...as('operator'))).code).toBe(0);
    expect(await states()).toEqual(['relaunch dry_run', 'unlock dry_run', 'by_people active']);
  }, 120_000);

  it('has one failed record tried at once', async () => {
    const of = (record: string) => ['--company', 'acme', '--monitor', 'web_orders', '--record', record];
    // Before the first reading of the monitor it is no failed record.
    await expect
      .poll(() => run('relaunch', ...of('W/1 ü'), ...as('operator')), { timeout: 60_000, interval: 200 })
      .toMatchObject({ code: 0, stdout: 'relaunch: done' });
    const { attempts } = JSON.parse((await run('list', ...as('operator'))).stdout) as {
      attempts: { record: string; remedy: string; by: string }[];
    };
    expect(attempts).toMatchObject([
      { record: 'W/1 ü', remedy: 'by_people', by: expect.stringMatching(/^token [0-9a-f]{8}$/) as string },
    ]);
    const unknown = await run('relaunch', ...of('W-2'), ...as('operator'));
    expect(unknown).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^The record was not relaunched: .*no longer seen/) as string,
    });
    expect((await run('relaunch', ...of('W-2'), ...as('reader'))).code).toBe(1);
    expect(await run('relaunch', '--company', 'acme', ...as('operator'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('needs one --company, --monitor and --record') as string,
    });
  }, 120_000);

  it('says what is wrong, with exit code 1', async () => {
    expect(await run('pause', '--remedy', 'nothing', ...as('operator'))).toMatchObject({
      code: 1,
      stdout: 'There is no such remedy.',
    });
    expect((await run('pause', ...as('reader'))).code).toBe(1);
    expect((await run('list', '--url', exporter.url)).code).toBe(1);
    expect(await states()).toEqual(['relaunch dry_run', 'unlock dry_run', 'by_people active']);
    const nobody = await run('list', '--url', `http://127.0.0.1:${await freePort()}`);
    expect(nobody).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^erp-exporter does not answer: /) as string,
    });
    expect((await run('stop', ...as('operator'))).code).not.toBe(0);
    const missing = await run('list', '--url', exporter.url, '--token-file', file('none'));
    expect(missing.stdout).toContain('cannot be read');
  }, 120_000);
});
