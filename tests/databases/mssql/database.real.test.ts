import sql from 'mssql';
import { afterAll, beforeAll } from 'vitest';
import type { DatabaseSettings } from '../../../src/databases/contract.ts';
import { open } from '../../../src/databases/mssql/database.ts';
import { describeReal } from '../../helpers/real.ts';
import { comparisonContract } from '../comparison/comparison-contract.ts';
import { databaseContract, type Facts, type Subject } from '../contract.ts';

const tenRows = '(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))';
const facts: Facts = {
  capabilities: {
    cancel: true,
    readOnlySession: false,
    network: true,
    logins: true,
    sessions: true,
    // The certificate of a server out of the box is its own; the modes are tested in mssql-session.test.ts.
    tls: false,
    restart: false,
  },
  types: {
    big: 'bigint',
    boolean: 'bit',
    double: 'float',
    zoned: 'datetimeoffset(3)',
    local: 'datetime2(3)',
    text: 'nvarchar(max)',
    guid: 'uniqueidentifier',
    bytes: 'varbinary(100)',
  },
  sql: {
    text: (value) => `N'${value.replaceAll("'", "''")}'`,
    truth: (value) => (value ? '1' : '0'),
    zoned: (value) => `'${value.toISOString()}'`,
    bytes: (hex) => `0x${hex}`,
    repeat: (text, times) => `REPLICATE(CAST(N'${text}' AS nvarchar(max)), ${times})`,
    sleep: (seconds) => {
      const at = new Date(seconds * 1000).toISOString().slice(11, 23);
      return `WAITFOR DELAY '${at}'; SELECT 1 AS slept`;
    },
    series: (rows, width = 100) => `
      SELECT TOP (${rows}) ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS n, REPLICATE(CAST('x' AS varchar(max)), ${width}) AS filler
      FROM ${Array.from('abcdefghi', (name) => `${tenRows} AS ${name} (d)`).join(' CROSS JOIN ')}`,
    lock: (table) => ['BEGIN TRAN', `SELECT COUNT(*) FROM ${table} WITH (TABLOCKX, HOLDLOCK)`],
  },
  version: /^Microsoft SQL (Server \d{4}|Azure) /,
};

const database = 'erp_exporter_contract';
const reader = { user: 'erp_exporter_reader', password: 'Only-reads-7' };

/** `mssql://sa:PASSWORD@127.0.0.1:1433/master`; the suite makes a database of its own. */
function settingsOf(url: URL): DatabaseSettings {
  return {
    name: 'real',
    driver: 'mssql',
    host: url.hostname,
    port: Number(url.port === '' ? 1433 : url.port),
    database,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    timezone: 'UTC',
    connections: 2,
    connectTimeoutMs: 10_000,
    lockTimeoutMs: 5000,
    tls: { mode: 'disable' },
  };
}

/** Sessions of the test's own. */
function adminPool(settings: DatabaseSettings, into: string, max = 4): sql.ConnectionPool {
  return new sql.ConnectionPool({
    server: settings.host,
    port: settings.port ?? 1433,
    database: into,
    user: settings.user ?? '',
    password: settings.password ?? '',
    requestTimeout: 60_000,
    pool: { max },
    options: { encrypt: false, trustServerCertificate: true },
  });
}

async function run(pool: sql.ConnectionPool, text: string): Promise<readonly Record<string, unknown>[]> {
  const { recordsets } = await pool.request().batch<Record<string, unknown>>(text);
  const [first] = Object.values(recordsets) as Record<string, unknown>[][];
  return first ?? [];
}

async function hold(settings: DatabaseSettings, statements: readonly string[]): Promise<() => Promise<void>> {
  const pool = await adminPool(settings, database, 1).connect();
  for (const statement of statements) await run(pool, statement);
  return () => pool.close();
}

function subjectOf(settings: DatabaseSettings, admin: sql.ConnectionPool): Subject {
  const where = (marker: string): string =>
    `FROM sys.dm_exec_requests AS r CROSS APPLY sys.dm_exec_sql_text(r.sql_handle) AS t
     WHERE t.text LIKE '%${marker.replaceAll('_', '[_]')}%' AND r.session_id <> @@SPID`;
  return {
    open,
    settings,
    admin: (text) => run(admin, text),
    running: async (marker) => Number((await run(admin, `SELECT COUNT(*) AS n ${where(marker)}`))[0]?.['n']),
    sessions: async () => {
      const text = `SELECT COUNT(*) AS n FROM sys.dm_exec_sessions WHERE program_name = 'erp-exporter'`;
      return Number((await run(admin, text))[0]?.['n']);
    },
    terminate: async (marker) => {
      for (const { id } of await run(admin, `SELECT r.session_id AS id ${where(marker)}`))
        await run(admin, `KILL ${Number(id)}`);
    },
    hold: (statements) => hold(settings, statements),
    reader: { ...reader, grant: (table) => `GRANT SELECT ON ${table} TO ${reader.user}` },
  };
}

describeReal('mssql on SQL Server', ['mssql'], () => {
  let master: sql.ConnectionPool;
  let admin: sql.ConnectionPool;
  let subject: Subject;

  const drop = async (): Promise<void> => {
    await run(
      master,
      `IF DB_ID('${database}') IS NOT NULL
       BEGIN
         ALTER DATABASE ${database} SET SINGLE_USER WITH ROLLBACK IMMEDIATE;
         DROP DATABASE ${database};
       END`,
    );
    await run(master, `IF SUSER_ID('${reader.user}') IS NOT NULL DROP LOGIN ${reader.user}`);
  };

  beforeAll(async () => {
    const settings = settingsOf(new URL(process.env['TEST_MSSQL_URL'] ?? ''));
    master = await adminPool(settings, 'master').connect();
    await drop();
    await run(master, `CREATE DATABASE ${database}`);
    await run(master, `CREATE LOGIN ${reader.user} WITH PASSWORD = '${reader.password}', CHECK_POLICY = OFF`);
    admin = await adminPool(settings, database).connect();
    await run(admin, `CREATE USER ${reader.user} FOR LOGIN ${reader.user}`);
    subject = subjectOf(settings, admin);
  }, 60_000);
  afterAll(async () => {
    await admin.close();
    await drop();
    await master.close();
  });

  databaseContract(facts, () => subject);
  comparisonContract(facts, () => subject);
});
