import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RemedyAction } from '../../src/config/config.ts';
import { openWritable as openMysql } from '../../src/databases/mysql/writable.ts';
import { openWritable as openPostgres } from '../../src/databases/postgres/writable.ts';
import type { Row } from '../../src/databases/values.ts';
import type { WritableDatabase } from '../../src/databases/writable.ts';
import { startMariadb } from '../helpers/mariadb.ts';
import { startPostgres } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';
import { handlerOf } from './attempts.ts';
import { hostileKeys } from './hostile-keys.ts';

const statement = (sql: string): RemedyAction => ({
  type: 'statement',
  database: 'fix',
  sql,
  timeoutMs: 30_000,
});
const remedies = [
  statement("UPDATE orders SET state = 'again', company = :company WHERE n = :record"),
  statement('CALL relaunch(:record, :company)'),
] as const;
/** Beside the hostile ones: what a key that was read as a pattern, or with other spaces, would reach. */
const innocent = ['innocent', '1', "'", '%', '', ' ', 'a', 'A'];

interface Opened {
  readonly database: WritableDatabase;
  readonly close: () => Promise<void>;
}

/** @param holdsNul whether a text of the server can hold U+0000. */
function statements(open: () => Promise<Opened>, holdsNul: boolean): void {
  let database: WritableDatabase;
  let close: () => Promise<void>;
  const run = async (sql: string, parameters = {}): Promise<readonly Row[]> => {
    const limits = { signal: AbortSignal.timeout(60_000), timeoutMs: 30_000 };
    return (await database.transaction((execute) => execute(sql, parameters), limits)).rows;
  };
  const keys = hostileKeys.filter((key) => holdsNul || !key.includes('\0'));
  const again = async (): Promise<readonly unknown[]> =>
    (await run("SELECT n FROM orders WHERE state <> 'failed' OR company <> ''")).map(({ n }) => n);

  beforeAll(async () => {
    ({ database, close } = await open());
  }, 120_000);
  afterAll(() => close());
  beforeEach(async () => {
    await run('DELETE FROM orders WHERE id > 0');
    for (const n of [...keys, ...innocent])
      await run("INSERT INTO orders (n, state, company) VALUES (:n, 'failed', '')", { n });
  });

  it.each(remedies)('a hostile key changes the row of its record and nothing else: %j', async (action) => {
    const { run: attempt } = handlerOf(action, database);
    const secret = await run('SELECT n FROM secret');
    for (const key of keys) {
      expect(await attempt(key)).toMatchObject({ type: 'done' });
      expect(await again()).toEqual([key]);
      await run("UPDATE orders SET state = 'failed', company = '' WHERE n = :key", { key });
    }
    expect(await run('SELECT n FROM orders')).toHaveLength(keys.length + innocent.length);
    expect(await run('SELECT n FROM secret')).toEqual(secret);
    expect(secret).toHaveLength(1);
  });

  it('a key that no text of the server can hold changes nothing, and is told as a failure', async () => {
    if (holdsNul) return;
    const { run: attempt, results } = handlerOf(remedies[0], database);
    expect(await attempt('a\0b')).toMatchObject({ type: 'done', result: { answer: 'query' } });
    expect(results).toEqual(['failed']);
    expect(await again()).toEqual([]);
  });
}

describeReal('PostgreSQL', ['postgres'], () => {
  statements(async () => {
    const server = await startPostgres();
    await server.admin(`
      CREATE TABLE orders (id serial PRIMARY KEY, n text, state text, company text);
      CREATE TABLE secret (n text);
      INSERT INTO secret VALUES ('s');
      CREATE PROCEDURE relaunch(record text, of text) LANGUAGE sql AS $$
        UPDATE orders SET state = 'again', company = of WHERE n = record $$`);
    const database = openPostgres(server.settings());
    return {
      database,
      close: async () => {
        await database.close();
        await server.dispose();
      },
    };
  }, false);
});

describeReal('MariaDB', ['mariadb'], () => {
  statements(async () => {
    const server = await startMariadb();
    const database = openMysql(server.settings());
    // Texts of which each is itself alone: by another collation the statement itself takes several for the same.
    const text = 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin';
    for (const sql of [
      `CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, n ${text}, state VARCHAR(20), company VARCHAR(50))`,
      `CREATE TABLE secret (n VARCHAR(10))`,
      "INSERT INTO secret VALUES ('s')",
      `CREATE PROCEDURE relaunch(record ${text}, of_company VARCHAR(50))
         UPDATE orders SET state = 'again', company = of_company WHERE n = record`,
    ])
      await database.transaction((execute) => execute(sql, {}), {
        signal: AbortSignal.timeout(60_000),
        timeoutMs: 30_000,
      });
    return {
      database,
      close: async () => {
        await database.close();
        await server.stop();
      },
    };
  }, true);
});
