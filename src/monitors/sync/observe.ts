import { formatDuration } from '../../duration.ts';
import type { Instant } from '../../time.ts';
import { RunError } from '../contract.ts';
import type { CompanyStatus, MonitorQuery, Reading, RunContext, Sample } from '../contract.ts';
import { toleratedSkewMs } from '../shared/clock-skew.ts';
import { readRows } from '../shared/columns.ts';
import type { Cells } from '../shared/cells.ts';
import { FutureTimes } from '../shared/future-times.ts';
import { Notes } from '../shared/notes.ts';
import { sample } from '../shared/samples.ts';
import { worst } from '../shared/severity.ts';
import { columnsOf, families } from './families.ts';
import { judgeRejects, newRejects, noteRejects } from './rejects.ts';
import type { Rejects } from './rejects.ts';
import type { Settings } from './settings.ts';

/** What the query returned for one company; a count is null when the query has no such column. */
interface Synced {
  readonly lastSync: Instant | null;
  readonly syncsToday: number | null;
  readonly rejectedToday: number | null;
}

/** The one query of such a monitor. */
export function queryOf(settings: Settings): MonitorQuery {
  const { database, query } = settings;
  return { key: 'query', database, sql: query, columns: columnsOf(settings) };
}

/** A count, NULL being 0: that is what `sum` makes of no rows. `null` when there is no such column. */
function countIn(row: Cells, column: string, company: string, notes: Notes): number | null {
  if (!row.has(column)) return null;
  const count = row.number(column) ?? 0;
  if (count < 0) notes.count(`query: rows whose ${column} is negative, which counts as it stands`, company);
  return count;
}

/** A company without a row never synchronised: the counts that the statement names are then 0. */
function neverSynced(sql: string): Synced {
  const zeroIfNamed = (column: string) => (new RegExp(`\\b${column}\\b`, 'i').test(sql) ? 0 : null);
  return {
    lastSync: null,
    syncsToday: zeroIfNamed('syncs_today'),
    rejectedToday: zeroIfNamed('rejected_today'),
  };
}

function samplesOf(
  { settings: { alert_after, rejects } }: RunContext<Settings>,
  company: string,
  synced: Synced,
): Sample[] {
  const { lastSync, syncsToday, rejectedToday } = synced;
  return [
    ...(lastSync === null ? [] : [sample(families.lastSync, company, lastSync / 1000)]),
    ...alert_after.map(({ severity, value }) =>
      sample(families.sinceLastSyncThreshold, company, value / 1000, { severity }),
    ),
    ...(syncsToday === null ? [] : [sample(families.syncsToday, company, syncsToday)]),
    ...(rejectedToday === null ? [] : [sample(families.rejectsToday, company, rejectedToday)]),
    ...rejects.map(({ severity, value }) =>
      sample(families.rejectsTodayThreshold, company, value, { severity }),
    ),
  ];
}

/** `2d14h ago (10m of business hours)`, to the second; business hours only where a calendar makes a difference. */
function ageText(run: RunContext<Settings>, lastSync: Instant): string {
  const seconds = Math.max(0, Math.round((run.now - lastSync) / 1000));
  const openSeconds = Math.round(run.calendar.openSeconds(lastSync, run.now));
  const open = openSeconds === seconds ? '' : ` (${formatDuration(openSeconds * 1000)} of business hours)`;
  return `${formatDuration(seconds * 1000)} ago${open}`;
}

/** What is said of the synchronisations; a company that never synchronised is a warning where there is a limit. */
function judgeSyncs(run: RunContext<Settings>, { lastSync, syncsToday }: Synced) {
  const { alert_after } = run.settings;
  const age = lastSync === null ? 0 : run.calendar.openSeconds(lastSync, run.now) * 1000;
  const exceeded = alert_after.filter(({ value }) => age > value);
  const limit = exceeded.at(-1);
  const neverRan = lastSync === null && alert_after.length > 0;
  return {
    state: worst([...exceeded.map(({ severity }) => severity), ...(neverRan ? ['warning' as const] : [])]),
    parts: [
      lastSync === null ? 'never synchronised' : `last sync ${ageText(run, lastSync)}`,
      ...(limit === undefined ? [] : [`over the limit of ${formatDuration(limit.value)}`]),
      ...(syncsToday === null ? [] : [`${syncsToday} today`]),
    ],
  };
}

function statusOf(
  run: RunContext<Settings>,
  company: string,
  synced: Synced,
  rejects: Rejects | undefined,
): CompanyStatus {
  const { state, parts } = judgeSyncs(run, synced);
  if (rejects === undefined) return { company, state, text: parts.join(', ') };
  const { now, later } = judgeRejects(run.settings.rejects, rejects, run.now);
  const withRejects = (verdict: Pick<CompanyStatus, 'state' | 'text'>) => ({
    state: worst([state, verdict.state]),
    text: [...parts, verdict.text].join(', '),
  });
  return {
    company,
    ...withRejects(now),
    ...(later === undefined ? {} : { later: { from: later.from, ...withRejects(later) } }),
  };
}

/** What moves with the clock: the business hours since the last synchronisation. */
function sinceLastSync(
  { calendar }: RunContext<Settings>,
  company: string,
  lastSync: Instant | null,
  now: Instant,
): Sample[] {
  if (lastSync === null) return [];
  return [sample(families.sinceLastSync, company, calendar.openSeconds(lastSync, now))];
}

/** @throws RunError `columns` when a company has two rows, because it is unknown which of them is its last sync. */
async function readSyncs(
  run: RunContext<Settings>,
  notes: Notes,
): Promise<{ rows: Map<string, Synced>; truncated: boolean }> {
  const rows = new Map<string, Synced>();
  const times = new FutureTimes('query', 'last_sync', run.now);
  const odd = new Notes();
  const { truncated } = await readRows(run, queryOf(run.settings), notes, (row, company) => {
    if (rows.has(company))
      throw new RunError(
        'columns',
        `query: two rows for company ${company}: aggregate them in SQL, such as with max(…) AS last_sync, ` +
          'or make one monitor for each',
      );
    const lastSync = times.unlessFarAhead(row.instant('last_sync'), company, notes);
    times.see(lastSync, company);
    if (lastSync !== null && lastSync > run.now + toleratedSkewMs)
      odd.count('query: rows whose last_sync is in the future, which counts as just completed', company);
    rows.set(company, {
      lastSync,
      syncsToday: countIn(row, 'syncs_today', company, notes),
      rejectedToday: countIn(row, 'rejected_today', company, notes),
    });
  });
  if (!times.report(notes)) notes.add(odd);
  return { rows, truncated };
}

/** One run of kind `sync`. @throws RunError, DatabaseError as `MonitorKind.observe` has it. */
export async function observe(run: RunContext<Settings>): Promise<Reading> {
  const notes = new Notes();
  const { rows, truncated } = await readSyncs(run, notes);
  const none = neverSynced(run.settings.query);
  const companies = run.companies.map((company) => ({ company, synced: rows.get(company) ?? none }));
  const rejects = noteRejects(
    run,
    new Map(
      companies.flatMap(({ company, synced: { rejectedToday } }) =>
        rejectedToday === null ? [] : [[company, rejectedToday]],
      ),
    ),
  );
  return {
    samples: companies.flatMap(({ company, synced }) => samplesOf(run, company, synced)),
    live: (now) => [
      ...companies.flatMap(({ company, synced: { lastSync } }) => sinceLastSync(run, company, lastSync, now)),
      ...[...rejects].map(([company, each]) => sample(families.newRejects, company, newRejects(each, now))),
    ],
    statuses: companies.map(({ company, synced }) => statusOf(run, company, synced, rejects.get(company))),
    records: [],
    truncated,
    notes: notes.toArray(),
  };
}
