import { z } from 'zod';
import { readRows } from '../shared/columns.ts';
import type { Cells } from '../shared/columns.ts';
import { finishedColumns, finishedFamilies, finishedLive, readFinished } from './finished.ts';
import { newestLate, waitingLive } from './lateness.ts';
import type { ColumnSpec, MonitorKind, MonitorQuery, RunContext, SettingsProblem } from '../contract.ts';
import { Notes } from '../shared/notes.ts';
import { OpenRecords } from './open-records.ts';
import { failedColumns, families, waitingColumns } from './families.ts';
import { failureOf, mostKeyCharacters, reportCompany } from './report.ts';
import { cutText } from '../shared/samples.ts';
import { amountLimits, countLimits, databaseName, durationLimits, sqlText } from '../shared/settings.ts';

const settings = z.object({
  database: databaseName.describe('The database that the queries ask.'),
  failed: sqlText
    .optional()
    .describe('A query that returns one row for each record that has failed and is still open.')
    .meta({
      examples: [
        "SELECT order_number AS record, failed_at AS since, error_message AS error FROM web_orders WHERE company = :company AND export_state = 'failed'",
      ],
    }),
  waiting: sqlText
    .optional()
    .describe('A query that returns one row for each record that waits to be transferred.')
    .meta({
      examples: [
        "SELECT order_number AS record, created_at AS since FROM web_orders WHERE company = :company AND export_state = 'waiting'",
      ],
    }),
  late_after: durationLimits
    .prefault({})
    .describe(
      'Open time (see `calendar`) after which a waiting record is late, by severity; 0 or absent: never.',
    )
    .meta({ examples: [{ warning: '30m', critical: '2h' }] }),
  finished: sqlText
    .optional()
    .describe(
      'A query that returns when the newest record got through: it tells a flow that has gone silent.',
    )
    .meta({
      examples: ['SELECT max(exported_at) AS last FROM web_orders WHERE company = :company'],
    }),
  silent_after: durationLimits
    .prefault({})
    .describe(
      'Open time (see `calendar`) without a finished record that is too long, by severity; 0 or absent: never.',
    )
    .meta({ examples: [{ warning: '4h' }] }),
  samples: z
    .int()
    .min(0)
    .max(1000)
    .default(20)
    .describe('Most failed records that are listed one by one, oldest first; 0 lists none.')
    .meta({ examples: [50] }),
  mask: z
    .boolean()
    .default(true)
    .describe(
      'Whether mail addresses, bank accounts, card and phone numbers and secrets in the messages of errors are masked.',
    )
    .meta({ examples: [false] }),
  failed_threshold: countLimits
    .prefault({})
    .describe('More failed records than this are too many, by severity; 0 or absent: never.')
    .meta({ examples: [{ warning: 5, critical: 20 }] }),
  amount_threshold: amountLimits
    .default({})
    .describe(
      'More open money than this, failed and waiting together, is too much, by currency and severity; 0 or absent: never.',
    )
    .meta({ examples: [{ EUR: { warning: 1000, critical: 10_000 } }] }),
});
type Settings = z.output<typeof settings>;

/** A skewed clock puts a fresh record this far into the future without anything being wrong. */
const toleratedSkewMs = 60_000;

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
  const { truncated } = await readRows(run, query, notes, (row, company) => {
    const record = row.text('record');
    const since = row.instant('since');
    if (record === '')
      notes.count(`${query.key}: rows without a record key count as one record each and are not listed`);
    if (since === null && query.key === 'waiting')
      notes.count('waiting: rows without since can never be late', record);
    if (since !== null && since > run.now + toleratedSkewMs)
      notes.count(
        `${query.key}: rows whose since lies in the future; check the time zone of the database`,
        record,
      );
    of(company).add({
      record,
      since,
      amount: row.decimal('amount'),
      currency: cutText(row.text('currency'), mostKeyCharacters),
      details: detailsOf(row),
    });
  });
  return { truncated, of };
}

function queries(
  given: Settings,
): Readonly<Record<'failed' | 'waiting' | 'finished', MonitorQuery | undefined>> {
  const query = (key: 'failed' | 'waiting' | 'finished', columns: readonly ColumnSpec[]) => {
    const sql = given[key];
    return sql === undefined ? undefined : { key, database: given.database, sql, columns };
  };
  return {
    failed: query('failed', failedColumns),
    waiting: query('waiting', waitingColumns),
    finished: query('finished', finishedColumns),
  };
}

function problems({
  failed,
  waiting,
  finished,
  late_after,
  silent_after,
  failed_threshold,
}: Settings): SettingsProblem[] {
  return [
    ...(failed === undefined && waiting === undefined
      ? [{ path: [], message: 'has neither failed nor waiting; write at least one of the two queries' }]
      : []),
    ...(waiting === undefined && late_after.length > 0
      ? [{ path: ['late_after'], message: 'only a waiting record can be late; add the query waiting' }]
      : []),
    ...(failed === undefined && failed_threshold.length > 0
      ? [{ path: ['failed_threshold'], message: 'counts failed records; add the query failed' }]
      : []),
    ...(finished === undefined && silent_after.length > 0
      ? [
          {
            path: ['silent_after'],
            message: 'counts from the newest finished record; add the query finished',
          },
        ]
      : []),
  ];
}

/** Business documents that have failed or wait: how many, how old, how late, worth how much. */
export const records: MonitorKind<typeof settings> = {
  kind: 'records',
  description: 'Business documents that have failed or wait: how many, since when, how late, worth how much.',
  settings,
  documentedFamilies: [...Object.values(families), ...Object.values(finishedFamilies)],
  families: () => [...Object.values(families), ...Object.values(finishedFamilies)],
  queries: (given) => Object.values(queries(given)).filter((query) => query !== undefined),
  problems,
  async observe(run) {
    const notes = new Notes();
    const query = queries(run.settings);
    const failed =
      query.failed && (await readRecords(run, query.failed, notes, (row) => failureOf(run, row)));
    const waiting = query.waiting && (await readRecords(run, query.waiting, notes, () => null));
    const finished = query.finished && (await readFinished(run, query.finished, notes));
    const lateLimits = run.settings.late_after.map(({ severity, value }) => ({
      severity,
      newest: newestLate(run.calendar, run.now, value),
    }));
    const companies = run.companies.map((company) =>
      reportCompany(
        run,
        company,
        { failed: failed?.of(company), waiting: waiting?.of(company), finished: finished?.get(company) },
        lateLimits,
      ),
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
      truncated: (failed?.truncated ?? false) || (waiting?.truncated ?? false),
      notes: notes.toArray(),
    };
  },
};
