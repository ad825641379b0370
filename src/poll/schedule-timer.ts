import { nextRun } from '../calendar/schedule.ts';
import type { Schedule } from '../calendar/schedule.ts';
import type { Instant } from '../time.ts';

/** Timers are set again at least this often, so that a clock that was set is noticed within it. */
const longestTimerMs = 60_000;
/** How much too early, by the clock, a timer may fire. */
const earlyMs = 1_000;

export interface ScheduleTimerOptions {
  readonly schedule: Schedule;
  /** Decides the phase within an interval; see `nextRun`. */
  readonly key: string;
  readonly now: () => Instant;
  /** Called once for each due time. */
  readonly onDue: () => void;
}

/** Calls `onDue` whenever a schedule says so, also across changes of the clock. */
export class ScheduleTimer {
  readonly #options: ScheduleTimerOptions;
  #timer: NodeJS.Timeout | undefined;
  #dueAt: Instant = 0;

  constructor(options: ScheduleTimerOptions) {
    this.#options = options;
  }

  /** Waits for the first due time after `after`, then for each that follows. */
  start(after: Instant): void {
    const { schedule, key } = this.#options;
    this.#dueAt = nextRun(schedule, key, after);
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    const { schedule, now } = this.#options;
    const wait = this.#dueAt - now();
    // A clock that was set back must not make a wait longer than a whole interval.
    if ('everyMs' in schedule && wait > schedule.everyMs + earlyMs) this.start(now());
    else this.#timer = setTimeout(() => this.#wake(), Math.min(Math.max(wait, 0), longestTimerMs));
  }

  #wake(): void {
    const { now, onDue } = this.#options;
    if (now() < this.#dueAt - earlyMs) {
      this.#arm();
      return;
    }
    onDue();
    // A timer may fire a little early by the clock: the same due time must not come twice.
    this.start(Math.max(this.#dueAt, now()));
  }
}
