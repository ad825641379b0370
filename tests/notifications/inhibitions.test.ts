import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AlertmanagerApi } from '../../src/notifications/alertmanager-api.ts';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import { inhibitions, inhibitionsOf } from '../../src/notifications/inhibitions.ts';
import { routingTree } from '../../src/notifications/routes.ts';
import { config as fakeConfig, monitor } from '../helpers/fake-config.ts';
import { describeReal } from '../helpers/real.ts';
import { startAlertmanager } from './alertmanager-process.ts';
import type { RunningAlertmanager } from './alertmanager-process.ts';
import { mailConfig } from './scenarios.ts';

type Labels = Readonly<Record<string, string>>;

interface Case {
  readonly title: string;
  /** The alerts that fire, apart from those below. */
  readonly sources: readonly Labels[];
  readonly hidden: readonly Labels[];
  readonly told: readonly Labels[];
}

/** A pair of alerts of one monitor: the second is not told beside the first, at that monitor, company and severity only. */
function pairOf(source: string, target: string): Case {
  const at = { company: `${source}-${target}`, flow: 'orders', monitor: 'web_orders', job_name: 'export' };
  const warning = { ...at, alertname: target, severity: 'warning' };
  return {
    title: `${target} beside ${source}`,
    sources: [{ ...at, alertname: source, severity: 'warning', responder: 'it' }],
    hidden: [warning, { ...warning, database: 'shop', responder: 'erp_partner' }],
    told: [
      { ...warning, monitor: 'invoices' },
      { ...warning, company: `${source}-${target}-other` },
      // A warning must not hide what is critical.
      { ...warning, monitor: 'web_orders', severity: 'critical' },
      { ...warning, alertname: 'ErpAmountAtRisk' },
    ],
  };
}

/** The same where the first is critical, for a second one of this severity. */
function criticalPairOf(source: string, target: string, severity: 'critical' | 'warning'): Case {
  const at = {
    company: `${source}-${target}-${severity}`,
    flow: 'orders',
    monitor: 'web_orders',
    job_name: 'export',
  };
  const effect = { ...at, alertname: target, severity };
  return {
    title: `a ${severity} ${target} beside a critical ${source}`,
    sources: [{ ...at, alertname: source, severity: 'critical' }],
    hidden: [{ ...effect, responder: 'erp_partner' }],
    told: [{ ...effect, monitor: 'invoices' }],
  };
}

const pairs = [
  ['ErpMonitorBlind', 'ErpMonitorFailing'],
  ['ErpMailsNotGenerated', 'ErpRecordsLate'],
  ['ErpRecordsMissing', 'ErpSamplesOmitted'],
  ['ErpRecordsDifferent', 'ErpSamplesOmitted'],
  ['ErpRecordsDuplicate', 'ErpSamplesOmitted'],
  ...['ErpJobFailed', 'ErpJobStuck', 'ErpJobDisabled', 'ErpJobMissing'].flatMap((why) =>
    ['ErpJobOverdue', 'ErpJobLate', 'ErpJobNeverRan'].map((target): [string, string] => [why, target]),
  ),
] as const;

const at = (company: string): Labels => ({ company, flow: 'orders', monitor: 'web_orders' });

const within: readonly Case[] = [
  ...pairs.flatMap(([source, target]) => [
    pairOf(source, target),
    criticalPairOf(source, target, 'critical'),
    criticalPairOf(source, target, 'warning'),
  ]),
  {
    title: 'single failures beside a mass failure',
    sources: [{ ...at('mass'), alertname: 'ErpMassFailure', severity: 'warning' }],
    hidden: [{ ...at('mass'), alertname: 'ErpRecordFailed', severity: 'critical', record: '1' }],
    told: [
      { ...at('mass'), alertname: 'ErpRecordFailed', severity: 'critical', record: '1', monitor: 'invoices' },
      { ...at('mass-other'), alertname: 'ErpRecordFailed', severity: 'critical', record: '1' },
    ],
  },
  {
    title: 'monitors of a database that is down',
    sources: [{ alertname: 'ErpDatabaseDown', severity: 'critical', database: 'erp' }],
    hidden: [{ ...at('down'), alertname: 'ErpMonitorFailing', severity: 'critical', database: 'erp' }],
    told: [{ ...at('down'), alertname: 'ErpMonitorFailing', severity: 'critical', database: 'crm' }],
  },
  {
    title: 'monitors of two databases of which one is down',
    sources: [{ alertname: 'ErpDatabaseDown', severity: 'critical', database: 'pim' }],
    hidden: [
      { ...at('first'), alertname: 'ErpMonitorFailing', severity: 'warning', database: 'pim,wms' },
      { ...at('second'), alertname: 'ErpMonitorFailing', severity: 'critical', database: 'shop,pim' },
    ],
    told: [
      { ...at('second'), alertname: 'ErpMonitorFailing', severity: 'critical', database: 'shop,wms' },
      { ...at('second'), alertname: 'ErpMonitorFailing', severity: 'warning', database: 'pims' },
    ],
  },
  {
    title: 'monitors that stand still while every exporter is down',
    sources: [{ alertname: 'ErpExporterDown', severity: 'critical' }],
    hidden: [{ ...at('gone'), alertname: 'ErpMonitorStale', severity: 'warning' }],
    told: [{ ...at('gone'), alertname: 'ErpRecordsLate', severity: 'warning' }],
  },
  {
    title: 'a job that is overdue beside another one that failed',
    sources: [{ ...at('jobs'), alertname: 'ErpJobFailed', severity: 'critical', job_name: 'a' }],
    hidden: [{ ...at('jobs'), alertname: 'ErpJobOverdue', severity: 'critical', job_name: 'a' }],
    told: [{ ...at('jobs'), alertname: 'ErpJobOverdue', severity: 'critical', job_name: 'b' }],
  },
  {
    title: 'the lower of two thresholds',
    sources: [{ ...at('steps'), alertname: 'ErpSyncStale', severity: 'critical' }],
    hidden: [{ ...at('steps'), alertname: 'ErpSyncStale', severity: 'warning' }],
    told: [
      { ...at('steps'), alertname: 'ErpSyncStale', severity: 'warning', monitor: 'stock' },
      { ...at('steps'), alertname: 'ErpSyncRejects', severity: 'warning' },
    ],
  },
  {
    title: 'the lower of two thresholds for one metric',
    sources: [{ ...at('metrics'), alertname: 'ErpQueryThreshold', severity: 'critical', metric: 'a' }],
    hidden: [{ ...at('metrics'), alertname: 'ErpQueryThreshold', severity: 'warning', metric: 'a' }],
    told: [{ ...at('metrics'), alertname: 'ErpQueryThreshold', severity: 'warning', metric: 'b' }],
  },
  {
    title: 'the lower of two thresholds for one kind of mismatch',
    sources: [
      { ...at('kinds'), alertname: 'ErpRecordsMissing', severity: 'critical', mismatch: 'missing_right' },
    ],
    hidden: [
      { ...at('kinds'), alertname: 'ErpRecordsMissing', severity: 'warning', mismatch: 'missing_right' },
    ],
    told: [
      { ...at('kinds'), alertname: 'ErpRecordsMissing', severity: 'warning', mismatch: 'missing_left' },
      { ...at('kinds'), alertname: 'ErpRecordsDifferent', severity: 'warning', mismatch: 'different' },
    ],
  },
];

/** The cases, as they are in an environment, where nothing may hide what is elsewhere. */
function inEnvironment({ title, sources, hidden, told }: Case): Case {
  const there = (list: readonly Labels[], environment: string) =>
    list.map((labels) => ({ ...labels, environment }));
  return {
    title: `${title}, in one of two environments`,
    sources: there(sources, 'test'),
    hidden: there(hidden, 'test'),
    told: [...there(told, 'test'), ...there(hidden, 'production')],
  };
}

const cases = [...within, ...within.map(inEnvironment)];

/** One spelling of a set of labels. */
const spell = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => a.localeCompare(b)));

describeReal('inhibitions in Alertmanager', ['alertmanager'], () => {
  let running: RunningAlertmanager;
  let api: AlertmanagerApi;
  beforeAll(async () => {
    const base = mailConfig();
    const pairs = [
      ['pim', 'wms'],
      ['shop', 'pim'],
      ['shop', 'wms'],
    ];
    const config = {
      ...base,
      monitors: pairs.map((databases, index) => monitor(`both_${index}`, { databases })),
      alerting: { ...base.alerting, notify: [{ match: {}, to: ['party_en'], repeatMs: 14_400_000 }] },
    };
    running = await startAlertmanager(
      alertmanagerYaml(config, { smarthost: '127.0.0.1:9', from: 'erp@acme.example', requireTls: false }),
    );
    api = new AlertmanagerApi(running.url);
    const now = Date.now();
    await api.post(
      cases
        .flatMap(({ sources, hidden, told }) => [...told, ...hidden, ...sources])
        .map((labels) => ({
          labels,
          annotations: {},
          startsAt: new Date(now - 60_000).toISOString(),
          endsAt: new Date(now + 600_000).toISOString(),
        })),
    );
  });
  afterAll(() => running.stop());

  it.each(cases)('$title', async ({ sources, hidden, told }) => {
    const own = new Set([...sources, ...hidden, ...told].map(spell));
    const seen = async () => {
      const alerts = (await api.alerts([])).filter(({ labels }) => own.has(spell(labels)));
      const inhibited = alerts.filter(({ status }) => status.inhibitedBy.length > 0);
      return { all: alerts.length, hidden: inhibited.map(({ labels }) => spell(labels)).sort() };
    };
    await expect.poll(seen, { timeout: 10_000 }).toEqual({ all: own.size, hidden: hidden.map(spell).sort() });
  });
});

describe('a cause that concerns no company', () => {
  it('hides nothing when nobody is notified of it', () => {
    const lonely = fakeConfig([monitor('both', { databases: ['shop', 'erp'] })]);
    const sources = inhibitionsOf(lonely, routingTree(lonely)).flatMap(({ source }) =>
      source.flatMap(({ values }) => values),
    );
    expect(sources).toContain('ErpMassFailure');
    expect(sources).not.toContain('ErpDatabaseDown');
    expect(sources).not.toContain('ErpExporterDown');
  });
});

describe('the list of inhibitions', () => {
  const { groups } = parse(readFileSync('alerts/erp.rules.yml', 'utf8')) as {
    groups: { rules: { alert: string }[] }[];
  };
  const alerts = new Set(groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)));

  it('names alerts that there are', () => {
    const named = inhibitions.flatMap(({ source, target }) =>
      [...source, ...target].flatMap(({ label, values }) => (label === 'alertname' ? values : [])),
    );
    expect(named.filter((name) => !alerts.has(name))).toEqual([]);
  });

  it('holds none that no case above tries', () => {
    const tried = cases.flatMap(({ sources, hidden }) =>
      sources.flatMap((source) => hidden.map((target) => [source, target] as const)),
    );
    const fits = (matchers: (typeof inhibitions)[number]['source'], labels: Labels) =>
      matchers.every(({ label, values }) => values.includes(labels[label] ?? ''));
    const untried = inhibitions.filter(
      ({ source, target }) => !tried.some(([a, b]) => fits(source, a) && fits(target, b)),
    );
    expect(untried).toEqual([]);
  });
});
