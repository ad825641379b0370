import type { ColumnSpec, Family } from '../contract.ts';
import { columnTypes } from '../shared/column-types.ts';
import { companyColumn } from '../shared/row-companies.ts';
import { polledGauge, thresholdOf } from '../shared/samples.ts';

const sinceLastSync = polledGauge(
  'erp_since_last_sync_seconds',
  'Business hours since the last synchronisation, in seconds, computed at scrape time; absent when there never was one.',
  'seconds',
);

/** What a monitor of kind `sync` exports. */
export const families = {
  lastSync: polledGauge(
    'erp_last_sync_timestamp_seconds',
    'When the last synchronisation completed; absent when there never was one.',
    'seconds',
  ),
  sinceLastSync,
  sinceLastSyncThreshold: thresholdOf(
    sinceLastSync,
    'Business hours, in seconds, after which a synchronisation is overdue, as configured; absent when there is no limit.',
  ),
  syncsToday: polledGauge('erp_syncs_today', 'Number of synchronisations today.', 'synchronisations'),
  rejectsToday: polledGauge(
    'erp_sync_rejects_today',
    "Records rejected by today's synchronisations.",
    'records',
  ),
} as const satisfies Record<string, Family>;

/** What the query of kind `sync` returns. */
export const columns: readonly ColumnSpec[] = [
  {
    name: 'last_sync',
    types: columnTypes.instant,
    required: true,
    description: 'when the last sync ended; NULL: never',
  },
  {
    name: 'syncs_today',
    types: columnTypes.number,
    required: false,
    description: 'how many syncs there were today',
  },
  {
    name: 'rejected_today',
    types: columnTypes.number,
    required: false,
    description: 'how many records the syncs of today rejected',
  },
  companyColumn,
];
