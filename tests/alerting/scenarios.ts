import type { Config, Contacts } from '../../src/config/config.ts';
import { company, config, monitor } from '../helpers/fake-config.ts';
import type { TemplateAlert } from './amtool.ts';

export const languages = ['en', 'nl', 'de', 'fr'] as const;
export type Language = (typeof languages)[number];

const runbook = 'https://github.com/erp-exporter/erp-exporter/blob/main/alerts/runbook.md';

const contacts = (address: string, language: string): Contacts => ({ emails: [address], language });

/** A configuration with a responder for each language. */
export function mailConfig(): Config {
  const parties = languages.map((language) => {
    const name = `party_${language}`;
    return [name, { name, ...contacts(`${name}@partner.example`, language) }] as const;
  });
  return {
    ...config([monitor('web_orders')], undefined, [
      company('acme', { title: 'ACME NV', language: 'nl' }),
      company('globex', { title: 'Globex & Söhne GmbH' }),
    ]),
    responders: new Map(parties),
    alerting: {
      notify: [],
      smtp: { smarthost: 'localhost:25', from: 'erp-exporter@acme.example', requireTls: false },
      pageUrl: 'https://monitor.acme.example/erp',
      grafanaUrl: 'https://grafana.acme.example',
    },
  };
}

interface Difference {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly status?: 'firing' | 'resolved';
  readonly startsAt?: string;
}

/** An alert of the monitor web_orders of ACME, with what the rules say of every such alert. */
export function alert(name: string, change: Difference = {}): TemplateAlert {
  return {
    status: change.status ?? 'firing',
    startsAt: change.startsAt ?? '2026-11-21T09:42:00Z',
    labels: {
      alertname: name,
      severity: 'critical',
      company: 'acme',
      flow: 'orders',
      monitor: 'web_orders',
      ...change.labels,
    },
    annotations: { runbook_url: `${runbook}#${name.toLowerCase()}`, ...change.annotations },
  };
}

const amounts = { record_count: '2', amount: 'EUR 12,240.50, CHF 99.00', oldest_since: '2026-11-21 10:42' };

const known = alert('ErpRecordFailed', {
  labels: { record: '10045', error: 'bc-dimension-missing', known: 'true', responder: 'erp_partner' },
  annotations: {
    ...amounts,
    summary: 'A record failed.',
    description: 'acme: record 10045 of flow orders failed.',
    call: 'POST /api/v2.0/companies(42)/salesOrders',
    code: '400 Application_DialogException',
    error_message: 'Select a Dimension Value Code for the Dimension Code "COSTCENTER" for Customer C-1042.',
    since: '2026-11-21 10:42',
    action_en: 'Give customer C-1042 a default value for the dimension, then send the order again.',
    action_nl: 'Geef de klant een standaardwaarde voor de dimensie en verstuur de bestelling opnieuw.',
    action_de: 'Dem Debitor einen Vorgabewert für die Dimension geben und den Auftrag erneut senden.',
    action_fr: 'Donnez au client une valeur par défaut pour l’axe, puis renvoyez la commande.',
  },
});

const unknown = alert('ErpRecordFailed', {
  startsAt: '2026-11-21T09:51:00Z',
  labels: { record: '10046', error: 'unknown-8f14e45fceea', known: 'false', responder: '' },
  annotations: {
    ...amounts,
    summary: 'A record failed.',
    description: 'acme: record 10046 of flow orders failed.',
    call: 'POST /api/v2.0/companies(42)/salesOrders',
    code: '500',
    error_message: 'Object reference not set to an instance of an object.',
    since: '2026-11-21 10:51',
  },
});

const beyond = alert('ErpRecordFailed', {
  labels: { responder: 'it' },
  annotations: {
    ...amounts,
    record_count: '13',
    description: 'acme: 12 failed records of flow orders are not listed one by one.',
  },
});

const mass = alert('ErpMassFailure', {
  annotations: {
    record_count: '47',
    amount: 'EUR 1,112,240.50',
    oldest_since: '2026-11-21 09:12',
    summary: 'Many records fail at once.',
    description: 'acme: 47 records of flow orders have failed (monitor web_orders).',
  },
});

const late = alert('ErpRecordsLate', {
  labels: { severity: 'warning', responder: 'erp_partner' },
  annotations: {
    record_count: '3',
    amount: 'EUR 480.00',
    oldest_since: '2026-11-21 08:02 UTC',
    summary: 'Records wait for too long.',
    description: 'acme: 3 records of flow orders wait for longer than they should (monitor web_orders).',
  },
});

const overdue = alert('ErpJobOverdue', {
  labels: { severity: 'warning', flow: 'datamove', monitor: 'datamoves', job_name: 'stock-in' },
  annotations: {
    summary: 'A batch job is overdue.',
    description:
      'acme: job stock-in last ended well 2h 12m 0s of open time ago (monitor datamoves of flow datamove).',
  },
});

const database: TemplateAlert = {
  ...alert('ErpDatabaseDown'),
  labels: { alertname: 'ErpDatabaseDown', severity: 'critical', database: 'erp', responder: 'it' },
  annotations: {
    summary: 'A database does not answer.',
    description: 'Database erp does not answer: nothing that is read there is up to date.',
    runbook_url: `${runbook}#erpdatabasedown`,
  },
};

const resolved = (source: TemplateAlert): TemplateAlert => ({ ...source, status: 'resolved' });

/** Text that would be markup, a link, another line or another template, if anything took it for that. */
export const hostile =
  '</td></table><script>alert(1)</script><img src=x onerror=alert(1)> "\' {{ .Labels }} javascript:alert(1)\r\nBcc: a@evil.example\n\u202Egnp.exe\u0000';

/** The mails that are kept as snapshots, by name. */
export const scenarios: Readonly<Record<string, readonly TemplateAlert[]>> = {
  failed: [known, unknown],
  'one-failed': [{ ...known, annotations: { ...known.annotations, record_count: '1' } }],
  beyond: [known, beyond],
  'mass-failure': [mass, late],
  digest: [
    late,
    overdue,
    { ...known, labels: { ...known.labels, severity: 'warning', flow: 'punchout', monitor: 'punchouts' } },
  ],
  database: [database],
  'resolved-meanwhile': [unknown, resolved(known)],
  resolved: [resolved(known), resolved(unknown)],
  hostile: [
    alert('ErpRecordFailed', {
      labels: { record: hostile, company: hostile, flow: hostile, known: 'true', responder: hostile },
      annotations: {
        call: hostile,
        code: hostile,
        error_message: hostile,
        since: hostile,
        action_en: hostile,
        record_count: hostile,
        amount: hostile,
        oldest_since: hostile,
        runbook_url: 'javascript:alert(1)',
      },
    }),
    alert(hostile, {
      labels: { company: hostile, flow: hostile, job_name: hostile },
      annotations: { summary: hostile, description: hostile, runbook_url: `https://x/"><script>` },
    }),
  ],
};
