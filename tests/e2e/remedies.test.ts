import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve } from '../../src/commands/serve.ts';
import type { Serving } from '../../src/commands/serve.ts';

/** A shop whose orders failed, and an ERP that relaunches them: order 1 goes well, order 2 is locked for good. */
let folder: string;
let shop: DatabaseSync;
let erp: Server;
const calls: string[] = [];
let exporter: Serving;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remedies-e2e-'));
  shop = new DatabaseSync(join(folder, 'shop.db'));
  shop.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE orders (n TEXT, at TEXT, error TEXT, code TEXT, state TEXT);
    INSERT INTO orders VALUES ('A/1', '2026-01-01T00:00:00Z', 'Too many requests', 'http:429', 'failed');
    INSERT INTO orders VALUES ('A/2', '2026-01-01T00:00:00Z', 'Too many requests', 'http:429', 'failed');`);
  erp = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    if (request.url === '/orders/A%2F1/relaunch') {
      shop.exec("UPDATE orders SET state = 'sent' WHERE n = 'A/1'");
      response.writeHead(200).end('relaunched');
    } else response.writeHead(423).end('locked by <b>JDOE</b>');
  });
  await new Promise<void>((done) => erp.listen(0, '127.0.0.1', done));
  const { port } = erp.address() as AddressInfo;
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(
    file,
    `databases: { shop: { driver: sqlite, file: shop.db, connect_timeout: 30s } }
state_file: state.db
companies: { acme: {} }
monitors:
  - name: web_orders
    kind: records
    flow: orders
    companies: [acme]
    database: shop
    every: 1s
    failed: SELECT n AS record, at AS since, error, code FROM orders WHERE state = 'failed' AND :company = 'acme'
remedies:
  list:
    - name: relaunch
      errors: [rate-limit]
      dry_run: false
      wait: 0s
      attempts: 1
      http: { url: "http://127.0.0.1:${port}/orders/{record}/relaunch", allow_private: true }
`,
  );
  const quiet = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  exporter = await serve({
    file,
    env: {},
    version: 'test',
    log: quiet,
    listenAddresses: [{ host: '127.0.0.1', port: 0 }],
    externalUrl: undefined,
  });
}, 60_000);

afterAll(async () => {
  await exporter.stop();
  erp.close();
  shop.close();
  await rm(folder, { recursive: true, force: true });
});

async function get(path: string): Promise<string> {
  return (await fetch(new URL(path, exporter.urls[0]))).text();
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    if (await what()) return;
    await delay(250);
  }
  throw new Error('it did not come');
}

it('mends what can be mended, tries the other as often as allowed, and says so', async () => {
  await until(async () =>
    (await get('/metrics')).includes('erp_remedy_outcomes_total{remedy="relaunch",outcome="worked"} 1'),
  );
  expect(calls.sort()).toEqual(['POST /orders/A%2F1/relaunch', 'POST /orders/A%2F2/relaunch']);
  const metrics = await get('/metrics');
  expect(metrics).toContain('erp_remedy_attempts_total{remedy="relaunch",action="http",result="accepted"} 1');
  expect(metrics).toContain('erp_remedy_attempts_total{remedy="relaunch",action="http",result="rejected"} 1');
  expect(metrics).toMatch(
    /erp_remedy_last_attempt_timestamp_seconds\{company="acme",monitor="web_orders",record="A\/2",tries="1",last="[\d: -]+",answer="423"\}/,
  );
  // Long failed: the alert waits an hour at most.
  expect(metrics).not.toContain('erp_remedy_awaiting{');
  const page = await get('/remedies?lang=nl');
  expect(page).toContain('Herstelacties');
  expect(page).toContain('answer 423: locked by &lt;b>JDOE&lt;/b>');
}, 90_000);

it('is stopped on the page, durably, and lets go on', async () => {
  const post = (path: string) =>
    fetch(new URL(path, exporter.urls[0]), { method: 'POST', redirect: 'manual' });
  expect((await post('/remedies/pause')).status).toBe(303);
  const paused = 'erp_remedy_state{remedy="relaunch",state="paused"} 1';
  // The text of a scrape is made once a second.
  await until(async () => (await get('/metrics')).includes(paused));
  shop.exec(
    "INSERT INTO orders VALUES ('A/3', '2026-01-01T00:00:00Z', 'Too many requests', 'http:429', 'failed')",
  );
  expect(await exporter.reload()).toEqual([]);
  await until(async () => (await get('/metrics')).includes('record="A/3"'));
  expect(await get('/metrics')).toContain('erp_remedy_state{remedy="relaunch",state="paused"} 1');
  expect(calls.filter((call) => call.includes('A%2F3'))).toEqual([]);
  expect((await post('/remedies/resume')).status).toBe(303);
  await until(() => Promise.resolve(calls.some((call) => call.includes('A%2F3'))));
}, 90_000);
