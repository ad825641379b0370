import type { Config } from '../config/config.ts';
import type { Database, OpenDatabase } from '../databases/contract.ts';
import type { Logger } from '../log.ts';
import type { MonitorStates } from '../state/monitor-state.ts';
import type { Instant } from '../time.ts';
import { Budget } from './concurrency.ts';
import { DatabaseHealth } from './health.ts';
import type { Health } from './health.ts';
import type { SnapshotStore } from './snapshot.ts';
import { UnitRunner } from './task-runner.ts';
import { scopeOf, unitsOf } from './task.ts';
import type { ErrorKnowledge, Unit } from './task.ts';

interface OpenedDatabase {
  readonly database: Database;
  readonly health: DatabaseHealth;
  /** Canonical text of its settings: tells whether a reload changed it. */
  readonly fingerprint: string;
}

interface RunningUnit {
  readonly runner: UnitRunner;
  readonly fingerprint: string;
}

export interface PollerOptions {
  readonly snapshot: SnapshotStore;
  /** The driver's `open` by its name; every driver that the configuration names must have been loaded. */
  readonly open: (driver: string) => OpenDatabase;
  /** What is known of errors by the configuration that `apply` was given last. */
  readonly errors: () => ErrorKnowledge;
  /** What monitors keep, by the configuration that `apply` was given last. */
  readonly states: () => MonitorStates;
  readonly log: Logger;
  readonly now: () => Instant;
  readonly random: () => number;
}

/** Plain data as one canonical text; what is no plain data (calendars, kinds) must be left out by the caller. */
function fingerprintOf(value: unknown): string {
  return JSON.stringify(value);
}

/** What of a configuration a unit's readings depend on. A change of any of it makes the old readings worthless. */
function unitFingerprint(unit: Unit, config: Config): string {
  // A calendar is no data, but `calendarKey` stands for it.
  const { kind, calendar, ...rest } = unit.monitor;
  const zones = unit.companies.map((company) => config.companies.get(company)?.timezone);
  const databases = unit.monitor.databases.map((name) => config.databases.get(name));
  return fingerprintOf([kind.kind, rest, unit.companies, zones, databases]);
}

/** Runs every unit of a configuration when it is due, and keeps the snapshot true. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #budget = new Budget();
  readonly #databases = new Map<string, OpenedDatabase>();
  readonly #units = new Map<string, RunningUnit>();

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** Units that have not ended a single run. */
  get untried(): number {
    return [...this.#units.values()].filter(({ runner }) => runner.status.lastRun === null).length;
  }

  /** Starts with `config`, or exchanges what runs for it as a whole: what did not change goes on undisturbed. */
  async apply(config: Config): Promise<void> {
    const units = new Map(unitsOf(config).map((unit) => [unit.key, unit]));
    const stale = [...this.#units].filter(([key, running]) => {
      const unit = units.get(key);
      return unit === undefined || unitFingerprint(unit, config) !== running.fingerprint;
    });
    for (const [key, { runner }] of stale) {
      this.#units.delete(key);
      runner.stop();
      this.#options.snapshot.removeUnit(key);
    }
    this.#options.states().retain(new Set([...units.values()].map(scopeOf)));
    const closed = this.#exchangeDatabases(config);
    this.#options.snapshot.setConfig(config);
    for (const unit of units.values()) {
      const running = this.#units.get(unit.key);
      if (running === undefined) this.#startUnit(unit, config);
      else running.runner.adopt(unit, config);
    }
    await closed;
  }

  /** No new runs; what runs is cancelled on the server. Resolves when every database is closed. */
  async stop(): Promise<void> {
    for (const { runner } of this.#units.values()) runner.stop();
    for (const { health } of this.#databases.values()) health.stop();
    const closing = [...this.#databases.values()].map(({ database }) => database.close());
    this.#units.clear();
    this.#databases.clear();
    await Promise.all(closing);
  }

  #exchangeDatabases(config: Config): Promise<unknown> {
    const closing: Promise<void>[] = [];
    for (const [name, opened] of this.#databases) {
      const settings = config.databases.get(name);
      if (settings !== undefined && fingerprintOf(settings) === opened.fingerprint) continue;
      this.#databases.delete(name);
      opened.health.stop();
      closing.push(opened.database.close());
    }
    for (const [name, settings] of config.databases) {
      this.#budget.limit(name, settings.connections);
      if (this.#databases.has(name)) continue;
      const database = this.#options.open(settings.driver)(settings);
      const health = new DatabaseHealth(database, {
        withPlace: async (signal, task) => {
          const claim = { suspect: false, exclusive: false };
          const release = await this.#budget.acquire([name], claim, signal);
          try {
            return await task();
          } finally {
            release();
          }
        },
        timeoutMs: settings.connectTimeoutMs + 1000,
        now: this.#options.now,
        random: this.#options.random,
        changed: (now, before) => this.#healthChanged(name, settings.driver, now, before),
      });
      this.#databases.set(name, { database, health, fingerprint: fingerprintOf(settings) });
      this.#options.snapshot.setDatabase({
        name,
        driver: settings.driver,
        up: false,
        clockSkewSeconds: null,
        problem: '',
      });
      health.start();
    }
    return Promise.all(closing);
  }

  #healthChanged(name: string, driver: string, health: Health, before: Health): void {
    const { snapshot, log } = this.#options;
    const { up, clockSkewSeconds, problem } = health;
    snapshot.setDatabase({ name, driver, up: up === true, clockSkewSeconds, problem });
    if (up === before.up) return;
    if (up === true) log.info('database is up', { database: name, driver });
    else log.warn('database is down', { database: name, driver, problem });
    if (up === true && before.up === false)
      for (const { runner } of this.#units.values()) runner.databaseRecovered(name);
  }

  #startUnit(unit: Unit, config: Config): void {
    const { snapshot, log, now } = this.#options;
    const runner = new UnitRunner(unit, config, {
      budget: this.#budget,
      log,
      now,
      database: (name) => this.#opened(name).database,
      errors: this.#options.errors,
      states: this.#options.states,
      downDatabase: (names) => {
        const down = names.find((name) => this.#opened(name).health.health.up === false);
        return down === undefined ? undefined : { name: down, health: this.#opened(down).health.health };
      },
      databaseAnswered: (names) => names.forEach((name) => this.#opened(name).health.answered()),
      databaseFailed: (names, error) => {
        const refused = error.kind === 'unreachable' || error.kind === 'login';
        const [only, ...others] = names;
        if (refused && only !== undefined && others.length === 0)
          this.#opened(only).health.refused(error.message);
        else if (refused || error.kind === 'lost') names.forEach((name) => this.#opened(name).health.doubt());
      },
      changed: (status) => snapshot.setUnit(status),
    });
    this.#units.set(unit.key, { runner, fingerprint: unitFingerprint(unit, config) });
    runner.start();
  }

  #opened(name: string): OpenedDatabase {
    const opened = this.#databases.get(name);
    if (opened === undefined) throw new Error(`database ${JSON.stringify(name)} is not open`);
    return opened;
  }
}
