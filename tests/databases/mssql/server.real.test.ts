import mssql from 'mssql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requireComparison } from '../../../src/databases/contract.ts';
import type { Database, DatabaseSettings } from '../../../src/databases/contract.ts';
import type { Measure, Selection } from '../../../src/databases/comparison/contract.ts';
import { open } from '../../../src/databases/mssql/database.ts';
import { describeReal } from '../../helpers/real.ts';
import { failureOf, rowsOf } from '../contract/scene.ts';

/* What docs/sql-server.md lists as unproven without a real server, by the names of its list. */

const name = 'erp_exporter_unproven';
const reader = { user: 'erp_exporter_unproven', password: 'Only-reads-7' };
const never = new AbortController().signal;
const comparing = { signal: never, timeoutMs: 10_000 };

describeReal('what no responder can prove', ['mssql'], () => {
  const url = new URL(process.env['TEST_MSSQL_URL'] ?? 'mssql://127.0.0.1');
  const settings: DatabaseSettings = {
    name: 'erp',
    driver: 'mssql',
    host: url.hostname,
    port: Number(url.port === '' ? 1433 : url.port),
    database: name,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    timezone: 'Europe/Brussels',
    connections: 2,
    connectTimeoutMs: 10_000,
    lockTimeoutMs: 500,
    tls: { mode: 'disable' },
  };
  const databases: Database[] = [];
  const connect = (overrides: Partial<DatabaseSettings> = {}): Database => {
    const database = open({ ...settings, ...overrides });
    databases.push(database);
    return database;
  };
  let admin: mssql.ConnectionPool;

  beforeAll(async () => {
    admin = await new mssql.ConnectionPool({
      server: settings.host,
      port: settings.port ?? 1433,
      database: 'master',
      user: settings.user ?? '',
      password: settings.password ?? '',
      requestTimeout: 60_000,
      pool: { max: 1 },
      options: { encrypt: false, trustServerCertificate: true },
    }).connect();
    await admin.batch(`DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name}`);
    await admin.batch(`IF SUSER_ID('${reader.user}') IS NOT NULL DROP LOGIN ${reader.user};
      CREATE LOGIN ${reader.user} WITH PASSWORD = '${reader.password}', CHECK_POLICY = OFF`);
    await admin.batch(`USE ${name}`);
    await admin.batch(`CREATE USER ${reader.user} FOR LOGIN ${reader.user}`);
    await admin.batch(`CREATE TABLE orders (id int PRIMARY KEY, ref nvarchar(40), amount decimal(18,2),
      at datetimeoffset(3), wall datetime, anything sql_variant)`);
    await admin.batch(`INSERT INTO orders VALUES
      (1, N'a', 1.10, '2026-07-01T10:00:00Z', '2026-07-01T12:00:00', CAST(12345678901234567890.1234 AS decimal(38,4))),
      (2, N'漢😀', 2.20, '2026-10-25T00:30:00Z', '2026-10-25T02:30:00', CAST(19.99 AS money)),
      (3, N'ｚ', 3.30, '2026-12-01T10:00:00Z', '2026-12-01T11:00:00', NULL)`);
    await admin.batch('CREATE TABLE hidden (id int)');
    await admin.batch(`GRANT SELECT ON orders TO ${reader.user}`);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await admin.batch('USE master');
    await admin.batch(`ALTER DATABASE ${name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE ${name};
      DROP LOGIN ${reader.user}`);
    await admin.close();
  }, 60_000);

  const selectionOf = async (
    database: Database,
    fields: Readonly<Record<string, Measure>>,
    key: Selection['key'] = { column: 'id', measure: { type: 'integer' } },
    at?: string,
  ): Promise<Selection> => {
    const sql = 'SELECT id, ref, at, wall FROM orders';
    return {
      sql,
      columns: await database.describe(sql, {}, never),
      parameters: {},
      key,
      fields: Object.entries(fields).map(([column, measure]) => ({ column, measure })),
      ...(at === undefined ? {} : { at }),
    };
  };

  it('attention: a cancelled statement ends on the server, and its session is used again', async () => {
    const database = connect({ connections: 1 });
    const [before] = await rowsOf(database, 'SELECT @@SPID AS id');
    const sql = `WAITFOR DELAY '00:01:00'; SELECT 1 AS attention_marker`;
    expect((await failureOf(rowsOf(database, sql, {}, { timeoutMs: 300 }))).kind).toBe('timeout');
    const [after] = await rowsOf(database, 'SELECT @@SPID AS id');
    expect(after).toEqual(before);
    const { recordset } = await admin.query<{
      n: number;
    }>(`SELECT COUNT(*) AS n FROM sys.dm_exec_requests AS r
      CROSS APPLY sys.dm_exec_sql_text(r.sql_handle) AS t
      WHERE t.text LIKE '%attention[_]marker%' AND r.session_id <> @@SPID`);
    expect(recordset[0]?.n).toBe(0);
  });

  it('SHOWPLAN_XML: the plan is read, and is hidden from a login without the permission', async () => {
    const part = { keys: [{ from: 1n, to: 2n }] };
    const admitted = connect();
    const access = await requireComparison(admitted).access(await selectionOf(admitted, {}), part, comparing);
    expect(access).toMatchObject({ indexed: true, text: expect.stringContaining('orders') as unknown });
    const barred = connect(reader);
    const hidden = await requireComparison(barred).access(await selectionOf(barred, {}), part, comparing);
    expect(hidden).toMatchObject({ indexed: null });
  });

  it('error 1222: a lock that is not granted in time', async () => {
    await admin.batch('BEGIN TRAN; SELECT COUNT(*) FROM orders WITH (TABLOCKX, HOLDLOCK)');
    try {
      const error = await failureOf(rowsOf(connect(), 'SELECT id FROM orders'));
      expect(error).toMatchObject({ kind: 'locked', code: 'mssql:1222' });
    } finally {
      await admin.batch('ROLLBACK');
    }
  });

  it('error 229: a table that the login may not read', async () => {
    const error = await failureOf(rowsOf(connect(reader), 'SELECT id FROM hidden'));
    expect(error).toMatchObject({ kind: 'permission', code: 'mssql:229' });
  });

  it('UTF-16 keys: text keys are compared as they are', async () => {
    const database = connect();
    const measure = { type: 'text', trim: false, fold: false, guid: false } as const;
    const selection = await selectionOf(database, {}, { column: 'ref', measure });
    const keys: string[] = [];
    for await (const batch of requireComparison(database).rows(selection, {}, false, comparing))
      keys.push(...batch.keys);
    expect(keys.sort()).toEqual(['a', '漢😀', 'ｚ'].sort());
    const found = await requireComparison(database).lookup(selection, ['漢😀'], comparing);
    expect(found.map(({ key }) => key)).toEqual(['漢😀']);
  });

  it('types of :now: told for each column, and not for SELECT :now', async () => {
    const database = connect();
    const now = new Date('2026-07-01T10:00:00Z');
    for (const column of ['at', 'wall'])
      expect(await rowsOf(database, `SELECT id FROM orders WHERE ${column} = :now`, { now })).toEqual([
        { id: 1 },
      ]);
    const sql = 'SELECT id FROM orders WHERE at = CAST(:now AS datetimeoffset)';
    expect(await rowsOf(database, sql, { now })).toEqual([{ id: 1 }]);
    for (const untold of ['SELECT :now AS n', 'SELECT DATEDIFF(minute, wall, :now) AS n FROM orders'])
      expect((await failureOf(database.describe(untold, { now }, never))).message).toContain(
        'write CAST(:now AS',
      );
  });

  it('sql_variant: decimals within it are exact', async () => {
    const rows = await rowsOf(connect(), 'SELECT anything FROM orders ORDER BY id');
    expect(rows.map((row) => row['anything'])).toEqual(['12345678901234567890.1234', '19.9900', null]);
  });

  it('local times: have the digests of the same instants with a zone', async () => {
    const database = connect();
    const comparison = requireComparison(database);
    const sums = async (column: string): Promise<readonly unknown[]> => {
      const selection = await selectionOf(database, { [column]: { type: 'instant' } });
      const grid = { by: 'key', from: 0n, width: 1n } as const;
      return Array.fromAsync(comparison.buckets(selection, {}, grid, 'md5', false, comparing));
    };
    expect(await sums('wall')).toEqual(await sums('at'));
  });

  it('encryption: a login over TLS, and advice about a certificate that the server signed itself', async () => {
    expect(await rowsOf(connect({ tls: { mode: 'require' } }), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    const strict = connect({ tls: { mode: 'verify-full' } });
    expect((await failureOf(strict.ping(never))).message).toContain('set tls_ca_file');
  });

  it('security policies: tables that a policy filters are named, read through views too', async () => {
    await admin.batch('CREATE TABLE private (id int, owner sysname)');
    await admin.batch('CREATE VIEW own AS SELECT id FROM private');
    await admin.batch('CREATE VIEW indirect AS SELECT id FROM own');
    await admin.batch(`CREATE FUNCTION is_owner (@owner sysname) RETURNS TABLE WITH SCHEMABINDING AS
      RETURN SELECT 1 AS allowed WHERE @owner = USER_NAME()`);
    await admin.batch(`CREATE SECURITY POLICY own_rows ADD FILTER PREDICATE dbo.is_owner(owner) ON dbo.private
      WITH (STATE = ON)`);
    await admin.batch(`GRANT SELECT ON own TO ${reader.user}; GRANT SELECT ON indirect TO ${reader.user}`);
    const filtered = (database: Database, sql: string) => database.filteredTables?.(sql, { id: 1 }, never);
    const read = 'SELECT id FROM indirect WHERE id > :id';
    expect(await filtered(connect(), read)).toEqual(['dbo.private']);
    expect(await filtered(connect(), 'SELECT id FROM orders WHERE id > :id')).toEqual([]);
    expect(await filtered(connect(reader), read)).toEqual([]);
    await admin.batch(`GRANT VIEW DEFINITION TO ${reader.user}`);
    expect(await filtered(connect(reader), read)).toEqual(['dbo.private']);
    expect(await filtered(connect(reader), 'SELECT id FROM orders WHERE id > :id')).toEqual([]);
    await admin.batch('ALTER SECURITY POLICY own_rows WITH (STATE = OFF)');
    expect(await filtered(connect(), read)).toEqual([]);
  });

  it('session settings: the limit on waiting for locks lasts', async () => {
    const database = connect({ connections: 1 });
    for (let time = 0; time < 2; time += 1)
      expect(await rowsOf(database, 'SELECT @@LOCK_TIMEOUT AS ms')).toEqual([{ ms: 500 }]);
  });
});
