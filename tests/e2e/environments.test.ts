import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AlertmanagerApi } from '../../src/notifications/alertmanager-api.ts';
import { startExporter } from '../helpers/exporter.ts';
import type { Exporter } from '../helpers/exporter.ts';
import { startPrometheus } from '../helpers/prometheus.ts';
import type { RunningPrometheus } from '../helpers/prometheus.ts';
import { describeReal } from '../helpers/real.ts';
import { startAlertmanager } from '../notifications/alertmanager-process.ts';
import type { RunningAlertmanager } from '../notifications/alertmanager-process.ts';
import { startInbox } from '../notifications/inbox.ts';
import type { Inbox, Mail } from '../notifications/inbox.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const patienceMs = 60_000;

/** The same configuration in both environments, but for the name of the environment and its database. */
const yaml = (environment: string, file: string, smtpPort: number) => `
environment: ${environment}
smtp: { smarthost: "127.0.0.1:${smtpPort}", from: erp@acme.example, require_tls: false }
databases: { shop: { driver: sqlite, file: ${file} } }
companies: { acme: { title: ACME NV, contacts: { emails: [orders@acme.example] } } }
responders: { web_agency: { emails: [desk@agency.example], all_companies: true } }
notify:
  - { match: { environment: test }, to: web_agency }
  - { match: { environment: production }, to: company }
defaults: { every: 1s, timeout: 3s }
monitors:
  - name: web_orders
    kind: records
    flow: orders
    database: shop
    criticality: critical
    failed: SELECT number AS record, 'Gremlin in the gearbox' AS error FROM orders
`;

/**
 * A test and a production system of one company, each with its exporter, in one Prometheus and one Alertmanager: the same
 * company, flow, monitor and record, apart from each other all the way to the mail.
 */
describeReal('two environments', ['prometheus', 'alertmanager'], () => {
  const folder = mkdtempSync(join(tmpdir(), 'erp-environments-'));
  const exporters: Exporter[] = [];
  let inbox: Inbox;
  let alertmanager: RunningAlertmanager;
  let prometheus: RunningPrometheus;
  let api: AlertmanagerApi;

  async function start(environment: string, orders: readonly string[]): Promise<void> {
    const file = join(folder, `${environment}.db`);
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE orders (number text)');
    for (const order of orders) database.prepare('INSERT INTO orders VALUES (?)').run(order);
    database.close();
    exporters.push(await startExporter(yaml(environment, file, inbox.port)));
  }

  beforeAll(async () => {
    inbox = await startInbox();
    const config = join(folder, 'erp-exporter.yml');
    writeFileSync(config, yaml('production', join(folder, 'production.db'), inbox.port));
    const routes = execFileSync(process.execPath, [program, 'alertmanager', `--config.file=${config}`], {
      encoding: 'utf8',
    });
    alertmanager = await startAlertmanager(
      routes
        .replaceAll(/group_wait: .*/g, 'group_wait: 4s')
        .replaceAll(/group_interval: .*/g, 'group_interval: 4s'),
    );
    api = new AlertmanagerApi(alertmanager.url);
    // Thirty fail in the test system: a mass failure, which inhibits the alerts of the single records there.
    await start(
      'test',
      Array.from({ length: 30 }, (_, index) => `W-${index}`),
    );
    await start('production', ['W-1']);
    prometheus = await startPrometheus({
      targets: exporters.map(({ url }) => new URL(url).host),
      alertmanager: alertmanager.url.host,
    });
  }, 90_000);

  afterAll(async () => {
    await prometheus.stop();
    for (const exporter of exporters) await exporter.stop();
    await alertmanager.stop();
    await inbox.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('have each their own series: none is without its environment', async () => {
    const own = await prometheus.query('count by (environment) ({__name__=~"erp_.+|process_.+|nodejs_.+"})');
    expect(own.map(({ metric }) => metric['environment']).sort()).toEqual(['production', 'test']);
  });

  it(
    'have each their own alerts, of which none silences one of the other',
    async () => {
      const seen = async () => {
        const alerts = await api.alerts([`alertname=~"ErpRecordFailed|ErpMassFailure"`]);
        return alerts
          .filter(({ labels }) => labels['alertname'] === 'ErpMassFailure' || labels['record'] === 'W-1')
          .map(
            ({ labels, status }) =>
              `${labels['environment'] ?? ''} ${labels['alertname'] ?? ''} ${status.inhibitedBy.length > 0 ? 'inhibited' : 'notified'}`,
          )
          .sort();
      };
      await expect
        .poll(seen, { timeout: patienceMs })
        .toEqual([
          'production ErpRecordFailed notified',
          'test ErpMassFailure notified',
          'test ErpRecordFailed inhibited',
        ]);
    },
    patienceMs,
  );

  it(
    'have each their own mails, to whom the rules name for them',
    async () => {
      const about = (part: string) => (mail: Mail) => mail.subject.includes(part);
      const production = await inbox.waitFor(about('[production] ACME NV'), patienceMs);
      const test = await inbox.waitFor(about('[test] ACME NV'), patienceMs);
      expect(production.recipients).toEqual(['orders@acme.example']);
      expect(test.recipients).toEqual(['desk@agency.example']);
      expect(production.text).toContain('W-1');
      for (const { recipients, subject } of inbox.mails)
        expect(subject, recipients.join()).toMatch(
          recipients.includes('orders@acme.example') ? /\[production\]/ : /\[test\]/,
        );
    },
    patienceMs,
  );

  it(
    'end one without the other: the exporter of production goes, that of test stays',
    async () => {
      const [, production] = exporters;
      await production?.stop();
      const down = async () =>
        (await prometheus.query('ALERTS{alertname="ErpExporterDown",alertstate="firing"}')).map(
          ({ metric }) => `${metric['environment'] ?? ''} ${metric['severity'] ?? ''}`,
        );
      await expect.poll(down, { timeout: patienceMs }).toEqual(['production critical']);
    },
    patienceMs,
  );
});
