import { toleratedSkewMs } from '../shared/clock-skew.ts';
import type { Instant } from '../../time.ts';
import type { JobRow } from './row.ts';

const never = Number.NEGATIVE_INFINITY;

function earliest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

function latest(...times: readonly (Instant | null)[]): Instant | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Milliseconds from start to end; null when one is unknown or they are the wrong way round. */
function durationOf({ started, finished }: JobRow): number | null {
  return started === null || finished === null || finished < started ? null : finished - started;
}

/** When the next run is to start, unless the row tells of a run since, or of one that was left out. */
function openDue({ state, started, finished, lastSuccess, due }: JobRow): Instant | null {
  const last = latest(started, finished, lastSuccess);
  const isOpen = last === null ? state === 'waiting' || state === 'unknown' : due !== null && due > last;
  return isOpen ? due : null;
}

/**
 * What is known of one job, from its rows in any order. It holds no more than the rows that matter. Times in the future tell
 * nothing of what was.
 */
export class JobHistory {
  readonly #now: Instant;
  /** The row that began last, and when. */
  #last: { readonly row: JobRow; readonly at: number };
  #untimedFailure: JobRow | undefined;
  #untimedSuccess = false;
  #lastSuccess: Instant | null = null;
  #lastTimed: { readonly at: number; readonly durationMs: number } | null = null;
  #enabled: boolean | null = null;
  #maxAgeMs: number | null = null;
  #neverRan = true;
  #firstSeen: Instant | null = null;
  #queuedSince: Instant | null = null;
  #due: Instant | null = null;
  readonly #openRuns: Instant[] = [];
  readonly #failures: number[] = [];

  constructor(row: JobRow, now: Instant) {
    this.#now = now;
    this.#last = { row, at: never };
    this.add(row);
  }

  #passed(at: Instant | null): Instant | null {
    return at !== null && at <= this.#now + toleratedSkewMs ? at : null;
  }

  /** When a row belongs in the order of runs; one without any time, and a run that is only planned, before all others. */
  #placeOf({ state, started, finished, due }: JobRow): number {
    const at = started ?? finished ?? this.#passed(due) ?? never;
    return state === 'waiting' && this.#passed(at) === null ? never : at;
  }

  add(row: JobRow): void {
    const at = this.#placeOf(row);
    const isLast = at >= this.#last.at;
    if (isLast) this.#last = { row, at };
    if (row.enabled !== null && (isLast || this.#enabled === null)) this.#enabled = row.enabled;
    if (row.maxAgeMs !== null && (isLast || this.#maxAgeMs === null)) this.#maxAgeMs = row.maxAgeMs;
    const durationMs = durationOf(row);
    if (durationMs !== null && at >= (this.#lastTimed?.at ?? never)) this.#lastTimed = { at, durationMs };
    this.#neverRan &&= row.neverRan;
    for (const time of [row.started, row.finished, row.due])
      this.#firstSeen = earliest(this.#firstSeen, this.#passed(time));
    this.#due = earliest(this.#due, openDue(row));
    this.#addEnd(row, at);
    this.#addOpen(row);
  }

  #addEnd(row: JobRow, at: number): void {
    const { state, started, finished, lastSuccess } = row;
    const ended = this.#passed(finished) ?? this.#passed(started);
    if (state === 'success' && ended === null && lastSuccess === null) this.#untimedSuccess = true;
    const succeeded = state === 'success' ? ended : null;
    this.#lastSuccess = latest(this.#lastSuccess, succeeded, this.#passed(lastSuccess));
    if (state !== 'failed') return;
    this.#failures.push(ended ?? at);
    // Nothing tells when it failed: it counts as long as its row is there.
    if (at === never && lastSuccess === null) this.#untimedFailure = row;
  }

  #addOpen({ state, isOpen, started, finished, lastSuccess }: JobRow): void {
    if (started === null) return;
    if (isOpen) this.#openRuns.push(started);
    const isQueued = state === 'waiting' && finished === null && lastSuccess === null;
    if (isQueued) this.#queuedSince = earliest(this.#queuedSince, this.#passed(started));
  }

  /** The row that gives the job its state: a failure without a time, else the row that started last; of several, the one read last. */
  get latest(): JobRow {
    return this.#untimedFailure ?? this.#last.row;
  }

  /** When the job last ran; null when it never did, or when its only run is planned. */
  get lastRun(): Instant | null {
    const { row, at } = this.#last;
    return at === never ? null : (row.started ?? row.finished);
  }

  /** Takes into account when it last succeeded as far as earlier runs know, which rows that are gone told them. */
  remember(lastSuccess: Instant | null): void {
    this.#lastSuccess = latest(this.#lastSuccess, lastSuccess);
  }

  /** When it last succeeded, as far as its rows go back and earlier runs know. */
  get lastSuccess(): Instant | null {
    return this.#lastSuccess;
  }

  /** Since when at least it has not succeeded: its last success, else the oldest time in its rows; null when neither is known. */
  get withoutSuccessSince(): Instant | null {
    return this.#lastSuccess ?? (this.#untimedSuccess ? null : this.#firstSeen);
  }

  /** Its rows only say that there is such a job. */
  get neverRan(): boolean {
    return this.#neverRan;
  }

  /** How long the last run took whose start and end are known. */
  get lastDurationMs(): number | null {
    return this.#lastTimed?.durationMs ?? null;
  }

  /** Its own limit for the time since the last success, 0 for none; null when its rows do not say. */
  get maxAgeMs(): number | null {
    return this.#maxAgeMs;
  }

  get enabled(): boolean | null {
    return this.#enabled;
  }

  /** The starts of all runs in progress, whatever other runs there are. */
  get openRuns(): readonly Instant[] {
    return this.#openRuns;
  }

  /** When the oldest run in progress started. */
  get runningSince(): Instant | null {
    return this.#openRuns.reduce<Instant | null>(earliest, null);
  }

  /**
   * Since when the oldest run waits that was queued and has not started although a later one succeeded: it was lost. Without such
   * a success the job itself has not succeeded for as long.
   */
  get queuedSince(): Instant | null {
    const isLost = this.#queuedSince !== null && (this.#lastSuccess ?? never) > this.#queuedSince;
    return isLost ? this.#queuedSince : null;
  }

  /** When the next run is to start; null when that is unknown, and while one is in progress. */
  get due(): Instant | null {
    return this.#openRuns.length > 0 || this.latest.state === 'running' ? null : this.#due;
  }

  /** Failures since the last success, as far as the rows tell. */
  get failures(): number {
    const counted = this.#failures.filter((at) => at === never || at > (this.#lastSuccess ?? never)).length;
    return Math.max(counted, this.latest.failures ?? 0);
  }
}
