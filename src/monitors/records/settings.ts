import { z } from 'zod';
import type { SettingsProblem } from '../contract.ts';
import {
  amountLimits,
  countLimits,
  databaseName,
  duration,
  durationLimits,
  queryText,
} from '../shared/settings.ts';

/** How long records may wait, and how long none may be finished, whatever tells of them. */
export const lateLimits = {
  late_after: durationLimits
    .prefault({})
    .describe(
      'Business hours (see `calendar`) after which a waiting record is late, by severity; 0 or absent: never.',
    )
    .meta({ examples: [{ warning: '30m', critical: '2h' }] }),
} as const;
export const silenceLimits = {
  silent_after: durationLimits
    .prefault({})
    .describe(
      'Limit for the business hours (see `calendar`) without a finished record, by severity; 0 or absent: no limit.',
    )
    .meta({ examples: [{ warning: '4h' }] }),
} as const;

/** How failed records are shown, and how many are too many. */
export const failureSettings = {
  retry_wait: duration
    .optional()
    .describe(
      "How long the integration's own retry is waited for before a failed record raises an alert, if a retry usually resolves its error (`retryable` in the catalogue of known errors); 0: not at all. It counts from when the record was first seen failed, and is judged at each run. Absent: 10m for category `locked`, 30m for `rate_limit` and `email`, 15m for others.",
    )
    .meta({ examples: ['15m'] }),
  samples: z
    .int()
    .min(0)
    .max(1000)
    .default(20)
    .describe(
      'Most failed records that are listed one by one, and most late ones, oldest first; 0 lists none.',
    )
    .meta({ examples: [50] }),
  mask: z
    .boolean()
    .default(true)
    .describe(
      'Whether e-mail addresses, bank accounts, card and phone numbers and secrets in the messages of errors are masked.',
    )
    .meta({ examples: [false] }),
  failed_threshold: countLimits
    .prefault({})
    .describe('Number of failed records above which an alert fires, by severity; 0 or absent: no limit.')
    .meta({ examples: [{ warning: 5, critical: 20 }] }),
} as const;

/** The settings of kind `records`. */
export const settings = z.object({
  database: databaseName.describe('The database that the queries ask.'),
  failed: queryText
    .optional()
    .describe('A query that returns one row per record that has failed and is still open.')
    .meta({
      examples: [
        "SELECT order_number AS record, failed_at AS since, error_message AS error FROM web_orders WHERE company = :company AND export_state = 'failed'",
      ],
    }),
  waiting: queryText
    .optional()
    .describe('A query that returns one row per record that waits to be transferred.')
    .meta({
      examples: [
        "SELECT order_number AS record, created_at AS since FROM web_orders WHERE company = :company AND export_state = 'waiting'",
      ],
    }),
  finished: queryText
    .optional()
    .describe(
      'A query that returns when the newest record was transferred, to detect a flow that has gone silent.',
    )
    .meta({
      examples: ['SELECT max(exported_at) AS last FROM web_orders WHERE company = :company'],
    }),
  ...lateLimits,
  ...silenceLimits,
  sends: z
    .literal('mail')
    .optional()
    .describe(
      '`mail`: the records are e-mails to customers; late ones are an alert of their own (ErpMailsNotGenerated).',
    )
    .meta({ examples: ['mail'] }),
  ...failureSettings,
  amount_threshold: amountLimits
    .default({})
    .describe(
      'Total amount of the failed and waiting records above which an alert fires, by currency and severity; 0 or absent: no limit.',
    )
    .meta({ examples: [{ EUR: { warning: 1000, critical: 10_000 } }] }),
});
export type Settings = z.output<typeof settings>;

/** What judges and shows open records, whatever they were read from. */
export type RecordSettings = Pick<
  Settings,
  'late_after' | 'silent_after' | 'retry_wait' | 'samples' | 'mask' | 'failed_threshold'
> &
  Partial<Pick<Settings, 'amount_threshold'>>;

/**
 * What waits, and what may go silent, without a limit that raises an alert.
 *
 * @param has what the monitor watches. @param words what waits, and the alert when it is late.
 */
export function unlimitedDoubts(
  has: { readonly waiting: unknown; readonly finished: unknown },
  written: ReadonlySet<string>,
  { noun, lateAlert }: { readonly noun: string; readonly lateAlert: string },
): SettingsProblem[] {
  return [
    ...(has.waiting !== undefined && !written.has('late_after')
      ? [
          {
            path: ['waiting'],
            message: `a ${noun} may wait for ever without an alert: ${lateAlert} needs late_after, such as { warning: 30m }; write late_after: {} if that is meant`,
          },
        ]
      : []),
    ...(has.finished !== undefined && !written.has('silent_after')
      ? [
          {
            path: ['finished'],
            message:
              'the flow may go silent without an alert: add silent_after, such as { warning: 4h }; write silent_after: {} if that is meant',
          },
        ]
      : []),
  ];
}

/** See `MonitorKind.doubts`. */
export function doubts(
  { waiting, finished, sends }: Settings,
  written: ReadonlySet<string>,
): SettingsProblem[] {
  const lateAlert = sends === 'mail' ? 'ErpMailsNotGenerated' : 'ErpRecordsLate';
  return unlimitedDoubts({ waiting, finished }, written, { noun: 'record', lateAlert });
}

/** Cross-checks of the settings; see `MonitorKind.problems`. */
export function problems({
  failed,
  waiting,
  finished,
  late_after,
  silent_after,
  failed_threshold,
  retry_wait,
}: Settings): SettingsProblem[] {
  return [
    ...(failed === undefined && waiting === undefined
      ? [{ path: [], message: 'has neither failed nor waiting; write at least one of the two queries' }]
      : []),
    ...(waiting === undefined && late_after.length > 0
      ? [{ path: ['late_after'], message: 'only waiting records can be late; add the query waiting' }]
      : []),
    ...(failed === undefined && failed_threshold.length > 0
      ? [{ path: ['failed_threshold'], message: 'counts failed records; add the query failed' }]
      : []),
    ...(failed === undefined && retry_wait !== undefined
      ? [{ path: ['retry_wait'], message: 'waits for retries of failed records; add the query failed' }]
      : []),
    ...(finished === undefined && silent_after.length > 0
      ? [
          {
            path: ['silent_after'],
            message: 'needs the time of the newest finished record; add the query finished',
          },
        ]
      : []),
  ];
}
