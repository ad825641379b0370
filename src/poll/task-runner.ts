import type { Config } from '../config/config.ts';
import { DatabaseError } from '../databases/contract.ts';
import type { Database } from '../databases/contract.ts';
import type { LogFields, Logger } from '../log.ts';
import type { Reading } from '../monitors/contract.ts';
import type { MonitorStates } from '../state/monitor-state.ts';
import type { Instant } from '../time.ts';
import type { DatabaseSlots } from './concurrency.ts';
import { PendingWork } from './pending-work.ts';
import { RunDeadline, longestTimeoutMs } from './run-deadline.ts';
import { runFailureOf } from './run-failure.ts';
import type { RunFailure } from './run-failure.ts';
import { ScheduleTimer } from './schedule-timer.ts';
import { runTask } from './task-run.ts';
import type { ErrorKnowledge } from './task-run.ts';
import { afterFailure, afterSuccess, initialStatus } from './task-status.ts';
import type { RunTiming, TaskStatus } from './task-status.ts';
import type { Task } from './task.ts';
import type { DownDatabase } from './watched-databases.ts';

export interface TaskRunnerOptions {
  readonly slots: DatabaseSlots;
  readonly log: Logger;
  readonly now: () => Instant;
  readonly database: (name: string) => Database;
  readonly errors: () => ErrorKnowledge;
  readonly states: () => MonitorStates;
  /** The first of these databases that is known to be down, and why. */
  readonly downDatabase: (names: readonly string[]) => DownDatabase | undefined;
  readonly databasesAnswered: (names: readonly string[]) => void;
  readonly databasesFailed: (names: readonly string[], error: DatabaseError) => void;
  readonly changed: (status: TaskStatus) => void;
}

/** Runs one task when it is due, never twice at once, and reports its status after each run. */
export class TaskRunner {
  status: TaskStatus;
  #task: Task;
  #config: Config;
  readonly #options: TaskRunnerOptions;
  readonly #stop = new AbortController();
  readonly #pending = new PendingWork();
  readonly #timer: ScheduleTimer;
  #holdTimer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** The last run timed out or waited too long for a lock; the next one may well do so too. */
  #isLikelySlow = false;

  constructor(task: Task, config: Config, options: TaskRunnerOptions) {
    this.#task = task;
    this.#config = config;
    this.#options = options;
    this.status = initialStatus(task);
    const { key, monitor } = task;
    const onDue = () => this.#due();
    this.#timer = new ScheduleTimer({ schedule: monitor.schedule, key, now: options.now, onDue });
  }

  /** Runs at once, then whenever the schedule says. A first run that waits for a slot does not count as skipped. */
  start(): void {
    this.#update({});
    void this.#run().then(() => {
      if (!this.#isStopped()) this.#timer.start(this.#options.now());
    });
  }

  /** No new runs; the one under way is cancelled, and reported no more. */
  stop(): void {
    this.#stop.abort();
    this.#timer.stop();
    clearTimeout(this.#holdTimer);
  }

  /** The same task in a reloaded configuration: the new objects replace the old ones, the readings stay. */
  adopt(task: Task, config: Config): void {
    this.#task = task;
    this.#config = config;
    this.#update({ monitor: task.monitor });
  }

  /** A database is up again: a task that failed without it does not wait for its next due time. */
  databaseRecovered(name: string): void {
    const reason = this.status.failure?.reason;
    if ((reason === 'unreachable' || reason === 'login') && this.#task.monitor.databases.includes(name))
      void this.#run();
  }

  #due(): void {
    if (this.isRunning) this.#update({ skipped: this.status.skipped + 1 });
    else void this.#run();
  }

  /** A method, because the compiler believes that a signal stays as it was over an `await`. */
  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Whether a run is under way or waits for a slot. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Runs at once, whatever the schedule says; joins the run that is under way.
   *
   * @returns whether it was completed; not when the task was stopped.
   */
  async runNow(): Promise<boolean> {
    await this.#run();
    return !this.#isStopped();
  }

  /** One run at a time: who asks during one gets that one. Never rejects. */
  #run(): Promise<void> {
    if (this.#isStopped()) return Promise.resolve();
    this.#running ??= this.#runOnce().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #runOnce(): Promise<void> {
    try {
      if (!this.#failedForDown()) await this.#runWithSlots();
    } catch (error) {
      // Only a stop ends the wait for slots; anything else is a fault, and must be seen as one.
      if (!this.#isStopped()) this.#failed(runFailureOf(error, null), this.#nothingRan());
    }
  }

  /** Whether a database is known to be down, so that there is no use in trying it, nor, with a wrong password, any good. */
  #failedForDown(): boolean {
    const down = this.#options.downDatabase(this.#task.monitor.databases);
    if (down === undefined) return false;
    const { name, problem, reason } = down;
    this.#failed({ reason, message: `database ${name} is down: ${problem}` }, this.#nothingRan());
    return true;
  }

  #nothingRan(): RunTiming {
    return { startedAt: this.#options.now(), durationSeconds: 0 };
  }

  async #runWithSlots(): Promise<void> {
    const { databases, kind } = this.#task.monitor;
    const request = { likelySlow: this.#isLikelySlow, exclusive: kind.longRunMs !== undefined };
    const release = await this.#options.slots.acquire(databases, request, this.#stop.signal);
    try {
      // It may have gone down while this run waited.
      if (!this.#failedForDown()) await this.#runNow();
    } finally {
      release();
    }
  }

  async #runNow(): Promise<void> {
    const { monitor } = this.#task;
    const startedAt = this.#options.now();
    const begin = performance.now();
    const timing = () => ({ startedAt, durationSeconds: (performance.now() - begin) / 1000 });
    const deadline = new RunDeadline(monitor.runTimeoutMs, this.#stop.signal);
    try {
      const reading = await deadline.limit(this.#runTask(startedAt, deadline.signal));
      if (!this.#isStopped()) this.#succeeded(reading, timing());
    } catch (error) {
      if (this.#isStopped()) return;
      this.#failed(runFailureOf(error, deadline.hasPassed ? monitor.runTimeoutMs : null), timing());
      if (error instanceof DatabaseError) this.#options.databasesFailed(monitor.databases, error);
    } finally {
      deadline.clear();
    }
  }

  #runTask(now: Instant, signal: AbortSignal): Promise<Reading> {
    const { database, errors, states } = this.#options;
    const pending = this.#pending;
    const environment = {
      config: this.#config,
      database,
      errors: errors(),
      states: states(),
      now,
      signal,
      pending,
    };
    return runTask(this.#task, environment);
  }

  #succeeded(reading: Reading, timing: RunTiming): void {
    const { log, databasesAnswered } = this.#options;
    if (this.status.failure !== null) log.info('monitor recovered', this.#logFields());
    for (const detail of reading.details ?? []) log.debug('monitor detail', { ...this.#logFields(), detail });
    this.#isLikelySlow = false;
    clearTimeout(this.#holdTimer);
    this.#holdTimer = undefined;
    databasesAnswered(this.#task.monitor.databases);
    this.#update(afterSuccess(this.status, reading, timing));
  }

  #failed(failure: RunFailure, timing: RunTiming): void {
    const { reason, message } = failure;
    if (this.status.failure?.reason !== reason || this.status.failure.message !== message)
      this.#options.log.warn('monitor failed', { ...this.#logFields(), reason, problem: message });
    this.#isLikelySlow = reason === 'timeout' || reason === 'locked';
    if (this.status.reading !== null)
      this.#holdTimer ??= setTimeout(
        () => this.#update({ reading: null }),
        Math.min(this.#task.monitor.holdMs, longestTimeoutMs),
      );
    this.#update(afterFailure(this.status, failure, timing));
  }

  #logFields(): LogFields {
    const { monitor, companies } = this.#task;
    return { monitor: monitor.name, companies: companies.join(',') };
  }

  #update(change: Partial<TaskStatus>): void {
    this.status = { ...this.status, ...change };
    this.#options.changed(this.status);
  }
}
