import type { DatabaseSync } from 'node:sqlite';
import { applicationId } from './application-id.ts';
import { migrations } from './schema.ts';

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
}

/** @throws Error for a damaged file, and for that of another program or of a later version of this one. */
function checkFile(database: DatabaseSync): void {
  const found = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (found !== 'ok') throw new Error(`it is damaged: ${String(found)}`);
  if (numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0) return;
  if (numberOf(database, 'PRAGMA application_id') !== applicationId)
    throw new Error('it is the database of another program');
  const version = numberOf(database, 'PRAGMA user_version');
  if (version > migrations.length)
    throw new Error(
      `it is of version ${version}, written by a later erp-exporter; this one knows ${migrations.length}`,
    );
}

/** Brings a new file, or one of an earlier version, to the current version: completely, or not at all. */
function migrate(database: DatabaseSync): void {
  transaction(database, () => {
    // Asked within the transaction: another process may have been faster.
    const isNew = numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0;
    const version = isNew ? 0 : numberOf(database, 'PRAGMA user_version');
    if (version >= migrations.length) return;
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
  });
}

/** Runs `action` in one transaction; what it throws undoes it. */
export function transaction(database: DatabaseSync, action: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    action();
    database.exec('COMMIT');
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
    throw error;
  }
}

function open(path: string): DatabaseSync {
  // Not imported: loading it prints a warning on some versions of Node.js, which those without a file need not see.
  const sqlite = process.getBuiltinModule('node:sqlite');
  const database = new sqlite.DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 500');
    // Before anything is written: the file may be somebody else's.
    checkFile(database);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens the one SQLite file for all that must outlive the process, and creates it when there is none; its folder must be
 * there. A file of an earlier version is brought up to date.
 * @throws Error that names the file and says what to do, when it cannot be opened, is damaged, not ours or too new.
 */
export function openStateFile(path: string): DatabaseSync {
  try {
    return open(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the state file ${path} cannot be used: ${reason}; repair or remove it, or name another one as state_file`,
      { cause: error },
    );
  }
}
