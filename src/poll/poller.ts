import type { Config } from '../config/config.ts';
import type { OpenDatabase } from '../databases/contract.ts';
import type { Logger } from '../log.ts';
import type { MonitorStates } from '../state/monitor-state.ts';
import type { Instant } from '../time.ts';
import { DatabaseSlots } from './concurrency.ts';
import type { History } from './history.ts';
import { RunLimits } from './run-limits.ts';
import type { Place, RunNow } from './run-now.ts';
import type { SnapshotStore } from './snapshot.ts';
import type { ErrorKnowledge } from './task-run.ts';
import { TaskRunner } from './task-runner.ts';
import { stateScopeOf, tasksOf } from './task.ts';
import type { Task } from './task.ts';
import type { TaskStatus } from './task-status.ts';
import { WatchedDatabases } from './watched-databases.ts';
import type { OpenedDatabases } from './watched-databases.ts';

interface RunningTask {
  readonly runner: TaskRunner;
  readonly fingerprint: string;
}

export interface PollerOptions {
  readonly snapshot: SnapshotStore;
  /** Is told of each run. */
  readonly history: History;
  /** The driver's `open` by its name; every driver that the configuration names must have been loaded. */
  readonly open: (driver: string) => OpenDatabase;
  /** The password in a file; undefined when it cannot be read. Never rejects. */
  readonly readPassword: (file: string) => Promise<string | undefined>;
  /** What is known of errors by the configuration that `apply` was given last. */
  readonly errors: () => ErrorKnowledge;
  /** What monitors keep, by the configuration that `apply` was given last. */
  readonly states: () => MonitorStates;
  readonly log: Logger;
  readonly now: () => Instant;
  readonly random: () => number;
}

/** What of a configuration the readings of a task depend on. A change of any of it makes the old readings worthless. */
function taskFingerprint(task: Task, config: Config): string {
  // A calendar is no plain data, but `calendarKey` stands for it.
  const { kind, calendar, ...rest } = task.monitor;
  const zones = task.companies.map((company) => config.companies.get(company)?.timezone);
  const databases = task.monitor.databases.map((name) => config.databases.get(name));
  return JSON.stringify([kind.kind, rest, task.companies, zones, databases]);
}

/** Runs every task of a configuration when it is due, and keeps the snapshot true. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #slots = new DatabaseSlots();
  readonly #databases: WatchedDatabases;
  readonly #tasks = new Map<string, RunningTask>();
  readonly #limits = new RunLimits();
  #isStopping = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#databases = new WatchedDatabases({
      ...options,
      slots: this.#slots,
      recovered: (name) => {
        for (const { runner } of this.#tasks.values()) runner.databaseRecovered(name);
      },
    });
  }

  /** Tasks that have not completed a single run. */
  get untried(): number {
    return [...this.#tasks.values()].filter(({ runner }) => runner.status.lastRun === null).length;
  }

  /**
   * Opens what `config` needs, and changes nothing of what runs.
   *
   * @throws Error when a database cannot be opened.
   */
  prepare(config: Config): OpenedDatabases {
    return this.#databases.prepare(config);
  }

  /**
   * Starts with `config`, or exchanges what runs for it as a whole, before it returns: what did not change goes on
   * undisturbed. Resolves when every database is closed that is no longer used.
   *
   * @param opened what `prepare` opened for this `config`.
   */
  async apply(config: Config, opened: OpenedDatabases): Promise<void> {
    const { snapshot, states, history } = this.#options;
    const tasks = new Map(tasksOf(config).map((task) => [task.key, task]));
    this.#stopChanged(tasks, config);
    states().retain(new Set([...tasks.values()].map(stateScopeOf)));
    history.retain(tasks.values());
    const closed = this.#databases.exchange(config, opened);
    snapshot.setConfig(config);
    for (const task of tasks.values()) {
      const running = this.#tasks.get(task.key);
      if (running === undefined) this.#start(task, config);
      else running.runner.adopt(task, config);
    }
    await closed;
  }

  /** Runs a monitor at once for somebody who asks, or joins its run that is under way; refuses what would be too often. */
  runNow(place: Place): RunNow {
    if (this.#isStopping) return { outcome: 'stopping' };
    const found = this.#find(place);
    if (found === undefined) return { outcome: 'unknown' };
    const [key, { runner }] = found;
    if (!runner.isRunning) {
      const refusal = this.#limits.take(key, performance.now());
      if (refusal !== undefined) return { outcome: 'limited', ...refusal };
    }
    return { outcome: 'running', ended: runner.runNow() };
  }

  /** Whether a run of a monitor is under way. */
  isRunning(place: Place): boolean {
    return this.#find(place)?.[1].runner.isRunning ?? false;
  }

  /** No new runs; what runs is cancelled on the server. Resolves when every database is closed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const { runner } of this.#tasks.values()) runner.stop();
    this.#tasks.clear();
    await this.#databases.stop();
  }

  #find({ company, monitor }: Place): [string, RunningTask] | undefined {
    return [...this.#tasks].find(([, { runner }]) => {
      const { status } = runner;
      return status.monitor.name === monitor && status.companies.includes(company);
    });
  }

  /** Stops the tasks that are not among `tasks`, or would give other readings there. */
  #stopChanged(tasks: ReadonlyMap<string, Task>, config: Config): void {
    for (const [key, { runner, fingerprint }] of this.#tasks) {
      const task = tasks.get(key);
      if (task !== undefined && taskFingerprint(task, config) === fingerprint) continue;
      this.#tasks.delete(key);
      runner.stop();
      this.#options.snapshot.removeTask(key);
    }
  }

  #note(status: TaskStatus): void {
    const { snapshot, history, now } = this.#options;
    const runs = snapshot.tasks.get(status.key)?.runs ?? 0;
    snapshot.setTask(status);
    if (status.runs > runs) history.record(status, now());
  }

  #start(task: Task, config: Config): void {
    const { log, now, errors, states } = this.#options;
    const databases = this.#databases;
    const runner = new TaskRunner(task, config, {
      slots: this.#slots,
      log,
      now,
      errors,
      states,
      database: (name) => databases.database(name),
      downDatabase: (names) => databases.firstDown(names),
      databasesAnswered: (names) => databases.answered(names),
      databasesFailed: (names, error) => databases.failed(names, error),
      changed: (status) => this.#note(status),
    });
    this.#tasks.set(task.key, { runner, fingerprint: taskFingerprint(task, config) });
    runner.start();
  }
}
