import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createErrorMemory } from '../../src/known-errors/memory.ts';
import { openStateFile, transaction } from '../../src/state/file.ts';
import { createMonitorStates } from '../../src/state/monitor-states.ts';
import { dayMs } from '../../src/time.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-'));
  file = join(folder, 'state.db');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = Date.UTC(2026, 10, 21, 9);
const fail = (error: Error): never => {
  throw error;
};

/** Does something to the file from outside. */
function outside<T>(action: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file);
  try {
    return action(database);
  } finally {
    database.close();
  }
}

const pragma = (name: string) =>
  outside((database) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);

/** The file as version 0.1.0 of the program made it, which knew version 1 only. */
const version1 = `
  PRAGMA journal_mode = WAL;
  BEGIN IMMEDIATE;
  CREATE TABLE class (
    flow TEXT NOT NULL, error TEXT NOT NULL, since INTEGER NOT NULL, last_seen INTEGER NOT NULL,
    baseline INTEGER NOT NULL, PRIMARY KEY (flow, error)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE source (source TEXT NOT NULL PRIMARY KEY, first_run INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA application_id = 1701998712;
  PRAGMA user_version = 1;
  COMMIT;
  INSERT INTO class VALUES ('orders', 'old', ${start}, ${start}, 1), ('orders', 'new', ${start}, ${start}, 0);
  INSERT INTO source VALUES ('acme', ${start});
`;

describe('a file of version 1', () => {
  it('keeps what it holds, and takes the states of monitors', () => {
    outside((database) => database.exec(version1));
    const database = openStateFile(file);
    const memory = createErrorMemory(database, fail);
    expect(memory.isFirstRun('acme', start + 1000)).toBe(false);
    expect(memory.seen('orders', 'old', start + 1000, false)).toBeNull();
    expect(memory.seen('orders', 'new', start + 1000, false)).toBe(start);
    createMonitorStates(database, fail)
      .open('m', 'd', start)
      .write({ set: new Map([['a', '1']]) });
    database.close();
    expect(pragma('user_version')).toBe(4);
    expect(pragma('application_id')).toBe(0x65727078);
    const again = openStateFile(file);
    expect(createMonitorStates(again, fail).open('m', 'd', start).get('a')).toBe('1');
    again.close();
  });

  it('has the same tables as a new one once it was opened', () => {
    const tables = () =>
      outside((database) =>
        database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all().map(Object.values),
      );
    openStateFile(file).close();
    const fresh = tables();
    file = join(folder, 'old.db');
    outside((database) => database.exec(version1));
    openStateFile(file).close();
    expect(tables()).toEqual(fresh);
  });

  it('stays as it was when it cannot be brought up to date', () => {
    outside((database) => database.exec(`${version1}; CREATE TABLE monitor_entry (theirs)`));
    expect(() => openStateFile(file)).toThrow(/already exists/);
    expect(pragma('user_version')).toBe(1);
    expect(
      outside((database) =>
        database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'monitor_scope'").get(),
      ),
    ).toBeUndefined();
  });
});

describe('a transaction', () => {
  it('is undone when it throws, and the next one works', () => {
    const database = openStateFile(file);
    const add = (source: string) => database.exec(`INSERT INTO source VALUES ('${source}', 0)`);
    expect(() =>
      transaction(database, () => {
        add('a');
        throw new Error('no');
      }),
    ).toThrow('no');
    transaction(database, () => add('b'));
    expect(database.prepare('SELECT source FROM source').all()).toEqual([{ source: 'b' }]);
    database.close();
  });
});

describe('opening', () => {
  it.each([
    [
      'what is no database',
      () => writeFileSync(file, 'Hello, world. '.repeat(500)),
      /file is not a database/,
    ],
    ['a file in no folder', () => void (file = join(folder, 'none', 'state.db')), /unable to open/],
    ['a folder', () => void (file = folder), /unable to open/],
    [
      'the database of another program',
      () => outside((database) => database.exec('CREATE TABLE theirs (a)')),
      /of another program/,
    ],
    [
      'one of a later version',
      () => {
        openStateFile(file).close();
        outside((database) => database.exec('PRAGMA user_version = 99'));
      },
      /of version 99/,
    ],
    [
      'a damaged one',
      () => {
        const database = openStateFile(file);
        const entries = Array.from({ length: 2000 }, (_, index) => [`key ${index}`, 'x'.repeat(50)] as const);
        createMonitorStates(database, fail)
          .open('m', 'd', dayMs)
          .write({ set: new Map(entries) });
        database.close();
        const bytes = readFileSync(file);
        bytes.fill(0xa5, 4096, bytes.length - 4096);
        writeFileSync(file, bytes);
      },
      /damaged|malformed/,
    ],
  ])('%s fails and says why', (_what, prepare, reason) => {
    prepare();
    const opening = () => openStateFile(file).close();
    expect(opening).toThrow(reason);
    expect(opening).toThrow(`the state file ${file} cannot be used: `);
  });

  it('leaves the file of another program untouched', () => {
    outside((database) => database.exec('CREATE TABLE theirs (a)'));
    const before = readFileSync(file);
    expect(() => openStateFile(file)).toThrow(/of another program/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
