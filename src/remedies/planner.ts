import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Remedies, Remedy } from '../config/config.ts';
import type { Entry, Intent } from '../outbox/contract.ts';
import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import { remedyByHand, standingByHand } from './by-hand.ts';
import type { Wish, WishAnswer } from './by-hand.ts';
import { readingKey, remedyFor } from './failures.ts';
import type { Failure, Failures } from './failures.ts';
import { settledTry, verdictOn } from './judge.ts';
import { afterVerdict, spend, stateAt, stoppedUntil } from './limits.ts';
import type { Pauses, RecordMemory, RemedyState, Try } from './memory.ts';
import { standingOf } from './standing.ts';

/** How long an attempt that was ordered may wait for its turn. */
const orderedMs = 10 * 60_000;
/** How long a record that was tried is remembered after it was last tried, and is no longer shown. */
const rememberedMs = 7 * dayMs;
/** As that, where nobody knows whether it is still there. */
const forgottenMs = 30 * dayMs;
/** Most records that are remembered; others are left alone. */
export const mostRecords = 5000;
/** Most attempts of a record that are remembered. */
const mostTries = 60;

/** Everything that is decided by. */
export interface PlanInput {
  readonly now: Instant;
  readonly remedies: Remedies;
  /** Of the part of the configuration that orders what each remedy does, by its name. */
  readonly orders: ReadonlyMap<string, string>;
  readonly failures: Failures;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly pauses: Pauses;
  readonly state: RemedyState;
  /** By `recordKey`. */
  readonly records: ReadonlyMap<string, RecordMemory>;
  /** What became of the attempts that were under way, by the keys of their intents. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** What somebody wants now; absent: nobody does. */
  readonly wish?: Wish | undefined;
}

/** Something that people are told: in the log, and counted. */
export type RemedyEvent =
  | {
      readonly type: 'judged';
      readonly remedy: string;
      readonly worked: boolean;
      readonly record: RecordMemory;
    }
  | { readonly type: 'stopped' | 'resumed'; readonly remedy: string };

/** What is to be stored, at once. */
export interface Plan {
  /** Those that change; undefined: forgotten. */
  readonly records: ReadonlyMap<string, RecordMemory | undefined>;
  readonly state: RemedyState;
  readonly intents: readonly Intent[];
  readonly events: readonly RemedyEvent[];
  /** What becomes of the wish, where there is one. */
  readonly answer?: WishAnswer | undefined;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The plan while it is made. */
class Planning {
  readonly #input: PlanInput;
  readonly #records: Map<string, RecordMemory>;
  readonly #intents: Intent[] = [];
  readonly #events: RemedyEvent[] = [];
  #state: RemedyState;

  constructor(input: PlanInput) {
    this.#input = input;
    this.#records = new Map(input.records);
    this.#state = stateAt(input.state, input.now);
  }

  plan(): Plan {
    for (const [key, memory] of this.#records) this.#records.set(key, this.#caughtUp(key, memory));
    this.#meet();
    this.#forget();
    const { wish } = this.#input;
    const answer = wish === undefined ? undefined : this.#grant(wish);
    this.#order();
    return {
      records: this.#changes(),
      state: this.#state,
      intents: this.#intents,
      events: this.#events,
      answer,
    };
  }

  /** What became of the attempts on a record since it was last looked at. */
  #caughtUp(key: string, memory: RecordMemory): RecordMemory {
    const { now, entries, failures, remedies } = this.#input;
    const tries = memory.tries.map((each) => {
      const settled = settledTry(each, entries.get(each.key), now);
      const pauseMs = remedies.remedies.find(({ name }) => name === settled.remedy)?.limits.pauseMs;
      const worked = verdictOn(settled, { key, memory, failures, pauseMs });
      if (worked === null) return settled;
      this.#judge(memory, settled, worked);
      return { ...settled, worked };
    });
    return isSame(tries, memory.tries) ? memory : { ...memory, tries };
  }

  #judge(record: RecordMemory, { remedy, by }: Try, worked: boolean): void {
    const { now, remedies } = this.#input;
    this.#events.push({ type: 'judged', remedy, worked, record });
    // What people try in vain says nothing about how the remedy does by itself.
    if (by !== undefined) return;
    const before = stoppedUntil(this.#state, remedy);
    this.#state = afterVerdict(this.#state, remedy, { worked, now, leastSuccess: remedies.leastSuccess });
    const after = stoppedUntil(this.#state, remedy);
    if (before !== after && after !== undefined) this.#events.push({ type: 'stopped', remedy });
    if (before !== undefined && after === undefined) this.#events.push({ type: 'resumed', remedy });
  }

  /** Remembers the records that a remedy may mend, from when they are first seen. */
  #meet(): void {
    const { now, failures, remedies } = this.#input;
    for (const [key, failure] of failures.open) {
      if (this.#records.has(key) || remedyFor(failure, remedies.remedies) === undefined) continue;
      if (this.#records.size >= mostRecords) return;
      const { company, monitor, record, since } = failure;
      const firstSeen = Math.min(since ?? now, now);
      this.#records.set(key, { company, monitor, record, firstSeen, tries: [] });
    }
  }

  #forget(): void {
    const { now, failures } = this.#input;
    for (const [key, memory] of this.#records) {
      if (failures.open.has(key) || memory.tries.some(({ endedAt }) => endedAt === null)) continue;
      const last = memory.tries.reduce((latest, { at }) => Math.max(latest, at), memory.firstSeen);
      const reading = failures.readings.get(`${memory.company}\n${memory.monitor}`);
      const isGone = reading !== undefined && !reading.isTruncated;
      const keptMs = isGone ? (memory.tries.length === 0 ? 0 : rememberedMs) : forgottenMs;
      if (now - last >= keptMs) this.#records.delete(key);
    }
  }

  /** Orders what somebody wants, where that may be. */
  #grant({ key, by }: Wish): WishAnswer {
    const { now, failures, remedies } = this.#input;
    const failure = failures.open.get(key);
    const remedy = failure === undefined ? undefined : remedyByHand(failure, remedies.remedies);
    if (failure === undefined || remedy === undefined) return { reason: 'unknown' };
    const { company, monitor, record, since } = failure;
    const firstSeen = Math.min(since ?? now, now);
    const memory = this.#records.get(key) ?? { company, monitor, record, firstSeen, tries: [] };
    const readAt = failures.readings.get(readingKey(company, monitor))?.at ?? 0;
    const { reason, until } = standingByHand(failure, memory, remedy, {
      ...this.#input,
      state: this.#state,
      readAt,
    });
    if (reason !== 'due') return { reason, ...(until === undefined ? {} : { until }) };
    if (!this.#records.has(key) && this.#records.size >= mostRecords) return { reason: 'limit' };
    this.#try(failure, memory, remedy, by);
    return { reason: 'ordered' };
  }

  /** Orders what is due, the longest failed first, one by one: each spends what the next may not have. */
  #order(): void {
    const { failures, remedies } = this.#input;
    const undecided = new Set(undecidedOf(this.#records.values()));
    const due = [...failures.open.values()].sort((a, b) => (a.since ?? 0) - (b.since ?? 0));
    for (const failure of due) {
      const memory = this.#records.get(failure.key);
      const remedy = remedyFor(failure, remedies.remedies);
      if (memory === undefined || remedy === undefined) continue;
      const surroundings = { ...this.#input, state: this.#state, undecided };
      if (standingOf(failure, memory, remedy, surroundings).reason !== 'due') continue;
      this.#try(failure, memory, remedy);
      if (!remedy.isDryRun) undecided.add(remedy.name);
    }
  }

  /** @param by who ordered it by hand. */
  #try(failure: Failure, memory: RecordMemory, remedy: Remedy, by?: string): void {
    const { now, orders } = this.#input;
    const { key, company, monitor, record, since, error } = failure;
    const n = (memory.tries.at(-1)?.n ?? 0) + 1;
    const order = orders.get(remedy.name) ?? '';
    const action = remedy.action.type;
    const hand = by === undefined ? {} : { by };
    const intent: Intent = {
      key: `remedy/${key}/${memory.firstSeen}/${n}`,
      kind: 'remedy',
      action,
      queue: `remedy/${key}`,
      company,
      payload: {
        remedy: remedy.name,
        order,
        isDryRun: remedy.isDryRun,
        monitor,
        record,
        error,
        since,
        n,
        ...hand,
      },
      notBefore: now,
      expires: now + orderedMs,
    };
    const attempt = newTry(intent, { n, remedy, now, by });
    this.#intents.push(intent);
    this.#state = spend(this.#state, remedy, now);
    this.#records.set(key, { ...memory, tries: [...memory.tries, attempt].slice(-mostTries) });
  }

  #changes(): ReadonlyMap<string, RecordMemory | undefined> {
    const changes = new Map<string, RecordMemory | undefined>();
    for (const [key, memory] of this.#records)
      if (memory !== this.#input.records.get(key)) changes.set(key, memory);
    for (const key of this.#input.records.keys()) if (!this.#records.has(key)) changes.set(key, undefined);
    return changes;
  }
}

/** An attempt that is ordered by an intent, and not begun. */
function newTry(
  { key, action, expires }: Intent,
  {
    n,
    remedy: { name, isDryRun },
    now,
    by,
  }: { readonly n: number; readonly remedy: Remedy; readonly now: Instant; readonly by: string | undefined },
): Try {
  return {
    n,
    remedy: name,
    action,
    isDryRun,
    key,
    at: now,
    until: expires,
    endedAt: null,
    answer: '',
    isVoid: false,
    worked: null,
    notBefore: 0,
    ...(by === undefined ? {} : { by }),
  };
}

/** Remedies with an attempt that is under way, or whose effect is not known yet. */
export function undecidedOf(records: Iterable<RecordMemory>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { tries } of records)
    for (const { remedy, endedAt, worked, isDryRun, isVoid } of tries)
      if (!isDryRun && (endedAt === null || (worked === null && !isVoid))) found.add(remedy);
  return found;
}

/** What is to be done now. Pure: the same input gives the same plan. */
export function plan(input: PlanInput): Plan {
  return new Planning(input).plan();
}
