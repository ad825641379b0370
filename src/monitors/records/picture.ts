import type { Instant } from '../../time.ts';
import type { Reading, RunContext } from '../contract.ts';
import type { Notes } from '../shared/notes.ts';
import { currenciesOf } from './currencies.ts';
import type { Query } from './currencies.ts';
import { entriesOf } from './entries.ts';
import type { FailureDetails } from './failure-details.ts';
import { finishedLive } from './finished.ts';
import type { Finished } from './finished.ts';
import { newestLate, waitingLive } from './lateness.ts';
import type { LateLimit } from './lateness.ts';
import { OpenRecords } from './open-records.ts';
import { reportCompany } from './report.ts';
import { followRetries } from './retries.ts';
import type { RecordSettings } from './settings.ts';

/** Open records of one sort, by company of the run; `truncated`: there are more. */
export interface Seen<Details> {
  readonly truncated: boolean;
  readonly of: (company: string) => OpenRecords<Details>;
}

/** All that a run has read of open records; undefined for what the monitor does not watch. */
export interface SeenRecords {
  readonly failed: Seen<FailureDetails> | undefined;
  readonly waiting: Seen<null> | undefined;
  readonly finished: Finished | undefined;
  /** Whether what was read names amounts, also where there are none. */
  readonly namesAmount: (query: Query) => boolean;
}

const noCurrencies = { failed: [], waiting: [], open: [] } as const;

function lateLimitsOf({ settings, calendar, now }: RunContext<RecordSettings>): LateLimit[] {
  return settings.late_after.map(({ severity, value }) => ({
    severity,
    newest: newestLate(calendar, now, value),
  }));
}

/** The reading of a run that has read open records, from wherever: counts, ages, lateness, errors and amounts of each company. */
export function pictureOf(
  run: RunContext<RecordSettings>,
  { failed, waiting, finished, namesAmount }: SeenRecords,
  notes: Notes,
): Reading {
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
  const currencies = currenciesOf(run, seen, namesAmount);
  const companies = [...seen].map(([company, each]) =>
    reportCompany(run, company, each, lateLimits, currencies.get(company) ?? noCurrencies),
  );
  const oldestWaiting = run.companies.map((company): readonly [string, Instant | null] => [
    company,
    waiting?.of(company).oldestSince() ?? null,
  ]);
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
