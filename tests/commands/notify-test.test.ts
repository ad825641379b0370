import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertmanager } from '../../src/commands/alertmanager.ts';
import { notifyTest } from '../../src/commands/notify-test.ts';
import { startAlertmanager } from '../notifications/alertmanager-process.ts';
import type { RunningAlertmanager } from '../notifications/alertmanager-process.ts';
import { startInbox } from '../notifications/inbox.ts';
import type { Inbox } from '../notifications/inbox.ts';
import { describeReal } from '../helpers/real.ts';
import { freePort } from '../helpers/tcp.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notify-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const configuration = (port: number) => `timezone: Europe/Brussels
databases: { shop: { driver: postgres, host: localhost } }
companies:
  acme: { title: ACME NV, contacts: { emails: [orders@acme.example], language: nl } }
  globex: { contacts: { emails: [a@globex.example, b@globex.example], language: fr } }
responders:
  erp_partner: { emails: [support@partner.example], language: de, all_companies: true }
  web_agency: { emails: [alerts@agency.example], language: en, all_companies: true }
smtp: { smarthost: "127.0.0.1:${port}", from: erp@acme.example, require_tls: false }
notify:
  - { match: { severity: critical }, to: [erp_partner, company] }
  - { match: { severity: critical, company: acme }, to: web_agency }
  - { match: { severity: warning, company: [acme] }, to: company, digest: 1h }
monitors: [{ name: crm, kind: sync, flow: crm, database: shop, query: SELECT 1 AS last_sync }]
`;

async function write(text: string): Promise<string> {
  const file = join(folder, 'config.yml');
  await writeFile(file, text);
  return file;
}

async function yamlOf(file: string): Promise<string> {
  const lines: string[] = [];
  await alertmanager({ file, env: {}, write: (line) => void lines.push(line), writeError: () => undefined });
  return `${lines.join('\n')}\n`;
}

async function run(file: string, alertmanagerUrl: URL) {
  const lines: string[] = [];
  const code = await notifyTest({
    file,
    alertmanagerUrl,
    env: {},
    now: Date.now(),
    write: (line) => void lines.push(line.replace(/TEST-\w+-/, 'TEST-')),
  });
  return { code, lines };
}

describeReal('notify-test', ['alertmanager'], () => {
  let inbox: Inbox;
  let running: RunningAlertmanager;
  let file: string;

  beforeAll(async () => {
    inbox = await startInbox();
    file = await write(configuration(inbox.port));
    // The times of the file, shortened: a test cannot wait for an hour.
    running = await startAlertmanager(
      (await yamlOf(file)).replaceAll(/(group_wait|group_interval): .*/g, '$1: 1s'),
    );
  });
  afterAll(async () => {
    await running.stop();
    await inbox.close();
  });

  it('sends a mail through each route, and says to whom', async () => {
    const { code, lines } = await run(file, running.url);
    expect(lines).toEqual([
      `5 test alerts to ${running.url.origin}`,
      'TEST-1 ErpTestAlert{severity="critical", company="acme"}',
      '  to company/acme/nl: orders@acme.example, within 5m',
      '  to responder/erp_partner/de: support@partner.example, within 5m',
      'TEST-2 ErpTestAlert{severity="critical", company="globex"}',
      '  to company/globex/fr: a@globex.example, b@globex.example, within 5m',
      '  to responder/erp_partner/de: support@partner.example, within 5m',
      'TEST-3 ErpTestAlert{severity="warning", company="acme"}',
      '  to company/acme/nl: orders@acme.example, within 1h',
      'TEST-4 ErpTestAlert{severity="warning", responder="erp_partner", company="globex"}',
      '  to responder/erp_partner/de: support@partner.example, within 5m',
      'TEST-5 ErpTestAlert{severity="warning", company="globex"}',
      '  to responder/web_agency/en: alerts@agency.example, within 5m',
      'notify[1] to responder/web_agency/en: no alert takes this route, as the routes before it take them all',
      'A mail that says "resolved" follows each.',
    ]);
    expect(code).toBe(0);
    const mail = await inbox.waitFor(({ recipients }) => recipients.includes('orders@acme.example'));
    expect(mail.subject).toMatch(/^ACME NV: test, er is niets mis/);
    expect(mail.text).toContain('Niets: deze mail toont');
    expect(mail.html).toContain('Niets: deze mail toont');
    expect(mail.header('auto-submitted')).toBe('auto-generated');
    await inbox.waitFor(({ recipients }) => recipients.join() === 'a@globex.example,b@globex.example');
    await inbox.waitFor(
      ({ subject, recipients }) =>
        recipients.join() === 'support@partner.example' && /Test, alles/.test(subject),
    );
    await inbox.waitFor(
      ({ subject, recipients }) =>
        recipients.join() === 'alerts@agency.example' && /nothing is wrong/.test(subject),
    );
  });

  it('says so when Alertmanager has another configuration', async () => {
    const changed = await write(
      configuration(inbox.port).replace('to: [erp_partner, company]', 'to: [web_agency]'),
    );
    const { code, lines } = await run(changed, running.url);
    expect(code).toBe(1);
    expect(lines).toContain(
      '  but Alertmanager notifies company/acme/nl, responder/erp_partner/de instead; give it the output of erp-exporter alertmanager and reload it',
    );
  });

  it('says so when a silence keeps a mail back', async () => {
    const now = Date.now();
    const response = await fetch(new URL('/api/v2/silences', running.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'company', value: 'globex', isRegex: false, isEqual: true }],
        startsAt: new Date(now).toISOString(),
        endsAt: new Date(now + 600_000).toISOString(),
        createdBy: 'test',
        comment: 'test',
      }),
      signal: AbortSignal.timeout(5_000),
    });
    expect(response.ok).toBe(true);
    const { code, lines } = await run(await write(configuration(inbox.port)), running.url);
    const silenced = lines.filter((_line, index) => lines[index + 1] === '  but a silence mutes it');
    expect(code).toBe(1);
    expect(silenced.length).toBe(lines.filter((line) => line.includes('company="globex"')).length);
  });

  it('inhibits what the file says, and not what it does not', async () => {
    const post = async (alerts: readonly Readonly<Record<string, string>>[]) =>
      fetch(new URL('/api/v2/alerts', running.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts.map((labels) => ({ labels }))),
        signal: AbortSignal.timeout(5_000),
      });
    const of = (alertname: string, labels: Readonly<Record<string, string>>) => ({
      alertname,
      ...labels,
      probe: '1',
    });
    const orders = { company: 'acme', flow: 'orders', monitor: 'orders' };
    await post([
      of('ErpMassFailure', { ...orders, severity: 'critical' }),
      of('ErpRecordFailed', { ...orders, severity: 'critical', record: '1' }),
      of('ErpRecordFailed', { ...orders, company: 'globex', severity: 'critical', record: '2' }),
      of('ErpDatabaseDown', { database: 'shop', severity: 'critical' }),
      of('ErpMonitorFailing', { ...orders, database: 'shop', severity: 'warning' }),
      of('ErpMonitorFailing', { ...orders, database: 'erp', severity: 'warning' }),
      of('ErpJobOverdue', { ...orders, job_name: 'a', severity: 'critical' }),
      of('ErpJobOverdue', { ...orders, job_name: 'a', severity: 'warning' }),
      of('ErpJobOverdue', { ...orders, job_name: 'b', severity: 'warning' }),
      of('ErpExporterDown', { severity: 'critical' }),
      of('ErpMonitorStale', { ...orders, severity: 'warning' }),
    ]);
    const answer = await fetch(new URL('/api/v2/alerts?filter=probe="1"', running.url), {
      signal: AbortSignal.timeout(5_000),
    });
    const alerts = (await answer.json()) as {
      labels: Record<string, string>;
      status: { inhibitedBy: string[] };
    }[];
    const inhibited = alerts
      .filter(({ status }) => status.inhibitedBy.length > 0)
      .map(({ labels }) =>
        [
          labels['alertname'],
          labels['record'] ?? labels['database'] ?? labels['job_name'] ?? '',
          labels['severity'],
        ].join(' '),
      );
    expect(inhibited.sort()).toEqual([
      'ErpJobOverdue a warning',
      'ErpMonitorFailing shop warning',
      'ErpMonitorStale  warning',
      'ErpRecordFailed 1 critical',
    ]);
  });
});

describe('notify-test without an Alertmanager', () => {
  it('says that it cannot reach it', async () => {
    const port = await freePort();
    const { code, lines } = await run(
      await write(configuration(25)),
      new URL(`http://u:geheim@127.0.0.1:${port}/am/`),
    );
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^cannot reach http://127\\.0\\.0\\.1:${port}/am: .*ECONNREFUSED`));
  });

  it('passes on what it answers, and sends the login', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      response.writeHead(401).end('who are you?\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, lines } = await run(
      await write(configuration(25)),
      new URL(`http://u:p%40ss@127.0.0.1:${port}/am`),
    );
    server.close();
    expect([code, lines]).toEqual([1, [`http://127.0.0.1:${port}/am answered 401: who are you?`]]);
    expect(seen).toEqual([`/am/api/v2/alerts Basic ${Buffer.from('u:p@ss').toString('base64')}`]);
  });

  it('has nothing to do when nobody is told', async () => {
    const bare =
      'databases: { shop: { driver: postgres, host: localhost } }\nmonitors: [{ name: crm, kind: sync, flow: crm, database: shop, query: SELECT 1 AS last_sync }]\n';
    const { code, lines } = await run(await write(bare), new URL('http://127.0.0.1:1'));
    expect([code, lines]).toEqual([
      1,
      ['no alert has a recipient: add contacts to companies, or addresses to responders'],
    ]);
  });

  it('shows the problems of the configuration', async () => {
    const { code, lines } = await run(await write('monitors: []\n'), new URL('http://127.0.0.1:1'));
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/databases: is missing/);
  });
});
