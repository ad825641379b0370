import { longestRetryWaitMs } from '../../known-errors/catalogue.ts';
import type { Instant } from '../../time.ts';
import type { ErrorClass, RunContext } from '../contract.ts';
import { localTime } from '../shared/local-time.ts';
import { cutText } from '../shared/samples.ts';
import { mostKeyCharacters } from './failure-details.ts';
import type { FailureDetails } from './failure-details.ts';
import { firstSeen } from './failure-memory.ts';
import type { OpenRecords } from './open-records.ts';
import type { RecordSettings } from './settings.ts';

/** How a failed record stands with the retry of the integration, the label `retry`: '' where a retry does not help. */
export type RetryLabel = 'waiting' | 'over' | '';

/** What may be hoped of a retry. */
export interface Retry {
  readonly label: RetryLabel;
  /** When it will have been waited for long enough; -Infinity where it is not waited for at all. */
  readonly until: Instant;
}

/** The retry of a failed record of one company. */
export type RetryOf = (record: string, errorClass: ErrorClass) => Retry;

/** The failed records of a company whose retry is waited for. */
export interface WaitingRetries {
  readonly count: number;
  /** When the last of the waits ends; -Infinity when there is none. */
  readonly until: Instant;
}

const never = Number.NEGATIVE_INFINITY;

function keyOf(company: string, record: string): string {
  return JSON.stringify([company, cutText(record, mostKeyCharacters)]);
}

/** How long a retry of such an error is waited for, in milliseconds. */
function waitMs(
  { settings: { retry_wait } }: RunContext<RecordSettings>,
  { retryWaitMs }: ErrorClass,
): number {
  return retryWaitMs === 0 ? 0 : (retry_wait ?? retryWaitMs);
}

/**
 * Follows the failed records of a run from one run to the next. A wait counts from when a record was first seen failed, whatever
 * its retries do to `since` or to its error. A record without a key cannot be followed, so that it is not waited for.
 */
export function followRetries(
  run: RunContext<RecordSettings>,
  failedOf: (company: string) => OpenRecords<FailureDetails>,
): (company: string) => RetryOf {
  const failures = run.companies.flatMap((company) =>
    [...failedOf(company).each()].flatMap(({ record, since, details: { errorClass } }) => {
      const key = keyOf(company, record);
      return record === '' ? [] : [{ key, since, isRetried: waitMs(run, errorClass) > 0 }];
    }),
  );
  const isWaitedFor = run.settings.retry_wait !== 0;
  const keptMs = run.settings.retry_wait ?? longestRetryWaitMs;
  const first = isWaitedFor ? firstSeen(run, failures, keptMs) : new Map<string, Instant>();
  return (company) => (record, errorClass) => {
    if (errorClass.retryWaitMs === 0) return { label: '', until: never };
    const until = (first.get(keyOf(company, record)) ?? never) + waitMs(run, errorClass);
    return { label: until > run.now ? 'waiting' : 'over', until };
  };
}

/** How many records still wait for their retry, and until when. */
export function waitingRetries(failed: OpenRecords<FailureDetails>, retryOf: RetryOf): WaitingRetries {
  let count = 0;
  let latest = never;
  for (const { record, details } of failed.each()) {
    const { label, until } = retryOf(record, details.errorClass);
    if (label !== 'waiting') continue;
    count += 1;
    latest = Math.max(latest, until);
  }
  return { count, until: latest };
}

const minuteMs = 60_000;

/** Until when a retry is expected, in words: `retry expected until 14:10`, of all failed records or of some. */
export function retryText(
  run: RunContext<RecordSettings>,
  company: string,
  { count, until }: WaitingRetries,
  failedCount: number,
): string {
  const zone = run.timezone(company);
  // Rounded up: what is said must not be over before it is.
  const end = localTime(Math.ceil(until / minuteMs) * minuteMs, zone);
  const isToday = end.slice(0, 10) === localTime(run.now, zone).slice(0, 10);
  const which = count === failedCount ? 'retry' : `retry of ${count}`;
  return `${which} expected until ${isToday ? end.slice(11) : end}`;
}
