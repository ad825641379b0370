import { z } from 'zod';
import { readRows } from '../shared/columns.ts';
import type { Cells } from '../shared/columns.ts';
import { columns, families } from './families.ts';
import { JobHistory } from './history.ts';
import type { JobRow } from './history.ts';
import { liveSamples, reportCompany } from './report.ts';
import type { Job } from './report.ts';
import { normalizeWord, stateWords, toldStates, usualWords } from './states.ts';
import type { ToldState } from './states.ts';
import type { MonitorKind, MonitorQuery, RunContext, SettingsProblem } from '../contract.ts';
import { Notes } from '../shared/notes.ts';
import { cutText } from '../shared/samples.ts';
import { databaseName, durationLimits, durationOrLimits, sqlText } from '../shared/settings.ts';

const word = z.union([z.string().trim().min(1), z.number()]).transform(String);

/** The words of one state in the configuration. */
function words(state: ToldState) {
  return z
    .array(word)
    .optional()
    .describe(`Words that mean ${state}, beside the usual ones: ${usualWords[state].join(', ')}.`)
    .meta({ examples: [[usualWords[state][0]]] });
}

const settings = z.object({
  database: databaseName.describe('The database that `query` asks.'),
  query: sqlText
    .describe(
      'A query that returns the batch jobs: one row for each, or one for each run of each; the run that started last is its state.',
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
      'Names of jobs that must have a row, at every company of the monitor; one that has none is `missing`.',
    )
    .meta({ examples: [['orders-out', 'stock-in']] }),
  max_age: durationLimits
    .prefault({})
    .describe(
      'Open time (see `calendar`) since the last success that is too long, by severity; 0 or absent: never.',
    )
    .meta({ examples: [{ warning: '2h' }] }),
  max_runtime: durationOrLimits
    .prefault({})
    .describe(
      'A run longer than this is stuck, by severity; a single duration is critical at a monitor of criticality critical, ' +
        'else a warning; 0 or absent: never.',
    )
    .meta({ examples: ['30m', { warning: '30m', critical: '2h' }] }),
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
      'What the words and numbers in the column `status` mean. Case does not matter, and `_`, `-` and space are one. ' +
        'They go before the usual words; one that is in neither list makes the state `unknown`.',
    )
    .meta({ examples: [{ success: [1], failed: [0, 2] }] }),
});
type Settings = z.output<typeof settings>;

/** Well below the bound of a label, so that what tells jobs apart is never cut twice. */
const mostNameCharacters = 100;
/** A skewed clock puts a fresh run this far into the future without anything being wrong. */
const toleratedSkewMs = 60_000;

function queryOf({ database, query }: Settings): MonitorQuery {
  return { key: 'query', database, sql: query, columns };
}

function rowOf(row: Cells, states: ReadonlyMap<string, ToldState>, notes: Notes): JobRow {
  const status = row.text('status');
  const state = states.get(normalizeWord(status));
  if (state === undefined)
    notes.count(
      'query: rows whose status is none of the known words; say under statuses what it means',
      status === '' ? 'NULL' : status,
    );
  return {
    state: state ?? 'unknown',
    started: row.instant('started'),
    finished: row.instant('finished'),
    error: cutText(row.text('error'), 200),
    enabled: row.boolean('enabled'),
  };
}

type Histories = ReadonlyMap<string, JobHistory>;

async function readJobs(
  run: RunContext<Settings>,
  notes: Notes,
): Promise<{ byCompany: ReadonlyMap<string, Histories>; truncated: boolean }> {
  const states = stateWords(run.settings.statuses);
  const byCompany = new Map(run.companies.map((company) => [company, new Map<string, JobHistory>()]));
  const { truncated } = await readRows(run, queryOf(run.settings), notes, (row, company) => {
    const name = cutText(row.text('job'), mostNameCharacters);
    if (name === '') {
      notes.count('query: rows without a job name were left out');
      return;
    }
    const jobRow = rowOf(row, states, notes);
    if (jobRow.started !== null && jobRow.started > run.now + toleratedSkewMs)
      notes.count('query: rows whose started lies in the future; check the time zone of the database', name);
    const histories = byCompany.get(company);
    const history = histories?.get(name);
    if (history === undefined) histories?.set(name, new JobHistory(jobRow));
    else history.add(jobRow);
  });
  return { byCompany, truncated };
}

/** The jobs that were seen and those that were expected; after a cut result nobody knows whether one is missing. */
function jobsOf(expected: readonly string[], histories: Histories, truncated: boolean): Job[] {
  const seen = [...histories].map(([name, history]): Job => ({ name, state: history.latest.state, history }));
  const unseen = [...new Set(expected)].filter((name) => !histories.has(name));
  return [
    ...seen,
    ...unseen.map((name): Job => ({ name, state: truncated ? 'unknown' : 'missing', history: undefined })),
  ];
}

function problems({ statuses, expected }: Settings): SettingsProblem[] {
  const meanings = new Map<string, ToldState>();
  const found: SettingsProblem[] = [];
  for (const state of toldStates)
    for (const [index, text] of (statuses[state] ?? []).entries()) {
      const other = meanings.get(normalizeWord(text)) ?? state;
      meanings.set(normalizeWord(text), other);
      if (other !== state)
        found.push({
          path: ['statuses', state, index],
          message: `${JSON.stringify(text)} already means ${other}; keep it in one of the two lists`,
        });
    }
  for (const [index, name] of expected.entries())
    if (cutText(name, mostNameCharacters) !== name)
      found.push({
        path: ['expected', index],
        message: `is longer than ${mostNameCharacters} characters; shorten it`,
      });
  return found;
}

/** Batch jobs ("datamoves"): their states, last runs, last successes, those that are missing or stuck. */
export const jobs: MonitorKind<typeof settings> = {
  kind: 'jobs',
  description:
    'Batch jobs: the state of each, when it last ran and last ended well, whether it is missing or stuck.',
  settings,
  documentedFamilies: Object.values(families),
  families: () => Object.values(families),
  queries: (given) => [queryOf(given)],
  problems,
  async observe(run) {
    const notes = new Notes();
    const { byCompany, truncated } = await readJobs(run, notes);
    const jobsByCompany = [...byCompany].map(
      ([company, histories]) => [company, jobsOf(run.settings.expected, histories, truncated)] as const,
    );
    const companies = jobsByCompany.map(([company, seen]) => reportCompany(run, company, seen));
    return {
      samples: companies.flatMap(({ samples }) => samples),
      live: (now) => jobsByCompany.flatMap(([company, seen]) => liveSamples(run, company, seen, now)),
      statuses: companies.map(({ status }) => status),
      records: [],
      truncated,
      notes: notes.toArray(),
    };
  },
};
