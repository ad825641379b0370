import type { KnownState } from './states.ts';
import type { Instant } from '../../time.ts';

/** One row of a job: a run of it, or the job itself where the database keeps no history. */
export interface JobRow {
  readonly state: KnownState | 'unknown';
  readonly started: Instant | null;
  readonly finished: Instant | null;
  readonly error: string;
  readonly enabled: boolean | null;
}

/** When a row belongs in the order of its job's runs; one without any time comes before all others. */
function timeOf({ started, finished }: JobRow): number {
  return started ?? finished ?? Number.NEGATIVE_INFINITY;
}

/** Milliseconds from start to end; null when one is unknown or they are the wrong way round. */
function durationOf({ started, finished }: JobRow): number | null {
  return started === null || finished === null || finished < started ? null : finished - started;
}

/** What is known of one job, from its rows in any order. It holds no more than the rows that matter. */
export class JobHistory {
  #latest: JobRow;
  #lastSuccess: Instant | null = null;
  #lastTimed: { readonly at: number; readonly durationMs: number } | null = null;
  #enabled: boolean | null = null;

  constructor(row: JobRow) {
    this.#latest = row;
    this.add(row);
  }

  add(row: JobRow): void {
    const at = timeOf(row);
    const isLatest = at >= timeOf(this.#latest);
    if (isLatest) this.#latest = row;
    if (row.enabled !== null && (isLatest || this.#enabled === null)) this.#enabled = row.enabled;
    const ended = row.finished ?? row.started;
    if (row.state === 'success' && ended !== null && ended > (this.#lastSuccess ?? Number.NEGATIVE_INFINITY))
      this.#lastSuccess = ended;
    const durationMs = durationOf(row);
    if (durationMs !== null && at >= (this.#lastTimed?.at ?? Number.NEGATIVE_INFINITY))
      this.#lastTimed = { at, durationMs };
  }

  /** The row that started last; of several that did, the one read last. */
  get latest(): JobRow {
    return this.#latest;
  }

  /** When the job last ran. */
  get lastRun(): Instant | null {
    return this.#latest.started ?? this.#latest.finished;
  }

  /** When it last succeeded, as far as its rows go back. */
  get lastSuccess(): Instant | null {
    return this.#lastSuccess;
  }

  /** How long the last run took whose start and end are known. */
  get lastDurationMs(): number | null {
    return this.#lastTimed?.durationMs ?? null;
  }

  get enabled(): boolean | null {
    return this.#enabled;
  }

  get runningSince(): Instant | null {
    return this.#latest.state === 'running' ? this.#latest.started : null;
  }
}
