import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { AlertmanagerApi } from '../../src/notifications/alertmanager-api.ts';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import { describeReal } from '../helpers/real.ts';
import { startAlertmanager } from './alertmanager-process.ts';
import type { RunningAlertmanager } from './alertmanager-process.ts';
import type { TemplateAlert } from './amtool.ts';
import { startInbox } from './inbox.ts';
import type { Inbox } from './inbox.ts';
import { alert, hostile, mailConfig, scenarios } from './scenarios.ts';

/** How long a mail may take on a machine that is busy with other tests. */
const patienceMs = 60_000;

/**
 * What Alertmanager mails of alerts that come and go, over SMTP. The alerts of one request enter their group one after another; a
 * mail that leaves in between tells of a part of them. So each request follows a mail, seconds before the next one can leave.
 */
describeReal('mails through Alertmanager', ['alertmanager'], () => {
  let inbox: Inbox;
  let running: RunningAlertmanager;
  let api: AlertmanagerApi;

  beforeAll(async () => {
    inbox = await startInbox();
    const config = mailConfig();
    const smtp = { smarthost: `127.0.0.1:${inbox.port}`, from: 'erp@acme.example', requireTls: false };
    const of = {
      ...config,
      alerting: { ...config.alerting, notify: [{ match: {}, to: ['party_nl'], repeatMs: 14_400_000 }] },
    };
    const yaml = alertmanagerYaml(of, smtp);
    running = await startAlertmanager(
      yaml
        .replaceAll(/group_wait: .*/g, 'group_wait: 3s')
        .replaceAll(/group_interval: .*/g, 'group_interval: 5s'),
    );
    api = new AlertmanagerApi(running.url);
  });
  afterAll(async () => {
    await running.stop();
    await inbox.close();
  });

  const post = (alerts: readonly TemplateAlert[], change: Readonly<Record<string, string>> = {}) =>
    api.post(
      alerts.map(({ labels, annotations, status }) => ({
        labels: { ...labels, ...change },
        annotations,
        // A new group that learns of an alert older than its wait mails at once, of whichever alerts it has by then.
        startsAt: new Date(Date.now() - (status === 'firing' ? 0 : 60_000)).toISOString(),
        endsAt: new Date(Date.now() + (status === 'firing' ? 600_000 : -1_000)).toISOString(),
      })),
    );

  it(
    'tells two failures in one mail, a third in one more, and the end of all in a last one',
    async () => {
      const failed = scenarios['failed'] ?? [];
      const third = failed
        .slice(0, 1)
        .map((alert) => ({ ...alert, labels: { ...alert.labels, record: '10047' } }));
      await post(failed);
      const first = await inbox.waitFor(
        ({ subject }) => subject === 'ACME NV: 2 mislukte records (orders)',
        patienceMs,
      );
      expect(first.recipients).toEqual(['party_nl@partner.example']);
      for (const part of [first.text, first.html]) {
        expect(part).toContain('10045');
        expect(part).toContain('10046');
      }
      await post([...failed, ...third]);
      const second = await inbox.waitFor(
        ({ subject }) => subject === 'ACME NV: 3 mislukte records (orders)',
        patienceMs,
      );
      expect(second.text).toContain('* Record 10047');
      await post([...failed, ...third].map((alert) => ({ ...alert, status: 'resolved' as const })));
      const last = await inbox.waitFor(
        ({ subject }) => subject === 'Hersteld: ACME NV: 3 mislukte records (orders)',
        patienceMs,
      );
      expect(last.text).toContain('* Record 10045');
      expect(inbox.mails.map(({ subject }) => subject)).toHaveLength(3);
    },
    2 * patienceMs,
  );

  it(
    'mails the cause, not what follows from it, and leaves other monitors alone',
    async () => {
      const of = (name: string, monitor: string) =>
        alert(name, { labels: { severity: 'warning', company: monitor, monitor, flow: monitor } });
      const alertsOf = async (flow: string, last: string) => {
        const { text } = await inbox.waitFor(
          (mail) => mail.subject.includes(`(${flow}`) && mail.text.includes(`#${last}`),
          patienceMs,
        );
        return [...new Set(text.match(/(?<=docs\/runbook#)\w+/g))].sort();
      };
      const causes = [of('ErpMonitorBlind', 'crm'), of('ErpMailsNotGenerated', 'emails')];
      await post(causes);
      expect(await alertsOf('crm', 'erpmonitorblind')).toEqual(['erpmonitorblind']);
      expect(await alertsOf('emails', 'erpmailsnotgenerated')).toEqual(['erpmailsnotgenerated']);
      const effects = ['crm', 'emails', 'stock'].flatMap((monitor) =>
        ['ErpMonitorFailing', 'ErpRecordsLate', 'ErpSyncRejects'].map((name) => of(name, monitor)),
      );
      await post([...causes, ...effects]);
      // The rejects are what makes the next mail of each monitor come.
      expect(await alertsOf('crm', 'erpsyncrejects')).toEqual([
        'erpmonitorblind',
        'erprecordslate',
        'erpsyncrejects',
      ]);
      expect(await alertsOf('emails', 'erpsyncrejects')).toEqual([
        'erpmailsnotgenerated',
        'erpmonitorfailing',
        'erpsyncrejects',
      ]);
      expect(await alertsOf('stock', 'erpsyncrejects')).toEqual([
        'erpmonitorfailing',
        'erprecordslate',
        'erpsyncrejects',
      ]);
    },
    2 * patienceMs,
  );

  it(
    'lets no text add a header, a recipient or a part',
    async () => {
      const before = inbox.mails.length;
      await post(scenarios['hostile'] ?? [], { company: 'hostile', monitor: 'hostile' });
      const mail = await inbox.waitFor(({ subject }) => subject.includes('<script>'), patienceMs);
      expect(mail.recipients).toEqual(['party_nl@partner.example']);
      expect(mail.header('bcc')).toBeUndefined();
      expect(mail.html).not.toContain('<script');
      expect(mail.text).toContain(hostile.split('\r\n')[0]);
      expect(inbox.mails).toHaveLength(before + 1);
    },
    2 * patienceMs,
  );
});

/** alertmanager.yml for the text of a configuration, with mails that leave after a second. */
async function yamlOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'delivery-'));
  const file = join(folder, 'config.yml');
  await writeFile(file, text);
  const result = await loadConfig(file, { env: {} });
  await rm(folder, { recursive: true, force: true });
  if (!result.ok || result.config.alerting.smtp === undefined) throw new Error('the configuration is wrong');
  return alertmanagerYaml(result.config, result.config.alerting.smtp).replaceAll(
    /group_wait: .*/g,
    'group_wait: 1s',
  );
}

/** Parties that share addresses: all of them, or some. */
const sharing = (port: number) => `
databases: { shop: { driver: postgres, host: localhost } }
companies:
  acme:
    contacts: { emails: [orders@acme.example, Shop@acme.example], language: nl }
    responders:
      shop_admin: { emails: [shop@acme.example, desk@acme.example] }
      erp_partner: { emails: [desk@acme.example], language: de }
smtp: { smarthost: "127.0.0.1:${port}", from: erp@agency.example, require_tls: false }
notify: [{ to: [company, shop_admin, responder] }]
monitors: [{ name: web_orders, kind: sync, flow: orders, database: shop, query: SELECT 1 AS last_sync }]
`;

describeReal('parties that share addresses', ['alertmanager'], () => {
  it(
    'get one mail for an address',
    async () => {
      const inbox = await startInbox();
      const running = await startAlertmanager(await yamlOf(sharing(inbox.port)));
      try {
        const api = new AlertmanagerApi(running.url);
        await api.post([
          {
            ...alert('ErpRecordFailed', {
              labels: { record: 'W-1', responder: 'erp_partner', known: 'true' },
            }),
            startsAt: new Date(Date.now() - 60_000).toISOString(),
            endsAt: new Date(Date.now() + 600_000).toISOString(),
          },
        ]);
        const all = ['desk@acme.example', 'orders@acme.example', 'shop@acme.example'];
        for (const address of all)
          await inbox.waitFor(
            ({ recipients }) => recipients.some((one) => one.toLowerCase() === address),
            patienceMs,
          );
        const recipients = inbox.mails.flatMap((mail) => mail.recipients.map((one) => one.toLowerCase()));
        expect(recipients.sort()).toEqual(all);
      } finally {
        await running.stop();
        await inbox.close();
      }
    },
    2 * patienceMs,
  );
});

/** Two clients of one agency; the second has no shop administrator with an address. */
const agency = (port: number) => `
databases: { shop: { driver: postgres, host: localhost } }
companies:
  acme:
    title: ACME NV
    contacts: { emails: [orders@acme.example] }
    responders: { shop_admin: { emails: [shop@acme.example], language: nl } }
  globex: { title: Globex AG }
responders:
  web_agency: { emails: [desk@agency.example], all_companies: true }
  # As configurations had it before: not said whose address it is.
  customer: { emails: [someone@acme.example] }
smtp: { smarthost: "127.0.0.1:${port}", from: erp@agency.example, require_tls: false }
monitors: [{ name: web_orders, kind: sync, flow: orders, database: shop, query: SELECT 1 AS last_sync }]
`;

describeReal('an agency with several clients', ['alertmanager'], () => {
  it(
    'mails nobody of one client the records of another',
    async () => {
      const inbox = await startInbox();
      const running = await startAlertmanager(await yamlOf(agency(inbox.port)));
      try {
        const api = new AlertmanagerApi(running.url);
        const failed = (company: string, record: string, responder: string) =>
          api.post([
            {
              ...alert('ErpRecordFailed', { labels: { company, record, responder, known: 'true' } }),
              startsAt: new Date(Date.now() - 60_000).toISOString(),
              endsAt: new Date(Date.now() + 600_000).toISOString(),
            },
          ]);
        for (const responder of ['shop_admin', 'customer'])
          await failed('globex', `W-${responder}`, responder);
        const ofGlobex = await inbox.waitFor(({ text }) => text.includes('W-shop_admin'), patienceMs);
        expect(ofGlobex.recipients).toEqual(['desk@agency.example']);
        await failed('acme', 'A-1', 'shop_admin');
        const ofAcme = await inbox.waitFor(({ text }) => text.includes('A-1'), patienceMs);
        expect(ofAcme.recipients).toEqual(['shop@acme.example']);
        for (const { recipients, subject, text } of inbox.mails)
          if (/globex|W-/i.test(subject + text)) expect(recipients).toEqual(['desk@agency.example']);
      } finally {
        await running.stop();
        await inbox.close();
      }
    },
    2 * patienceMs,
  );
});
