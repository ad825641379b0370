import { z } from 'zod';
import type { SettingsProblem } from '../contract.ts';
import { cutText } from '../shared/samples.ts';
import { databaseName, durationLimits, durationOrLimits, queryText } from '../shared/settings.ts';
import { knownStates, normalizeWord, usualWords } from './states.ts';
import type { KnownState } from './states.ts';

/** Longest name of a job: well below the bound of a label, so that names that differ are never cut to the same label. */
export const mostNameCharacters = 100;

const word = z.union([z.string().trim().min(1), z.number()]).transform(String);

/** The words of one state in the configuration. */
function words(state: KnownState) {
  return z
    .array(word)
    .optional()
    .describe(`Words that mean ${state}, in addition to the usual ones: ${usualWords[state].join(', ')}.`)
    .meta({ examples: [[usualWords[state][0]]] });
}

/** The limits of one job. */
const ownLimits = z.strictObject({
  max_age: durationLimits.optional().describe('As `max_age` of the monitor.'),
  max_runtime: durationOrLimits.optional().describe('As `max_runtime` of the monitor.'),
  max_delay: durationLimits.optional().describe('As `max_delay` of the monitor.'),
});

/** The settings of kind `jobs`. */
export const settings = z.object({
  database: databaseName.describe('The database that `query` asks.'),
  query: queryText
    .describe(
      'A query that returns the batch jobs: one row per job, or one per run; the run that started last gives the state of the job, and each run in progress counts.',
    )
    .meta({
      examples: [
        'SELECT name AS job, status, started_at AS started, finished_at AS finished FROM datamove_runs',
      ],
    }),
  expected: z
    .array(z.string().trim().min(1))
    .default([])
    .describe(
      'Names of jobs that must have a row, at every company of the monitor; a job without one is `missing`.',
    )
    .meta({ examples: [['orders-out', 'stock-in']] }),
  disabled: z
    .array(z.string().trim().min(1))
    .default([])
    .describe('Names of jobs that are disabled on purpose; any other disabled job is a warning.')
    .meta({ examples: [['old-feed']] }),
  max_age: durationLimits
    .prefault({})
    .describe(
      'Limit for the business hours (see `calendar`) since the last success, by severity; 0 or absent: no limit. ' +
        'For a job without a success in its rows they count from the last one that an earlier run saw (kept in `state_file` over restarts), else from the oldest time in its rows. ' +
        'A column `max_age` of the query, or `job_limits`, sets the limit of a single job. A run may be queued for as long.',
    )
    .meta({ examples: [{ warning: '2h' }] }),
  max_runtime: durationOrLimits
    .prefault({})
    .describe(
      'A run longer than this is stuck, by severity; a single duration is critical at a monitor of criticality critical, ' +
        'else a warning; 0 or absent: never.',
    )
    .meta({ examples: ['30m', { warning: '30m', critical: '2h' }] }),
  max_delay: durationLimits
    .prefault({ warning: '15m' })
    .describe(
      'Limit for the business hours since a run was due (column `due`), by severity; 0: no limit. ' +
        'Where a scheduler moves its next time on at the end of a run only, it must exceed the longest run.',
    )
    .meta({ examples: [{ warning: '15m', critical: '2h' }] }),
  job_limits: z
    .record(z.string().trim().min(1), ownLimits)
    .default({})
    .describe('Limits of single jobs, by their names, instead of those of the monitor.')
    .meta({ examples: [{ 'stock-nightly': { max_age: { warning: '26h' }, max_runtime: '3h' } }] }),
  mask: z
    .boolean()
    .default(true)
    .describe(
      'Whether e-mail addresses, bank accounts, card and phone numbers and secrets in the errors of jobs are masked.',
    )
    .meta({ examples: [false] }),
  statuses: z
    .strictObject({
      success: words('success'),
      failed: words('failed'),
      running: words('running'),
      waiting: words('waiting'),
      cancelled: words('cancelled'),
    })
    .default({})
    .describe(
      'What the words and numbers in the column `status` mean. Case is ignored, and `_`, `-` and space are the same. ' +
        'They take precedence over the usual words; a word in neither list makes the state `unknown`.',
    )
    .meta({ examples: [{ success: [1], failed: [0, 2] }] }),
});
export type Settings = z.output<typeof settings>;

/** Words that are listed under two states. */
function ambiguousWords({ statuses }: Settings): SettingsProblem[] {
  const meanings = new Map<string, KnownState>();
  const found: SettingsProblem[] = [];
  for (const state of knownStates)
    for (const [index, text] of (statuses[state] ?? []).entries()) {
      const other = meanings.get(normalizeWord(text)) ?? state;
      meanings.set(normalizeWord(text), other);
      if (other !== state)
        found.push({
          path: ['statuses', state, index],
          message: `${JSON.stringify(text)} already means ${other}; keep it in one of the two lists`,
        });
    }
  return found;
}

/** See `MonitorKind.doubts`. */
export function doubts({ query }: Settings, written: ReadonlySet<string>): SettingsProblem[] {
  if (written.has('max_age') || written.has('job_limits') || /\bmax_age\b/i.test(query)) return [];
  return [
    {
      path: ['query'],
      message:
        'a job may never run again without an alert: add max_age, such as { warning: 26h }, or the column max_age; write max_age: {} if that is meant',
    },
  ];
}

/** Cross-checks of the settings; see `MonitorKind.problems`. */
export function problems(given: Settings): SettingsProblem[] {
  const tooLong = (['expected', 'disabled'] as const).flatMap((key) =>
    given[key].flatMap((name, index) =>
      cutText(name, mostNameCharacters) === name
        ? []
        : [{ path: [key, index], message: `is longer than ${mostNameCharacters} characters; shorten it` }],
    ),
  );
  const tooLongKeys = Object.keys(given.job_limits).flatMap((name) =>
    cutText(name, mostNameCharacters) === name
      ? []
      : [
          {
            path: ['job_limits', name],
            message: `is longer than ${mostNameCharacters} characters; shorten it`,
          },
        ],
  );
  return [...ambiguousWords(given), ...tooLong, ...tooLongKeys];
}
