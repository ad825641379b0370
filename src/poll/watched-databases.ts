import type { Config } from '../config/config.ts';
import type { Database, DatabaseError, DatabaseSettings, OpenDatabase } from '../databases/contract.ts';
import type { Logger } from '../log.ts';
import type { Instant } from '../time.ts';
import type { DatabaseSlots } from './concurrency.ts';
import { DatabaseHealth } from './health.ts';
import type { Health } from './health.ts';
import type { SnapshotStore } from './snapshot.ts';

interface WatchedDatabase {
  readonly database: Database;
  readonly health: DatabaseHealth;
  /** Its settings as text: tells whether a reload changed them. */
  readonly fingerprint: string;
}

export interface WatchedDatabasesOptions {
  readonly snapshot: SnapshotStore;
  readonly slots: DatabaseSlots;
  /** The driver's `open` by its name. */
  readonly open: (driver: string) => OpenDatabase;
  readonly log: Logger;
  readonly now: () => Instant;
  readonly random: () => number;
  /** A database that was down is up again. */
  readonly recovered: (name: string) => void;
}

/** The open databases of a configuration, each with its health. */
export class WatchedDatabases {
  readonly #options: WatchedDatabasesOptions;
  readonly #byName = new Map<string, WatchedDatabase>();

  constructor(options: WatchedDatabasesOptions) {
    this.#options = options;
  }

  /** Opens what `config` names and closes what it no longer names or names otherwise. Resolves when all is closed. */
  exchange(config: Config): Promise<unknown> {
    const closing: Promise<void>[] = [];
    for (const [name, watched] of this.#byName) {
      const settings = config.databases.get(name);
      if (settings !== undefined && JSON.stringify(settings) === watched.fingerprint) continue;
      this.#byName.delete(name);
      watched.health.stop();
      closing.push(watched.database.close());
    }
    for (const [name, settings] of config.databases) {
      this.#options.slots.limit(name, settings.connections);
      if (!this.#byName.has(name)) this.#open(settings);
    }
    return Promise.all(closing);
  }

  /** Ends every watch and closes every database. */
  async stop(): Promise<void> {
    const all = [...this.#byName.values()];
    this.#byName.clear();
    for (const { health } of all) health.stop();
    await Promise.all(all.map(({ database }) => database.close()));
  }

  /** @throws Error when no such database is open. */
  database(name: string): Database {
    return this.#named(name).database;
  }

  /** The first of these databases that is known to be down, and why. */
  firstDown(names: readonly string[]): { name: string; problem: string } | undefined {
    const name = names.find((candidate) => this.#named(candidate).health.health.up === false);
    return name === undefined ? undefined : { name, problem: this.#named(name).health.health.problem };
  }

  /** A run got its answers from these. */
  answered(names: readonly string[]): void {
    for (const name of names) this.#named(name).health.answered();
  }

  /** A run that uses these databases ended with `error`. Which of several it came from is not known. */
  failed(names: readonly string[], error: DatabaseError): void {
    const isRefused = error.kind === 'unreachable' || error.kind === 'login';
    const [only, ...others] = names;
    if (isRefused && only !== undefined && others.length === 0)
      this.#named(only).health.refused(error.message);
    else if (isRefused || error.kind === 'lost') for (const name of names) this.#named(name).health.recheck();
  }

  #named(name: string): WatchedDatabase {
    const found = this.#byName.get(name);
    if (found === undefined) throw new Error(`database ${JSON.stringify(name)} is not open`);
    return found;
  }

  #open(settings: DatabaseSettings): void {
    const { open, now, random, snapshot } = this.#options;
    const { name, driver } = settings;
    const database = open(driver)(settings);
    const health = new DatabaseHealth(database, {
      withSlot: (signal, action) => this.#withSlot(name, signal, action),
      timeoutMs: settings.connectTimeoutMs + 1000,
      now,
      random,
      changed: (current, before) => this.#healthChanged(settings, current, before),
    });
    this.#byName.set(name, { database, health, fingerprint: JSON.stringify(settings) });
    snapshot.setDatabase({ name, driver, up: false, clockSkewSeconds: null, problem: '' });
    health.start();
  }

  async #withSlot<Result>(name: string, signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
    const request = { likelySlow: false, exclusive: false };
    const release = await this.#options.slots.acquire([name], request, signal);
    try {
      return await action();
    } finally {
      release();
    }
  }

  #healthChanged({ name, driver }: DatabaseSettings, health: Health, before: Health): void {
    const { snapshot, log, recovered } = this.#options;
    const { up, clockSkewSeconds, problem } = health;
    snapshot.setDatabase({ name, driver, up: up === true, clockSkewSeconds, problem });
    if (up === before.up) return;
    if (up === true) log.info('database up', { database: name, driver });
    else log.warn('database down', { database: name, driver, problem });
    if (up === true && before.up === false) recovered(name);
  }
}
