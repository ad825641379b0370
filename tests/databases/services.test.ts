import { afterAll, beforeAll } from 'vitest';
import type { DatabaseSettings } from '../../src/databases/contract.ts';
import { holdMysql, runOnMysql } from '../helpers/mariadb.ts';
import { connectPostgres, runOnPostgres } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';
import { databaseContract, type Capabilities, type Subject } from './contract.ts';
import { mysqlSql, mysqlSubject, mysqlTypes } from './contract/mysql-facts.ts';
import { postgresSql, postgresSubject, postgresTypes } from './contract/postgres-facts.ts';

/*
 * Servers that are already there and given by a URL: other versions than the machine has, MySQL above all. A URL names
 * 127.0.0.1, since the suite puts a proxy before the server, and an administrator. The database and the logins that the
 * suite makes are dropped before and after it.
 */

const capabilities: Capabilities = {
  cancel: true,
  readOnlySession: true,
  network: true,
  logins: true,
  sessions: true,
  tls: false,
  restart: false,
};

const database = 'erp_exporter_contract';

/** The address and the administrator of a URL. */
function loginOf(url: string, defaultPort: number) {
  const { hostname, port, username, password } = new URL(url);
  return {
    host: hostname,
    port: port === '' ? defaultPort : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}

function settingsOf(
  driver: string,
  login: Pick<DatabaseSettings, 'host' | 'port' | 'user' | 'password'>,
): DatabaseSettings {
  return {
    name: 'service',
    driver,
    ...login,
    database,
    timezone: 'UTC',
    connections: 2,
    connectTimeoutMs: 5000,
    lockTimeoutMs: 2000,
    tls: { mode: 'disable' },
  };
}

describeReal('the postgres driver on the server of TEST_POSTGRES_URL', ['postgres-service'], () => {
  const login = loginOf(process.env['TEST_POSTGRES_URL'] ?? 'postgres://127.0.0.1', 5432);
  let subject: Subject;

  const drop = async (): Promise<void> => {
    for (const what of [`DATABASE IF EXISTS ${database} WITH (FORCE)`, 'ROLE IF EXISTS reader'])
      await runOnPostgres({ ...login, database: 'postgres' }, `DROP ${what}`);
  };

  beforeAll(async () => {
    await drop();
    await runOnPostgres({ ...login, database: 'postgres' }, `CREATE DATABASE ${database}`);
    subject = await postgresSubject({
      settings: settingsOf('postgres', login),
      admin: (sql) => runOnPostgres({ ...login, database }, sql),
      session: () => connectPostgres({ ...login, database }),
    });
  });
  afterAll(drop);

  databaseContract(
    {
      capabilities,
      types: postgresTypes,
      sql: postgresSql,
      version: /^PostgreSQL \d+\.\d+$/,
    },
    () => subject,
  );
});

describeReal('the mysql driver on the server of TEST_MYSQL_URL', ['mysql-service'], () => {
  const login = loginOf(process.env['TEST_MYSQL_URL'] ?? 'mysql://127.0.0.1', 3306);
  const writer = { user: 'writer', password: 'May-write-7' };
  let subject: Subject;

  const drop = (): Promise<unknown> =>
    runOnMysql(
      login,
      `DROP DATABASE IF EXISTS ${database}; DROP USER IF EXISTS ${writer.user}@'%', reader@'%'`,
    );

  beforeAll(async () => {
    await drop();
    await runOnMysql(
      login,
      `CREATE DATABASE ${database} CHARACTER SET utf8mb4;
       CREATE USER ${writer.user}@'%' IDENTIFIED BY '${writer.password}'; GRANT ALL ON *.* TO ${writer.user}@'%'`,
    );
    subject = await mysqlSubject({
      settings: settingsOf('mysql', { ...login, ...writer }),
      admin: (sql) => runOnMysql({ ...login, database }, sql),
      hold: (statements) => holdMysql({ ...login, database }, statements),
    });
  });
  afterAll(drop);

  databaseContract(
    {
      capabilities,
      types: mysqlTypes,
      sql: mysqlSql,
      version: /^(MariaDB|MySQL) \d+\.\d+\.\d+$/,
    },
    () => subject,
  );
});
