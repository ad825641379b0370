import { business, byCriticality, described, details, orders, withFigure } from './cases.ts';
import type { AlertCase } from './cases.ts';
import { withLabels } from './series.ts';

const failure = {
  record: 'W-10"45',
  error: 'credit-limit',
  code: 'sap:V1/150',
  call: 'POST /orders',
  category: 'credit',
  known: 'true',
  responder: 'customer',
  message: 'Static credit check: "limit" exceeded {{ .Labels }}',
  since: '2026-11-21 10:42',
  url: 'https://shop.example/orders/W-10%2245',
  retry: 'over',
  amount: '1234567.50',
  currency: 'EUR',
};
const failedRecord = withLabels('erp_failed_record_timestamp_seconds', failure);
/** Worth of what failed: the format of amounts is seen at thousands and millions. */
const failedAmounts = {
  'erp_failed_records_amount{currency="EUR"}': 1_234_567.5,
  'erp_failed_records_amount{currency="CHF"}': 99,
};
const failureDetails = {
  call: failure.call,
  code: failure.code,
  message: failure.message,
  category: failure.category,
  since: failure.since,
  amount: 'EUR 1,234,567.50',
  url: failure.url,
  retry: failure.retry,
};

const recordFailed = business({
  alert: 'ErpRecordFailed',
  severity: 'warning',
  monitor: orders,
  forMinutes: 5,
  labels: { record: failure.record, error: failure.error, known: 'true', responder: 'customer' },
  annotations: {
    summary: 'A record failed.',
    ...described(
      `acme: record ${failure.record} of flow orders failed (monitor web_orders).`,
      `acme: record ${failure.record} van proces orders is mislukt (controle web_orders).`,
      `acme: Datensatz ${failure.record} des Prozesses orders ist fehlgeschlagen (Prüfung web_orders).`,
      `acme\u00a0: l’enregistrement ${failure.record} du processus orders est en échec (contrôle web_orders).`,
    ),
    record_count: '',
    details: details(failureDetails),
  },
  keepMinutes: 0,
  good: () => ({ erp_failed_records: 0, erp_failed_record_samples_omitted: 0 }),
  bad: (_, since) => ({
    erp_failed_records: 1,
    erp_failed_record_samples_omitted: 0,
    [failedRecord]: since,
    ...failedAmounts,
  }),
});

const massTexts = {
  summary: 'Many records failed at once.',
  ...described(
    'acme: 21 records of flow orders have failed (monitor web_orders).',
    'acme: 21 records van proces orders zijn mislukt (controle web_orders).',
    'acme: 21 Datensätze des Prozesses orders sind fehlgeschlagen (Prüfung web_orders).',
    'acme\u00a0: 21 enregistrements du processus orders sont en échec (contrôle web_orders).',
  ),
  record_count: '21',
  details: 'amount: EUR 1,234,567.50, CHF 99.00\nsince: 1970-01-01 01:10',
};
const massFailure = business({
  alert: 'ErpMassFailure',
  severity: 'warning',
  monitor: orders,
  forMinutes: 0,
  annotations: massTexts,
  good: () => ({ erp_failed_records: 20 }),
  bad: (_, since) => ({
    erp_failed_records: 21,
    erp_oldest_failed_record_timestamp_seconds: since,
    erp_oldest_failed_record_utc_offset_seconds: 3600,
    ...failedAmounts,
  }),
});

const newKind = business({
  alert: 'ErpNewKindOfError',
  severity: 'warning',
  monitor: orders,
  forMinutes: 5,
  labels: { error: 'unknown-0123456789ab', known: 'false', responder: '' },
  annotations: {
    summary: 'An unknown error not seen in the last 30 days.',
    ...described(
      'acme: flow orders fails with an unknown error (unknown-0123456789ab), not seen in the last 30 days (monitor web_orders). Was something updated?',
      'acme: proces orders mislukt met een onbekende fout (unknown-0123456789ab) die de laatste 30 dagen niet voorkwam (controle web_orders). Is er iets bijgewerkt?',
      'acme: Prozess orders scheitert mit einem unbekannten Fehler (unknown-0123456789ab), der in den letzten 30 Tagen nicht vorkam (Prüfung web_orders). Wurde etwas aktualisiert?',
      'acme\u00a0: le processus orders échoue avec une erreur inconnue (unknown-0123456789ab), absente depuis 30 jours (contrôle web_orders). Y a-t-il eu une mise à jour\u00a0?',
    ),
    details: details({ call: 'POST /orders', code: 'http:400', message: 'Field X7 is odd' }),
  },
  // A known error says what to do: that it is new here is nothing to add.
  good: () => ({ 'erp_new_error_timestamp_seconds{error="tls",known="true",responder="it"}': 0 }),
  bad: (_, since) => ({
    'erp_new_error_timestamp_seconds{error="unknown-0123456789ab",category="unknown",known="false"}': since,
    // The record itself is an alert of its own; here its labels stand in the texts only.
    'erp_failed_record_timestamp_seconds{record="W-1",error="unknown-0123456789ab",call="POST /orders",code="http:400",message="Field X7 is odd",known="false"}':
      since,
  }),
});

const waitingLimits = {
  'erp_since_oldest_waiting_record_seconds_threshold{severity="warning"}': 1800,
  'erp_since_oldest_waiting_record_seconds_threshold{severity="critical"}': 7200,
};
const lateRecord = (labels: Readonly<Record<string, string>>) =>
  withLabels('erp_late_record_timestamp_seconds', { url: '', amount: '', currency: '', ...labels });
const oldestLate = {
  record: 'W-10"44',
  since: '2026-11-21 10:40',
  url: 'https://shop.example/orders/W-10%2244',
  amount: '1240.50',
  currency: 'EUR',
};
/** Of three late records two are listed: a third has no key. */
const lateDetails = details({
  ...{ record_1: oldestLate.record, since_1: oldestLate.since, amount_1: 'EUR 1,240.50', url_1: oldestLate.url },
  ...{ record_2: 'W-1045', since_2: '2026-11-21 10:41', more: '1' },
  ...{ amount: 'EUR 1,240.50', since: '1970-01-01 01:10' },
}).trimEnd();
const listedLate = (severity: string, since: number) => ({
  [lateRecord({ record: 'W-1045', severity, since: '2026-11-21 10:41' })]: since + 60,
  [lateRecord({ ...oldestLate, severity })]: since,
});
/** As many records are over the limits as these say; the oldest has waited for `first` seconds when it begins. */
const lateRecords = (warning: number, critical: number, first: number) => (at: number, since: number) => ({
  'erp_late_records{severity="warning"}': warning,
  'erp_late_records{severity="critical"}': critical,
  ...(warning === 0 ? {} : { 'erp_waiting_records_amount{currency="EUR"}': 1240.5 }),
  ...(warning === 0 ? {} : listedLate(critical === 0 ? 'warning' : 'critical', since)),
  erp_since_oldest_waiting_record_seconds: at - since + first,
  ...waitingLimits,
  erp_oldest_waiting_record_timestamp_seconds: since,
  erp_oldest_waiting_record_utc_offset_seconds: 3600,
});
const late = business({
  alert: 'ErpRecordsLate',
  severity: 'warning',
  monitor: orders,
  forMinutes: 2,
  annotations: {
    summary: 'Records have been waiting too long.',
    ...described(
      'acme: 3 records of flow orders have been waiting too long (monitor web_orders).',
      'acme: 3 records van proces orders wachten te lang (controle web_orders).',
      'acme: 3 Datensätze des Prozesses orders warten zu lange (Prüfung web_orders).',
      'acme\u00a0: 3 enregistrements du processus orders attendent depuis trop longtemps (contrôle web_orders).',
    ),
    record_count: '3',
    details: lateDetails,
  },
  good: (at) => lateRecords(0, 0, 1800)(at, at),
  bad: lateRecords(3, 0, 1801),
});

const silenceLimits = {
  'erp_since_last_finished_record_seconds_threshold{severity="warning"}': 3600,
  'erp_since_last_finished_record_seconds_threshold{severity="critical"}': 7200,
};
/** The age at which it begins is over the limit by a second: the alert needs no time beside its `for`. */
const silentFor = (first: number) => (at: number, since: number) => ({
  erp_since_last_finished_record_seconds: at - since + first,
  erp_last_finished_record_timestamp_seconds: since - first,
  ...silenceLimits,
});
const silent = business({
  alert: 'ErpFlowSilent',
  severity: 'warning',
  monitor: orders,
  forMinutes: 2,
  annotations: {
    summary: 'A flow is silent during business hours.',
    ...described(
      'acme: no record of flow orders has been transferred for 1h 2m 1s of business hours (monitor web_orders).',
      'acme: al 1h 2m 1s openingstijd kwam geen record van proces orders door (controle web_orders).',
      'acme: seit 1h 2m 1s Betriebszeit kam kein Datensatz des Prozesses orders durch (Prüfung web_orders).',
      'acme\u00a0: aucun enregistrement du processus orders n’est passé depuis 1h 2m 1s en heures ouvrées (contrôle web_orders).',
    ),
    duration: '1h 2m 1s',
  },
  good: (at) => ({
    erp_since_last_finished_record_seconds: 3600,
    erp_last_finished_record_timestamp_seconds: at - 3600,
    ...silenceLimits,
  }),
  bad: silentFor(3601),
});

const amountLimits = {
  'erp_open_records_amount_threshold{currency="EUR",severity="warning"}': 1000,
  'erp_open_records_amount_threshold{currency="EUR",severity="critical"}': 10_000,
};
/** One failed and three wait, one of them being the failed one: what is open is less than both together. */
const openAmounts = (euro: number) => ({
  'erp_failed_records_amount{currency="EUR"}': 300,
  'erp_waiting_records_amount{currency="EUR"}': euro,
  'erp_open_records_amount{currency="EUR"}': euro,
  // There is no limit for francs.
  'erp_waiting_records_amount{currency="CHF"}': 1_000_000,
  'erp_open_records_amount{currency="CHF"}': 1_000_000,
  erp_failed_records: 1,
  erp_waiting_records: 3,
  erp_open_records: 3,
  ...amountLimits,
});
const amountDescriptions = (en: string, nlAndDe: string, fr: string) =>
  described(
    `acme: EUR ${en} is tied up in failed or waiting records of flow orders (monitor web_orders).`,
    `acme: EUR ${nlAndDe} zit in records van proces orders die mislukt zijn of wachten (controle web_orders).`,
    `acme: EUR ${nlAndDe} stecken in Datensätzen des Prozesses orders, die fehlgeschlagen sind oder warten (Prüfung web_orders).`,
    `acme\u00a0: EUR ${fr} se trouvent dans des enregistrements du processus orders en échec ou en attente (contrôle web_orders).`,
  );
const atRisk = business({
  alert: 'ErpAmountAtRisk',
  severity: 'warning',
  monitor: orders,
  forMinutes: 2,
  labels: { currency: 'EUR' },
  annotations: {
    summary: 'Too much money is tied up in failed or waiting records.',
    ...amountDescriptions('1,000.01', '1.000,01', '1\u202f000,01'),
    amount: 'EUR 1,000.01',
    details: details({ records: '3', since: '1970-01-01 01:10' }),
  },
  good: () => openAmounts(1000),
  bad: (_, since) => ({
    erp_oldest_failed_record_timestamp_seconds: since,
    erp_oldest_failed_record_utc_offset_seconds: 3600,
    ...openAmounts(1000.01),
  }),
});

const exhausted = business({
  alert: 'ErpRemedyExhausted',
  severity: 'warning',
  monitor: orders,
  forMinutes: 2,
  labels: { remedy: 'relaunch' },
  annotations: {
    summary: 'A remedy has tried records in vain.',
    ...described(
      'acme: remedy relaunch has tried 2 records of flow orders as often as it may, in vain (monitor web_orders).',
      'acme: herstelactie relaunch heeft 2 records van proces orders vergeefs zo vaak geprobeerd als ze mag (controle web_orders).',
      'acme: Abhilfe relaunch hat 2 Datensätze des Prozesses orders vergeblich so oft versucht, wie sie darf (Prüfung web_orders).',
      'acme\u00a0: le remède relaunch a tenté en vain 2 enregistrements du processus orders autant de fois que permis (contrôle web_orders).',
    ),
    record_count: '2',
  },
  good: () => ({ 'erp_remedy_exhausted_records{remedy="relaunch"}': 0 }),
  bad: () => ({ 'erp_remedy_exhausted_records{remedy="relaunch"}': 2 }),
});

const mails = business({
  alert: 'ErpMailsNotGenerated',
  severity: 'warning',
  monitor: { ...orders, flow: 'confirmations', monitor: 'mails', sends: 'mail' },
  forMinutes: 2,
  annotations: {
    summary: 'E-mails are not generated.',
    ...described(
      'acme: 3 e-mails have been waiting too long (monitor mails).',
      'acme: e-mails niet aangemaakt: 3 te laat (controle mails).',
      'acme: nicht erzeugte E-Mails: 3 verspätet (Prüfung mails).',
      'acme\u00a0: e-mails non générés\u00a0: 3 en retard (contrôle mails).',
    ),
    record_count: '3',
    details: lateDetails,
  },
  good: (at) => ({ ...lateRecords(0, 0, 1800)(at, at), erp_failed_records: 2 }),
  bad: lateRecords(3, 0, 1801),
});

/** The alerts about records. */
export const recordCases: readonly AlertCase[] = [
  ...byCriticality(recordFailed, 0),
  ...byCriticality(massFailure, 0),
  newKind,
  exhausted,
  late,
  {
    ...late,
    severity: 'critical',
    joinsWarning: true,
    bad: lateRecords(3, 3, 7201),
  },
  silent,
  {
    ...silent,
    severity: 'critical',
    joinsWarning: true,
    annotations: withFigure(silent.annotations, '1h 2m', '2h 2m'),
    bad: silentFor(7201),
  },
  atRisk,
  {
    ...atRisk,
    severity: 'critical',
    joinsWarning: true,
    annotations: {
      ...atRisk.annotations,
      ...amountDescriptions('10,000.01', '10.000,01', '10\u202f000,01'),
      amount: 'EUR 10,000.01',
    },
    bad: (at, since) => ({ ...atRisk.bad(at, since), ...openAmounts(10_000.01) }),
  },
  mails,
  { ...mails, severity: 'critical', joinsWarning: true, bad: lateRecords(3, 3, 7201) },
];
