import type { Remedy } from '../config/config.ts';
import type { Instant } from '../time.ts';
import { inMaintenance, servesPlace } from './failures.ts';
import type { Failure } from './failures.ts';
import { hasRoom } from './limits.ts';
import { pauseOf } from './memory.ts';
import type { RecordMemory } from './memory.ts';
import type { Standing, Surroundings } from './standing.ts';

/** What somebody wants to have tried at once. */
export interface Wish {
  /** Of the record: `recordKey`. */
  readonly key: string;
  readonly by: string;
}

/** What became of a wish: it was ordered, or why not; `unknown`: no such failed record is seen, or no remedy is there for it. */
export interface WishAnswer {
  readonly reason: 'ordered' | 'unknown' | Exclude<Standing['reason'], 'due'>;
  readonly until?: Instant;
}

/**
 * The remedy by which somebody may have a failed record tried: the first that mends it by itself and leaves it to people too,
 * else the first that is there for any error. Never one of a dry run: people are shown no button that does nothing.
 */
export function remedyByHand(failure: Failure, remedies: readonly Remedy[]): Remedy | undefined {
  const usable = remedies.filter(
    (remedy) => !remedy.isDryRun && remedy.byHand !== 'none' && servesPlace(remedy, failure),
  );
  const own = failure.isRetryable ? usable.find(({ errors }) => errors.has(failure.error)) : undefined;
  return own ?? usable.find(({ byHand }) => byHand === 'any');
}

/**
 * Whether a failed record may be tried now because somebody wants it. People need not wait for `wait`, `pause`, `calendar` or the
 * breaker, and may try more than `attempts`; a remedy that was stopped, maintenance, the limits of the hour, `Retry-After`, and
 * an attempt whose effect no reading can have shown yet, hold for them too.
 *
 * @param readAt when the reading began that shows the record.
 */
export function standingByHand(
  failure: Failure,
  { tries }: Pick<RecordMemory, 'tries'>,
  remedy: Remedy,
  {
    now,
    remedies,
    maintenance,
    pauses,
    state,
    readAt,
  }: Omit<Surroundings, 'undecided'> & { readonly readAt: Instant },
): Standing {
  if (tries.some(({ endedAt }) => endedAt === null)) return { reason: 'trying' };
  if (pauseOf(pauses, remedy.name) !== null) return { reason: 'paused' };
  const sent = tries.filter(({ isDryRun, isVoid }) => !isDryRun && !isVoid);
  if (sent.some(({ endedAt }) => endedAt !== null && readAt <= endedAt)) return { reason: 'tried' };
  const again = Math.max(0, ...sent.map(({ notBefore }) => notBefore));
  if (now < again) return { reason: 'pause', until: again };
  if (inMaintenance(maintenance, failure, now)) return { reason: 'maintenance' };
  return hasRoom(state, remedy, remedies) ? { reason: 'due' } : { reason: 'limit' };
}
