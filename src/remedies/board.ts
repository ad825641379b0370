import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Remedies, Remedy } from '../config/config.ts';
import type { Entry } from '../outbox/contract.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import type { Instant } from '../time.ts';
import { failuresOf, remedyFor } from './failures.ts';
import type { FailedRecords, Failure } from './failures.ts';
import type { RemedyStateName } from './families.ts';
import { spentOf, stateAt, stoppedUntil, successOf } from './limits.ts';
import { emptyState, noPauses, pauseOf } from './memory.ts';
import type { Pauses, RecordMemory } from './memory.ts';
import { undecidedOf } from './planner.ts';
import { payloadOf } from './result.ts';
import { countedTries, isAwaited, standingOf } from './standing.ts';
import type { Standing, Surroundings } from './standing.ts';
import type { Stored } from './store.ts';

/** A remedy as people see it. */
export interface RemedyLine {
  readonly name: string;
  readonly action: string;
  /** Whose records it may mend; `null`: those of all. */
  readonly companies: readonly string[] | null;
  readonly state: RemedyStateName;
  /** Who paused it, and since when. */
  readonly pause: Pauses['all'];
  /** Until when nothing is tried, where it stopped by itself. */
  readonly stoppedUntil: Instant | null;
  /** Attempts of the last hour, and how many there may be. */
  readonly spent: number;
  readonly perHour: number;
  readonly attempts: number;
  /** What was judged within the last hour. */
  readonly success: { readonly worked: number; readonly of: number };
  /** Of the part of the configuration that orders it. */
  readonly order: string;
}

/** One attempt, as the outbox has it. */
export interface AttemptLine {
  readonly remedy: string;
  readonly company: string;
  readonly monitor: string;
  readonly record: string;
  /** When it was ordered, or begun. */
  readonly at: Instant;
  readonly state: Entry['state'];
  readonly isDryRun: boolean;
  /** Who ordered it by hand; `null`: the configuration did. */
  readonly by: string | null;
  /** The answer, masked and cut. */
  readonly note: string;
  readonly order: string;
}

/** What remedies do about one failed record. */
export interface RecordRemedy {
  readonly remedy: string;
  readonly isDryRun: boolean;
  readonly tries: number;
  readonly attempts: number;
  readonly lastAt: Instant | null;
  readonly lastAnswer: string;
  readonly standing: Standing;
  /** The alert about it waits. */
  readonly isAwaited: boolean;
}

export interface BoardInput {
  readonly now: Instant;
  readonly remedies: Remedies;
  readonly orders: ReadonlyMap<string, string>;
  readonly maintenance: readonly MaintenanceWindow[];
  /** undefined: not read yet. */
  readonly stored: Stored | undefined;
  /** Absent: nothing is kept of a reading. */
  readonly failed?: Pick<FailedRecords, 'of'>;
}

function stateNameOf(remedy: Remedy, pauses: Pauses, until: Instant | undefined): RemedyStateName {
  if (pauseOf(pauses, remedy.name) !== null) return 'paused';
  if (remedy.isDryRun) return 'dry_run';
  return until === undefined ? 'active' : 'stopped';
}

/** Every remedy, in the order of the configuration. */
export function remedyLines({ now, remedies, orders, stored }: BoardInput): readonly RemedyLine[] {
  const pauses = stored?.pauses ?? noPauses;
  const state = stateAt(stored?.state ?? emptyState, now);
  return remedies.remedies.map((remedy) => {
    const until = stoppedUntil(state, remedy.name);
    return {
      name: remedy.name,
      action: remedy.action.type,
      companies: remedy.companies === 'all' ? null : [...remedy.companies],
      state: stateNameOf(remedy, pauses, until),
      pause: pauseOf(pauses, remedy.name),
      stoppedUntil: until ?? null,
      spent: spentOf(state, remedy),
      perHour: remedy.limits.perHour,
      attempts: remedy.limits.attempts,
      success: successOf(state, remedy.name),
      order: orders.get(remedy.name) ?? '',
    };
  });
}

/** An entry of the outbox as an attempt; undefined for one that is none. */
export function attemptLine(entry: Entry): AttemptLine | undefined {
  const payload = payloadOf(entry.payload);
  if (payload === undefined) return undefined;
  const { remedy, monitor, record, isDryRun, order, by = null } = payload;
  const { company, state, note, lastTry, storedAt } = entry;
  return { remedy, company, monitor, record, at: lastTry ?? storedAt, state, isDryRun, by, note, order };
}

/** What is done about the failed records of a task that are open, by `recordKey`. */
export function recordRemedies(
  task: TaskStatus,
  input: BoardInput,
): ReadonlyMap<string, { readonly failure: Failure; readonly remedy: RecordRemedy }> {
  const { now, remedies, stored } = input;
  const found = new Map<string, { readonly failure: Failure; readonly remedy: RecordRemedy }>();
  const undecided = undecidedOf(stored?.records.values() ?? []);
  const surroundings = { ...surroundingsOf(input), undecided };
  for (const failure of failuresOf([task], now, input.failed).open.values()) {
    const remedy = remedyFor(failure, remedies.remedies);
    // Before the first look nothing is known of it; a reading that has just come is not to raise an alert at once.
    const memory = stored?.records.get(failure.key) ?? newMemory(failure, now);
    if (remedy === undefined) continue;
    const standing = standingOf(failure, memory, remedy, surroundings);
    found.set(failure.key, { failure, remedy: shown(failure, memory, remedy, { standing, now }) });
  }
  return found;
}

/** What is known besides a record. */
export function surroundingsOf({
  now,
  remedies,
  maintenance,
  stored,
}: BoardInput): Omit<Surroundings, 'undecided'> {
  return {
    now,
    remedies,
    maintenance,
    pauses: stored?.pauses ?? noPauses,
    state: stateAt(stored?.state ?? emptyState, now),
  };
}

/** Of a record that nothing is known of yet. */
export function newMemory({ company, monitor, record, since }: Failure, now: Instant): RecordMemory {
  return { company, monitor, record, firstSeen: Math.min(since ?? now, now), tries: [] };
}

function shown(
  failure: Failure,
  memory: RecordMemory,
  remedy: Remedy,
  { standing, now }: { readonly standing: Standing; readonly now: Instant },
): RecordRemedy {
  // One that is ordered or under way has not been made yet, as far as anybody knows.
  const made = countedTries(memory, remedy).filter(({ endedAt }) => endedAt !== null);
  const last = made.at(-1);
  return {
    remedy: remedy.name,
    isDryRun: remedy.isDryRun,
    tries: made.length,
    attempts: remedy.limits.attempts,
    lastAt: last?.endedAt ?? null,
    lastAnswer: last?.answer ?? '',
    standing,
    isAwaited: isAwaited(failure, memory, remedy, standing, now),
  };
}
