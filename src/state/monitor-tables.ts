import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../time.ts';
import { transaction } from './file.ts';
import type { StateChanges } from './monitor-state.ts';

/** A scope as the file holds it. */
export interface KeptScope {
  readonly definition: string;
  readonly entries: ReadonlyMap<string, string>;
  /** Last use, as far as the file has it. */
  readonly touchedAt: Instant;
}

/** The tables of the state file that hold the states of monitors. All methods throw what SQLite throws. */
export interface MonitorTables {
  /** Undefined when nothing is kept under this definition. */
  load(scope: string, definition: string): Omit<KeptScope, 'definition'> | undefined;
  touch(scope: string, now: Instant): void;
  /** Creates the scope, or makes it hold this and nothing else. */
  replace(scope: string, content: KeptScope): void;
  /** Changes entries of a scope that is there. */
  change(scope: string, changes: StateChanges): void;
  /** Removes scopes that were last used before `before`, save those that are in use. */
  prune(before: Instant, inUse: ReadonlySet<string>): void;
}

function prepareStatements(database: DatabaseSync) {
  return {
    find: database.prepare('SELECT id, definition, last_used FROM monitor_scope WHERE name = ?'),
    add: database.prepare('INSERT INTO monitor_scope (name, definition, last_used) VALUES (?, ?, ?)'),
    touch: database.prepare('UPDATE monitor_scope SET last_used = ? WHERE name = ?'),
    // Its entries go with it, as the table says.
    remove: database.prepare('DELETE FROM monitor_scope WHERE name = ?'),
    stale: database.prepare('SELECT name FROM monitor_scope WHERE last_used < ?'),
    entriesOf: database.prepare('SELECT key, value FROM monitor_entry WHERE scope = ?'),
    setEntry: database.prepare('INSERT OR REPLACE INTO monitor_entry (scope, key, value) VALUES (?, ?, ?)'),
    deleteEntry: database.prepare('DELETE FROM monitor_entry WHERE scope = ? AND key = ?'),
  };
}

class Tables implements MonitorTables {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof prepareStatements>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#sql = prepareStatements(database);
  }

  load(scope: string, definition: string): Omit<KeptScope, 'definition'> | undefined {
    const row = this.#sql.find.get(scope);
    if (row === undefined || row['definition'] !== definition) return undefined;
    const entries = this.#sql.entriesOf
      .all(Number(row['id']))
      .map(({ key, value }) => [String(key), String(value)] as const);
    return { entries: new Map(entries), touchedAt: Number(row['last_used']) };
  }

  touch(scope: string, now: Instant): void {
    this.#sql.touch.run(Math.round(now), scope);
  }

  replace(scope: string, { definition, entries, touchedAt }: KeptScope): void {
    const { remove, add, setEntry } = this.#sql;
    transaction(this.#database, () => {
      remove.run(scope);
      const { lastInsertRowid } = add.run(scope, definition, Math.round(touchedAt));
      for (const [key, value] of entries) setEntry.run(lastInsertRowid, key, value);
    });
  }

  change(scope: string, changes: StateChanges): void {
    const { deleteEntry, setEntry } = this.#sql;
    transaction(this.#database, () => {
      const id = this.#idOf(scope);
      for (const key of changes.delete ?? []) deleteEntry.run(id, key);
      for (const [key, value] of changes.set ?? []) setEntry.run(id, key, value);
    });
  }

  prune(before: Instant, inUse: ReadonlySet<string>): void {
    const names = this.#sql.stale.all(Math.round(before)).map(({ name }) => String(name));
    for (const name of names) if (!inUse.has(name)) this.#sql.remove.run(name);
  }

  #idOf(scope: string): number {
    const row = this.#sql.find.get(scope);
    // Another process may have removed it; the caller then writes it again, whole.
    if (row === undefined) throw new Error(`the state of ${scope} is no longer in the file`);
    return Number(row['id']);
  }
}

export function createMonitorTables(database: DatabaseSync): MonitorTables {
  return new Tables(database);
}
