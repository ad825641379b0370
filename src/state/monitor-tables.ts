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

export function createMonitorTables(database: DatabaseSync): MonitorTables {
  const find = database.prepare('SELECT id, definition, last_used FROM monitor_scope WHERE name = ?');
  const add = database.prepare('INSERT INTO monitor_scope (name, definition, last_used) VALUES (?, ?, ?)');
  const touch = database.prepare('UPDATE monitor_scope SET last_used = ? WHERE name = ?');
  // Its entries go with it, as the table says.
  const remove = database.prepare('DELETE FROM monitor_scope WHERE name = ?');
  const stale = database.prepare('SELECT name FROM monitor_scope WHERE last_used < ?');
  const entriesOf = database.prepare('SELECT key, value FROM monitor_entry WHERE scope = ?');
  const setEntry = database.prepare(
    'INSERT OR REPLACE INTO monitor_entry (scope, key, value) VALUES (?, ?, ?)',
  );
  const deleteEntry = database.prepare('DELETE FROM monitor_entry WHERE scope = ? AND key = ?');

  const idOf = (scope: string): number => {
    const row = find.get(scope);
    // Another process may have removed it; the caller then writes it anew.
    if (row === undefined) throw new Error(`the state of ${scope} is no longer in the file`);
    return Number(row['id']);
  };
  return {
    load: (scope, definition) => {
      const row = find.get(scope);
      if (row === undefined || row['definition'] !== definition) return undefined;
      const entries = entriesOf
        .all(Number(row['id']))
        .map(({ key, value }) => [String(key), String(value)] as const);
      return { entries: new Map(entries), touchedAt: Number(row['last_used']) };
    },
    touch: (scope, now) => void touch.run(Math.round(now), scope),
    replace: (scope, { definition, entries, touchedAt }) =>
      transaction(database, () => {
        remove.run(scope);
        const { lastInsertRowid } = add.run(scope, definition, Math.round(touchedAt));
        for (const [key, value] of entries) setEntry.run(lastInsertRowid, key, value);
      }),
    change: (scope, changes) =>
      transaction(database, () => {
        const id = idOf(scope);
        for (const key of changes.delete ?? []) deleteEntry.run(id, key);
        for (const [key, value] of changes.set ?? []) setEntry.run(id, key, value);
      }),
    prune: (before, inUse) => {
      const names = stale.all(Math.round(before)).map(({ name }) => String(name));
      for (const name of names) if (!inUse.has(name)) remove.run(name);
    },
  };
}
