import type { Cells } from '../shared/columns.ts';
import { finishedSamples, silenceOf } from './finished.ts';
import { mask } from '../../known-errors/mask.ts';
import { errorSamples } from './error-classes.ts';
import type { ErrorClass, OpenRecord, RunContext, Sample, CompanyStatus } from '../contract.ts';
import type { OpenRecords } from './open-records.ts';
import { excessAmounts, openSamples, openTotals } from './open-totals.ts';
import type { OpenTotals } from './open-totals.ts';
import { localInstant, localTime } from '../shared/local-time.ts';
import { families } from './families.ts';
import { cutText, sample } from '../shared/samples.ts';
import type { Limit } from '../shared/settings.ts';
import { failureState, worst } from '../shared/severity.ts';
import type { Instant } from '../../time.ts';

/** The settings of kind `records` that shape what is told. */
export interface ReportSettings {
  readonly samples: number;
  readonly mask: boolean;
  readonly late_after: readonly Limit[];
  readonly silent_after: readonly Limit[];
  readonly failed_threshold: readonly Limit[];
  readonly amount_threshold: Readonly<Record<string, readonly Limit[]>>;
}

/** Well below the bound of a label, so that what tells records apart is never cut twice. */
export const mostKeyCharacters = 100;
const mostMessageCharacters = 200;

/** What is told of a failure: its class, and texts of bounded length. */
export interface Failure {
  readonly errorClass: ErrorClass;
  readonly message: string;
  readonly code: string;
  readonly call: string;
}

/** Far more than a message needs to be told from others; a stack trace behind it is nobody's to read here. */
const mostReadCharacters = 4096;

/** Kept of a message until it is known which records are listed: these alone are worth masking. */
const mostKeptCharacters = 3 * mostMessageCharacters;

/** What the row of a failed record says of its failure. */
export function failureOf(run: RunContext<ReportSettings>, row: Cells): Failure {
  const message = cutText(row.text('error'), mostReadCharacters);
  const code = cutText(row.text('code'), mostKeyCharacters);
  return {
    errorClass: run.classify({ code, message }),
    message: cutText(message, mostKeptCharacters),
    code,
    call: cutText(row.text('call'), mostKeyCharacters),
  };
}

/** A limit of lateness with the newest instant that is over it. */
export interface LateLimit {
  readonly severity: 'warning' | 'critical';
  readonly newest: Instant | null;
}

/** Failed records that are listed: each has a label of its own, also after it was cut. */
interface Listed extends Failure {
  readonly label: string;
  readonly url: string;
  readonly since: Instant | null;
}

/** A message as it is shown: masked before it is cut, so that no half of a number that should be masked is left. */
function shownMessage(kept: string, isMasked: boolean): string {
  if (!isMasked) return cutText(kept, mostMessageCharacters);
  const masked = mask(kept);
  // Masking may pull the end of what was kept into sight, and with it half a word that says too much.
  const endShows = kept.endsWith('…') && masked.length <= mostMessageCharacters;
  return cutText(endShows ? masked.replace(/\S+$/, '…') : masked, mostMessageCharacters);
}

function listFailed(run: RunContext<ReportSettings>, failed: OpenRecords<Failure>): Listed[] {
  const { samples: most, mask: isMasked } = run.settings;
  const byLabel = new Map<string, Listed>();
  for (const { record, since, details } of failed.oldest(most)) {
    const label = cutText(record, mostKeyCharacters);
    if (byLabel.has(label)) continue;
    const message = shownMessage(details.message, isMasked);
    byLabel.set(label, { label, url: run.recordUrl(record), since, ...details, message });
  }
  return [...byLabel.values()];
}

function failedSamples(
  run: RunContext<ReportSettings>,
  company: string,
  failed: OpenRecords<Failure>,
  listed: readonly Listed[],
): Sample[] {
  const oldest = [families.oldestFailed, families.oldestFailedOffset] as const;
  return [
    sample(families.failed, company, failed.count),
    sample(families.failedToday, company, failed.countSince(run.today(company))),
    ...failed.amounts().map(([currency, sum]) => sample(families.failedAmount, company, sum, { currency })),
    ...localInstant(run, company, failed.oldestSince(), oldest),
    ...listed.map(({ label, url, since, code, call, message, errorClass }) =>
      sample(families.failedRecord, company, since === null ? Number.NaN : since / 1000, {
        record: label,
        error: errorClass.error,
        code,
        call,
        category: errorClass.category,
        known: String(errorClass.known),
        responder: errorClass.responder,
        message,
        since: since === null ? '' : localTime(since, run.timezone(company)),
        url,
      }),
    ),
    ...errorSamples(
      run,
      company,
      failed.countBy(
        ({ errorClass }) => errorClass.error,
        ({ errorClass }) => errorClass,
      ),
    ),
    sample(families.omitted, company, failed.count - listed.length),
    ...run.settings.failed_threshold.map(({ severity, value }) =>
      sample(families.failedThreshold, company, value, { severity }),
    ),
  ];
}

function waitingSamples(
  run: RunContext<ReportSettings>,
  company: string,
  waiting: OpenRecords<null>,
  lateLimits: readonly LateLimit[],
): Sample[] {
  const oldest = [families.oldestWaiting, families.oldestWaitingOffset] as const;
  return [
    sample(families.waiting, company, waiting.count),
    ...waiting.amounts().map(([currency, sum]) => sample(families.waitingAmount, company, sum, { currency })),
    ...localInstant(run, company, waiting.oldestSince(), oldest),
    ...lateLimits.map((limit) =>
      sample(families.late, company, countLate(waiting, limit), { severity: limit.severity }),
    ),
    ...run.settings.late_after.map(({ severity, value }) =>
      sample(families.sinceOldestWaitingThreshold, company, value / 1000, { severity }),
    ),
  ];
}

function countLate(waiting: OpenRecords<unknown>, { newest }: LateLimit): number {
  return newest === null ? 0 : waiting.countUntil(newest);
}

/** What was seen of one company: undefined for a query that the monitor does not have. */
export interface CompanySeen {
  readonly failed: OpenRecords<Failure> | undefined;
  readonly waiting: OpenRecords<null> | undefined;
  /** `null`: none ever finished. */
  readonly finished: Instant | null | undefined;
}

function statusOf(
  run: RunContext<ReportSettings>,
  company: string,
  { failed, waiting, finished }: CompanySeen,
  open: OpenTotals,
  lateLimits: readonly LateLimit[],
): CompanyStatus {
  const late = lateLimits.map((limit) => ({
    severity: limit.severity,
    count: waiting === undefined ? 0 : countLate(waiting, limit),
  }));
  const failedCount = failed?.count ?? 0;
  const silence = finished === undefined ? undefined : silenceOf(run, finished);
  const excess = excessAmounts(run, open);
  const parts = [
    ...(failed === undefined ? [] : [`${failedCount} failed`]),
    ...(waiting === undefined ? [] : [`${waiting.count} waiting`]),
    ...(late.length === 0 ? [] : [`${Math.max(...late.map(({ count }) => count))} late`]),
    ...(silence === undefined ? [] : [silence.text]),
    ...excess.map(({ text }) => text),
  ];
  const states = [
    ...(failedCount > 0 ? [failureState(run)] : []),
    ...run.settings.failed_threshold
      .filter(({ value }) => failedCount > value)
      .map(({ severity }) => severity),
    ...late.filter(({ count }) => count > 0).map(({ severity }) => severity),
    ...(silence?.severities ?? []),
    ...excess.map(({ severity }) => severity),
  ];
  return { company, state: worst(states), text: parts.join(', ') };
}

/** The failed records that are listed and as many late ones, for the page. */
function openRecords(
  run: RunContext<ReportSettings>,
  company: string,
  listed: readonly Listed[],
  waiting: OpenRecords<null> | undefined,
  lateLimits: readonly LateLimit[],
): OpenRecord[] {
  const newestLate = Math.max(...lateLimits.map(({ newest }) => newest ?? Number.NEGATIVE_INFINITY));
  const oldestWaiting = waiting?.oldest(run.settings.samples) ?? [];
  const late = oldestWaiting.filter(({ since }) => since !== null && since <= newestLate);
  return [
    ...listed.map(({ label, url, since, message, code, call }): OpenRecord => ({
      company,
      state: 'failed',
      record: label,
      since,
      error: message,
      code,
      call,
      url,
    })),
    ...late.map(({ record, since }): OpenRecord => ({
      company,
      state: 'late',
      record,
      since,
      error: '',
      code: '',
      call: '',
      url: run.recordUrl(record),
    })),
  ];
}

/** What a run tells of one company. */
export function reportCompany(
  run: RunContext<ReportSettings>,
  company: string,
  seen: CompanySeen,
  lateLimits: readonly LateLimit[],
): { readonly samples: Sample[]; readonly status: CompanyStatus; readonly records: OpenRecord[] } {
  const { failed, waiting, finished } = seen;
  const listed = failed === undefined ? [] : listFailed(run, failed);
  const open = openTotals(failed, waiting, Object.keys(run.settings.amount_threshold));
  return {
    samples: [
      ...(failed === undefined ? [] : failedSamples(run, company, failed, listed)),
      ...(waiting === undefined ? [] : waitingSamples(run, company, waiting, lateLimits)),
      ...(finished === undefined ? [] : finishedSamples(run, company, finished)),
      ...openSamples(run, company, open),
    ],
    status: statusOf(run, company, seen, open, lateLimits),
    records: openRecords(run, company, listed, waiting, lateLimits),
  };
}
