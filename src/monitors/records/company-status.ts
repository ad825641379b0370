import type { Instant } from '../../time.ts';
import type { CompanyStatus, RunContext } from '../contract.ts';
import { failureState, worst } from '../shared/severity.ts';
import type { FailureDetails } from './failure-details.ts';
import { silenceOf } from './finished.ts';
import { countLate } from './lateness.ts';
import type { LateLimit } from './lateness.ts';
import type { OpenRecords } from './open-records.ts';
import { excessAmounts } from './open-totals.ts';
import type { OpenTotals } from './open-totals.ts';
import { retryText } from './retries.ts';
import type { RetryOf, WaitingRetries } from './retries.ts';
import type { RecordSettings } from './settings.ts';

/** What the queries returned for one company: undefined for a query that the monitor does not have. */
export interface CompanyRecords {
  readonly failed: OpenRecords<FailureDetails> | undefined;
  readonly waiting: OpenRecords<null> | undefined;
  /** `null`: none ever finished. */
  readonly finished: Instant | null | undefined;
  readonly retryOf: RetryOf;
}

/** More failed records than this are a mass failure where `failed_threshold` says nothing else; a test holds ErpMassFailure to it. */
export const mostSingleFailures = 20;

/** How bad it is that so many records have failed, of which some are not due before their retry. */
function failureStates(
  run: RunContext<RecordSettings>,
  count: number,
  retries: WaitingRetries,
): CompanyStatus['state'][] {
  const { failed_threshold } = run.settings;
  const exceeded = failed_threshold.filter(({ value }) => count > value).map(({ severity }) => severity);
  const isMass = failed_threshold.length === 0 ? count > mostSingleFailures : exceeded.length > 0;
  // So many at once are no matter of a single retry: they do not wait for it.
  return [...(count > retries.count || isMass ? [failureState(run)] : []), ...exceeded];
}

/** How the company stands, by the worst of what was seen. */
export function statusOf(
  run: RunContext<RecordSettings>,
  company: string,
  {
    failed,
    waiting,
    finished,
    retries,
  }: Omit<CompanyRecords, 'retryOf'> & { readonly retries: WaitingRetries },
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
    ...(retries.count === 0 ? [] : [retryText(run, company, retries, failedCount)]),
    ...(waiting === undefined ? [] : [`${waiting.count} waiting`]),
    ...(late.length === 0 ? [] : [`${Math.max(...late.map(({ count }) => count))} late`]),
    ...(silence === undefined ? [] : [silence.text]),
    ...excess.map(({ text }) => text),
  ];
  const states = [
    ...failureStates(run, failedCount, retries),
    ...late.filter(({ count }) => count > 0).map(({ severity }) => severity),
    ...(silence?.severities ?? []),
    ...excess.map(({ severity }) => severity),
  ];
  return { company, state: worst(states), text: parts.join(', ') };
}
