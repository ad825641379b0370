import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openStateFile, transaction } from '../state/file.ts';
import type { Instant } from '../time.ts';
import type { OutboxStore } from './contract.ts';
import type { Engine, Step, StepResult, StoreClock, Work, WorkKind } from './engine.ts';
import { requestMs } from './pause.ts';
import { storedInstant } from './rows.ts';
import { SqlStore } from './store.ts';

export interface SqliteStoreOptions {
  /** Measures leases, in milliseconds from any beginning; it follows no step of the clock. */
  readonly leaseClock: () => number;
  readonly mostWaiting?: number;
  /** How long what a process was about when it died is left alone; absent: 30 s. */
  readonly inFlightMs?: number;
}

/** The state file of this process, by a connection of its own. */
class FileEngine implements Engine {
  readonly prefix = '';
  readonly lockRows = '';
  readonly #database: DatabaseSync;
  readonly #leaseClock: () => number;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, leaseClock: () => number) {
    this.#database = database;
    this.#leaseClock = leaseClock;
  }

  run<Result>(kind: WorkKind, now: Instant, work: (clock: StoreClock) => Work<Result>): Promise<Result> {
    // What is thrown within rejects.
    return new Promise((resolve) => resolve(this.#runNow(kind, now, work)));
  }

  close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
    return Promise.resolve();
  }

  #runNow<Result>(kind: WorkKind, now: Instant, work: (clock: StoreClock) => Work<Result>): Result {
    const clock = { now, leases: this.#leaseClock() };
    if (kind === 'read') return this.#drive(work(clock));
    let result: { readonly value: Result } | undefined;
    transaction(this.#database, () => {
      result = { value: this.#drive(work(clock)) };
    });
    if (result === undefined) throw new TypeError('the work of a transaction had no result');
    return result.value;
  }

  #drive<Result>(work: Work<Result>): Result {
    let next = work.next();
    while (next.done !== true) next = work.next(this.#carryOut(next.value));
    return next.value;
  }

  #carryOut({ sql, parameters }: Step): StepResult {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    const given = Object.entries(parameters).map(([name, value]) => {
      if (typeof value === 'boolean' || value instanceof Date)
        throw new TypeError(`:${name} cannot be stored`);
      return [name, value] as const;
    });
    const named = Object.fromEntries(given);
    if (/^\s*SELECT/.test(sql)) {
      const rows = statement.all(named);
      return { rows, changed: 0 };
    }
    return { rows: [], changed: Number(statement.run(named).changes) };
  }
}

/**
 * Opens the outbox of a state file, which this process must have for itself (`lockStateFile`); `:memory:` is one that ends with
 * the process. Leases of a process that has died end after `inFlightMs`.
 *
 * @throws Error that names the file, when it cannot be used.
 */
export function openSqliteStore(
  file: string,
  { leaseClock, mostWaiting, inFlightMs = requestMs }: SqliteStoreOptions,
): OutboxStore {
  const database = openStateFile(file);
  try {
    // The rest of the file may lose its last second at a power cut; what acts on other systems may not.
    database.exec('PRAGMA synchronous = FULL');
    // Nobody will settle these. Their last request may still be under way: who looked for its effect now might find none yet.
    database
      .prepare(
        'UPDATE outbox_entry SET lease_owner = NULL, lease_token = NULL, lease_until = ? WHERE lease_token IS NOT NULL OR lease_until IS NOT NULL',
      )
      .run(storedInstant(leaseClock() + inFlightMs));
    return new SqlStore(
      new FileEngine(database, leaseClock),
      mostWaiting === undefined ? {} : { mostWaiting },
    );
  } catch (error) {
    database.close();
    throw error;
  }
}
