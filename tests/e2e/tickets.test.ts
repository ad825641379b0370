import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { find, startExporter } from '../helpers/exporter.ts';
import type { Exporter } from '../helpers/exporter.ts';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { startPrometheus } from '../helpers/prometheus.ts';
import { describeReal } from '../helpers/real.ts';
import { freePort } from '../helpers/tcp.ts';
import { startAlertmanager } from '../notifications/alertmanager-process.ts';
import { startInbox } from '../notifications/inbox.ts';
import type { Inbox } from '../notifications/inbox.ts';
import {
  RelaunchedOrders,
  attempts,
  lasting,
  mailsAbout,
  mended,
  passing,
  plain,
} from './relaunched-orders.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const patienceMs = 240_000;

/** Alertmanager's webhooks, each told to every exporter, as by balancers that try again at another one. */
interface Mirror {
  readonly server: Server;
  readonly port: number;
  /** What each exporter answered. */
  readonly statuses: number[];
}

async function startMirror(exporters: readonly Exporter[]): Promise<Mirror> {
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const forward = async (): Promise<void> => {
      const body = await text(request);
      const headers = { authorization: request.headers.authorization ?? '' };
      const own = await Promise.all(
        exporters.map(async ({ url }) => {
          const answer = await fetch(new URL(request.url ?? '', url), { method: 'POST', headers, body });
          await answer.text();
          return answer.status;
        }),
      );
      statuses.push(...own);
      response.writeHead(Math.max(...own)).end();
    };
    forward().catch(() => response.writeHead(503).end());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port, statuses };
}

/**
 * From an order that fails to a ticket that closes by itself: two exporters with one database for what they know, a Prometheus, and an
 * Alertmanager with the configuration that the program prints. Both exporters hear of each alert.
 */
describeReal('tickets', ['prometheus', 'alertmanager', 'postgres'], () => {
  const folder = mkdtempSync(join(tmpdir(), 'erp-tickets-'));
  const tokenFile = join(folder, 'token');
  const exporters: Exporter[] = [];
  const shop = new DatabaseSync(join(folder, 'shop.db'));
  const relaunched = new RelaunchedOrders(shop);
  /** What was started, the last first. */
  const ends: (() => unknown)[] = [];
  let postgres: PostgresServer;
  let inbox: Inbox;
  let mirror: Mirror;

  const monitor = (name: string) => `
  - name: ${name}
    kind: records
    flow: ${name}
    companies: [acme]
    database: shop
    failed: >-
      SELECT number AS record, since, 'Gremlin in the gearbox' AS error, amount, 'EUR' AS currency
      FROM orders WHERE failed AND flow = '${name}'`;
  const yaml = (alertmanagerPort: number) => `
page_url: https://monitor.example
smtp: { smarthost: "127.0.0.1:${inbox.port}", from: erp@acme.example, require_tls: false }
databases: { shop: { driver: sqlite, file: ${join(folder, 'shop.db')}, connect_timeout: 30s } }
state_database:
  driver: postgres
  host: 127.0.0.1
  port: ${postgres.port}
  database: postgres
  user: exporter
  password: geheim
  connect_timeout: 30s
  tls: disable
companies:
  acme: { title: ACME NV, contacts: { emails: [orders@acme.example] } }
  bolt: { title: Bolt BV, contacts: { emails: [orders@bolt.example] } }
responders: { it: { emails: [it@acme.example], all_companies: true } }
defaults: { every: 1s, timeout: 3s }
tickets:
  webhook: { url: "http://127.0.0.1:${mirror.port}", token_file: ${tokenFile} }
  alertmanager_url: http://127.0.0.1:${alertmanagerPort}
  trackers: { desk: { type: builtin, companies: all } }
  comment_every: 1m
  close_after: 5s
${relaunched.remedies}
monitors:${monitor('web_orders')}${monitor('returns')}${relaunched.monitors}
`;

  const page = async (path: string, index = 0): Promise<string> => {
    const url = exporters[index]?.url ?? '';
    return (await (await fetch(new URL(path, url))).text()).replaceAll('\u00a0', ' ');
  };
  /** The tickets of a list, the newest first: their addresses and pages. */
  const ticketsOf = async (state: 'open' | 'closed', index = 0): Promise<readonly [string, string][]> => {
    const found = await page(`/tickets?state=${state}`, index);
    const paths = new Set([...found.matchAll(/href="(\/tickets\/\d+)"/g)].map(([, path]) => path ?? ''));
    return Promise.all([...paths].map(async (path) => [path, await page(path, index)]));
  };
  /** Addresses of those about what no remedy tries: what one tries in vain becomes a ticket at some time. */
  const listed = async (state: 'open' | 'closed', index = 0): Promise<readonly string[]> =>
    (await ticketsOf(state, index))
      .filter(([, text]) => !text.includes(`, ${lasting[0]}`))
      .map(([path]) => path);
  /** The path of the open ticket about a flow. */
  const ticketAbout = async (flow: string): Promise<string> => {
    const [path] = (await ticketsOf('open')).find(([, text]) => text.includes(`, ${flow}`)) ?? [];
    if (path === undefined) throw new Error(`no ticket about ${flow}`);
    return path;
  };
  const fails = (number: string, flow: string, amount: number): void =>
    void shop
      .prepare('INSERT INTO orders VALUES (?, ?, ?, ?, 1)')
      .run(number, flow, new Date().toISOString(), amount);
  const isRepaired = (flow: string): void =>
    void shop.prepare('UPDATE orders SET failed = 0 WHERE flow = ?').run(flow);
  /** How often a text stands in the history of a ticket. */
  const told = async (path: string, what: string): Promise<number> => {
    const [, history = ''] = (await page(path)).split('ticket-history');
    return history.split(what).length - 1;
  };
  const until = { timeout: patienceMs, interval: 500 };

  beforeAll(async () => {
    writeFileSync(tokenFile, randomBytes(24).toString('hex'));
    shop.exec(`PRAGMA journal_mode = WAL;
      CREATE TABLE orders (number TEXT, flow TEXT, since TEXT, amount REAL, failed INTEGER)`);
    await relaunched.start();
    ends.unshift(() => relaunched.stop());
    postgres = await startPostgres();
    ends.unshift(() => postgres.dispose());
    inbox = await startInbox();
    ends.unshift(() => inbox.close());
    mirror = await startMirror(exporters);
    ends.unshift(() => mirror.server.close().closeAllConnections());
    const port = await freePort();
    const config = yaml(port);
    const file = join(folder, 'erp-exporter.yml');
    writeFileSync(file, config);
    for (let count = 0; count < 2; count += 1) {
      const exporter = await startExporter(config);
      exporters.push(exporter);
      ends.unshift(() => exporter.stop());
    }
    const printed = execFileSync(process.execPath, [program, 'alertmanager', `--config.file=${file}`], {
      encoding: 'utf8',
    });
    const alertmanager = await startAlertmanager(
      printed
        .replaceAll(/group_wait: .*/g, 'group_wait: 1s')
        .replaceAll(/group_interval: .*/g, 'group_interval: 2s'),
      port,
    );
    ends.unshift(() => alertmanager.stop());
    const prometheus = await startPrometheus({
      targets: exporters.map(({ url }) => new URL(url).host),
      alertmanager: alertmanager.url.host,
    });
    ends.unshift(() => prometheus.stop());
    // It takes as long as all else here.
    await relaunched.fail();
  }, 120_000);

  afterAll(async () => {
    for (const end of ends) await end();
    shop.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it(
    'are made of orders that fail with an unknown error, one for each flow, with the order, its error and value',
    async () => {
      fails('W-1', 'web_orders', 1240.5);
      fails('R-1', 'returns', 80);
      await expect.poll(() => listed('open'), until).toHaveLength(2);
      const ticket = await page(await ticketAbout('web_orders'));
      expect(ticket).toContain('Records failed: ACME NV, web_orders');
      expect(ticket).toContain('1. W-1 (');
      expect(ticket).toContain('Gremlin in the gearbox');
      expect(ticket).toContain('At risk: EUR 1,240.50');
      expect(ticket).toContain('https://monitor.example/companies/acme/web_orders');
      expect(ticket).not.toContain('R-1');
      expect(await listed('open', 1)).toEqual(await listed('open'));
    },
    patienceMs,
  );

  it(
    'take comments of people',
    async () => {
      const body = new URLSearchParams({ deed: 'comment', text: 'We look into it.' });
      const path = `${await ticketAbout('returns')}/change`;
      const answer = await fetch(new URL(path, exporters[1]?.url), {
        method: 'POST',
        body,
        redirect: 'manual',
      });
      expect(answer.status).toBe(303);
    },
    patienceMs,
  );

  it(
    'are told of a second order in one comment',
    async () => {
      const path = await ticketAbout('web_orders');
      fails('W-2', 'web_orders', 9.5);
      await expect.poll(() => told(path, '. W-2 ('), until).toBe(1);
      expect(await told(path, '. W-1 (')).toBe(0);
      expect(await told(path, 'EUR 9.50')).toBeGreaterThan(0);
      expect(await listed('open')).toHaveLength(2);
    },
    patienceMs,
  );

  it(
    'are closed by themselves when all is repaired, save one that a person commented on',
    async () => {
      const [mine, others] = [await ticketAbout('web_orders'), await ticketAbout('returns')];
      isRepaired('web_orders');
      isRepaired('returns');
      await expect.poll(() => listed('closed'), until).toEqual([mine]);
      await expect.poll(() => told(others, 'Recovered at'), until).toBe(1);
      expect(await told(mine, 'Recovered at')).toBe(1);
      expect(await told(mine, '. W-2 (')).toBe(1);
      // What was said, and no more: it is created, told of the second order, closed.
      expect(await told(mine, '<li>')).toBe(3);
      // This one is created, commented on by a person, and told that all is well.
      expect(await told(others, '<li>')).toBe(3);
      expect(await listed('open', 1)).toEqual([others]);
    },
    patienceMs,
  );

  it('tell how they come along in metrics, without a fault', async () => {
    const scrapes = await Promise.all(exporters.map((exporter) => exporter.scrape()));
    const actions = scrapes.flatMap((scrape) => find(scrape, 'erp_ticket_actions_total'));
    // A step whose end another exporter's change crossed is carried out again, and changes nothing: it is settled once.
    const done = (action: string): number =>
      scrapes
        .flatMap((scrape) =>
          find(scrape, 'erp_outbox_settled_entries_total', { kind: 'ticket', action, state: 'done' }),
        )
        .reduce((sum, [, value]) => sum + value, 0);
    // That of the remedies may be there by now.
    expect([2, 3]).toContain(done('create'));
    expect(done('close')).toBe(2);
    expect(actions.filter(([key]) => !/result="(done|skipped)"/.test(key))).toEqual([]);
    expect(new Set(mirror.statuses)).toEqual(new Set([200]));
    for (const scrape of scrapes)
      expect(find(scrape, 'erp_ticket_last_webhook_timestamp_seconds')).toHaveLength(1);
    expect(exporters.flatMap(({ log }) => log).filter((line) => line.includes('level=error'))).toEqual([]);
  });

  it(
    'are made of what a remedy tried in vain, and say so; what it mended sends no mail',
    async () => {
      const about = (company: typeof mended | typeof plain) => mailsAbout(inbox.mails, company);
      await expect.poll(() => ticketAbout(lasting[0]).catch(() => ''), until).not.toBe('');
      const written = await page(await ticketAbout(lasting[0]));
      expect(written).toContain('remedy tried in vain');
      expect(written).toMatch(/1\. F-9 \(/);
      expect(written).toMatch(/Remedy: tried 3 times, last at \d\d:\d\d, answer 409/);
      // The ERP refused it each time that it did not have too many calls, and was asked no more often than allowed.
      const refused = relaunched.callsFor(lasting[1]);
      expect(refused).toHaveLength(attempts);
      expect(refused.at(-1)).toBe('409');
      // What passes went through, past a lock and the limit of calls.
      expect(relaunched.callsFor('B-3')).toContain('423');
      expect(relaunched.calls.filter((call) => call.endsWith(' 429'))).not.toEqual([]);
      for (const [, number] of passing) {
        const answers = relaunched.callsFor(number);
        expect(answers.length).toBeLessThanOrEqual(attempts);
        expect([number, answers.at(-1)]).toEqual([number, '200']);
      }
      // Where nothing mends them there is a mail whenever more have failed.
      const soon = { ...until, timeout: 30_000 };
      await expect.poll(() => about(mended).length, soon).toBeGreaterThan(0);
      expect(about(plain).length).toBeGreaterThanOrEqual(3);
      expect(about(mended).length).toBeLessThanOrEqual(about(plain).length - 2);
      for (const mail of about(mended)) expect(mail.text).not.toMatch(/calls_[a-e]/);
      relaunched.repair();
    },
    patienceMs,
  );

  it(
    'are compared with Alertmanager, which changes nothing',
    async () => {
      const closed = await listed('closed');
      // Every 3 minutes, and the first time Prometheus was not there yet.
      for (const exporter of exporters)
        await exporter.until(
          'a look at Alertmanager',
          patienceMs / 1000,
          (scrape) => find(scrape, 'erp_ticket_last_look_timestamp_seconds').length === 1,
        );
      expect(await listed('open')).toHaveLength(1);
      expect(await listed('closed')).toEqual(closed);
    },
    2 * patienceMs,
  );
});
