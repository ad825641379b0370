import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../state/file.ts';
import type { Instant } from '../time.ts';

/** What is stored about a class of errors in a flow. */
export interface SeenClass {
  readonly flow: string;
  readonly error: string;
  /** When it was first seen, or seen again after it had been forgotten. */
  readonly since: Instant;
  readonly lastSeen: Instant;
  /** It was already there at the first run of its source, so its age is unknown and it does not count as new. */
  readonly baseline: boolean;
}

/** When a source of errors, such as a monitor for a company, first ran. */
export interface SeenSource {
  readonly source: string;
  readonly firstRun: Instant;
}

/** Persistent storage of an `ErrorMemory`. */
export interface Store {
  readonly classes: readonly SeenClass[];
  readonly sources: readonly SeenSource[];
  saveClass(seen: SeenClass): void;
  saveSource(source: string, firstRun: Instant): void;
  deleteClass(flow: string, error: string): void;
  deleteSource(source: string): void;
  /** Makes the file hold this and nothing else, or changes nothing. */
  replace(classes: readonly SeenClass[], sources: readonly SeenSource[]): void;
}

function readAll(database: DatabaseSync): Pick<Store, 'classes' | 'sources'> {
  const rows = (sql: string) => database.prepare(sql).all();
  return {
    classes: rows('SELECT * FROM class ORDER BY last_seen').map((row) => ({
      flow: String(row['flow']),
      error: String(row['error']),
      since: Number(row['since']),
      lastSeen: Number(row['last_seen']),
      baseline: row['baseline'] === 1,
    })),
    sources: rows('SELECT * FROM source ORDER BY first_run').map((row) => ({
      source: String(row['source']),
      firstRun: Number(row['first_run']),
    })),
  };
}

/**
 * The tables of the state file about errors.
 * @throws Error of SQLite; so do all methods.
 */
export function createStore(database: DatabaseSync): Store {
  const saveClass = database.prepare(
    'INSERT OR REPLACE INTO class (flow, error, since, last_seen, baseline) VALUES (?, ?, ?, ?, ?)',
  );
  const saveSource = database.prepare('INSERT OR REPLACE INTO source (source, first_run) VALUES (?, ?)');
  const deleteClass = database.prepare('DELETE FROM class WHERE flow = ? AND error = ?');
  const deleteSource = database.prepare('DELETE FROM source WHERE source = ?');
  const writes = {
    saveClass: ({ flow, error, since, lastSeen, baseline }: SeenClass) =>
      void saveClass.run(flow, error, Math.round(since), Math.round(lastSeen), baseline ? 1 : 0),
    saveSource: (source: string, firstRun: Instant) => void saveSource.run(source, Math.round(firstRun)),
  };
  return {
    ...readAll(database),
    ...writes,
    deleteClass: (flow, error) => void deleteClass.run(flow, error),
    deleteSource: (source) => void deleteSource.run(source),
    replace: (classes, sources) =>
      transaction(database, () => {
        database.exec('DELETE FROM class; DELETE FROM source');
        for (const seen of classes) writes.saveClass(seen);
        for (const { source, firstRun } of sources) writes.saveSource(source, firstRun);
      }),
  };
}
