import type { Instant } from '../../time.ts';
import type { RunContext } from '../contract.ts';
import { cutText } from '../shared/samples.ts';
import { shownMessage } from '../shared/shown-message.ts';
import { mostKeyCharacters } from './failure-details.ts';
import type { FailureDetails } from './failure-details.ts';
import type { ListedRecord, OpenRecords } from './open-records.ts';
import type { RetryLabel, RetryOf } from './retries.ts';
import type { RecordSettings } from './settings.ts';

/** A failed record that is listed; no two have the same label, even after it was cut. */
export interface ListedFailure extends FailureDetails {
  readonly label: string;
  readonly url: string;
  readonly since: Instant | null;
  /** What it is worth, for people: `1240.50`; '' when unknown. */
  readonly amount: string;
  readonly currency: string;
  readonly retry: RetryLabel;
}

/** An exact amount with two decimals, or more where they are not zero: `1240.5000` as `1240.50`. */
export function shownAmount(amount: string | null): string {
  const [, whole = '', fraction = ''] = /^([+-]?\d+)(?:\.(\d*?)0*)?$/.exec(amount ?? '') ?? [];
  return whole === '' ? (amount ?? '') : `${whole}.${fraction.padEnd(2, '0')}`;
}

/** The oldest failed records, as many as the monitor lists; those whose retry is waited for come last. */
function oldestFailed(
  failed: OpenRecords<FailureDetails>,
  most: number,
  retryOf: RetryOf,
): ListedRecord<FailureDetails>[] {
  const isWaiting = (record: string, { errorClass }: FailureDetails) =>
    retryOf(record, errorClass).label === 'waiting';
  const due = failed.oldest(most, (record, details) => !isWaiting(record, details));
  return [...due, ...failed.oldest(most - due.length, isWaiting)];
}

/** The failed records that are listed. */
export function listFailed(
  run: RunContext<RecordSettings>,
  failed: OpenRecords<FailureDetails>,
  retryOf: RetryOf,
): ListedFailure[] {
  const { samples: most, mask: isMasked } = run.settings;
  const byLabel = new Map<string, ListedFailure>();
  for (const { record, since, amount, currency, details } of oldestFailed(failed, most, retryOf)) {
    const label = cutText(record, mostKeyCharacters);
    if (byLabel.has(label)) continue;
    const message = shownMessage(details.message, isMasked);
    const worth = { amount: shownAmount(amount), currency };
    const retry = retryOf(record, details.errorClass).label;
    byLabel.set(label, { label, url: run.recordUrl(record), since, ...worth, ...details, retry, message });
  }
  return [...byLabel.values()];
}
