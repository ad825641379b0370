import type { Entry } from '../outbox/contract.ts';
import type { Instant } from '../time.ts';
import { readingKey } from './failures.ts';
import type { Failures } from './failures.ts';
import type { RecordMemory, Try } from './memory.ts';
import { resultOf } from './result.ts';

/** The effect of an attempt of a remedy that has gone from the configuration is waited for so long. */
const defaultPauseMs = 15 * 60_000;
/** An entry of which nothing is found so long after it was to begin is lost: it has been pruned. */
const lostMs = 3_600_000;

/**
 * An attempt, with what became of its intent. Of one that may have been sent nobody will ever know more than the next reading
 * tells.
 */
export function settledTry(given: Try, entry: Entry | undefined, now: Instant): Try {
  if (given.endedAt !== null) {
    // The clock was set back: the pause after it begins anew.
    return given.endedAt > now ? { ...given, endedAt: now } : given;
  }
  if (entry === undefined)
    return now < given.until + lostMs ? given : { ...given, endedAt: now, answer: 'unknown' };
  if (entry.state === 'waiting') return given;
  const endedAt = Math.min(entry.settledAt ?? now, now);
  const isVoid = entry.state === 'refused' || entry.attempts === 0;
  const result = resultOf(entry.result);
  const unbegun = entry.state === 'refused' ? 'skipped' : 'expired';
  const answer = isVoid ? unbegun : (result?.answer ?? 'unknown');
  return { ...given, endedAt, answer, isVoid, notBefore: endedAt + (result?.retryAfterMs ?? 0) };
}

/**
 * Whether an attempt worked: a later reading, which began after it, no longer shows the record; null: not known yet. It did not
 * when the record is still there after the pause, in which an integration may be slow, or has failed anew.
 */
export function verdictOn(
  { endedAt, worked, isVoid, isDryRun }: Try,
  {
    key,
    memory: { company, monitor },
    failures,
    pauseMs = defaultPauseMs,
  }: {
    readonly key: string;
    readonly memory: RecordMemory;
    readonly failures: Failures;
    readonly pauseMs: number | undefined;
  },
): boolean | null {
  if (endedAt === null || worked !== null || isVoid || isDryRun) return null;
  const reading = failures.readings.get(readingKey(company, monitor));
  if (reading === undefined || reading.at <= endedAt) return null;
  const failure = failures.open.get(key);
  // Of a reading that was cut short, what it does not show may still be there.
  if (failure === undefined) return reading.isTruncated ? null : true;
  const hasFailedAnew = failure.since !== null && failure.since > endedAt;
  return hasFailedAnew || reading.at >= endedAt + pauseMs ? false : null;
}
