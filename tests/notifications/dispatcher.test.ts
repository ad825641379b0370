import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSeq, parseDocument } from 'yaml';
import { AlertmanagerApi } from '../../src/notifications/alertmanager-api.ts';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import { inhibitionsOf } from '../../src/notifications/inhibitions.ts';
import type { Labels } from '../../src/notifications/matching.ts';
import { routingTree } from '../../src/notifications/routes.ts';
import { describeReal } from '../helpers/real.ts';
import { startAlertmanager } from './alertmanager-process.ts';
import { dispatch } from './dispatcher.ts';
import type { Firing, Notification } from './dispatcher.ts';
import { startInbox } from './inbox.ts';
import { mailConfig } from './scenarios.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Everything goes to one party; group_wait 30 s, group_interval 5 min, repeat 4 h. */
function setup() {
  const of = mailConfig();
  const config = {
    ...of,
    alerting: { ...of.alerting, notify: [{ match: {}, to: ['party_nl'], repeatMs: 4 * hour }] },
  };
  const tree = routingTree(config);
  return { config, by: { tree, inhibitions: inhibitionsOf(config, tree) } };
}
const { config, by } = setup();

const failed = (record: string) => ({
  alertname: 'ErpRecordFailed',
  severity: 'critical',
  company: 'acme',
  monitor: 'web_orders',
  record,
});
const massFailure = {
  alertname: 'ErpMassFailure',
  severity: 'critical',
  company: 'acme',
  monitor: 'web_orders',
};

const lines = (notifications: readonly Notification[]) =>
  notifications.map(({ at, firing, resolved }) => [
    at / minute,
    firing.map(({ record, alertname }) => record ?? alertname).join(' '),
    resolved.map(({ record, alertname }) => record ?? alertname).join(' '),
  ]);

describe('the model of Alertmanager', () => {
  it('notifies after group_wait, of news at group_interval, and of the end', () => {
    const sent = dispatch(
      [
        { labels: failed('1'), from: 0, to: 20 * minute },
        { labels: failed('2'), from: 0.25 * minute, to: 20 * minute },
        { labels: failed('3'), from: minute, to: 20 * minute },
      ],
      by,
      hour,
    );
    expect(lines(sent)).toEqual([
      [0.5, '1 2', ''],
      [5.5, '1 2 3', ''],
      [20.5, '', '1 2 3'],
    ]);
  });

  it('says nothing of what came and went before group_wait, and repeats what stays', () => {
    expect(dispatch([{ labels: failed('1'), from: 0, to: 20_000 }], by, hour)).toEqual([]);
    const sent = dispatch([{ labels: failed('1'), from: 0, to: Infinity }], by, 9 * hour);
    expect(lines(sent).map(([at]) => at)).toEqual([0.5, 245.5, 490.5]);
  });

  it('notifies the cause alone while it fires', () => {
    const sent = dispatch(
      [
        { labels: massFailure, from: 0, to: 10 * minute },
        { labels: failed('1'), from: 0, to: 20 * minute },
      ],
      by,
      hour,
    );
    expect(lines(sent)).toEqual([
      [0.5, 'ErpMassFailure', ''],
      [10.5, '1', 'ErpMassFailure'],
      [20.5, '', '1'],
    ]);
  });

  it('sends a receiver at most one mail per group and group_interval, whatever fires', () => {
    const anyFiring: fc.Arbitrary<Firing> = fc
      .record({
        record: fc.constantFrom('1', '2', '3'),
        company: fc.constantFrom('acme', 'globex'),
        from: fc.integer({ min: 0, max: 60 }),
        minutes: fc.integer({ min: 1, max: 30 }),
      })
      .map(({ record, company, from, minutes }) => ({
        labels: { ...failed(record), company },
        from: from * minute,
        to: (from + minutes) * minute,
      }));
    fc.assert(
      fc.property(fc.array(anyFiring, { maxLength: 12 }), (firings) => {
        const sent = dispatch(firings, by, 3 * hour);
        const companyOf = ({ firing, resolved }: Notification) => [...firing, ...resolved][0]?.['company'];
        for (const of of Map.groupBy(sent, companyOf).values())
          for (const [index, { at }] of of.slice(1).entries())
            // A group that has ended starts anew after group_wait.
            expect(at - (of[index]?.at ?? 0)).toBeGreaterThanOrEqual(
              of[index]?.firing.length === 0 ? 0.5 * minute : 5 * minute,
            );
      }),
    );
  });
});

/** The subject of each mail names its alerts; nothing else of it matters here. */
const subject =
  'firing{{ range .Alerts.Firing }} {{ .Labels.name }}{{ end }}, resolved{{ range .Alerts.Resolved }} {{ .Labels.name }}{{ end }}';

/** alertmanager.yml of the configuration, with other times, and mails that say of which alerts they are. */
function fastYaml(port: number, waitMs: number, intervalMs: number): string {
  const smtp = { smarthost: `127.0.0.1:${port}`, from: 'erp@acme.example', requireTls: false };
  const yaml = alertmanagerYaml(config, smtp)
    .replaceAll(/group_wait: .*/g, `group_wait: ${waitMs}ms`)
    .replaceAll(/group_interval: .*/g, `group_interval: ${intervalMs}ms`);
  const document = parseDocument(yaml, { version: '1.1' });
  const receivers = document.get('receivers');
  if (!isSeq(receivers)) throw new Error('no receivers');
  for (const index of receivers.items.keys())
    if (document.hasIn(['receivers', index, 'email_configs']))
      document.setIn(
        ['receivers', index, 'email_configs', 0, 'headers'],
        document.createNode({ Subject: subject }),
      );
  return document.toString();
}

/** Alerts of one company as a Prometheus keeps telling Alertmanager of them. */
class Alerts {
  readonly #open = new Map<string, Firing>();
  readonly #ended: Firing[] = [];
  readonly #api: AlertmanagerApi;

  constructor(url: URL) {
    this.#api = new AlertmanagerApi(url);
  }

  get firings(): readonly Firing[] {
    return [...this.#ended, ...this.#open.values()];
  }

  /** Lets alerts begin and end now. */
  async change(begun: readonly string[], ended: readonly string[]): Promise<void> {
    const now = Date.now();
    for (const name of begun)
      this.#open.set(name, { labels: { ...labelsOf(name), name }, from: now, to: Infinity });
    const over = [...this.#open].filter(([name]) => ended.includes(name));
    for (const [name] of over) this.#open.delete(name);
    const justEnded = over.map(([, firing]) => ({ ...firing, to: now }));
    this.#ended.push(...justEnded);
    await this.#api.post(
      [...this.#open.values(), ...justEnded].map(({ labels, from, to }) => ({
        labels,
        annotations: {},
        startsAt: new Date(from).toISOString(),
        endsAt: new Date(to === Infinity ? now + 600_000 : to).toISOString(),
      })),
    );
  }
}

const labelsOf = (name: string) => (name === 'mass' ? massFailure : failed(name));

describeReal('Alertmanager and its model', ['alertmanager'], () => {
  it('send the same mails of the same alerts', async () => {
    const waitMs = 2_000;
    const intervalMs = 6_000;
    const inbox = await startInbox();
    const running = await startAlertmanager(fastYaml(inbox.port, waitMs, intervalMs));
    const alerts = new Alerts(running.url);
    /** Each change follows a mail, so that it is seconds away from the next flush. */
    const mailsCome = (count: number) => inbox.waitFor(() => inbox.mails.length >= count, 60_000);
    try {
      await alerts.change(['1', '2'], []);
      await mailsCome(1);
      // Nothing is new at the next flush.
      await delay(intervalMs + 1_000);
      await alerts.change(['3'], []);
      await mailsCome(2);
      await alerts.change([], ['1']);
      await mailsCome(3);
      await alerts.change(['mass'], []);
      await mailsCome(4);
      await alerts.change([], ['mass', '2', '3']);
      await mailsCome(5);
      const root = { ...by.tree.root, groupWaitMs: waitMs, groupIntervalMs: intervalMs };
      const sent = dispatch(alerts.firings, { ...by, tree: { ...by.tree, root } }, Date.now() + intervalMs);
      const list = (state: string, names: readonly string[]) => [state, ...names.toSorted()].join(' ');
      const namesOf = (labels: readonly Labels[]) => labels.map(({ name }) => name ?? '');
      const inOrder = (part: string) => list(part.split(' ')[0] ?? '', part.split(' ').slice(1));
      expect(inbox.mails.map((mail) => mail.subject.split(', ').map(inOrder))).toEqual(
        sent.map(({ firing, resolved }) => [
          list('firing', namesOf(firing)),
          list('resolved', namesOf(resolved)),
        ]),
      );
    } finally {
      await running.stop();
      await inbox.close();
    }
  }, 180_000);
});
