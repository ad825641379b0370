import { z } from 'zod';
import { formatDuration } from '../../duration.ts';
import type { SettingsProblem } from '../contract.ts';
import { countLimits, databaseName, duration, durationLimits, queryText } from '../shared/settings.ts';

/** The settings of kind `sync`. */
export const settings = z.object({
  database: databaseName.describe('The database that `query` asks.'),
  query: queryText
    .describe(
      'A query that returns one row per company: when it last synchronised, and how often today. ' +
        'No row, or NULL as last_sync, means that it never synchronised.',
    )
    .meta({
      examples: [
        'SELECT max(done_at) AS last_sync, count(CASE WHEN done_at >= :today THEN 1 END) AS syncs_today FROM sync_log',
      ],
    }),
  alert_after: durationLimits
    .prefault({})
    .describe(
      'Limit for the business hours (see `calendar`) since the last sync, by severity; 0 or absent: no limit. ' +
        'Must not be shorter than `sync_every`.',
    )
    .meta({ examples: [{ warning: '45m', critical: '2h' }] }),
  rejects: countLimits
    .prefault({})
    .describe(
      'Number of records rejected today above which an alert fires, by severity; 0 or absent: no limit. ' +
        'Without `warning`, each newly rejected record fires a warning for 30 minutes.',
    )
    .meta({ examples: [{ warning: 10, critical: 100 }] }),
  sync_every: duration
    .optional()
    .describe('How often the sync is scheduled, to check `alert_after` against.')
    .meta({ examples: ['30m'] }),
});
export type Settings = z.output<typeof settings>;

/** See `MonitorKind.doubts`. */
export function doubts(_settings: Settings, written: ReadonlySet<string>): SettingsProblem[] {
  if (written.has('alert_after')) return [];
  return [
    {
      path: ['query'],
      message:
        'the sync may stop for ever without an alert: add alert_after, such as { warning: 45m }; write alert_after: {} if that is meant',
    },
  ];
}

/** Cross-checks of the settings; see `MonitorKind.problems`. */
export function problems({ alert_after, sync_every }: Settings): SettingsProblem[] {
  if (sync_every === undefined) return [];
  return alert_after
    .filter(({ value }) => value < sync_every)
    .map(({ severity, value }) => ({
      path: ['alert_after', severity],
      message:
        `${formatDuration(value)} is shorter than sync_every (${formatDuration(sync_every)}), ` +
        'so that it would alert between two syncs that are on time; increase it',
    }));
}
