import type { TaskStatus } from '../poll/task-status.ts';
import type { Instant } from '../time.ts';
import { newMemory, surroundingsOf } from './board.ts';
import type { BoardInput } from './board.ts';
import { remedyByHand, standingByHand } from './by-hand.ts';
import { failuresOf, readingKey } from './failures.ts';
import type { Standing } from './standing.ts';

/** By which remedy somebody may have a failed record tried at once. */
export interface RelaunchOffer {
  readonly remedy: string;
  /** `due`: it may be tried now; else why not. */
  readonly standing: Standing;
  /** The last attempt that somebody ordered, and is over. */
  readonly last: { readonly at: Instant; readonly by: string; readonly answer: string } | null;
}

/** By which remedy somebody may have each failed record of a task tried at once, by `recordKey`. */
export function relaunchOffers(task: TaskStatus, input: BoardInput): ReadonlyMap<string, RelaunchOffer> {
  const { now, remedies, stored } = input;
  const found = new Map<string, RelaunchOffer>();
  const surroundings = surroundingsOf(input);
  const { open, readings } = failuresOf([task], now, input.failed);
  for (const failure of open.values()) {
    const remedy = remedyByHand(failure, remedies.remedies);
    if (remedy === undefined) continue;
    const { company, monitor } = failure;
    const memory = stored?.records.get(failure.key) ?? newMemory(failure, now);
    const readAt = readings.get(readingKey(company, monitor))?.at ?? 0;
    const standing = standingByHand(failure, memory, remedy, { ...surroundings, readAt });
    const last = memory.tries.findLast(({ by, endedAt }) => by !== undefined && endedAt !== null);
    found.set(failure.key, {
      remedy: remedy.name,
      standing,
      last:
        last === undefined ? null : { at: last.endedAt ?? last.at, by: last.by ?? '', answer: last.answer },
    });
  }
  return found;
}
