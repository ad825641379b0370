import { currencyCode } from '../../decimal.ts';
import type { MonitorQuery, Reading, RunContext } from '../contract.ts';
import { readRows } from '../shared/columns.ts';
import type { Cells } from '../shared/cells.ts';
import { FutureTimes } from '../shared/future-times.ts';
import { Notes } from '../shared/notes.ts';
import { cutText } from '../shared/samples.ts';
import { failureReader, mostKeyCharacters } from './failure-details.ts';
import { readFinished } from './finished.ts';
import { OpenRecords } from './open-records.ts';
import { pictureOf } from './picture.ts';
import type { Seen } from './picture.ts';
import { queriesByKey } from './queries.ts';
import type { Settings } from './settings.ts';

/** The open records that one query returned. */
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

/** One run of kind `records`. @throws RunError, DatabaseError as `MonitorKind.observe` has it. */
export async function observe(run: RunContext<Settings>): Promise<Reading> {
  const notes = new Notes();
  const query = queriesByKey(run.settings);
  const failed = query.failed && (await readRecords(run, query.failed, notes, failureReader(run)));
  const waiting = query.waiting && (await readRecords(run, query.waiting, notes, () => null));
  const finished = query.finished && (await readFinished(run, query.finished, notes));
  const namesAmount = (key: 'failed' | 'waiting') => /\bamount\b/i.test(run.settings[key] ?? '');
  return pictureOf(run, { failed, waiting, finished, namesAmount }, notes);
}
