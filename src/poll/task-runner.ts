import type { Config } from '../config/config.ts';
import { DatabaseError } from '../databases/contract.ts';
import type { Database } from '../databases/contract.ts';
import type { Logger } from '../log.ts';
import type { Reading } from '../monitors/contract.ts';
import type { MonitorStates } from '../state/monitor-state.ts';
import type { Instant } from '../time.ts';
import type { Budget } from './concurrency.ts';
import type { Health } from './health.ts';
import { expectedIntervalSeconds, nextRun } from '../calendar/schedule.ts';
import type { Failure, UnitStatus } from './snapshot.ts';
import { failureOf, runUnit } from './task.ts';
import type { ErrorKnowledge, Unit } from './task.ts';

/** A run that does not end this long after its time-out is given up: its driver failed to keep its promise. */
const graceMs = 2_000;
/** Timers are set anew at least this often, so that a clock that was set is noticed within it. */
const longestTimerMs = 60_000;
/** A timer of more milliseconds fires at once. */
const longestTimeoutMs = 2 ** 31 - 1;
/** How much too early, by the clock, a timer may fire. */
const earlyMs = 1_000;

export interface RunnerOptions {
  readonly budget: Budget;
  readonly log: Logger;
  readonly now: () => Instant;
  readonly database: (name: string) => Database;
  readonly errors: () => ErrorKnowledge;
  readonly states: () => MonitorStates;
  /** The first of these databases that is known to be dead. */
  readonly downDatabase: (names: readonly string[]) => { name: string; health: Health } | undefined;
  readonly databaseAnswered: (names: readonly string[]) => void;
  readonly databaseFailed: (names: readonly string[], error: DatabaseError) => void;
  readonly changed: (status: UnitStatus) => void;
}

/** Runs one unit when it is due, never twice at once, and says after each run how it stands. */
export class UnitRunner {
  status: UnitStatus;
  #unit: Unit;
  #config: Config;
  readonly #options: RunnerOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #holdTimer: NodeJS.Timeout | undefined;
  #running = false;
  /** The last run was ended by a time-out or a lock. */
  #suspect = false;

  constructor(unit: Unit, config: Config, options: RunnerOptions) {
    this.#unit = unit;
    this.#config = config;
    this.#options = options;
    this.status = {
      key: unit.key,
      monitor: unit.monitor,
      companies: unit.companies,
      intervalSeconds: expectedIntervalSeconds(unit.monitor.schedule),
      reading: null,
      lastRun: null,
      lastSuccess: null,
      failure: null,
      durationSeconds: 0,
      runs: 0,
      failures: {},
      skipped: 0,
    };
  }

  /** Runs at once, then whenever the schedule says. The wait of many first runs for a place is no skipped run. */
  start(): void {
    this.#update({});
    void this.#run().then(() => {
      if (!this.#isStopped()) this.#schedule(this.#options.now());
    });
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#holdTimer);
  }

  /** The same unit in an exchanged configuration: the new objects replace the old ones, the readings stay. */
  adopt(unit: Unit, config: Config): void {
    this.#unit = unit;
    this.#config = config;
    this.#update({ monitor: unit.monitor });
  }

  /** A database came back: a unit that failed without it does not wait for its next turn. */
  databaseRecovered(name: string): void {
    const failed = this.status.failure?.reason;
    if ((failed === 'unreachable' || failed === 'login') && this.#unit.monitor.databases.includes(name))
      void this.#run();
  }

  #schedule(after: Instant): void {
    const { schedule } = this.#unit.monitor;
    const due = nextRun(schedule, this.#unit.key, after);
    const arm = () => {
      const wait = due - this.#options.now();
      // A clock that was set back must not make a wait longer than a whole interval.
      const setBack = 'everyMs' in schedule && wait > schedule.everyMs + earlyMs;
      if (setBack) this.#schedule(this.#options.now());
      else
        this.#timer = setTimeout(
          wait > longestTimerMs ? arm : fire,
          Math.min(Math.max(wait, 0), longestTimerMs),
        );
    };
    const fire = () => {
      if (this.#options.now() < due - earlyMs) {
        arm();
        return;
      }
      if (this.#running) this.#update({ skipped: this.status.skipped + 1 });
      else void this.#run();
      // A timer may fire a little early by the clock: the same due time must not come twice.
      this.#schedule(Math.max(due, this.#options.now()));
    };
    arm();
  }

  /** A method, for the compiler believes that a signal stays as it was over an `await`. */
  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #run(): Promise<void> {
    if (this.#running || this.#isStopped()) return;
    this.#running = true;
    const { databases, kind } = this.#unit.monitor;
    try {
      const down = this.#options.downDatabase(databases);
      if (down !== undefined) {
        const problem = down.health.problem;
        this.#failed(
          { reason: 'unreachable', message: `database ${down.name} is down: ${problem}` },
          this.#options.now(),
          0,
        );
        return;
      }
      const claim = { suspect: this.#suspect, exclusive: kind.exclusive ?? false };
      const release = await this.#options.budget.acquire(databases, claim, this.#stop.signal);
      try {
        await this.#runWithPlace();
      } finally {
        release();
      }
    } catch (error) {
      // Only a stop ends the wait for a place; anything else is a fault, and must be seen as one.
      if (!this.#isStopped()) this.#failed(failureOf(error, null), this.#options.now(), 0);
    } finally {
      this.#running = false;
    }
  }

  async #runWithPlace(): Promise<void> {
    const { monitor } = this.#unit;
    const started = this.#options.now();
    const begin = performance.now();
    const limit = new AbortController();
    const limitTimer = setTimeout(() => limit.abort(), Math.min(monitor.runTimeoutMs, longestTimeoutMs));
    const signal = AbortSignal.any([this.#stop.signal, limit.signal]);
    const elapsed = () => (performance.now() - begin) / 1000;
    let graceTimer: NodeJS.Timeout | undefined;
    const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
    const patience = () => {
      graceTimer = setTimeout(() => giveUp(new Error('the run did not end when it was cancelled')), graceMs);
    };
    signal.addEventListener('abort', patience);
    try {
      const run = runUnit(this.#unit, {
        config: this.#config,
        database: this.#options.database,
        errors: this.#options.errors(),
        states: this.#options.states(),
        now: started,
        signal,
      });
      const reading = await Promise.race([run, givenUp]);
      if (!this.#isStopped()) this.#succeeded(reading, started, elapsed());
    } catch (error) {
      if (this.#isStopped()) return;
      this.#failed(failureOf(error, limit.signal.aborted ? monitor.runTimeoutMs : null), started, elapsed());
      if (error instanceof DatabaseError) this.#options.databaseFailed(monitor.databases, error);
    } finally {
      clearTimeout(limitTimer);
      clearTimeout(graceTimer);
      signal.removeEventListener('abort', patience);
    }
  }

  #succeeded(reading: Reading, started: Instant, durationSeconds: number): void {
    const { monitor, companies } = this.#unit;
    if (this.status.failure !== null)
      this.#options.log.info('monitor works again', {
        monitor: monitor.name,
        companies: companies.join(','),
      });
    for (const detail of reading.details ?? [])
      this.#options.log.debug('monitor ran', {
        monitor: monitor.name,
        companies: companies.join(','),
        detail,
      });
    this.#suspect = false;
    clearTimeout(this.#holdTimer);
    this.#holdTimer = undefined;
    this.#options.databaseAnswered(monitor.databases);
    this.#update({
      reading,
      failure: null,
      lastRun: started,
      lastSuccess: started,
      durationSeconds,
      runs: this.status.runs + 1,
    });
  }

  #failed(failure: Failure, started: Instant, durationSeconds: number): void {
    const { monitor, companies } = this.#unit;
    const { reason, message } = failure;
    if (this.status.failure?.reason !== reason || this.status.failure.message !== message)
      this.#options.log.warn('monitor failed', {
        monitor: monitor.name,
        companies: companies.join(','),
        reason,
        problem: message,
      });
    this.#suspect = reason === 'timeout' || reason === 'locked';
    if (this.status.reading !== null)
      this.#holdTimer ??= setTimeout(
        () => this.#update({ reading: null }),
        Math.min(monitor.holdMs, longestTimeoutMs),
      );
    this.#update({
      failure,
      lastRun: started,
      durationSeconds,
      runs: this.status.runs + 1,
      failures: { ...this.status.failures, [reason]: (this.status.failures[reason] ?? 0) + 1 },
    });
  }

  #update(change: Partial<UnitStatus>): void {
    this.status = { ...this.status, ...change };
    this.#options.changed(this.status);
  }
}
