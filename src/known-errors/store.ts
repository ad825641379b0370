import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Instant } from '../time.ts';

/** What is remembered of a class of errors in a flow. */
export interface SeenClass {
  readonly flow: string;
  readonly error: string;
  /** Since when it is new, or was: when it was first seen, or seen again after it had been forgotten. */
  readonly since: Instant;
  readonly lastSeen: Instant;
  /** It was there when its source was first looked at, so nobody knows how old it is. */
  readonly baseline: boolean;
}

/** Where an `ErrorMemory` keeps what must outlive the process. */
export interface Store {
  readonly classes: readonly SeenClass[];
  readonly sources: readonly { readonly source: string; readonly firstRun: Instant }[];
  saveClass(seen: SeenClass): void;
  saveSource(source: string, firstRun: Instant): void;
  deleteClass(flow: string, error: string): void;
  deleteSource(source: string): void;
  close(): void;
}

/** 'erpx': tells our files from those of others. */
const applicationId = 0x65727078;
const schemaVersion = 1;

const schema = `
  CREATE TABLE class (
    flow TEXT NOT NULL, error TEXT NOT NULL, since INTEGER NOT NULL, last_seen INTEGER NOT NULL,
    baseline INTEGER NOT NULL, PRIMARY KEY (flow, error)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE source (source TEXT NOT NULL PRIMARY KEY, first_run INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
}

/** Creates the tables of a new file. @throws Error for the file of another program, or of a later version of this one. */
function prepareSchema(database: DatabaseSync): void {
  const found = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (found !== 'ok') throw new Error(`it is damaged: ${String(found)}`);
  if (numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0) {
    database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`);
    return;
  }
  if (numberOf(database, 'PRAGMA application_id') !== applicationId)
    throw new Error('it is the database of another program');
  const version = numberOf(database, 'PRAGMA user_version');
  if (version !== schemaVersion) throw new Error(`it is of version ${version}, not ${schemaVersion}`);
}

function openDatabase(path: string): DatabaseSync {
  // Not imported: loading it prints a warning on some versions of Node.js, which those without a file need not see.
  const sqlite = process.getBuiltinModule('node:sqlite');
  const database = new sqlite.DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 500; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    prepareSchema(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
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

function createStore(database: DatabaseSync): Store {
  const saveClass: StatementSync = database.prepare(
    'INSERT OR REPLACE INTO class (flow, error, since, last_seen, baseline) VALUES (?, ?, ?, ?, ?)',
  );
  const saveSource = database.prepare('INSERT OR REPLACE INTO source (source, first_run) VALUES (?, ?)');
  const deleteClass = database.prepare('DELETE FROM class WHERE flow = ? AND error = ?');
  const deleteSource = database.prepare('DELETE FROM source WHERE source = ?');
  return {
    ...readAll(database),
    saveClass: ({ flow, error, since, lastSeen, baseline }) =>
      void saveClass.run(flow, error, Math.round(since), Math.round(lastSeen), baseline ? 1 : 0),
    saveSource: (source, firstRun) => void saveSource.run(source, Math.round(firstRun)),
    deleteClass: (flow, error) => void deleteClass.run(flow, error),
    deleteSource: (source) => void deleteSource.run(source),
    close: () => database.close(),
  };
}

/**
 * Opens a SQLite file, and creates it when there is none; its folder must be there.
 * @throws Error that names the file and says what to do, when it cannot be opened, is damaged or not ours.
 */
export function openStore(path: string): Store {
  try {
    return createStore(openDatabase(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the state file ${path} cannot be used: ${reason}; repair or remove it, or name another one as state_file`,
      { cause: error },
    );
  }
}
