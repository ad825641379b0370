import { columnTypes, companyColumn } from '../shared/columns.ts';
import type { ColumnSpec, Family } from '../contract.ts';
import { polledGauge, thresholdOf } from '../shared/samples.ts';

const errorLabels = ['error', 'category', 'known', 'responder'];

const failed = polledGauge('erp_failed_records', 'Records that have failed and are still open.', 'records');
const sinceOldestWaiting = polledGauge(
  'erp_since_oldest_waiting_record_seconds',
  'Open time since the oldest waiting record began to wait, computed at the scrape; absent when there is none.',
  'seconds',
);
const openAmount = polledGauge(
  'erp_open_records_amount',
  'Sum of the amounts of the failed and the waiting records, by currency; a record that is both counts once.',
  'currency units',
  ['currency'],
);

/** What a monitor of kind `records` exports. */
export const families = {
  failed,
  failedToday: polledGauge(
    'erp_failed_records_today',
    "Open failed records that failed today, in the company's time zone.",
    'records',
  ),
  failedAmount: polledGauge(
    'erp_failed_records_amount',
    'Sum of the amounts of the open failed records, by currency.',
    'currency units',
    ['currency'],
  ),
  oldestFailed: polledGauge(
    'erp_oldest_failed_record_timestamp_seconds',
    'When the oldest open failed record failed; absent when there is none.',
    'seconds',
  ),
  oldestFailedOffset: polledGauge(
    'erp_oldest_failed_record_utc_offset_seconds',
    "The company's clock minus UTC when the oldest open failed record failed: added to that time, it shows local time.",
    'seconds',
  ),
  failedRecord: polledGauge(
    'erp_failed_record_timestamp_seconds',
    'When an open failed record failed, one series a record, the oldest ones; NaN when unknown.',
    'seconds',
    ['record', 'error', 'code', 'call', 'category', 'known', 'responder', 'message', 'since', 'url'],
  ),
  byError: polledGauge(
    'erp_failed_records_by_error',
    'Open failed records by class of error, the 20 largest; the rest as `other`.',
    'records',
    errorLabels,
  ),
  newError: polledGauge(
    'erp_new_error_timestamp_seconds',
    'When a class of errors that is open was first seen, for a day; one not seen for 30 days is new again.',
    'seconds',
    errorLabels,
  ),
  omitted: polledGauge(
    'erp_failed_record_samples_omitted',
    'Open failed records that have no series of their own.',
    'records',
  ),
  failedThreshold: thresholdOf(
    failed,
    'More open failed records than this are too many, as configured; absent: never.',
  ),
  waiting: polledGauge('erp_waiting_records', 'Records that wait to be transferred.', 'records'),
  waitingAmount: polledGauge(
    'erp_waiting_records_amount',
    'Sum of the amounts of the waiting records, by currency.',
    'currency units',
    ['currency'],
  ),
  oldestWaiting: polledGauge(
    'erp_oldest_waiting_record_timestamp_seconds',
    'Since when the oldest waiting record waits; absent when there is none.',
    'seconds',
  ),
  oldestWaitingOffset: polledGauge(
    'erp_oldest_waiting_record_utc_offset_seconds',
    "The company's clock minus UTC when the oldest waiting record began to wait: added to that time, it shows local time.",
    'seconds',
  ),
  late: polledGauge(
    'erp_late_records',
    'Waiting records whose open time waited is over the limit of the severity.',
    'records',
    ['severity'],
  ),
  sinceOldestWaiting,
  sinceOldestWaitingThreshold: thresholdOf(
    sinceOldestWaiting,
    'Open time after which a waiting record is late, as configured; absent: never.',
  ),
  open: polledGauge(
    'erp_open_records',
    'Records that have failed or wait; a record that does both counts once.',
    'records',
  ),
  openAmount,
  openAmountThreshold: thresholdOf(
    openAmount,
    'More open money than this, failed and waiting together, is too much, as configured; absent: never.',
    ['currency'],
  ),
} satisfies Record<string, Family>;

const sharedColumns: readonly ColumnSpec[] = [
  { name: 'amount', types: columnTypes.amount, required: false, description: 'what the record is worth' },
  { name: 'currency', types: columnTypes.text, required: false, description: 'the currency of `amount`' },
  companyColumn,
];
const recordColumn: ColumnSpec = {
  name: 'record',
  types: columnTypes.text,
  required: true,
  description: 'the key of the record; the same key twice counts once',
};
/** What the query `failed` returns. */
export const failedColumns: readonly ColumnSpec[] = [
  recordColumn,
  { name: 'since', types: columnTypes.instant, required: false, description: 'when it failed' },
  { name: 'error', types: columnTypes.text, required: false, description: 'the message of the error' },
  { name: 'code', types: columnTypes.text, required: false, description: 'the code of the error' },
  { name: 'call', types: columnTypes.text, required: false, description: 'the call of the API that failed' },
  ...sharedColumns,
];
/** What the query `waiting` returns. */
export const waitingColumns: readonly ColumnSpec[] = [
  recordColumn,
  { name: 'since', types: columnTypes.instant, required: true, description: 'since when it waits' },
  ...sharedColumns,
];
