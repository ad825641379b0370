import { currencyCode } from '../../decimal.ts';
import type { MonitorQuery, Reading, RunContext } from '../contract.ts';
import { readRows } from '../shared/columns.ts';
import type { Cells } from '../shared/cells.ts';
import { FutureTimes } from '../shared/future-times.ts';
import { Notes } from '../shared/notes.ts';
import { cutText } from '../shared/samples.ts';
import { currenciesOf } from './currencies.ts';
import { entriesOf } from './entries.ts';
import { failureReader, mostKeyCharacters } from './failure-details.ts';
import { finishedLive, readFinished } from './finished.ts';
import { newestLate, waitingLive } from './lateness.ts';
import type { LateLimit } from './lateness.ts';
import { OpenRecords } from './open-records.ts';
import { queriesByKey } from './queries.ts';
import { reportCompany } from './report.ts';
import { followRetries } from './retries.ts';
import type { Settings } from './settings.ts';

/** The open records that one query returned, by company of the run; `truncated`: there are more. */
interface Seen<Details> {
  readonly truncated: boolean;
  readonly of: (company: string) => OpenRecords<Details>;
}

async function readRecords<Details>(
  run: RunContext<Settings>,
  query: MonitorQuery,
  notes: Notes,
  detailsOf: (row: Cells) => Details,
): Promise<Seen<Details>> {
  const byCompany = new Map(run.companies.map((company) => [company, new OpenRecords<Details>()]));
  const none = new OpenRecords<Details>();
  const of = (company: string) => byCompany.get(company) ?? none;
  const times = new FutureTimes(query.key, 'since', run.now);
  const { truncated } = await readRows(run, query, notes, (row, company) => {
    const record = row.text('record');
    const since = row.instant('since');
    if (record === '')
      notes.count(`${query.key}: rows without a record key count as one record each and are not listed`);
    if (since === null && query.key === 'waiting')
      notes.count('waiting: rows without since are never late', record);
    times.see(since, record);
    const contradicts = of(company).add({
      record,
      since,
      amount: row.decimal('amount'),
      currency: cutText(currencyCode(row.text('currency')), mostKeyCharacters),
      details: detailsOf(row),
    });
    if (contradicts)
      notes.count(
        `${query.key}: rows of a record that has another row with another amount; only that of the newest row counts`,
        record,
      );
  });
  times.report(notes);
  return { truncated, of };
}

const noCurrencies = { failed: [], waiting: [], open: [] } as const;

function lateLimitsOf({ settings, calendar, now }: RunContext<Settings>): LateLimit[] {
  return settings.late_after.map(({ severity, value }) => ({
    severity,
    newest: newestLate(calendar, now, value),
  }));
}

/** One run of kind `records`. @throws RunError, DatabaseError as `MonitorKind.observe` has it. */
export async function observe(run: RunContext<Settings>): Promise<Reading> {
  const notes = new Notes();
  const query = queriesByKey(run.settings);
  const failed = query.failed && (await readRecords(run, query.failed, notes, failureReader(run)));
  const waiting = query.waiting && (await readRecords(run, query.waiting, notes, () => null));
  const finished = query.finished && (await readFinished(run, query.finished, notes));
  const lateLimits = lateLimitsOf(run);
  const retriesOf = followRetries(run, (company) => failed?.of(company) ?? new OpenRecords());
  const seen = new Map(
    run.companies.map((company) => [
      company,
      {
        failed: failed?.of(company),
        waiting: waiting?.of(company),
        finished: finished?.get(company),
        retryOf: retriesOf(company),
      },
    ]),
  );
  const currencies = currenciesOf(run, seen);
  const companies = [...seen].map(([company, each]) =>
    reportCompany(run, company, each, lateLimits, currencies.get(company) ?? noCurrencies),
  );
  const oldestWaiting = run.companies.map(
    (company) => [company, waiting?.of(company).oldestSince() ?? null] as const,
  );
  return {
    samples: companies.flatMap(({ samples }) => samples),
    live: (now) => [
      ...waitingLive(run.calendar, oldestWaiting, now),
      ...finishedLive(run, finished ?? new Map(), now),
    ],
    statuses: companies.map(({ status }) => status),
    records: companies.flatMap(({ records }) => records),
    allRecords: () => [...seen].flatMap(([company, each]) => entriesOf(run, company, each, lateLimits)),
    truncated: (failed?.truncated ?? false) || (waiting?.truncated ?? false),
    notes: notes.toArray(),
  };
}
