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
    record_url: 'https://shop.acme.example/admin/orders/10045',
    explanation_en: 'The customer or an item has no value for a dimension that must be filled in.',
    explanation_nl: 'De klant of een artikel heeft geen waarde voor een verplichte dimensie.',
    explanation_de: 'Dem Debitor oder einem Artikel fehlt der Wert einer Pflichtdimension.',
    explanation_fr: 'Le client ou un article n’a pas de valeur pour un axe obligatoire.',
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
    record_url: 'https://shop.acme.example/admin/orders/10046',
  },
});

const beyond = alert('ErpRecordFailed', {
  labels: { responder: 'it' },
  annotations: {
    ...amounts,
    record_count: '13',
    description: 'acme: 12 failed records of flow orders are not listed individually (monitor web_orders).',
    description_nl:
      'acme: 12 mislukte records van proces orders zijn niet afzonderlijk vermeld (controle web_orders).',
    description_de:
      'acme: 12 fehlgeschlagene Datensätze des Prozesses orders sind nicht einzeln aufgeführt (Prüfung web_orders).',
    description_fr:
      'acme\u00a0: 12 enregistrements en échec du processus orders ne sont pas listés individuellement (contrôle web_orders).',
  },
});

const mass = alert('ErpMassFailure', {
  annotations: {
    record_count: '47',
    amount: 'EUR 1,112,240.50',
    oldest_since: '2026-11-21 09:12',
    summary: 'Many records failed at once.',
    description: 'acme: 47 records of flow orders have failed (monitor web_orders).',
    description_nl: 'acme: 47 records van proces orders zijn mislukt (controle web_orders).',
    description_de: 'acme: 47 Datensätze des Prozesses orders sind fehlgeschlagen (Prüfung web_orders).',
    description_fr: 'acme\u00a0: 47 enregistrements du processus orders sont en échec (contrôle web_orders).',
  },
});

const late = alert('ErpRecordsLate', {
  labels: { severity: 'warning', responder: 'erp_partner' },
  annotations: {
    record_count: '3',
    amount: 'EUR 480.00',
    oldest_since: '2026-11-21 09:02',
    summary: 'Records have been waiting too long.',
    description: 'acme: 3 records of flow orders have been waiting too long (monitor web_orders).',
    description_nl: 'acme: 3 records van proces orders wachten te lang (controle web_orders).',
    description_de: 'acme: 3 Datensätze des Prozesses orders warten zu lange (Prüfung web_orders).',
    description_fr:
      'acme\u00a0: 3 enregistrements du processus orders attendent depuis trop longtemps (contrôle web_orders).',
  },
});

const overdue = alert('ErpJobOverdue', {
  labels: { severity: 'warning', flow: 'datamove', monitor: 'datamoves', job_name: 'stock-in' },
  annotations: {
    summary: 'A batch job is overdue.',
    description:
      'acme: job stock-in last succeeded 2h 12m 0s ago in business hours (monitor datamoves of flow datamove).',
    description_nl:
      'acme: batchjob stock-in slaagde voor het laatst 2h 12m 0s openingstijd geleden (controle datamoves van proces datamove).',
    description_de:
      'acme: Batchjob stock-in lief zuletzt vor 2h 12m 0s Betriebszeit erfolgreich (Prüfung datamoves des Prozesses datamove).',
    description_fr:
      'acme\u00a0: le traitement stock-in a réussi pour la dernière fois il y a 2h 12m 0s en heures ouvrées (contrôle datamoves du processus datamove).',
  },
});

const database: TemplateAlert = {
  ...alert('ErpDatabaseDown'),
  labels: { alertname: 'ErpDatabaseDown', severity: 'critical', database: 'erp', responder: 'it' },
  annotations: {
    summary: 'A database does not answer.',
    description: 'Database erp does not answer: the figures read from it are out of date.',
    description_nl: 'Database erp antwoordt niet: niets van wat daar gelezen wordt, is actueel.',
    description_de: 'Datenbank erp antwortet nicht: Nichts, was dort gelesen wird, ist aktuell.',
    description_fr: 'La base de données erp ne répond pas\u00a0: rien de ce qui y est lu n’est à jour.',
    runbook_url: `${runbook}#erpdatabasedown`,
  },
};

const order = (number: string) => `https://shop.acme.example/admin/orders/${number}`;
const missing = alert('ErpRecordsMissing', {
  labels: { monitor: 'orders_arrived', mismatch: 'missing_right', responder: 'erp_partner' },
  annotations: {
    record_count: '4',
    amount: 'EUR 2,318.40, CHF 99.00',
    oldest_since: '2026-11-21 08:12',
    left_title: 'website',
    right_title: 'ERP',
    ...{ record_1: '10045', since_1: '2026-11-21 08:12', url_1: order('10045') },
    ...{ left_1: 'amount=1240.50 paid=paid placed=2026-11-21 08:11', right_1: '' },
    ...{ record_2: '10046', since_2: '2026-11-21 08:40', url_2: order('10046') },
    ...{ left_2: 'amount=998.90 paid=open placed=2026-11-21 08:40', right_2: '' },
    // Of this monitor only keys are compared, and it has no record_url.
    ...{ record_3: 'W-2026-11-21-000047/B', since_3: '2026-11-21 09:02', url_3: '', left_3: '', right_3: '' },
    summary: 'Records of one side are missing on the other.',
    description:
      'acme: 4 records of website are missing in ERP: 10045, 10046, W-2026-11-21-000047/B, … (monitor orders_arrived of flow orders).',
    description_nl:
      'acme: 4 records van website ontbreken in ERP: 10045, 10046, W-2026-11-21-000047/B, … (controle orders_arrived van proces orders).',
    description_de:
      'acme: 4 Datensätze von website fehlen in ERP: 10045, 10046, W-2026-11-21-000047/B, … (Prüfung orders_arrived des Prozesses orders).',
    description_fr:
      'acme\u00a0: 4 enregistrements de website manquent dans ERP\u00a0: 10045, 10046, W-2026-11-21-000047/B, … (contrôle orders_arrived du processus orders).',
  },
});

const different = alert('ErpRecordsDifferent', {
  labels: { severity: 'warning', monitor: 'orders_arrived', mismatch: 'different', responder: 'erp_partner' },
  annotations: {
    record_count: '1',
    amount: 'EUR 0.01',
    oldest_since: '2026-11-20 16:30',
    left_title: 'website',
    right_title: 'ERP',
    ...{ record_1: '10031', since_1: '2026-11-20 16:30', url_1: order('10031') },
    ...{ left_1: 'amount=77.25', right_1: 'amount=77.26' },
    summary: 'Records differ between the two sides.',
    description:
      'acme: 1 record differs between website and ERP: 10031 (monitor orders_arrived of flow orders).',
    description_nl:
      'acme: 1 record verschilt tussen website en ERP: 10031 (controle orders_arrived van proces orders).',
    description_de:
      'acme: 1 Datensatz unterscheidet sich zwischen website und ERP: 10031 (Prüfung orders_arrived des Prozesses orders).',
    description_fr:
      'acme\u00a0: 1 enregistrement diffère entre website et ERP\u00a0: 10031 (contrôle orders_arrived du processus orders).',
  },
});

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
  missing: [missing],
  mismatched: [missing, different],
  'missing-resolved': [resolved(missing)],
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
        record_url: 'javascript:alert(1)',
        explanation_en: hostile,
        action_en: hostile,
        record_count: hostile,
        amount: hostile,
        oldest_since: hostile,
        runbook_url: 'javascript:alert(1)',
      },
    }),
    alert('ErpRecordFailed', {
      labels: { record: 'W-2', company: hostile, flow: hostile, known: 'true' },
      annotations: { record_url: `https://x/${hostile}`, explanation_en: 'A link with a line break in it.' },
    }),
    alert('ErpRecordFailed', {
      labels: { record: 'W-3', company: hostile, flow: hostile, known: 'true' },
      annotations: { record_url: `https://shop.acme.example/?x="><script>alert(1)</script>&'{{.Labels}}` },
    }),
    alert('ErpRecordsMissing', {
      labels: { company: hostile, flow: hostile, mismatch: 'missing_left' },
      annotations: {
        ...{ left_title: hostile, right_title: hostile, record_1: hostile, since_1: hostile },
        ...{ left_1: hostile, right_1: hostile, url_1: 'javascript:alert(1)' },
      },
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
