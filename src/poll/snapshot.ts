import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Company, Config } from '../config/config.ts';
import type { KnownError } from '../known-errors/catalogue.ts';
import type { TaskStatus } from './task-status.ts';

export interface DatabaseStatus {
  readonly name: string;
  readonly driver: string;
  readonly up: boolean;
  /** The server's clock minus ours; `null` while unknown. */
  readonly clockSkewSeconds: number | null;
  /** Why it is down; '' when up or not yet tried. */
  readonly problem: string;
}

/** What was seen, by task and by database: the only thing that a scrape or a page looks at. */
export interface Snapshot {
  /** The label `environment` of every series; '': there is no such label. */
  readonly environment: string;
  readonly knownErrors: readonly KnownError[];
  readonly companies: readonly Company[];
  readonly maintenance: readonly MaintenanceWindow[];
  /** By the key of the task. */
  readonly tasks: ReadonlyMap<string, TaskStatus>;
  readonly databases: ReadonlyMap<string, DatabaseStatus>;
}

/** Called at each change, so that text is rendered when a reading arrives and not at each scrape. */
export interface SnapshotListener {
  taskChanged(task: TaskStatus): void;
  taskRemoved(key: string): void;
  /** Companies or databases changed. */
  othersChanged(): void;
}

/** The snapshot as the poller writes it. Entries are replaced whole, never changed in place. */
export class SnapshotStore implements Snapshot {
  environment = '';
  companies: readonly Company[] = [];
  knownErrors: readonly KnownError[] = [];
  maintenance: readonly MaintenanceWindow[] = [];
  readonly tasks = new Map<string, TaskStatus>();
  readonly databases = new Map<string, DatabaseStatus>();
  readonly #listener: SnapshotListener;

  constructor(listener: SnapshotListener) {
    this.#listener = listener;
  }

  setTask(task: TaskStatus): void {
    this.tasks.set(task.key, task);
    this.#listener.taskChanged(task);
  }

  removeTask(key: string): void {
    if (this.tasks.delete(key)) this.#listener.taskRemoved(key);
  }

  setDatabase(database: DatabaseStatus): void {
    this.databases.set(database.name, database);
    this.#listener.othersChanged();
  }

  /** Takes what a configuration says of all series, and drops databases that it no longer names. Its tasks are set after it. */
  setConfig(config: Config): void {
    this.environment = config.environment;
    this.companies = [...config.companies.values()];
    this.maintenance = config.maintenance;
    this.knownErrors = config.knownErrors.errors;
    for (const name of this.databases.keys()) if (!config.databases.has(name)) this.databases.delete(name);
    this.#listener.othersChanged();
  }
}
