import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy. */
const busyCode = 5;
/** How long a process that is about to end may still hold the lock, in milliseconds. */
const patienceMs = 500;

/** The same file whatever links lead to it. Its folder must be there. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It is made when it is opened.
    return join(realpathSync(dirname(path)), basename(path));
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === busyCode;
}

/** A state file that no other process uses. */
export interface StateFileLock {
  release(): void;
}

/**
 * Takes a state file for this process alone, by an exclusive transaction on an empty SQLite file beside it, `<path>-lock`. The
 * operating system lets go of it when the process ends, however it ends; others can still read the state file.
 *
 * @throws Error that names the file and says what to do, when another process has it or the lock cannot be taken.
 */
export function lockStateFile(path: string): StateFileLock {
  const sqlite = process.getBuiltinModule('node:sqlite');
  let lock: DatabaseSync | undefined;
  try {
    lock = new sqlite.DatabaseSync(`${realPathOf(path)}-lock`);
    lock.exec(`PRAGMA busy_timeout = ${patienceMs}; BEGIN EXCLUSIVE`);
  } catch (error) {
    lock?.close();
    const reason = isBusy(error)
      ? 'another erp-exporter uses it; stop that one, or name another file as state_file: each process needs its own'
      : `no lock beside it: ${error instanceof Error ? error.message : String(error)}; name a file in a folder that erp-exporter may write to as state_file`;
    throw new Error(`the state file ${path} cannot be used: ${reason}`, { cause: error });
  }
  const held = lock;
  return { release: () => held.close() };
}
