import { formatDuration } from '../../duration.ts';
import type { Instant } from '../../time.ts';
import { readRows } from '../shared/columns.ts';
import { FutureTimes } from '../shared/future-times.ts';
import type { Family, MonitorQuery, RunContext, Sample } from '../contract.ts';
import type { Notes } from '../shared/notes.ts';
import { polledGauge, sample, thresholdOf } from '../shared/samples.ts';
import type { Limit } from '../shared/settings.ts';
import type { RecordSettings } from './settings.ts';

const sinceLast = polledGauge(
  'erp_since_last_finished_record_seconds',
  'Business hours since a record was last transferred successfully, in seconds, computed at scrape time; absent when none ever was.',
  'seconds',
);

/** What is exported about transferred records: a flow can be silent although no record failed or waits. */
export const finishedFamilies = {
  last: polledGauge(
    'erp_last_finished_record_timestamp_seconds',
    'When a record was last transferred successfully; absent when none ever was.',
    'seconds',
  ),
  sinceLast,
  sinceLastThreshold: thresholdOf(
    sinceLast,
    'Business hours, in seconds, without a successful transfer after which the flow is silent, as configured; absent when there is no limit.',
  ),
} as const satisfies Record<string, Family>;

/** Company → when its newest record was transferred; `null` when none ever was. */
export type Finished = ReadonlyMap<string, Instant | null>;

/** Runs the query `finished`. A company without a row has no finished record. */
export async function readFinished(
  run: RunContext<RecordSettings>,
  query: MonitorQuery,
  notes: Notes,
): Promise<Finished> {
  const newest = new Map<string, Instant | null>(run.companies.map((company) => [company, null]));
  const times = new FutureTimes(query.key, 'last', run.now);
  await readRows(run, query, notes, (row, company) => {
    const last = times.unlessFarAhead(row.instant('last'), company, notes);
    times.see(last, company);
    const before = newest.get(company) ?? null;
    if (last !== null && (before === null || last > before)) newest.set(company, last);
  });
  times.report(notes);
  return newest;
}

/** What stays as it is until the next run. */
export function finishedSamples(
  run: RunContext<RecordSettings>,
  company: string,
  last: Instant | null,
): Sample[] {
  return [
    ...(last === null ? [] : [sample(finishedFamilies.last, company, last / 1000)]),
    ...run.settings.silent_after.map(({ severity, value }) =>
      sample(finishedFamilies.sinceLastThreshold, company, value / 1000, { severity }),
    ),
  ];
}

/** What moves with the clock. */
export function finishedLive(
  { calendar }: RunContext<RecordSettings>,
  finished: Finished,
  now: Instant,
): Sample[] {
  return [...finished].flatMap(([company, last]) =>
    last === null ? [] : [sample(finishedFamilies.sinceLast, company, calendar.openSeconds(last, now))],
  );
}

/** The severities over whose limit a company is silent, and the words for it; one that never finished one is silent. */
export function silenceOf(
  run: RunContext<RecordSettings>,
  last: Instant | null,
): { readonly severities: readonly Limit['severity'][]; readonly text: string } {
  const openMs = last === null ? Number.POSITIVE_INFINITY : run.calendar.openSeconds(last, run.now) * 1000;
  const severities = run.settings.silent_after
    .filter(({ value }) => openMs > value)
    .map(({ severity }) => severity);
  const elapsedMs = Math.max(0, Math.round((run.now - (last ?? run.now)) / 1000) * 1000);
  return {
    severities,
    text: last === null ? 'none finished yet' : `last finished ${formatDuration(elapsedMs)} ago`,
  };
}
