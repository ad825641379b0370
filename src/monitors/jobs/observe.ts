import type { MonitorQuery, Reading, RunContext } from '../contract.ts';
import { toleratedSkewMs } from '../shared/clock-skew.ts';
import { readRows } from '../shared/columns.ts';
import type { Cells } from '../shared/cells.ts';
import { Notes } from '../shared/notes.ts';
import { cutText } from '../shared/samples.ts';
import { columns } from './families.ts';
import { JobHistory } from './history.ts';
import type { JobRow } from './history.ts';
import { liveSamples, reportCompany } from './report.ts';
import type { Job } from './report.ts';
import { mostNameCharacters } from './settings.ts';
import type { Settings } from './settings.ts';
import { normalizeWord, stateWords } from './states.ts';
import type { KnownState } from './states.ts';

/** The one query of such a monitor. */
export function queryOf({ database, query }: Settings): MonitorQuery {
  return { key: 'query', database, sql: query, columns };
}

function rowOf(row: Cells, states: ReadonlyMap<string, KnownState>, notes: Notes): JobRow {
  const status = row.text('status');
  const state = states.get(normalizeWord(status));
  if (state === undefined)
    notes.count(
      'query: rows with an unknown status; add the word to statuses',
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
      notes.count('query: rows whose started is in the future; check the time zone of the database', name);
    const histories = byCompany.get(company);
    const history = histories?.get(name);
    if (history === undefined) histories?.set(name, new JobHistory(jobRow));
    else history.add(jobRow);
  });
  return { byCompany, truncated };
}

/** The jobs that were seen and those that were expected. When rows were cut off, a job that was not seen may still exist. */
function jobsOf(expected: readonly string[], histories: Histories, truncated: boolean): Job[] {
  const seen = [...histories].map(([name, history]): Job => ({ name, state: history.latest.state, history }));
  const unseen = [...new Set(expected)].filter((name) => !histories.has(name));
  return [
    ...seen,
    ...unseen.map((name): Job => ({ name, state: truncated ? 'unknown' : 'missing', history: undefined })),
  ];
}

/** An acknowledgement that outlives its cause would silence the next one. */
function noteEnabled(
  { settings: { disabled } }: RunContext<Settings>,
  company: string,
  jobs: readonly Job[],
  notes: Notes,
): void {
  for (const { name, history } of jobs)
    if (disabled.includes(name) && history?.enabled === true)
      notes.say(
        `Job ${name} of ${company} is enabled although \`disabled\` lists it; remove it from that list.`,
      );
}

/** One run of kind `jobs`. @throws RunError, DatabaseError as `MonitorKind.observe` has it. */
export async function observe(run: RunContext<Settings>): Promise<Reading> {
  const notes = new Notes();
  const { byCompany, truncated } = await readJobs(run, notes);
  const jobsByCompany = [...byCompany].map(
    ([company, histories]) => [company, jobsOf(run.settings.expected, histories, truncated)] as const,
  );
  for (const [company, seen] of jobsByCompany) noteEnabled(run, company, seen, notes);
  const companies = jobsByCompany.map(([company, seen]) => reportCompany(run, company, seen));
  return {
    samples: companies.flatMap(({ samples }) => samples),
    live: (now) => jobsByCompany.flatMap(([company, seen]) => liveSamples(run, company, seen, now)),
    statuses: companies.map(({ status }) => status),
    records: [],
    truncated,
    notes: notes.toArray(),
  };
}
