import type { Config, Contacts } from '../../src/config/config.ts';
import { company, config, monitor } from '../helpers/fake-config.ts';
import type { TemplateAlert } from './amtool.ts';

export const languages = ['en', 'nl', 'de', 'fr'] as const;
export type Language = (typeof languages)[number];

const runbook = '/docs/runbook';

const contacts = (address: string, language: string): Contacts => ({ emails: [address], language });

/** A configuration with a responder for each language. */
export function mailConfig(): Config {
  const parties = languages.map((language) => {
    const name = `party_${language}`;
    return [name, { name, ...contacts(`${name}@partner.example`, language), allCompanies: true }] as const;
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
      runbookUrl: 'https://monitor.acme.example/erp/docs/runbook',
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

/** The annotation `details`, as the rules write it. */
export const details = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

const known = alert('ErpRecordFailed', {
  labels: { record: '10045', error: 'dimension', known: 'true', responder: 'erp_partner' },
  annotations: {
    summary: 'A record failed.',
    description: 'acme: record 10045 of flow orders failed (monitor web_orders).',
    details: details({
      call: 'POST /api/v2.0/companies(42)/salesOrders',
      code: '400 Application_DialogException',
      message:
        'Select a Dimension Value Code for the Dimension Code "COSTCENTER" for Customer C-1042. left: over',
      since: '2026-11-21 10:42',
      amount: 'EUR 12,240.50',
      url: 'https://shop.acme.example/admin/orders/10045',
    }),
  },
});

const unknown = alert('ErpRecordFailed', {
  startsAt: '2026-11-21T09:51:00Z',
  labels: { record: '10046', error: 'unknown-8f14e45fceea', known: 'false', responder: '' },
  annotations: {
    summary: 'A record failed.',
    description: 'acme: record 10046 of flow orders failed (monitor web_orders).',
    details: details({
      call: 'POST /api/v2.0/companies(42)/salesOrders',
      code: '500',
      message: 'Object reference not set to an instance of an object.',
      since: '2026-11-21 10:51',
      url: 'https://shop.acme.example/admin/orders/10046',
    }),
  },
});

const beyond = alert('ErpRecordFailed', {
  labels: { responder: 'it' },
  annotations: {
    record_count: '12',
    description: 'acme: 12 failed records of flow orders are not listed individually (monitor web_orders).',
  },
});

const mass = alert('ErpMassFailure', {
  annotations: {
    record_count: '47',
    details: details({ amount: 'EUR 1,112,240.50', since: '2026-11-21 09:12' }),
    summary: 'Many records failed at once.',
    description: 'acme: 47 records of flow orders have failed (monitor web_orders).',
  },
});

const order = (number: string) => `https://shop.acme.example/admin/orders/${number}`;

const late = alert('ErpRecordsLate', {
  labels: { severity: 'warning', responder: 'erp_partner' },
  annotations: {
    record_count: '3',
    details: details({
      ...{ record_1: '10031', since_1: '2026-11-21 09:02', amount_1: 'EUR 1,380.00', url_1: order('10031') },
      // This one has neither an amount nor an address.
      ...{ record_2: 'W-2026-11-21-000047/B', since_2: '2026-11-21 09:05' },
      ...{ more: '1', amount: 'EUR 1,480.00', since: '2026-11-21 09:02' },
    }),
    summary: 'Records have been waiting too long.',
    description: 'acme: 3 records of flow orders have been waiting too long (monitor web_orders).',
  },
});

const jobFailed = (change: Readonly<Record<string, string>>) =>
  alert('ErpJobFailed', {
    labels: { flow: 'datamove', monitor: 'datamoves', job_name: 'stock-in', responder: 'erp_partner' },
    annotations: {
      summary: 'A batch job failed.',
      description: 'acme: job stock-in failed (monitor datamoves of flow datamove).',
      details: details({ ...change, since: '2026-11-21 02:04' }),
    },
  });
const jobOfKnownError = jobFailed({
  message: 'Posting Date 2026-10-31 is not within your range of allowed posting dates.',
  error: 'closed-period',
  known: 'true',
});
const jobOfUnknownError = jobFailed({
  message: 'Object reference not set to an instance of an object.',
  error: 'unknown-8f14e45fceea',
  known: 'false',
});

const overdue = alert('ErpJobOverdue', {
  labels: { severity: 'warning', flow: 'datamove', monitor: 'datamoves', job_name: 'stock-in' },
  annotations: {
    summary: 'A batch job is overdue.',
    description:
      'acme: job stock-in has not succeeded for 2h 12m 0s of business hours (monitor datamoves of flow datamove).',
    duration: '2h 12m 0s',
  },
});

const database: TemplateAlert = {
  ...alert('ErpDatabaseDown'),
  labels: { alertname: 'ErpDatabaseDown', severity: 'critical', database: 'erp', responder: 'it' },
  annotations: {
    summary: 'A database does not answer.',
    description: 'Database erp does not answer: the figures read from it are out of date.',
    runbook_url: `${runbook}#erpdatabasedown`,
  },
};

const missing = alert('ErpRecordsMissing', {
  labels: { monitor: 'orders_arrived', mismatch: 'missing_right', responder: 'erp_partner' },
  annotations: {
    record_count: '4',
    details: details({
      left: 'website',
      right: 'ERP',
      ...{ record_1: '10045', since_1: '2026-11-21 08:12', url_1: order('10045') },
      left_1: 'amount=1240.50 paid=paid placed=2026-11-21 08:11',
      ...{ record_2: '10046', since_2: '2026-11-21 08:40', url_2: order('10046') },
      left_2: 'amount=998.90 paid=open placed=2026-11-21 08:40',
      // Of this record only the key was compared, and it has no record_url.
      ...{ record_3: 'W-2026-11-21-000047/B', since_3: '2026-11-21 09:02' },
      amount: 'EUR 2,318.40, CHF 99.00',
      since: '2026-11-21 08:12',
    }),
    summary: 'Records of one side are missing on the other.',
    description:
      'acme: 4 records of website are missing in ERP: 10045, 10046, W-2026-11-21-000047/B, … (monitor orders_arrived of flow orders).',
  },
});

const different = alert('ErpRecordsDifferent', {
  labels: { severity: 'warning', monitor: 'orders_arrived', mismatch: 'different', responder: 'erp_partner' },
  annotations: {
    record_count: '1',
    details: details({
      ...{ left: 'website', right: 'ERP' },
      ...{ record_1: '10031', since_1: '2026-11-20 16:30', url_1: order('10031') },
      ...{ left_1: 'amount=77.25', right_1: 'amount=77.26' },
      amount: 'EUR 0.01',
      since: '2026-11-20 16:30',
    }),
    summary: 'Records differ between the two sides.',
    description:
      'acme: 1 record differs between website and ERP: 10031 (monitor orders_arrived of flow orders).',
  },
});

const resolved = (source: TemplateAlert): TemplateAlert => ({ ...source, status: 'resolved' });

/** Text that would be markup, a link, another line or another template, if anything took it for that. */
export const hostile =
  '</td></table><script>alert(1)</script><img src=x onerror=alert(1)> "\' {{ .Labels }} javascript:alert(1)\r\nBcc: a@evil.example\n\u202Egnp.exe\u0000';

/** A message as the rules write it into a line. */
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');

/** The mails that are kept as snapshots, by name. */
export const scenarios: Readonly<Record<string, readonly TemplateAlert[]>> = {
  failed: [known, unknown],
  'one-failed': [known],
  beyond: [known, beyond],
  'mass-failure': [mass, late],
  digest: [
    late,
    overdue,
    { ...known, labels: { ...known.labels, severity: 'warning', flow: 'punchout', monitor: 'punchouts' } },
  ],
  late: [late],
  'job-failed': [jobOfKnownError],
  'job-failed-unknown': [jobOfUnknownError],
  missing: [missing],
  mismatched: [missing, different],
  'missing-resolved': [resolved(missing)],
  database: [database],
  'resolved-meanwhile': [unknown, resolved(known)],
  resolved: [resolved(known), resolved(unknown)],
  hostile: [
    alert('ErpRecordFailed', {
      labels: {
        record: hostile,
        company: hostile,
        flow: hostile,
        known: 'true',
        responder: hostile,
        error: hostile,
      },
      annotations: {
        record_count: hostile,
        details: details({
          ...{ call: hostile, code: hostile, message: oneLine(hostile), since: hostile, amount: hostile },
          url: 'javascript:alert(1)',
        }),
        runbook_url: 'javascript:alert(1)',
      },
    }),
    alert('ErpRecordFailed', {
      labels: { record: 'W-2', company: hostile, flow: hostile, known: 'false' },
      annotations: { details: details({ url: `https://x/${hostile}` }), action_en: hostile },
    }),
    alert('ErpRecordFailed', {
      labels: { record: 'W-3', company: hostile, flow: hostile },
      annotations: {
        details: details({ url: `https://shop.acme.example/?x="><script>alert(1)</script>&'{{.Labels}}` }),
      },
    }),
    alert('ErpRecordsMissing', {
      labels: { company: hostile, flow: hostile, mismatch: 'missing_left' },
      annotations: {
        record_count: hostile,
        details: details({
          ...{
            left: hostile,
            right: hostile,
            record_1: hostile,
            since_1: hostile,
            url_1: 'javascript:alert(1)',
          },
          ...{ left_1: hostile, right_1: hostile, amount: hostile },
        }),
      },
    }),
    alert('ErpRecordsLate', {
      labels: { company: hostile, flow: hostile },
      annotations: {
        record_count: hostile,
        details: details({
          ...{ record_1: hostile, since_1: hostile, amount_1: hostile, url_1: 'javascript:alert(1)' },
          more: hostile,
        }),
        runbook_url: '/docs/runbook#x"><script>',
      },
    }),
    alert('ErpJobFailed', {
      labels: { company: hostile, flow: hostile, job_name: hostile },
      annotations: { details: details({ message: oneLine(hostile), error: hostile, known: 'true' }) },
    }),
    alert(hostile, {
      labels: { company: hostile, flow: hostile, job_name: hostile },
      annotations: {
        summary: hostile,
        description: hostile,
        description_nl: hostile,
        description_de: hostile,
        description_fr: hostile,
        runbook_url: `https://x/"><script>`,
      },
    }),
  ],
};
