import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Remedies, Remedy } from '../config/config.ts';
import type { Instant } from '../time.ts';
import { inMaintenance } from './failures.ts';
import type { Failure } from './failures.ts';
import { hasRoom, stoppedUntil } from './limits.ts';
import { pauseOf } from './memory.ts';
import type { Pauses, RecordMemory, RemedyState, Try } from './memory.ts';

/** The longest that an alert waits for remedies, since the record failed. */
export const mostHeldMs = 3_600_000;

/** What is known besides a record. */
export interface Surroundings {
  readonly now: Instant;
  readonly remedies: Remedies;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly pauses: Pauses;
  /** As of `now`. */
  readonly state: RemedyState;
  /** Remedies with an attempt whose effect is not known yet. */
  readonly undecided: ReadonlySet<string>;
}

/**
 * Whether a record is to be tried now, else why not:
 * - `due`: now
 * - `trying`: an attempt is ordered or under way
 * - `tried`: its effect is waited for
 * - `wait`, `pause`: it is left alone until `until`
 * - `exhausted`: every attempt was made
 * - `paused`: somebody has stopped it
 * - `stopped`: it stopped by itself
 * - `limit`: the hour has no room left
 * - `closed`, `maintenance`: not at this time
 */
export interface Standing {
  readonly reason:
    | 'due'
    | 'trying'
    | 'tried'
    | 'wait'
    | 'pause'
    | 'exhausted'
    | 'paused'
    | 'stopped'
    | 'limit'
    | 'closed'
    | 'maintenance';
  readonly until?: Instant;
}

/** The attempts that count: of this remedy, or of its dry run where it is one. */
export function countedTries(
  { tries }: Pick<RecordMemory, 'tries'>,
  { name, isDryRun }: Pick<Remedy, 'name' | 'isDryRun'>,
): readonly Try[] {
  return tries.filter((each) => each.remedy === name && each.isDryRun === isDryRun && !each.isVoid);
}

/** When a record failed, as far as is known. */
export const failedAt = (
  { since }: Pick<Failure, 'since'>,
  { firstSeen }: Pick<RecordMemory, 'firstSeen'>,
): Instant => since ?? firstSeen;

/** What the attempts on the record itself say. */
function byTries(failure: Failure, memory: RecordMemory, remedy: Remedy, now: Instant): Standing {
  const { limits } = remedy;
  const last = memory.tries.at(-1);
  if (last !== undefined && last.endedAt === null) return { reason: 'trying' };
  const counted = countedTries(memory, remedy);
  const ended = counted.at(-1);
  const isOpen = ended !== undefined && ended.worked === null && !ended.isDryRun;
  if (counted.length >= limits.attempts) return { reason: isOpen ? 'tried' : 'exhausted' };
  const ready = failedAt(failure, memory) + limits.waitMs;
  if (now < ready) return { reason: 'wait', until: ready };
  // Every attempt, of whatever remedy and also one that was not made, keeps the record from the next.
  const again = Math.max(
    0,
    ...memory.tries.map((each) => Math.max((each.endedAt ?? each.at) + limits.pauseMs, each.notBefore)),
  );
  if (now < again) return { reason: isOpen ? 'tried' : 'pause', until: again };
  return isOpen ? { reason: 'tried' } : { reason: 'due' };
}

/** Whether a failed record may be tried now by the remedy that fits it. */
export function standingOf(
  failure: Failure,
  memory: RecordMemory,
  remedy: Remedy,
  { now, remedies, maintenance, pauses, state, undecided }: Surroundings,
): Standing {
  const own = byTries(failure, memory, remedy, now);
  if (own.reason === 'trying' || own.reason === 'exhausted') return own;
  if (pauseOf(pauses, remedy.name) !== null) return { reason: 'paused' };
  if (own.reason !== 'due') return own;
  if (inMaintenance(maintenance, failure, now)) return { reason: 'maintenance' };
  if (remedy.limits.calendar?.isOpen(now) === false) return { reason: 'closed' };
  const until = remedy.isDryRun ? undefined : stoppedUntil(state, remedy.name);
  if (until !== undefined && now < until) return { reason: 'stopped', until };
  // Half open: one at a time, and the next when that one is judged.
  if (until !== undefined && undecided.has(remedy.name)) return { reason: 'stopped' };
  if (!hasRoom(state, remedy, remedies)) return { reason: 'limit' };
  return own;
}

/**
 * Whether the alert about a record waits: a remedy still has tries, or waits for the effect of the last. It waits no longer than
 * `wait` and all tries with their pauses take, and an hour at most.
 */
export function isAwaited(
  failure: Failure,
  memory: RecordMemory,
  remedy: Remedy,
  { reason }: Standing,
  now: Instant,
): boolean {
  if (remedy.isDryRun || reason === 'exhausted' || reason === 'paused' || reason === 'stopped') return false;
  const { waitMs, attempts, pauseMs } = remedy.limits;
  // Not by `since`, which an integration may change at each retry of its own.
  const from = Math.min(memory.firstSeen, failedAt(failure, memory));
  return now < from + Math.min(waitMs + attempts * pauseMs, mostHeldMs);
}
