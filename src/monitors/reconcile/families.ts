import type { Family } from '../contract.ts';
import { inHistory, polledGauge, thresholdOf } from '../shared/samples.ts';

const records = 'records';
const seconds = 'seconds';

const mismatched = inHistory(
  polledGauge(
    'erp_reconciliation_mismatched_records',
    'Confirmed mismatches between the two sides: older than settle and grace, and seen in two runs.',
    records,
    ['mismatch'],
  ),
  'missing',
);

/** What a monitor of kind `reconcile` exports. */
export const families = {
  mismatched,
  candidates: polledGauge(
    'erp_reconciliation_candidate_records',
    'Mismatches that are not confirmed yet: too recent, or seen in one run only.',
    records,
    ['mismatch'],
  ),
  amount: polledGauge(
    'erp_reconciliation_amount',
    'Amount of the confirmed mismatches, by currency: the amount of a missing or duplicate record, the difference between two that differ; 0 once the currency was seen.',
    'currency units',
    ['mismatch', 'currency'],
  ),
  oldest: polledGauge(
    'erp_reconciliation_oldest_mismatch_timestamp_seconds',
    'Business time of the oldest confirmed mismatch, or when it was first seen if unknown; absent when there is none.',
    seconds,
    ['mismatch'],
  ),
  oldestOffset: polledGauge(
    'erp_reconciliation_oldest_mismatch_utc_offset_seconds',
    "UTC offset of the company's time zone at the time of the oldest confirmed mismatch: add it to that timestamp for local time.",
    seconds,
    ['mismatch'],
  ),
  mismatch: polledGauge(
    'erp_reconciliation_mismatch_timestamp_seconds',
    'Business time of a confirmed mismatch, or when it was first seen if unknown: one series per listed record, oldest first.',
    seconds,
    ['mismatch', 'record', 'left', 'right', 'since', 'url'],
  ),
  omitted: polledGauge(
    'erp_reconciliation_mismatch_samples_omitted',
    'Confirmed mismatches that are not listed one by one.',
    records,
  ),
  compared: polledGauge(
    'erp_reconciliation_compared_records',
    'Records compared by the last run, counted on the larger side.',
    records,
  ),
  readRows: polledGauge(
    'erp_reconciliation_read_rows',
    'Rows read by the last run, digests of buckets included.',
    'rows',
    ['side'],
  ),
  readBytes: polledGauge('erp_reconciliation_read_bytes', 'Bytes of rows read by the last run.', 'bytes', [
    'side',
  ]),
  duration: polledGauge(
    'erp_reconciliation_duration_seconds',
    'Duration of each phase of the last run: changes (new or changed records), audit (older slices), lookup (by key).',
    seconds,
    ['phase'],
  ),
  verifiedThrough: polledGauge(
    'erp_reconciliation_verified_through_timestamp_seconds',
    'Business time up to which every record of the window has been compared within the time that erp_reconciliation_detection_seconds promises; without business times, when the table was; absent until there is one.',
    seconds,
  ),
  auditedSince: polledGauge(
    'erp_reconciliation_oldest_audit_timestamp_seconds',
    'When the least recently compared part of the window was compared; absent until every part has been.',
    seconds,
  ),
  uncheckedSince: polledGauge(
    'erp_reconciliation_unchecked_since_timestamp_seconds',
    'Since when the part of the window that has waited longest has waited to be compared, again or for the first time, on the clock of the exporter.',
    seconds,
  ),
  detection: polledGauge(
    'erp_reconciliation_detection_seconds',
    'Time within which a change in any record of the window is seen, from the measured duration of a full comparison; absent until something has been compared.',
    seconds,
  ),
  round: polledGauge(
    'erp_reconciliation_full_comparison_duration_seconds',
    'Duration of one comparison of the whole window, spread over as many runs as it takes, as measured; absent until something has been compared.',
    seconds,
  ),
  auditEvery: polledGauge(
    'erp_reconciliation_full_audit_interval_seconds',
    'Longest time within which every record of the window is to be compared again, as configured.',
    seconds,
  ),
  threshold: thresholdOf(
    mismatched,
    'Number of confirmed mismatches above which an alert fires, as configured; absent when a single one is enough.',
    ['mismatch'],
  ),
  info: polledGauge(
    'erp_reconciliation_info',
    'Titles of the two sides, and how most records were compared; always 1; absent until something has been compared.',
    '',
    ['left', 'right', 'plan'],
  ),
} as const satisfies Record<string, Family>;
