import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/databases/contract.ts';
import { openWritable as openMysql } from '../../src/databases/mysql/writable.ts';
import { openWritable as openPostgres } from '../../src/databases/postgres/writable.ts';
import { openWritable as openSqlite } from '../../src/databases/sqlite/writable.ts';
import type { WritableDatabase } from '../../src/databases/writable.ts';
import { startMariadb } from '../helpers/mariadb.ts';
import type { Mariadb } from '../helpers/mariadb.ts';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';
import { fileSettings } from './sqlite/file.ts';
import { hostileKeys } from '../remedies/hostile-keys.ts';

const keys = hostileKeys.filter((key) => !key.includes('\0')).map((key) => key.slice(0, 500));
const options = () => ({ signal: AbortSignal.timeout(60_000), timeoutMs: 30_000 });

/** What every writable database must do. Its table `orders (n, state)` is empty at first. */
function contract(open: () => WritableDatabase, slow: string): void {
  let database: WritableDatabase;
  beforeEach(() => {
    database = open();
  });
  afterEach(() => database.close());
  const run = (sql: string, parameters = {}) =>
    database.transaction((execute) => execute(sql, parameters), options());

  it('binds parameters, whatever they hold, and tells what changed', async () => {
    for (const n of keys)
      expect((await run("INSERT INTO orders (n, state) VALUES (:n, 'failed')", { n })).changed).toBe(1);
    for (const n of keys)
      expect((await run("UPDATE orders SET state = 'again' WHERE n = :n", { n })).changed).toBe(1);
    const { rows } = await run('SELECT n, state FROM orders');
    expect(rows.map(({ n }) => n).sort()).toEqual([...keys].sort());
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['again']));
    await run('DELETE FROM orders');
  });

  it('undoes a transaction that throws, also the statements before', async () => {
    const work = database.transaction(async (execute) => {
      await execute("INSERT INTO orders (n, state) VALUES ('undone', 'failed')", {});
      throw new RangeError('no');
    }, options());
    await expect(work).rejects.toThrow(RangeError);
    expect((await run('SELECT n FROM orders')).rows).toEqual([]);
  });

  it('refuses a second statement, and a statement that is wrong, by a DatabaseError', async () => {
    await expect(run('SELECT 1; DELETE FROM orders')).rejects.toBeInstanceOf(DatabaseError);
    await expect(run('UPDATE nowhere SET a = 1')).rejects.toMatchObject({ kind: 'query' });
    expect((await run('SELECT 1 AS one')).rows).toHaveLength(1);
  });

  it('ends a statement that takes too long, or whose caller gives up; the next one works', async () => {
    const late = database.transaction((execute) => execute(slow, {}), { ...options(), timeoutMs: 500 });
    await expect(late).rejects.toMatchObject({ kind: 'timeout' });
    const signal = AbortSignal.timeout(300);
    const given = database.transaction((execute) => execute(slow, {}), { signal, timeoutMs: 30_000 });
    await expect(given).rejects.toMatchObject({ kind: 'aborted' });
    expect((await run('SELECT 1 AS one')).rows).toHaveLength(1);
  });
}

describe('SQLite', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'writable-'));
    const database = new DatabaseSync(join(folder, 'erp.db'));
    database.exec('CREATE TABLE orders (n TEXT PRIMARY KEY, state TEXT)');
    database.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  contract(
    () => openSqlite(fileSettings(join(folder, 'erp.db'), { connectTimeoutMs: 30_000 })),
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
  );
});

describeReal('MariaDB', ['mariadb'], () => {
  let server: Mariadb;
  beforeAll(async () => {
    server = await startMariadb();
    const database = openMysql(server.settings());
    await database.transaction(
      (execute) =>
        execute(
          'CREATE TABLE orders (n VARCHAR(500) COLLATE utf8mb4_bin PRIMARY KEY, state VARCHAR(20)) CHARACTER SET utf8mb4',
          {},
        ),
      options(),
    );
    await database.close();
  }, 120_000);
  afterAll(() => server.stop());
  contract(() => openMysql(server.settings()), 'SELECT SLEEP(20)');
});

describeReal('PostgreSQL', ['postgres'], () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    await server.admin('CREATE TABLE orders (n text PRIMARY KEY, state text)');
  });
  afterAll(() => server.dispose());
  contract(() => openPostgres(server.settings()), 'SELECT pg_sleep(20)');
});
