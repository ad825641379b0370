import type { ColumnSpec, Family } from '../contract.ts';
import { columnTypes } from '../shared/column-types.ts';
import { companyColumn } from '../shared/row-companies.ts';
import { polledGauge, thresholdOf } from '../shared/samples.ts';
import type { Settings } from './settings.ts';

const sinceLastSync = polledGauge(
  'erp_since_last_sync_seconds',
  'Business hours since the last synchronisation, in seconds, computed at scrape time; absent when there never was one.',
  'seconds',
);
const rejectsToday = polledGauge(
  'erp_sync_rejects_today',
  "Records rejected by today's synchronisations.",
  'records',
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
  rejectsToday,
  rejectsTodayThreshold: thresholdOf(
    rejectsToday,
    'Number of records rejected today above which an alert fires, as configured; absent when there is no limit.',
  ),
  newRejects: polledGauge(
    'erp_sync_new_rejects',
    'Records by which the rejects of today were seen to increase in the last 30 minutes, computed at scrape time; those found at the first run are not new.',
    'records',
  ),
} as const satisfies Record<string, Family>;

/** What the query of a monitor returns. Limits for rejects make their column a must, or they would never apply. */
export const columnsOf = ({ rejects }: Pick<Settings, 'rejects'>): readonly ColumnSpec[] => [
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
    required: rejects.length > 0,
    description: 'how many records the syncs of today rejected, counted from :today; required by rejects',
  },
  companyColumn,
];
