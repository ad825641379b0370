import { columnTypes } from '../shared/columns.ts';
import type { ColumnSpec, Family, MonitorQuery } from '../contract.ts';
import type { Compared, Settings } from './settings.ts';
import { sideNames, sideSql } from './sides.ts';
import { polledGauge, thresholdOf } from '../shared/samples.ts';

const records = 'records';
const seconds = 'seconds';

const mismatched = polledGauge(
  'erp_reconciliation_mismatched_records',
  'Confirmed mismatches between the two sides: older than settle and grace, and seen in two runs.',
  records,
  ['mismatch'],
);

/** What a monitor of kind `reconcile` exports. */
export const families = {
  mismatched,
  candidates: polledGauge(
    'erp_reconciliation_candidate_records',
    'Mismatches that are not confirmed yet: too young, or seen once only.',
    records,
    ['mismatch'],
  ),
  amount: polledGauge(
    'erp_reconciliation_amount',
    'What the confirmed mismatches are worth, by currency: the amount of a missing or duplicate record, the difference of a different one.',
    'currency units',
    ['mismatch', 'currency'],
  ),
  oldest: polledGauge(
    'erp_reconciliation_oldest_mismatch_timestamp_seconds',
    'Business time of the oldest confirmed mismatch, else when it was first seen; absent when there is none.',
    seconds,
    ['mismatch'],
  ),
  oldestOffset: polledGauge(
    'erp_reconciliation_oldest_mismatch_utc_offset_seconds',
    "The company's clock minus UTC at the time of the oldest confirmed mismatch: added to that time, it shows local time.",
    seconds,
    ['mismatch'],
  ),
  mismatch: polledGauge(
    'erp_reconciliation_mismatch_timestamp_seconds',
    'Business time of a confirmed mismatch, else when it was first seen, one series a record, the oldest ones.',
    seconds,
    ['mismatch', 'record', 'left', 'right', 'since', 'url'],
  ),
  omitted: polledGauge(
    'erp_reconciliation_mismatch_samples_omitted',
    'Confirmed mismatches that have no series of their own.',
    records,
  ),
  compared: polledGauge(
    'erp_reconciliation_compared_records',
    'Records that the last run compared, those of the larger side.',
    records,
  ),
  readRows: polledGauge(
    'erp_reconciliation_read_rows',
    'Rows that the last run was sent, digests of buckets included.',
    'rows',
    ['side'],
  ),
  readBytes: polledGauge(
    'erp_reconciliation_read_bytes',
    'Bytes of rows that the last run was sent.',
    'bytes',
    ['side'],
  ),
  duration: polledGauge(
    'erp_reconciliation_duration_seconds',
    'What each part of the last run took: changes (what is new or changed), audit (older slices), lookup (by key).',
    seconds,
    ['phase'],
  ),
  verifiedThrough: polledGauge(
    'erp_reconciliation_verified_through_timestamp_seconds',
    'Every record of the window up to this business time has been compared; absent until then.',
    seconds,
  ),
  auditedSince: polledGauge(
    'erp_reconciliation_oldest_audit_timestamp_seconds',
    'When that part of the window was compared whose last comparison is the longest ago; absent until all was.',
    seconds,
  ),
  auditEvery: polledGauge(
    'erp_reconciliation_full_audit_interval_seconds',
    'Within this everything in the window is to be compared again, as configured.',
    seconds,
  ),
  threshold: thresholdOf(
    mismatched,
    'More confirmed mismatches than this are too many, as configured; absent: one is.',
    ['mismatch'],
  ),
  info: polledGauge(
    'erp_reconciliation_info',
    'What people call the two sides, and how they are compared; always 1.',
    '',
    ['left', 'right', 'plan'],
  ),
} satisfies Record<string, Family>;

const fieldTypes = (how: Compared): ColumnSpec['types'] => {
  if (how.type === 'instant') return ['instant'];
  if (how.type === 'money' || how.type === 'integer') return columnTypes.amount;
  return columnTypes.text;
};

/** The columns that a side must or may return. */
function columnsOf({ key, compare }: Settings): ColumnSpec[] {
  const column = (
    name: string,
    types: ColumnSpec['types'],
    required: boolean,
    description: string,
  ): ColumnSpec => ({ name, types, required, description });
  return [
    column(
      'record',
      key.type === 'integer' ? ['integer', 'decimal', 'unknown'] : columnTypes.text,
      true,
      'the key of the record',
    ),
    column('at', ['instant'], false, 'the business time of the record, by which the window is cut'),
    column('changed_at', ['instant'], false, 'when the row last changed, so that changes are seen at once'),
    column('amount', columnTypes.amount, false, 'what the record is worth'),
    column('currency', columnTypes.text, false, 'the currency of `amount`'),
    ...Object.entries(compare)
      .filter(([name]) => name !== 'amount')
      .map(([name, how]) => column(name, fieldTypes(how), true, `compared as ${how.type}`)),
  ];
}

/** The queries of both sides, as `check` and `try` see them. */
export function queries(settings: Settings): readonly MonitorQuery[] {
  return sideNames.map((name) => ({
    key: settings[name].query === undefined ? `${name}.table` : `${name}.query`,
    database: settings[name].database,
    sql: sideSql(settings[name]),
    columns: columnsOf(settings),
  }));
}
