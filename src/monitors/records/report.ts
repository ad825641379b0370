import type { CompanyStatus, OpenRecord, RunContext, Sample } from '../contract.ts';
import { withZeros } from '../shared/currencies.ts';
import { localInstant, localTime } from '../shared/local-time.ts';
import { sample } from '../shared/samples.ts';
import { statusOf } from './company-status.ts';
import type { CompanyRecords } from './company-status.ts';
import type { Currencies } from './currencies.ts';
import { openRecordsOf } from './entries.ts';
import { errorSamples } from './error-classes.ts';
import { listFailed } from './failures.ts';
import type { FailureDetails } from './failure-details.ts';
import type { ListedFailure } from './failures.ts';
import { families } from './families.ts';
import { finishedSamples } from './finished.ts';
import { lateRecordSamples, listLate } from './late-records.ts';
import type { LateRecord } from './late-records.ts';
import { countLate } from './lateness.ts';
import type { LateLimit } from './lateness.ts';
import type { OpenRecords } from './open-records.ts';
import { waitingRetries } from './retries.ts';
import type { WaitingRetries } from './retries.ts';
import { openSamples, openTotals } from './open-totals.ts';
import type { RecordSettings } from './settings.ts';

/** The series of one failed record. */
function failedRecordSample(
  run: RunContext<RecordSettings>,
  company: string,
  { label, url, since, amount, currency, code, call, message, errorClass, retry }: ListedFailure,
): Sample {
  return sample(families.failedRecord, company, since === null ? Number.NaN : since / 1000, {
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
    retry,
    amount,
    currency,
  });
}

function failedSamples(
  run: RunContext<RecordSettings>,
  company: string,
  failed: OpenRecords<FailureDetails>,
  listed: readonly ListedFailure[],
  retries: WaitingRetries,
  currencies: readonly string[],
): Sample[] {
  const isDue = ({ retry }: ListedFailure) => retry !== 'waiting';
  const oldest = [families.oldestFailed, families.oldestFailedOffset] as const;
  return [
    sample(families.failed, company, failed.count),
    sample(families.failedToday, company, failed.countSince(run.today(company))),
    ...[...withZeros(failed.amounts(), currencies)].map(([currency, sum]) =>
      sample(families.failedAmount, company, sum, { currency }),
    ),
    ...localInstant(run, company, failed.oldestSince(), oldest),
    ...listed.map((failure) => failedRecordSample(run, company, failure)),
    ...errorSamples(
      run,
      company,
      failed.countBy(
        ({ errorClass }) => errorClass.error,
        ({ errorClass }) => errorClass,
      ),
    ),
    sample(families.omitted, company, failed.count - retries.count - listed.filter(isDue).length),
    sample(families.awaitingRetry, company, retries.count),
    ...run.settings.failed_threshold.map(({ severity, value }) =>
      sample(families.failedThreshold, company, value, { severity }),
    ),
  ];
}

function waitingSamples(
  run: RunContext<RecordSettings>,
  company: string,
  waiting: OpenRecords<null>,
  lateLimits: readonly LateLimit[],
  late: readonly LateRecord[],
  currencies: readonly string[],
): Sample[] {
  const oldest = [families.oldestWaiting, families.oldestWaitingOffset] as const;
  return [
    sample(families.waiting, company, waiting.count),
    ...[...withZeros(waiting.amounts(), currencies)].map(([currency, sum]) =>
      sample(families.waitingAmount, company, sum, { currency }),
    ),
    ...localInstant(run, company, waiting.oldestSince(), oldest),
    ...lateLimits.map((limit) =>
      sample(families.late, company, countLate(waiting, limit), { severity: limit.severity }),
    ),
    ...lateRecordSamples(run, company, late),
    ...run.settings.late_after.map(({ severity, value }) =>
      sample(families.sinceOldestWaitingThreshold, company, value / 1000, { severity }),
    ),
  ];
}

const noRetries: WaitingRetries = { count: 0, until: Number.NEGATIVE_INFINITY };

/** What a run reports for one company. */
export function reportCompany(
  run: RunContext<RecordSettings>,
  company: string,
  seen: CompanyRecords,
  lateLimits: readonly LateLimit[],
  currencies: Currencies,
): { readonly samples: Sample[]; readonly status: CompanyStatus; readonly records: OpenRecord[] } {
  const { failed, waiting, finished, retryOf } = seen;
  const listed = failed === undefined ? [] : listFailed(run, failed, retryOf);
  const late = listLate(run, waiting, lateLimits);
  const retries = failed === undefined ? noRetries : waitingRetries(failed, retryOf);
  const open = openTotals(failed, waiting, currencies.open);
  return {
    samples: [
      ...(failed === undefined
        ? []
        : failedSamples(run, company, failed, listed, retries, currencies.failed)),
      ...(waiting === undefined
        ? []
        : waitingSamples(run, company, waiting, lateLimits, late, currencies.waiting)),
      ...(finished === undefined ? [] : finishedSamples(run, company, finished)),
      ...openSamples(run, company, open),
    ],
    status: statusOf(run, company, { ...seen, retries }, open, lateLimits),
    records: openRecordsOf(run, company, listed, late),
  };
}
