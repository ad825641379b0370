import { afterAll, beforeAll, expect, it } from 'vitest';
import { AlertmanagerApi } from '../../src/notifications/alertmanager-api.ts';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import { describeReal } from '../helpers/real.ts';
import { startAlertmanager } from './alertmanager-process.ts';
import type { RunningAlertmanager } from './alertmanager-process.ts';
import type { TemplateAlert } from './amtool.ts';
import { startInbox } from './inbox.ts';
import type { Inbox } from './inbox.ts';
import { alert, hostile, mailConfig, scenarios } from './scenarios.ts';

/** What Alertmanager mails of alerts that come and go, over SMTP. */
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
    running = await startAlertmanager(yaml.replaceAll(/(group_wait|group_interval): .*/g, '$1: 1s'));
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
        startsAt: new Date(Date.now() - 60_000).toISOString(),
        endsAt: new Date(Date.now() + (status === 'firing' ? 600_000 : -1_000)).toISOString(),
      })),
    );

  it('tells two failures in one mail, a third in one more, and the end of all in a last one', async () => {
    const failed = scenarios['failed'] ?? [];
    const third = failed
      .slice(0, 1)
      .map((alert) => ({ ...alert, labels: { ...alert.labels, record: '10047' } }));
    await post(failed);
    const first = await inbox.waitFor(({ subject }) => subject === 'ACME NV: 2 mislukte records (orders)');
    expect(first.recipients).toEqual(['party_nl@partner.example']);
    for (const part of [first.text, first.html]) {
      expect(part).toContain('10045');
      expect(part).toContain('10046');
    }
    await post([...failed, ...third]);
    const second = await inbox.waitFor(({ subject }) => subject === 'ACME NV: 3 mislukte records (orders)');
    expect(second.text).toContain('* Record 10047');
    await post([...failed, ...third].map((alert) => ({ ...alert, status: 'resolved' as const })));
    const last = await inbox.waitFor(
      ({ subject }) => subject === 'Hersteld: ACME NV: 3 mislukte records (orders)',
    );
    expect(last.text).toContain('* Record 10045');
    expect(inbox.mails.map(({ subject }) => subject)).toHaveLength(3);
  });

  it('mails the cause, not what follows from it, and leaves other monitors alone', async () => {
    const of = (name: string, monitor: string) =>
      alert(name, { labels: { severity: 'warning', monitor, flow: monitor } });
    const alertsOf = async (flow: string, last: string) => {
      const { text } = await inbox.waitFor(
        (mail) => mail.subject.includes(`(${flow}`) && mail.text.includes(`#${last}`),
      );
      return [...new Set(text.match(/(?<=runbook\.md#)\w+/g))].sort();
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
  });

  it('lets no text add a header, a recipient or a part', async () => {
    const before = inbox.mails.length;
    await post(scenarios['hostile'] ?? [], { monitor: 'hostile' });
    const mail = await inbox.waitFor(({ subject }) => subject.includes('<script>'));
    expect(mail.recipients).toEqual(['party_nl@partner.example']);
    expect(mail.header('bcc')).toBeUndefined();
    expect(mail.html).not.toContain('<script');
    expect(mail.text).toContain(hostile.split('\r\n')[0]);
    expect(inbox.mails).toHaveLength(before + 1);
  });
});
