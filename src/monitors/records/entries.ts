import { mask } from '../../known-errors/mask.ts';
import type { OpenRecord, OpenRecordEntry, RunContext } from '../contract.ts';
import { cutText } from '../shared/samples.ts';
import { shownMessage } from '../shared/shown-message.ts';
import type { CompanyRecords } from './company-status.ts';
import { mostKeyCharacters } from './failure-details.ts';
import type { FailureDetails } from './failure-details.ts';
import { shownAmount } from './failures.ts';
import type { ListedFailure } from './failures.ts';
import type { LateRecord } from './late-records.ts';
import { newestLateBy } from './lateness.ts';
import type { LateLimit } from './lateness.ts';
import type { ListedRecord } from './open-records.ts';
import type { RetryOf } from './retries.ts';
import type { RecordSettings } from './settings.ts';

/** A failed record that is listed, as people see it. */
function listedRecord(company: string, failure: ListedFailure): OpenRecord {
  const { label, url, since, amount, currency, message, code, call, errorClass, retry } = failure;
  return {
    company,
    state: 'failed',
    record: label,
    since,
    amount,
    currency,
    code,
    call,
    errorClass,
    isAwaitingRetry: retry === 'waiting',
    error: message,
    url,
    left: '',
    right: '',
  };
}

function waitingEntry(
  run: RunContext<RecordSettings>,
  company: string,
  waiting: ListedRecord<null>,
  isLate: boolean,
): OpenRecordEntry {
  const { record, since, amount, currency } = waiting;
  const entry = {
    company,
    state: isLate ? ('late' as const) : ('waiting' as const),
    record: cutText(record, mostKeyCharacters),
    since,
    amount: shownAmount(amount),
    currency,
    code: '',
    call: '',
    errorClass: null,
    isAwaitingRetry: false,
  };
  return { ...entry, show: () => ({ ...entry, error: '', url: run.recordUrl(record), left: '', right: '' }) };
}

function failedEntry(
  run: RunContext<RecordSettings>,
  company: string,
  failed: ListedRecord<FailureDetails>,
  retryOf: RetryOf,
): OpenRecordEntry {
  const { record, since, amount, currency, details } = failed;
  const entry = {
    company,
    state: 'failed' as const,
    record: cutText(record, mostKeyCharacters),
    since,
    amount: shownAmount(amount),
    currency,
    code: details.code,
    call: details.call,
    errorClass: details.errorClass,
    isAwaitingRetry: retryOf(record, details.errorClass).label === 'waiting',
  };
  const { mask: isMasked } = run.settings;
  return {
    ...entry,
    show: () => ({
      ...entry,
      error: shownMessage(details.message, isMasked),
      ...(details.trace === '' ? {} : { trace: isMasked ? mask(details.trace) : details.trace }),
      url: run.recordUrl(record),
      left: '',
      right: '',
    }),
  };
}

/** The failed records that are listed and as many late ones. */
export function openRecordsOf(
  run: RunContext<RecordSettings>,
  company: string,
  listed: readonly ListedFailure[],
  late: readonly LateRecord[],
): OpenRecord[] {
  return [
    ...listed.map((failure) => listedRecord(company, failure)),
    ...late.map((record) => waitingEntry(run, company, record, true).show()),
  ];
}

/** Every open record of a company; one that failed and waits to be sent again is listed as failed. */
export function entriesOf(
  run: RunContext<RecordSettings>,
  company: string,
  { failed, waiting, retryOf }: CompanyRecords,
  lateLimits: readonly LateLimit[],
): OpenRecordEntry[] {
  const newest = newestLateBy(lateLimits);
  const failures = [...(failed?.each() ?? [])];
  const failedKeys = new Set(failures.map(({ record }) => record));
  const others = [...(waiting?.each() ?? [])].filter(
    ({ record }) => record === '' || !failedKeys.has(record),
  );
  return [
    ...failures.map((record) => failedEntry(run, company, record, retryOf)),
    ...others.map((record) =>
      waitingEntry(run, company, record, record.since !== null && record.since <= newest),
    ),
  ];
}
