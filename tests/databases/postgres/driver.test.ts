import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database, DatabaseSettings, QueryOptions } from '../../../src/databases/contract.ts';
import type { Parameters, Row } from '../../../src/databases/values.ts';
import { open } from '../../../src/databases/postgres/database.ts';
import { startPostgres, type PostgresServer } from '../../helpers/postgres.ts';
import { describeReal } from '../../helpers/real.ts';
import { failureOf, options, rowsOf, timeOf } from '../contract/scene.ts';

describeReal('what only PostgreSQL can do to its driver', ['postgres'], () => {
  let server: PostgresServer;
  let database: Database;

  const rows = (sql: string, parameters?: Parameters, overrides?: Partial<QueryOptions>): Promise<Row[]> =>
    rowsOf(database, sql, parameters, overrides);
  const one = async (expression: string, parameters?: Parameters): Promise<unknown> =>
    (await rows(`SELECT ${expression} AS value`, parameters))[0]?.['value'];

  beforeAll(async () => {
    server = await startPostgres();
    await server.admin('CREATE TABLE orders (id int, at timestamp); INSERT INTO orders VALUES (1, now())');
    database = open(
      server.settings({ connections: 1, timezone: 'Europe/Brussels' } satisfies Partial<DatabaseSettings>),
    );
  });
  afterAll(async () => {
    await database.close();
    await server.dispose();
  });

  it('reads values of PostgreSQL’s own', async () => {
    expect(await one(`'NaN'::numeric`)).toBe('NaN');
    expect(await one(`'Infinity'::numeric`)).toBe('Infinity');
    expect(await one(`'-Infinity'::float8`)).toBe(-Infinity);
    expect(await one(`'infinity'::timestamptz`)).toBe(null);
    expect(await one(`'-infinity'::date`)).toBe(null);
    expect(await one(`'10000-01-01'::date`)).toBe('10000-01-01');
    expect(await one(`'0044-03-15 BC'::date`)).toBe('0044-03-15 BC');
    expect(await one(`'0001-01-01 00:00:00+00'::timestamptz`)).toEqual(new Date('0001-01-01T00:00:00Z'));
    expect(await one(`'1800-01-01 00:00:00+00'::timestamptz`)).toEqual(new Date('1800-01-01T00:00:00Z'));
    expect(await one(`'1969-12-31 23:59:59.999999+00'::timestamptz`)).toEqual(
      new Date('1969-12-31T23:59:59.999Z'),
    );
    expect(await one(`ARRAY[1, 2]`)).toBe('{1,2}');
    expect(await one(`'{"a": 1}'::jsonb`)).toBe('{"a": 1}');
    expect(await one(`4294967295::oid`)).toBe(4294967295);
    expect(await one(`ROW(1, 'x')`)).toBe('(1,x)');
  });

  it('reads texts of a database without an encoding, whatever their bytes, and says so', async () => {
    await server.admin(
      `CREATE DATABASE bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    );
    const bytes = open(server.settings({ database: 'bytes' }));
    const faults: string[] = [];
    const observer = {
      columns: () => undefined,
      oddCell: (column: string, fault: string) => void faults.push(`${column} ${fault}`),
    };
    const sql = `SELECT E'caf\\351' AS latin, E'caf\\303\\251' AS utf8, 1 AS n, :company AS company`;
    expect(await rowsOf(bytes, sql, { company: 'é' }, { observer })).toEqual([
      { latin: 'caf\uFFFD', utf8: 'café', n: 1, company: 'é' },
    ]);
    expect(faults).toEqual(['latin encoding']);
    await bytes.close();
  });

  it('lets :today and :now take part in arithmetic and casts', async () => {
    const today = new Date('2026-03-29T22:00:00Z');
    expect(await one(`:today - interval '1 day'`, { today })).toEqual(new Date('2026-03-28T23:00:00Z'));
    expect(await one(`(:today::date)::text`, { today })).toBe('2026-03-30');
    expect(await one(`(:today::timestamp)::text`, { today })).toBe('2026-03-30 00:00:00');
    expect(await one(`:today`, { today })).toEqual(today);
    expect(await one(`:company || 'x'`, { company: 'acme' })).toBe('acmex');
  });

  it('has now() and current_date in the zone of the database', async () => {
    expect(await one(`current_setting('TimeZone')`)).toBe('Europe/Brussels');
    expect(await one(`abs(extract(epoch FROM now() - localtimestamp)) < 1`)).toBe(true);
  });

  it('does not take a cast for a parameter', async () => {
    expect(await one(`1::text || :text`, { text: 'a' })).toBe('1a');
  });

  it('lets no statement switch off what protects the next one', async () => {
    const attempts = [
      'SET default_transaction_read_only = off',
      'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE',
      'SET TRANSACTION READ WRITE',
      'COMMIT',
      'COMMIT AND CHAIN',
      `SELECT set_config('transaction_read_only', 'off', false)`,
      `SELECT set_config('statement_timeout', '0', false), set_config('TimeZone', 'Asia/Tokyo', false)`,
      'SET lock_timeout = 0',
      'SET search_path = pg_temp',
      `DO $$ BEGIN COMMIT; SET TRANSACTION READ WRITE; INSERT INTO orders VALUES (2); END $$`,
      `WITH gone AS (DELETE FROM orders RETURNING id) SELECT id FROM gone`,
      'SELECT 1; DELETE FROM orders',
      `EXPLAIN ANALYZE DELETE FROM orders`,
    ];
    for (const attempt of attempts) {
      await rows(attempt).catch(() => []);
      expect((await failureOf(rows('DELETE FROM orders'))).code).toBe('sqlstate:25006');
      const [limits] = await rows(
        `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
          current_setting('TimeZone') AS zone, current_setting('transaction_read_only') AS "readOnly",
          current_setting('search_path') AS path`,
        {},
        { timeoutMs: 7000 },
      );
      expect(limits).toEqual({
        statement: '7s',
        lock: '2s',
        zone: 'Europe/Brussels',
        readOnly: 'on',
        path: '"$user", public',
      });
    }
    expect(await server.admin('SELECT id FROM orders')).toEqual([{ id: 1 }]);
  });

  it('tells an error that comes amid the rows', async () => {
    const error = await failureOf(rows('SELECT 10 / (4 - generate_series(1, 9)) AS share'));
    expect([error.kind, error.code, error.message]).toEqual(['query', 'sqlstate:22012', 'division by zero']);
    expect(await one('1')).toBe(1);
  });

  it('ends a statement that computes when its rows are left', async () => {
    const statement = `SELECT repeat('x', 10000), CASE WHEN n > 5 THEN pg_sleep(60) END FROM generate_series(1, 9) AS n`;
    const took = await timeOf(async () => {
      for await (const row of database.query(statement, {}, options())) if (row['repeat'] !== null) break;
    });
    expect(took).toBeLessThan(800);
    expect(
      await server.admin(
        `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT repeat%'`,
      ),
    ).toEqual([]);
  });

  it('takes statements that return nothing, and refuses two in one', async () => {
    expect(await rows('')).toEqual([]);
    expect(await rows('-- nothing')).toEqual([]);
    expect(await rows('SELECT')).toEqual([{}]);
    expect(await rows('COPY orders TO STDOUT')).toEqual([]);
    expect((await failureOf(rows('COPY orders FROM STDIN'))).kind).toBe('permission');
    expect((await failureOf(rows('SELECT 1; SELECT 2'))).kind).toBe('query');
    expect(await database.describe('SET lock_timeout = 0', {}, new AbortController().signal)).toEqual([]);
    expect(await one('1')).toBe(1);
  });

  it('opens a new session when the server has ended the idle one', async () => {
    const pid = await one('pg_backend_pid()');
    await server.admin(`SELECT pg_terminate_backend(${Number(pid)})`);
    await delay(100);
    expect(await one('pg_backend_pid()')).not.toBe(pid);
  });

  it('leaves no lock and nothing else of a statement in its session', async () => {
    const pid = await one('pg_backend_pid()');
    expect(await one(`pg_advisory_lock(4711)::text`)).toBe('');
    expect(await server.admin(`SELECT pid FROM pg_locks WHERE locktype = 'advisory'`)).toEqual([]);
    await rows(`SELECT pg_advisory_lock(4711), 1 / 0`).catch(() => []);
    expect(await server.admin(`SELECT pid FROM pg_locks WHERE locktype = 'advisory'`)).toEqual([]);
    await rows('PREPARE kept AS SELECT 1');
    expect(await one('(SELECT count(*) FROM pg_prepared_statements)')).toBe(0);
    expect(await one('pg_backend_pid()')).toBe(pid);
    expect(await one(`current_setting('application_name')`)).toBe('erp-exporter');
  });

  it('keeps its session over many statements, failed ones too', async () => {
    const pid = await one('pg_backend_pid()');
    await failureOf(rows('SELECT 1 / 0'));
    await failureOf(rows('SELECT pg_sleep(5)', {}, { timeoutMs: 50 }));
    expect(await one('pg_backend_pid()')).toBe(pid);
  });

  it('is not overrun by wide rows', async () => {
    let most = 0;
    const wide = `SELECT repeat(md5(n::text), 32768) AS value FROM generate_series(1, 300) AS n`;
    const before = process.memoryUsage().rss;
    for await (const row of database.query(wide, {}, options())) {
      if (typeof row['value'] !== 'string') throw new Error('no text');
      await delay(1);
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(most).toBeLessThan(150 * 1024 * 1024);
  });

  it.each([0, 3])('reads next to nothing of a row of 250 MB behind %i others', async (others) => {
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 2);
    const huge = `SELECT CASE n WHEN ${others} THEN repeat(md5(n::text), 8000000) END AS value FROM generate_series(0, 9) AS n`;
    const error = await failureOf(rows(huge));
    clearInterval(watch);
    expect([error.kind, error.message]).toEqual(['query', expect.stringContaining('16 MiB')]);
    expect(most).toBeLessThan(60 * 1024 * 1024);
    expect(await one('1')).toBe(1);
  });

  it('tells the server’s own name of a type', async () => {
    const described = await database.describe(
      'SELECT id, 1.5::numeric(20,4) AS amount, at, now() AS now FROM orders',
      {},
      new AbortController().signal,
    );
    expect(described).toEqual([
      { name: 'id', type: 'integer', native: 'integer' },
      { name: 'amount', type: 'decimal', native: 'numeric(20,4)' },
      { name: 'at', type: 'instant', native: 'timestamp without time zone' },
      { name: 'now', type: 'instant', native: 'timestamp with time zone' },
    ]);
  });

  it('tells without running a statement that its login may not read a table', async () => {
    await server.admin(`CREATE ROLE nobody_much LOGIN PASSWORD 'geheim'`);
    const poor = open(server.settings({ user: 'nobody_much' }));
    try {
      const signal = AbortSignal.timeout(5000);
      const failure = await failureOf(
        poor.describe('SELECT id FROM orders WHERE at > :now', { now: new Date() }, signal),
      );
      expect(failure).toMatchObject({ kind: 'permission', code: 'sqlstate:42501' });
    } finally {
      await poor.close();
    }
  });

  it('names the rights with which a login could write', async () => {
    await server.admin(`CREATE ROLE clerk LOGIN PASSWORD 'x'; GRANT SELECT, UPDATE (at) ON orders TO clerk`);
    const clerk = open(server.settings({ user: 'clerk', password: 'x' }));
    try {
      const { user, writable } = await clerk.inspect(new AbortController().signal);
      expect({ user, writable }).toEqual({ user: 'clerk', writable: ['UPDATE on public.orders'] });
    } finally {
      await clerk.close();
    }
    expect((await database.inspect(new AbortController().signal)).writable).toEqual(['superuser']);
  });

  it('connects and cancels over a Unix socket', async () => {
    const local = open(server.settings({ host: server.folder, password: '' }));
    const failure = await failureOf(
      rowsOf(local, 'SELECT pg_sleep(60) /* local */', {}, { signal: AbortSignal.timeout(200) }),
    );
    expect(failure.kind).toBe('aborted');
    expect(
      await server.admin(
        `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%/* local */'`,
      ),
    ).toEqual([]);
    expect(await rowsOf(local, 'SELECT inet_client_addr() IS NULL AS local')).toEqual([{ local: true }]);
    await local.close();
  });

  it('says whom the server refused and why', async () => {
    const refused = open(server.settings({ password: '' }));
    const error = await failureOf(rowsOf(refused, 'SELECT 1'));
    expect(error.kind).toBe('login');
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ refused the login: /);
    await refused.close();
  });
});
