import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAlertmanager } from '../notifications/alertmanager-process.ts';
import type { RunningAlertmanager } from '../notifications/alertmanager-process.ts';
import { startInbox } from '../notifications/inbox.ts';
import type { Inbox, Mail } from '../notifications/inbox.ts';
import { startExporter } from '../helpers/exporter.ts';
import type { Exporter } from '../helpers/exporter.ts';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { startPrometheus } from '../helpers/prometheus.ts';
import type { RunningPrometheus } from '../helpers/prometheus.ts';
import { describeReal } from '../helpers/real.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const yaml = (smtpPort: number) => `
timezone: Europe/Brussels
smtp: { smarthost: "127.0.0.1:${smtpPort}", from: erp@acme.example, require_tls: false }
page_url: https://monitor.example/erp
databases:
  shop: { driver: postgres, url: "\${SHOP_URL}" }
companies:
  acme: { title: ACME NV, language: nl, contacts: { emails: [orders@acme.example] } }
responders:
  erp_partner: { emails: [support@partner.example], language: de }
  web_agency: { emails: [desk@agency.example], language: en }
  it: { emails: [it@acme.example], language: fr }
notify:
  - { match: { known: false }, to: [web_agency] }
defaults: { every: 1s, timeout: 3s }
monitors:
  - name: web_orders
    kind: records
    flow: orders
    database: shop
    criticality: critical
    record_url: https://shop.example/admin/orders/{record}
    failed: |
      SELECT number AS record, failed_at AS since, error, code, call, total AS amount, 'EUR' AS currency FROM orders
`;

/**
 * From the failing row to the mail in hand, with nothing replaced: PostgreSQL, the exporter, Prometheus with the shipped rules,
 * Alertmanager with what \`erp-exporter alertmanager\` printed, an SMTP server. Only waiting is shortened: a minute of \`for\` and
 * \`keep_firing_for\` is a second, and groups wait for one and three seconds.
 */
describeReal('the chain', ['postgres', 'prometheus', 'alertmanager'], () => {
  let server: PostgresServer;
  let inbox: Inbox;
  let alertmanager: RunningAlertmanager;
  let prometheus: RunningPrometheus;
  let exporter: Exporter;
  let replica: Exporter | undefined;
  let env: Record<string, string>;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'erp-chain-'));
    server = await startPostgres();
    const { user = '', password = '', database = '' } = server.settings();
    env = { SHOP_URL: `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}` };
    await server.admin(
      'CREATE TABLE orders (number text, failed_at timestamptz, error text, code text, call text, total numeric(12, 2))',
    );
    inbox = await startInbox();
    const config = yaml(inbox.port);
    writeFileSync(join(folder, 'erp-exporter.yml'), config);
    const routes = execFileSync(
      process.execPath,
      [program, 'alertmanager', `--config.file=${join(folder, 'erp-exporter.yml')}`],
      { encoding: 'utf8', env: { ...process.env, ...env } },
    );
    alertmanager = await startAlertmanager(
      routes
        .replaceAll(/group_wait: .*/g, 'group_wait: 1s')
        .replaceAll(/group_interval: .*/g, 'group_interval: 3s'),
    );
    exporter = await startExporter(config, env);
    prometheus = await startPrometheus({
      targets: [new URL(exporter.url).host],
      alertmanager: alertmanager.url.host,
    });
    await expectSettled();
  }, 90_000);

  afterAll(async () => {
    await prometheus.stop();
    await replica?.stop();
    await exporter.stop();
    await alertmanager.stop();
    await inbox.close();
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Prometheus has scraped a good run, and nothing but the watchdog fires. */
  async function expectSettled(): Promise<void> {
    const end = performance.now() + 30_000;
    for (;;) {
      const good = await prometheus.query('erp_monitor_success == 1');
      const firing = await prometheus.query('ALERTS{alertname!="ErpWatchdog"}');
      if (good.length > 0 && firing.length === 0) return;
      if (performance.now() > end) throw new Error(`not settled: ${JSON.stringify({ good, firing })}`);
      await delay(200);
    }
  }

  const fail = (number: string, error: string, code: string) =>
    server.admin(
      `INSERT INTO orders VALUES ('${number}', now(), '${error}', '${code}', 'POST /salesOrders', 1240.50)`,
    );
  const to = (address: string) => (mail: Mail) => mail.recipients.includes(address);
  /** Mails to an address that have come since there were `from` mails in all. */
  const since = (from: number, address: string) => inbox.mails.slice(from).filter(to(address));
  const waitFor = (from: number, address: string, fits: (mail: Mail) => boolean) =>
    inbox.waitFor((mail) => inbox.mails.indexOf(mail) >= from && to(address)(mail) && fits(mail), 30_000);

  it('mails a known error once to its responder, in his language, with every field', async () => {
    const begin = performance.now();
    await fail(
      '10045',
      'Posting Date 2026-11-21 is not within your range of allowed posting dates.',
      'http:400',
    );
    const mail = await waitFor(0, 'support@partner.example', ({ text }) => text.includes('10045'));
    const seconds = (performance.now() - begin) / 1000;
    for (const part of [mail.html, mail.text])
      for (const field of [
        '10045',
        'POST /salesOrders',
        'http:400',
        'is not within your range of allowed posting dates',
        'https://shop.example/admin/orders/10045',
        'Das Belegdatum liegt in einer Periode, in der das ERP keine Buchungen (mehr) zulässt.',
        'Klären Sie mit der Buchhaltung, ob die Periode geöffnet wird',
        'ERP-Partner',
      ])
        expect(part).toContain(field);
    expect(mail.subject).toContain('ACME NV');
    expect(mail.text).toMatch(/1[.,]?240,50/);
    expect(mail.text).toContain('https://monitor.example/erp');
    // Every part of the chain waits about a second here: the poll, the scrape, the rule, the group.
    expect(seconds).toBeLessThan(15);
    await delay(6000);
    expect(inbox.mails.map(({ recipients }) => recipients)).toEqual([['support@partner.example']]);
  }, 60_000);

  it('mails a second failure once more, and names it', async () => {
    const before = inbox.mails.length;
    await fail(
      '10046',
      'Posting Date 2026-11-20 is not within your range of allowed posting dates.',
      'http:400',
    );
    await waitFor(before, 'support@partner.example', ({ text }) => text.includes('10046'));
    await delay(6000);
    expect(inbox.mails.slice(before).map(({ recipients }) => recipients)).toEqual([
      ['support@partner.example'],
    ]);
  }, 60_000);

  it('does not mail again when the integration tries again and fails with other times and counters', async () => {
    const before = inbox.mails.length;
    await server.admin(
      `UPDATE orders SET error = 'Posting Date 2026-11-22 is not within your range of allowed posting dates.' WHERE number = '10045'`,
    );
    await delay(8000);
    expect(inbox.mails.slice(before)).toEqual([]);
  }, 60_000);

  it('mails an unknown error to the other receiver', async () => {
    const before = inbox.mails.length;
    await fail('10047', 'Gremlin in the gearbox of module seven', '');
    const mail = await waitFor(before, 'desk@agency.example', ({ text }) => text.includes('10047'));
    expect(mail.text).toContain('Gremlin in the gearbox of module seven');
    // A little later, since a new kind of error is told when it lasts.
    await waitFor(before, 'desk@agency.example', ({ subject }) => subject.includes('new kind of error'));
    expect(since(before, 'support@partner.example')).toEqual([]);
  }, 60_000);

  it('keeps quiet about orders while the database is away, and mails about the database', async () => {
    const before = inbox.mails.length;
    await server.stop();
    await waitFor(before, 'it@acme.example', ({ text }) => text.includes('shop'));
    await delay(10_000);
    await server.start();
    await exporter.until('recovered', 90, (scrape) =>
      [...scrape].some(([key, value]) => key.startsWith('erp_monitor_success') && value === 1),
    );
    await delay(15_000);
    // The database that fails and that works again, and nothing else: neither of orders, nor of the monitor that reads them.
    expect(inbox.mails.slice(before).map(({ recipients, subject }) => [recipients, subject])).toEqual([
      [['it@acme.example'], 'erp-exporter: la base de données ne répond pas: shop'],
      [['it@acme.example'], 'Résolu: erp-exporter: la base de données ne répond pas: shop'],
    ]);
  }, 180_000);

  it('sends nothing twice when a replica is added', async () => {
    const before = inbox.mails.length;
    replica = await startExporter(yaml(inbox.port), env);
    prometheus.setTargets([new URL(exporter.url).host, new URL(replica.url).host]);
    const end = performance.now() + 20_000;
    while ((await prometheus.query('count(erp_monitor_success == 1) == 2')).length === 0) {
      if (performance.now() > end) throw new Error('the replica is not scraped');
      await delay(200);
    }
    await delay(10_000);
    expect(inbox.mails.slice(before)).toEqual([]);
  }, 60_000);

  it('mails that the orders were repaired', async () => {
    const before = inbox.mails.length;
    await server.admin('DELETE FROM orders');
    const mail = await waitFor(before, 'support@partner.example', () => true);
    expect(mail.text).toContain('10045');
    expect(mail.subject).toMatch(/^Repariert: /);
    await waitFor(before, 'desk@agency.example', ({ text }) => text.includes('10047'));
  }, 90_000);
});
