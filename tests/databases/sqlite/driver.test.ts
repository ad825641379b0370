import { fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database, DatabaseSettings } from '../../../src/databases/contract.ts';
import { open } from '../../../src/databases/sqlite/database.ts';
import { openStateFile } from '../../../src/state/file.ts';
import { failureOf, rowsOf } from '../contract/scene.ts';
import { fileSettings } from './file.ts';

const folder = mkdtempSync(join(tmpdir(), 'erp-sqlite-'));
const file = join(folder, 'shop.db');
const opened: Database[] = [];

function openFile(path: string, overrides: Partial<DatabaseSettings> = {}): Database {
  const database = open(fileSettings(path, overrides));
  opened.push(database);
  return database;
}

beforeAll(() => {
  const admin = new DatabaseSync(file);
  admin.exec(`
    CREATE TABLE times (id INTEGER, at DATETIME);
    INSERT INTO times VALUES
      (1, '2026-07-01T10:00:00Z'), (2, '2026-07-01 12:00:00+02:00'), (3, '2026-07-01 10:00'), (4, 1782900000),
      (5, 1782900000123), (6, julianday('2026-07-01 10:00:00')), (7, 'yesterday'), (8, NULL), (9, '2026-07-01');
    CREATE TABLE odd (flag BOOLEAN, total DECIMAL(10,2), ref VARCHAR(10), untyped);
    INSERT INTO odd VALUES ('true', 12.5, '0012345', 7), (2, 3, 12, x'00'), (NULL, 'n/a', NULL, NULL);
  `);
  admin.close();
});
afterEach(() => Promise.all(opened.splice(0).map((database) => database.close())));
afterAll(() => rmSync(folder, { recursive: true }));

describe('times of SQLite', () => {
  it('are read as text with an offset, as text in the zone of the database, as seconds, milliseconds and Julian days', async () => {
    const rows = await rowsOf(
      openFile(file, { timezone: 'Europe/Brussels' }),
      'SELECT id, at FROM times ORDER BY id',
    );
    const ten = new Date('2026-07-01T10:00:00Z');
    expect(rows.map(({ at }) => at)).toEqual([
      ten,
      ten,
      new Date('2026-07-01T08:00:00Z'),
      ten,
      new Date('2026-07-01T10:00:00.123Z'),
      ten,
      'yesterday',
      null,
      new Date('2026-06-30T22:00:00Z'),
    ]);
  });

  it('are bound for seconds as the instant, for text as the clock of the zone shows it', async () => {
    const database = openFile(file, { timezone: 'Europe/Brussels' });
    const at = new Date('2026-07-01T10:00:00Z');
    const sql =
      "SELECT unixepoch(:at) AS seconds, datetime( :at ) AS text, strftime('%H', :at) AS hour, julianday(:at) AS day";
    expect(await rowsOf(database, sql, { at })).toEqual([
      { seconds: 1_782_900_000, text: '2026-07-01 12:00:00', hour: '12', day: 2_461_222.916_666_666_5 },
    ]);
  });

  it.each(['SELECT id FROM times WHERE at >= :at', 'SELECT :at AS at', "SELECT strftime('%s') || :at AS at"])(
    'are refused where SQLite would compare letters: %s',
    async (sql) => {
      const error = await failureOf(rowsOf(openFile(file), sql, { at: new Date() }));
      expect(error.kind).toBe('query');
      expect(error.message).toContain('datetime(:at)');
    },
  );
});

describe('values of SQLite', () => {
  it('stay what they are where they do not fit the declared type', async () => {
    const rows = await rowsOf(openFile(file), 'SELECT * FROM odd');
    expect(rows).toEqual([
      { flag: true, total: '12.50', ref: '0012345', untyped: 7 },
      { flag: 2, total: '3.00', ref: '12', untyped: new Uint8Array([0]) },
      { flag: null, total: 'n/a', ref: null, untyped: null },
    ]);
  });
});

describe('a file that cannot be read', () => {
  const whyNot = async (path: string): Promise<string> => {
    const error = await failureOf(rowsOf(openFile(path), 'SELECT 1 FROM sqlite_schema'));
    expect(error.kind).toBe('unreachable');
    return error.message;
  };

  it('is missing, a directory, or no database', async () => {
    const [directory, text] = [join(folder, 'directory'), join(folder, 'text.db')];
    mkdirSync(directory);
    writeFileSync(text, 'no database, but long enough to be one'.repeat(100));
    expect(await whyNot(join(folder, 'missing.db'))).toContain('there is no file');
    expect(await whyNot(directory)).toContain('is a directory');
    expect(await whyNot(text)).toBe('file is not a database');
  });

  it('is not made when it is missing', async () => {
    const path = join(folder, 'never.db');
    await whyNot(path);
    expect(() => new DatabaseSync(path, { readOnly: true })).toThrow();
  });

  it('is the state file of an exporter', async () => {
    const path = join(folder, 'state.db');
    openStateFile(path).close();
    expect(await whyNot(path)).toContain('is the state file of an erp-exporter');
  });
});

describe('statements', () => {
  it.each(["ATTACH 'other.db' AS other", 'PRAGMA journal_mode = WAL', 'DELETE FROM times', 'VACUUM'])(
    'that do not read are refused: %s',
    async (sql) => expect((await failureOf(rowsOf(openFile(file), sql))).kind).toBe('permission'),
  );

  it.each(['SELECT 1; SELECT 2', 'SELECT 1; DELETE FROM times', 'SELECT 1 ; -- x\n; DROP TABLE times'])(
    'that are several are refused: %s',
    async (sql) => {
      const error = await failureOf(rowsOf(openFile(file), sql));
      expect(error.message).toContain('second statement');
    },
  );

  it('may end in ; and a comment', async () => {
    expect(await rowsOf(openFile(file), 'SELECT 1 AS one; -- that is all\n')).toEqual([{ one: 1 }]);
  });

  it('wait for a lock as long as they may, and say so', async () => {
    const holder = new DatabaseSync(file);
    holder.exec('BEGIN EXCLUSIVE');
    try {
      const database = openFile(file, { lockTimeoutMs: 200 });
      expect((await failureOf(rowsOf(database, 'SELECT id FROM times'))).kind).toBe('locked');
      holder.exec('ROLLBACK');
      expect(await rowsOf(database, 'SELECT count(*) AS n FROM times')).toEqual([{ n: 9 }]);
    } finally {
      holder.close();
    }
  });

  it('do not keep the event loop waiting', async () => {
    const endless = 'WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s) SELECT max(n) FROM s';
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 10);
    const error = await failureOf(rowsOf(openFile(file), endless, {}, { timeoutMs: 500 }));
    clearInterval(timer);
    expect(error.kind).toBe('timeout');
    expect(ticks).toBeGreaterThan(10);
  });

  it('end with the exporter, even when it is killed amid one', async () => {
    const exporter = fork(new URL('./endless-process.ts', import.meta.url), [file], { execArgv: [] });
    const processes = (column: string, ...which: string[]): string =>
      spawnSync('ps', ['-o', `${column}=`, ...which], { encoding: 'utf8' }).stdout.trim();
    const reader = await vi.waitUntil(() => processes('pid', '--ppid', String(exporter.pid)), 10_000);
    await vi.waitUntil(() => Number(processes('cputimes', '-p', reader)) >= 1, 10_000);
    exporter.kill('SIGKILL');
    await expect.poll(() => processes('pid', '-p', reader), { timeout: 5000 }).toBe('');
  });
});

it('says that the file may be written, and by whom', async () => {
  const inspection = await openFile(file).inspect(new AbortController().signal);
  expect(inspection.writable).toEqual([`user ${inspection.user} may write ${file}`]);
});
