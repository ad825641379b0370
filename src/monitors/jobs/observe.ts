import type { MonitorQuery, Reading, RunContext } from '../contract.ts';
import { toleratedSkewMs } from '../shared/clock-skew.ts';
import type { Cells } from '../shared/cells.ts';
import { readRows } from '../shared/columns.ts';
import { FutureTimes } from '../shared/future-times.ts';
import { Notes } from '../shared/notes.ts';
import { cutText } from '../shared/samples.ts';
import { statusOf } from './company-status.ts';
import { columns } from './families.ts';
import { JobHistory } from './history.ts';
import { limitsOf } from './limits.ts';
import type { Job } from './limits.ts';
import { liveSamples, samplesOf } from './report.ts';
import { rowOf } from './row.ts';
import type { JobRow } from './row.ts';
import { mostNameCharacters } from './settings.ts';
import type { Settings } from './settings.ts';
import { stateWords } from './states.ts';
import { SuccessMemory } from './success-memory.ts';

/** The one query of such a monitor. */
export function queryOf({ database, query }: Settings): MonitorQuery {
  return { key: 'query', database, sql: query, columns };
}

type Histories = ReadonlyMap<string, JobHistory>;

/** What the rows say of the jobs, by company of the run. */
interface JobsRead {
  readonly byCompany: ReadonlyMap<string, Histories>;
  readonly truncated: boolean;
  /** Words of the column `status` that nothing explains. */
  readonly unknownWords: ReadonlySet<string>;
}

/** Most words that are kept to be named. */
const mostWords = 50;

/** What a person should know of a row. */
function noteRow({ now }: RunContext<Settings>, name: string, row: JobRow, notes: Notes): void {
  if (row.finished !== null && row.finished > now + toleratedSkewMs)
    notes.count('query: rows whose finished is in the future; check the time zone of the database', name);
  if (row.started !== null && row.finished !== null && row.finished < row.started)
    notes.count('query: rows whose finished is before started have no duration', name);
  if (row.state === 'running' && row.started === null)
    notes.count('query: rows of running jobs without started, which are never stuck', name);
}

async function readJobs(run: RunContext<Settings>, notes: Notes): Promise<JobsRead> {
  const states = stateWords(run.settings.statuses);
  const byCompany = new Map(run.companies.map((company) => [company, new Map<string, JobHistory>()]));
  const starts = new FutureTimes('query', 'started', run.now);
  const unknownWords = new Set<string>();
  const add = (row: Cells, company: string): void => {
    const name = cutText(row.text('job'), mostNameCharacters);
    if (name === '') {
      notes.count('query: rows without a job name were left out');
      return;
    }
    const jobRow = rowOf(row, states);
    if (jobRow.state === 'unknown') {
      const word = cutText(row.text('status'), 40) || 'NULL';
      notes.count('query: rows with an unknown status; add the word to statuses', word);
      if (unknownWords.size < mostWords) unknownWords.add(word);
    }
    // What is planned lies in the future by right.
    if (jobRow.state !== 'waiting') starts.see(jobRow.started, name);
    noteRow(run, name, jobRow, notes);
    const histories = byCompany.get(company);
    const history = histories?.get(name);
    if (history === undefined) histories?.set(name, new JobHistory(jobRow, run.now));
    else history.add(jobRow);
  };
  const { truncated } = await readRows(run, queryOf(run.settings), notes, add);
  starts.report(notes);
  return { byCompany, truncated, unknownWords };
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

/** Lets jobs with a limit for their age know of successes whose rows are gone, and remembers the newest. */
function rememberSuccesses(
  run: RunContext<Settings>,
  jobsByCompany: readonly (readonly [company: string, jobs: readonly Job[]])[],
): void {
  const memory = new SuccessMemory(run);
  for (const [company, jobs] of jobsByCompany)
    for (const job of jobs) {
      if (job.history === undefined || limitsOf(run, job).age.length === 0) continue;
      job.history.remember(memory.lastSuccess(company, job.name));
      const { lastSuccess } = job.history;
      if (lastSuccess !== null) memory.note(company, job.name, lastSuccess);
    }
  memory.save();
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

/** For `check --connect`: the words of the column `status` that nothing explains. @throws as `MonitorKind.examine` has it. */
export async function examine(run: RunContext<Settings>): Promise<readonly string[]> {
  const { unknownWords } = await readJobs(run, new Notes());
  if (unknownWords.size === 0) return [];
  const words = [...unknownWords].map((word) => (word === 'NULL' ? word : JSON.stringify(word)));
  return [
    `query: column status holds words that nothing explains: ${words.join(', ')}; say in statuses what each means, ` +
      'such as statuses: { success: [1], failed: [0] }. Until then these jobs are unknown, and alerted as such',
  ];
}

/** One run of kind `jobs`. @throws RunError, DatabaseError as `MonitorKind.observe` has it. */
export async function observe(run: RunContext<Settings>): Promise<Reading> {
  const notes = new Notes();
  const { byCompany, truncated } = await readJobs(run, notes);
  const jobsByCompany = [...byCompany].map(
    ([company, histories]) => [company, jobsOf(run.settings.expected, histories, truncated)] as const,
  );
  rememberSuccesses(run, jobsByCompany);
  for (const [company, seen] of jobsByCompany) noteEnabled(run, company, seen, notes);
  return {
    samples: jobsByCompany.flatMap(([company, seen]) => samplesOf(run, company, seen)),
    live: (now) => jobsByCompany.flatMap(([company, seen]) => liveSamples(run, company, seen, now)),
    statuses: jobsByCompany.map(([company, seen]) => statusOf(run, company, seen)),
    records: [],
    truncated,
    notes: notes.toArray(),
  };
}
