import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Company, Config, MonitorConfig } from '../config/config.ts';
import type { KnownError } from '../known-errors/catalogue.ts';
import type { FailureReason, Reading } from '../monitors/contract.ts';
import type { Instant } from '../time.ts';

/** Why the last run of a unit failed. */
export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
}

/** A unit is what runs at once: one monitor for one company, or for several when its queries tell them apart. */
export interface UnitStatus {
  /** Unique and stable over reloads. */
  readonly key: string;
  readonly monitor: MonitorConfig;
  readonly companies: readonly string[];
  readonly intervalSeconds: number;
  /** The last good reading, unless it was dropped after `hold`. */
  readonly reading: Reading | null;
  /** Start of the last run that ended, and of the last that ended well. */
  readonly lastRun: Instant | null;
  readonly lastSuccess: Instant | null;
  /** `null` when the last run ended well or none has ended yet. */
  readonly failure: Failure | null;
  /** Of the last run that ended, waiting for its turn not counted. */
  readonly durationSeconds: number;
  /** Counted since the process started. */
  readonly runs: number;
  readonly failures: Readonly<Partial<Record<FailureReason, number>>>;
  /** Due times at which the run before was still under way. */
  readonly skipped: number;
}

export interface DatabaseStatus {
  readonly name: string;
  readonly driver: string;
  readonly up: boolean;
  /** The server's clock minus ours; `null` while unknown. */
  readonly clockSkewSeconds: number | null;
  /** Why it is down; '' when up or not yet tried. */
  readonly problem: string;
}

/** What was seen, by unit and by database: the only thing that a scrape or a page looks at. */
export interface Snapshot {
  readonly knownErrors: readonly KnownError[];
  readonly companies: readonly Company[];
  readonly maintenance: readonly MaintenanceWindow[];
  readonly units: ReadonlyMap<string, UnitStatus>;
  readonly databases: ReadonlyMap<string, DatabaseStatus>;
}

/** Told of each change, so that what is rendered can be rendered when a reading arrives and not when it is asked for. */
export interface SnapshotListener {
  unitChanged(unit: UnitStatus): void;
  unitRemoved(key: string): void;
  /** Companies or databases changed. */
  othersChanged(): void;
}

/** The snapshot as the poller writes it. Entries are replaced whole, never changed in place. */
export class SnapshotStore implements Snapshot {
  companies: readonly Company[] = [];
  knownErrors: readonly KnownError[] = [];
  maintenance: readonly MaintenanceWindow[] = [];
  readonly units = new Map<string, UnitStatus>();
  readonly databases = new Map<string, DatabaseStatus>();
  readonly #listener: SnapshotListener;

  constructor(listener: SnapshotListener) {
    this.#listener = listener;
  }

  setUnit(unit: UnitStatus): void {
    this.units.set(unit.key, unit);
    this.#listener.unitChanged(unit);
  }

  removeUnit(key: string): void {
    if (this.units.delete(key)) this.#listener.unitRemoved(key);
  }

  setDatabase(database: DatabaseStatus): void {
    this.databases.set(database.name, database);
    this.#listener.othersChanged();
  }

  /** Takes over what a configuration says of companies, and forgets databases that it no longer names. */
  setConfig(config: Config): void {
    this.companies = [...config.companies.values()];
    this.maintenance = config.maintenance;
    this.knownErrors = config.knownErrors.errors;
    for (const name of this.databases.keys()) if (!config.databases.has(name)) this.databases.delete(name);
    this.#listener.othersChanged();
  }
}
