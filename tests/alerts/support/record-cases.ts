import { business, byCriticality, orders } from './cases.ts';
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
};
const failedRecord = withLabels('erp_failed_record_timestamp_seconds', failure);
/** Worth of what failed: the format of amounts is seen at thousands and millions. */
const failedAmounts = {
  'erp_failed_records_amount{currency="EUR"}': 1_234_567.5,
  'erp_failed_records_amount{currency="CHF"}': 99,
};
const failedTexts = { record_count: '1', amount: 'EUR 1,234,567.50, CHF 99.00', oldest_since: failure.since };
const failureTexts = {
  call: failure.call,
  code: failure.code,
  error_message: failure.message,
  category: failure.category,
  since: failure.since,
};

const actions = {
  action_en: 'Raise the limit.',
  action_nl: 'Verhoog de limiet.',
  action_de: 'Limit erhöhen.',
  action_fr: 'Relevez la limite.',
};
const actionSeries = Object.fromEntries(
  Object.entries(actions).map(([name, action]) => [
    withLabels('erp_known_error_info', {
      error: failure.error,
      category: failure.category,
      responder: failure.responder,
      language: name.slice('action_'.length),
      action,
    }),
    1,
  ]),
);

const recordFailed = business({
  alert: 'ErpRecordFailed',
  severity: 'warning',
  monitor: orders,
  forMinutes: 5,
  labels: { record: failure.record, error: failure.error, known: 'true', responder: 'customer' },
  annotations: {
    summary: 'A record failed.',
    description: `acme: record ${failure.record} of flow orders failed: POST /orders answered sap:V1/150: ${failure.message} (monitor web_orders).`,
    ...failureTexts,
    ...actions,
    ...failedTexts,
  },
  good: () => ({ erp_failed_records: 0, erp_failed_record_samples_omitted: 0, ...actionSeries }),
  bad: (_, since) => ({
    erp_failed_records: 1,
    erp_failed_record_samples_omitted: 0,
    [failedRecord]: since,
    ...failedAmounts,
    ...actionSeries,
  }),
});

const massTexts = {
  summary: 'Many records fail at once.',
  description: 'acme: 21 records of flow orders have failed (monitor web_orders).',
  record_count: '21',
  amount: failedTexts.amount,
  oldest_since: '1970-01-01 00:10 UTC',
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
    summary: 'An unknown error that was not seen for 30 days.',
    description:
      'acme: flow orders fails with an unknown error (unknown-0123456789ab), not seen in the last 30 days (monitor web_orders). Was something updated?',
    call: 'POST /orders',
    code: 'http:400',
    error_message: 'Field X7 is odd',
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

const late = business({
  alert: 'ErpRecordsLate',
  severity: 'warning',
  monitor: orders,
  forMinutes: 2,
  annotations: {
    summary: 'Records wait for too long.',
    description: 'acme: 3 records of flow orders wait for longer than they should (monitor web_orders).',
    record_count: '3',
    amount: 'EUR 1,240.50',
    oldest_since: '1970-01-01 00:10 UTC',
  },
  good: () => ({ 'erp_late_records{severity="warning"}': 0, 'erp_late_records{severity="critical"}': 0 }),
  bad: (_, since) => ({
    'erp_late_records{severity="warning"}': 3,
    'erp_late_records{severity="critical"}': 0,
    'erp_waiting_records_amount{currency="EUR"}': 1240.5,
    erp_oldest_waiting_record_timestamp_seconds: since,
  }),
});

const silenceLimits = {
  'erp_silent_after_seconds{severity="warning"}': 3600,
  'erp_silent_after_seconds{severity="critical"}': 7200,
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
    summary: 'A flow is silent in its open hours.',
    description: 'acme: no record of flow orders got through for 1h 2m 1s of open time (monitor web_orders).',
  },
  good: (at) => ({
    erp_since_last_finished_record_seconds: 3600,
    erp_last_finished_record_timestamp_seconds: at - 3600,
    ...silenceLimits,
  }),
  bad: silentFor(3601),
});

const amountLimits = {
  'erp_open_amount_threshold{currency="EUR",severity="warning"}': 1000,
  'erp_open_amount_threshold{currency="EUR",severity="critical"}': 10_000,
};
const waitingAmounts = (euro: number) => ({
  'erp_waiting_records_amount{currency="EUR"}': euro,
  // There is no limit for francs.
  'erp_waiting_records_amount{currency="CHF"}': 1_000_000,
  erp_failed_records: 1,
  erp_waiting_records: 3,
  ...amountLimits,
});
const atRisk = business({
  alert: 'ErpAmountAtRisk',
  severity: 'warning',
  monitor: orders,
  forMinutes: 2,
  labels: { currency: 'EUR' },
  annotations: {
    summary: 'Too much money is in records that failed or wait.',
    description: 'acme: EUR 1,000.01 is in records of flow orders that failed or wait (monitor web_orders).',
    record_count: '4',
    amount: 'EUR 1,000.01',
    oldest_since: '1970-01-01 00:10 UTC',
  },
  good: () => ({ 'erp_failed_records_amount{currency="EUR"}': 300, ...waitingAmounts(700) }),
  bad: (_, since) => ({
    'erp_failed_records_amount{currency="EUR"}': 300,
    erp_oldest_failed_record_timestamp_seconds: since,
    ...waitingAmounts(700.01),
  }),
});

const mails = business({
  alert: 'ErpMailsNotGenerated',
  severity: 'warning',
  monitor: { ...orders, flow: 'emails', monitor: 'mails' },
  forMinutes: 5,
  annotations: {
    summary: 'E-mails are not generated.',
    description: 'acme: 2 e-mails failed or are late (monitor mails).',
    record_count: '2',
    oldest_since: '1970-01-01 00:10 UTC',
  },
  good: () => ({ erp_failed_records: 0, 'erp_late_records{severity="warning"}': 0 }),
  bad: (_, since) => ({ erp_failed_records: 2, erp_oldest_failed_record_timestamp_seconds: since }),
});

/** The alerts about records. */
export const recordCases: readonly AlertCase[] = [
  ...byCriticality(recordFailed, 0),
  ...byCriticality(massFailure, 0),
  newKind,
  late,
  {
    ...late,
    severity: 'critical',
    joinsWarning: true,
    bad: (at, since) => ({ ...late.bad(at, since), 'erp_late_records{severity="critical"}': 3 }),
  },
  silent,
  {
    ...silent,
    severity: 'critical',
    joinsWarning: true,
    annotations: {
      ...silent.annotations,
      description: silent.annotations['description']?.replace('1h 2m', '2h 2m') ?? '',
    },
    bad: silentFor(7201),
  },
  atRisk,
  {
    ...atRisk,
    severity: 'critical',
    joinsWarning: true,
    annotations: {
      ...atRisk.annotations,
      description: atRisk.annotations['description']?.replace('1,000.01', '10,000.01') ?? '',
      amount: 'EUR 10,000.01',
    },
    bad: (at, since) => ({ ...atRisk.bad(at, since), ...waitingAmounts(9700.01) }),
  },
  mails,
];
