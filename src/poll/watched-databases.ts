import type { Config } from '../config/config.ts';
import type { Database, DatabaseError, DatabaseSettings, OpenDatabase } from '../databases/contract.ts';
import type { Logger } from '../log.ts';
import { cutSecrets } from '../secrets.ts';
import type { Instant } from '../time.ts';
import type { DatabaseSlots } from './concurrency.ts';
import { DatabaseHealth } from './health.ts';
import type { Health } from './health.ts';
import { PasswordWatch } from './password-watch.ts';
import type { SnapshotStore } from './snapshot.ts';

interface WatchedDatabase {
  readonly database: Database;
  readonly health: DatabaseHealth;
  /** While its login is refused. */
  passwordWatch?: PasswordWatch | undefined;
  /** Its settings as text: tells whether a reload changed them. */
  readonly fingerprint: string;
}

export interface WatchedDatabasesOptions {
  readonly snapshot: SnapshotStore;
  readonly slots: DatabaseSlots;
  /** The driver's `open` by its name. */
  readonly open: (driver: string) => OpenDatabase;
  /** The password in a file; undefined when it cannot be read. Never rejects. */
  readonly readPassword: (file: string) => Promise<string | undefined>;
  readonly log: Logger;
  readonly now: () => Instant;
  readonly random: () => number;
  /** A database that was down is up again. */
  readonly recovered: (name: string) => void;
}

/** A database that is known to be down, and why. */
export interface DownDatabase {
  readonly name: string;
  readonly problem: string;
  readonly reason: Health['reason'];
}

/** Databases by name that are open, but not in use yet. */
export type OpenedDatabases = ReadonlyMap<string, Database>;

/** The open databases of a configuration, each with its health. */
export class WatchedDatabases {
  readonly #options: WatchedDatabasesOptions;
  readonly #byName = new Map<string, WatchedDatabase>();

  constructor(options: WatchedDatabasesOptions) {
    this.#options = options;
  }

  /**
   * Opens what `config` names and is not open yet, and changes nothing else. None of them is asked anything.
   *
   * @throws Error when one cannot be opened; none is open then.
   */
  prepare(config: Config): OpenedDatabases {
    const opened = new Map<string, Database>();
    try {
      for (const [name, settings] of config.databases)
        if (this.#byName.get(name)?.fingerprint !== JSON.stringify(settings))
          opened.set(name, this.#options.open(settings.driver)(settings));
    } catch (error) {
      for (const database of opened.values()) void database.close();
      throw error;
    }
    return opened;
  }

  /**
   * Takes the databases of `config` in use, and closes what it no longer names or names otherwise. Resolves when all is closed.
   *
   * @param opened what `prepare` opened for this `config`.
   */
  exchange(config: Config, opened: OpenedDatabases): Promise<unknown> {
    const closing: Promise<void>[] = [];
    for (const [name, watched] of this.#byName)
      if (!config.databases.has(name) || opened.has(name)) closing.push(this.#close(name, watched));
    for (const [name, settings] of config.databases) {
      this.#options.slots.limit(name, settings.connections);
      const database = opened.get(name);
      if (database !== undefined) this.#use(database, settings, JSON.stringify(settings));
    }
    return Promise.all(closing);
  }

  /** Ends every watch and closes every database. */
  async stop(): Promise<void> {
    await Promise.all([...this.#byName].map(([name, watched]) => this.#close(name, watched)));
  }

  /** @throws Error when no such database is open. */
  database(name: string): Database {
    return this.#named(name).database;
  }

  /** The first of these databases that is known to be down, and why. */
  firstDown(names: readonly string[]): DownDatabase | undefined {
    const name = names.find((candidate) => this.#named(candidate).health.health.up === false);
    if (name === undefined) return undefined;
    const { problem, reason } = this.#named(name).health.health;
    return { name, problem, reason };
  }

  /** A run got its answers from these. */
  answered(names: readonly string[]): void {
    for (const name of names) this.#named(name).health.answered();
  }

  /** A run that uses these databases ended with `error`. Which of several it came from is not known. */
  failed(names: readonly string[], error: DatabaseError): void {
    const [only, ...others] = names;
    const isRefused = error.kind === 'unreachable' || error.kind === 'login';
    if (only !== undefined && others.length === 0) this.#failedAlone(this.#named(only).health, error);
    else if (isRefused || error.kind === 'lost' || error.end === 'unanswered')
      for (const name of names) this.#named(name).health.recheck();
  }

  #failedAlone(health: DatabaseHealth, { kind, message, end }: DatabaseError): void {
    if (kind === 'unreachable' || kind === 'login') health.refused(message, kind);
    else if (kind === 'lost') health.recheck();
    else if (end === 'unanswered') health.unanswered();
    else if (kind !== 'aborted' || end === 'cancelled') health.answered();
  }

  #close(name: string, { health, passwordWatch, database }: WatchedDatabase): Promise<void> {
    this.#byName.delete(name);
    health.stop();
    passwordWatch?.stop();
    return database.close();
  }

  #named(name: string): WatchedDatabase {
    const found = this.#byName.get(name);
    if (found === undefined) throw new Error(`database ${JSON.stringify(name)} is not open`);
    return found;
  }

  /** @param fingerprint of the settings as the configuration has them. @param before how it stood under another password. */
  #use(database: Database, settings: DatabaseSettings, fingerprint: string, before?: Health): void {
    const { now, random, snapshot } = this.#options;
    const { name, driver } = settings;
    const health = new DatabaseHealth(database, {
      withSlot: (signal, action) => this.#withSlot(name, signal, action),
      timeoutMs: settings.connectTimeoutMs + 1000,
      now,
      random,
      before,
      changed: (current, before) => this.#healthChanged(settings, current, before),
    });
    this.#byName.set(name, { database, health, fingerprint });
    if (before === undefined)
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

  /** From the refusal of a login on, until another database has taken its place or it is accepted after all. */
  #watchPassword(settings: DatabaseSettings, health: Health): void {
    const { name, passwordFile, password = '' } = settings;
    const watched = this.#named(name);
    const isRefused = health.up === false && health.reason === 'login';
    if (!isRefused) {
      watched.passwordWatch?.stop();
      watched.passwordWatch = undefined;
    } else if (passwordFile !== undefined)
      watched.passwordWatch ??= new PasswordWatch({
        file: passwordFile,
        refused: password,
        read: this.#options.readPassword,
        changed: (found) => this.#reopen({ ...settings, password: found }),
      });
  }

  #reopen(settings: DatabaseSettings): void {
    const { name, driver } = settings;
    const watched = this.#named(name);
    this.#options.log.info('password file changed', { database: name, driver });
    void this.#close(name, watched);
    const database = this.#options.open(driver)(settings);
    this.#use(database, settings, watched.fingerprint, watched.health.health);
  }

  #healthChanged(settings: DatabaseSettings, health: Health, before: Health): void {
    const { snapshot, log, recovered } = this.#options;
    const { name, driver } = settings;
    const { up, clockSkewSeconds } = health;
    const problem = cutSecrets(health.problem);
    this.#watchPassword(settings, health);
    snapshot.setDatabase({ name, driver, up: up === true, clockSkewSeconds, problem });
    if (up === before.up) return;
    if (up === true) log.info('database up', { database: name, driver });
    else log.warn('database down', { database: name, driver, problem });
    if (up === true && before.up === false) recovered(name);
  }
}
