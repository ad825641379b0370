import mssql from 'mssql';
import type { DatabaseSettings } from '../../../../src/databases/contract.ts';
import { startMariadb } from '../../../helpers/mariadb.ts';
import { startPostgres } from '../../../helpers/postgres.ts';
import type { StoredRow, TableName } from './tables.ts';

/** A server with the tables `left_rows` and `right_rows`, and how it writes what they hold. */
export interface Server {
  readonly name: 'PostgreSQL' | 'MariaDB' | 'SQL Server';
  readonly settings: DatabaseSettings;
  run(sql: string): Promise<void>;
  dispose(): Promise<void>;
}

const columnTypes: Readonly<Record<Server['name'], Readonly<Record<keyof StoredRow, string>>>> = {
  PostgreSQL: {
    id: 'bigint',
    ref: 'text',
    amount: 'numeric(20,2)',
    qty: 'bigint',
    status: 'varchar(20)',
    a: 'text',
    b: 'text',
    paid: 'timestamptz',
    at: 'timestamptz',
  },
  MariaDB: {
    id: 'BIGINT',
    ref: 'VARCHAR(60)',
    amount: 'DECIMAL(20,2)',
    qty: 'BIGINT',
    status: 'VARCHAR(20)',
    a: 'VARCHAR(60)',
    b: 'VARCHAR(60)',
    paid: 'DATETIME(3)',
    at: 'DATETIME(3)',
  },
  'SQL Server': {
    id: 'bigint',
    ref: 'nvarchar(60)',
    amount: 'decimal(20,2)',
    qty: 'bigint',
    status: 'varchar(20)',
    a: 'nvarchar(60)',
    b: 'nvarchar(60)',
    paid: 'datetime2(3)',
    at: 'datetime2(3)',
  },
};

const columnNames = Object.keys(columnTypes.PostgreSQL).filter(
  (name): name is keyof StoredRow => name in columnTypes.PostgreSQL,
);
const rowsPerInsert = 900;

/** A text for SQL; the tests use no backslash. `mark` stands before it, such as N. */
export function literal(text: string | null, mark = ''): string {
  return text === null ? 'NULL' : `${mark}'${text.replaceAll("'", "''")}'`;
}

/** Makes both tables and fills them. */
export async function fill(
  server: Server,
  sets: ReadonlyMap<number, Readonly<Record<TableName, readonly StoredRow[]>>>,
): Promise<void> {
  const types = columnTypes[server.name];
  const unicode = server.name === 'SQL Server' ? 'N' : '';
  const zone = server.name === 'PostgreSQL' ? '+00' : '';
  const valueOf = (row: StoredRow, name: keyof StoredRow): string => {
    const value = row[name];
    if (value === null || /int|numeric|decimal/i.test(types[name])) return value ?? 'NULL';
    return literal(name === 'paid' || name === 'at' ? value + zone : value, unicode);
  };
  for (const table of ['left_rows', 'right_rows'] as const) {
    const columns = columnNames.map((name) => `${name} ${types[name]}`).join(', ');
    await server.run(`CREATE TABLE ${table} (set_id int, ${columns})`);
    const values = [...sets].flatMap(([set, tables]) =>
      tables[table].map((row) => `(${[set, ...columnNames.map((name) => valueOf(row, name))].join(', ')})`),
    );
    for (let done = 0; done < values.length; done += rowsPerInsert)
      await server.run(`INSERT INTO ${table} VALUES ${values.slice(done, done + rowsPerInsert).join(', ')}`);
    await server.run(`CREATE INDEX ${table}_set ON ${table} (set_id, id)`);
  }
}

export async function postgresServer(): Promise<Server> {
  const server = await startPostgres();
  return {
    name: 'PostgreSQL',
    settings: server.settings(),
    run: async (sql) => {
      await server.admin(sql);
    },
    dispose: () => server.dispose(),
  };
}

export async function mariadbServer(): Promise<Server> {
  const server = await startMariadb();
  return {
    name: 'MariaDB',
    settings: server.settings(),
    run: async (sql) => {
      await server.admin(sql);
    },
    dispose: () => server.dispose(),
  };
}

/** A database of its own on the server of TEST_MSSQL_URL. */
export async function mssqlServer(): Promise<Server> {
  const url = new URL(process.env['TEST_MSSQL_URL'] ?? '');
  const name = `erp_exporter_reconcile_${process.pid}`;
  const login = {
    host: url.hostname,
    port: Number(url.port === '' ? 1433 : url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  const pool = (database: string): mssql.ConnectionPool =>
    new mssql.ConnectionPool({
      ...login,
      server: login.host,
      database,
      requestTimeout: 60_000,
      options: { encrypt: false, trustServerCertificate: true },
    });
  const admin = await pool('master').connect();
  await admin.query(`DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name}`);
  const own = await pool(name).connect();
  return {
    name: 'SQL Server',
    settings: {
      ...login,
      name: 'test',
      driver: 'mssql',
      database: name,
      timezone: 'UTC',
      connections: 2,
      connectTimeoutMs: 10_000,
      lockTimeoutMs: 5000,
      tls: { mode: 'disable' },
    },
    run: async (sql) => {
      await own.query(sql);
    },
    dispose: async () => {
      await own.close();
      await admin.query(
        `ALTER DATABASE ${name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE ${name}`,
      );
      await admin.close();
    },
  };
}
