import type { Family } from '../contract.ts';
import { inHistory, polledGauge, thresholdOf } from '../shared/samples.ts';

const errorLabels = ['error', 'category', 'known', 'responder'] as const;

const failed = inHistory(
  polledGauge('erp_failed_records', 'Records that have failed and are still open.', 'records'),
  'failed',
);
const sinceOldestWaiting = polledGauge(
  'erp_since_oldest_waiting_record_seconds',
  'Business hours since the oldest waiting record began to wait, in seconds, computed at scrape time; absent when none is waiting.',
  'seconds',
);
const openAmount = polledGauge(
  'erp_open_records_amount',
  'Total amount of the failed and waiting records, by currency; a record that is both counts once; 0 once the currency was seen or has a threshold.',
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
    'Total amount of the open failed records, by currency; 0 once the currency was seen.',
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
    "UTC offset of the company's time zone when the oldest open failed record failed: add it to that timestamp for local time.",
    'seconds',
  ),
  failedRecord: polledGauge(
    'erp_failed_record_timestamp_seconds',
    'When an open failed record failed: one series per listed record, oldest first, those that wait for a retry last; NaN when unknown.',
    'seconds',
    [
      'record',
      'error',
      'code',
      'call',
      'category',
      'known',
      'responder',
      'message',
      'since',
      'url',
      'retry',
      'amount',
      'currency',
    ],
  ),
  awaitingRetry: polledGauge(
    'erp_failed_records_awaiting_retry',
    'Open failed records whose retry by the integration is still expected: no alert is about them yet.',
    'records',
  ),
  byError: polledGauge(
    'erp_failed_records_by_error',
    'Open failed records by error class: the 20 largest classes, the rest as `other`.',
    'records',
    errorLabels,
  ),
  newError: polledGauge(
    'erp_new_error_timestamp_seconds',
    'When an open error class was first seen, exported for a day; a class not seen for 30 days is new again.',
    'seconds',
    errorLabels,
  ),
  omitted: polledGauge(
    'erp_failed_record_samples_omitted',
    'Open failed records that are not listed one by one, without those that wait for a retry.',
    'records',
  ),
  failedThreshold: thresholdOf(
    failed,
    'Number of open failed records above which an alert fires, as configured; absent when there is no limit.',
  ),
  waiting: inHistory(
    polledGauge('erp_waiting_records', 'Records waiting to be transferred.', 'records'),
    'waiting',
  ),
  waitingAmount: polledGauge(
    'erp_waiting_records_amount',
    'Total amount of the waiting records, by currency; 0 once the currency was seen.',
    'currency units',
    ['currency'],
  ),
  oldestWaiting: polledGauge(
    'erp_oldest_waiting_record_timestamp_seconds',
    'When the oldest waiting record began to wait; absent when none is waiting.',
    'seconds',
  ),
  oldestWaitingOffset: polledGauge(
    'erp_oldest_waiting_record_utc_offset_seconds',
    "UTC offset of the company's time zone when the oldest waiting record began to wait: add it to that timestamp for local time.",
    'seconds',
  ),
  late: inHistory(
    polledGauge(
      'erp_late_records',
      'Waiting records that have waited longer, in business hours, than the threshold of the severity.',
      'records',
      ['severity'],
    ),
    'late',
  ),
  lateRecord: polledGauge(
    'erp_late_record_timestamp_seconds',
    'When a late record began to wait: one series per listed record, the oldest ones; `severity` is that of the gravest limit that it is over.',
    'seconds',
    ['record', 'severity', 'since', 'url', 'amount', 'currency'],
  ),
  sinceOldestWaiting,
  sinceOldestWaitingThreshold: thresholdOf(
    sinceOldestWaiting,
    'Business hours, in seconds, after which a waiting record is late, as configured; absent when there is no limit.',
  ),
  open: polledGauge(
    'erp_open_records',
    'Records that have failed or are waiting; a record that is both counts once.',
    'records',
  ),
  openAmount,
  openAmountThreshold: thresholdOf(
    openAmount,
    'Amount of failed and waiting records together above which an alert fires, as configured; absent when there is no limit.',
    ['currency'],
  ),
} as const satisfies Record<string, Family>;
