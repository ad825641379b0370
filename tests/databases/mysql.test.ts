import { afterAll, beforeAll } from 'vitest';
import { open } from '../../src/databases/mysql.ts';
import { certifiedName, startMariadb, strangeCertificate, type Mariadb } from '../helpers/mariadb.ts';
import { describeReal } from '../helpers/real.ts';
import { databaseContract, type Facts, type Subject } from './contract.ts';

const facts: Facts = {
  dialect: 'mysql',
  capabilities: {
    cancel: true,
    readOnlySession: true,
    logins: true,
    sessions: true,
    tls: true,
    restart: true,
  },
  types: {
    big: 'bigint',
    boolean: 'boolean',
    double: 'double',
    zoned: 'timestamp(3)',
    local: 'datetime(3)',
    text: 'longtext',
    guid: 'uuid',
    bytes: 'varbinary(100)',
  },
  sql: {
    text: (value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
    truth: (value) => (value ? 'true' : 'false'),
    // The administrator's session is in the zone of the machine.
    zoned: (value) => `from_unixtime(${value.getTime() / 1000})`,
    bytes: (hex) => `x'${hex}'`,
    repeat: (text, times) => `repeat('${text}', ${times})`,
    sleep: (seconds) => `SELECT sleep(${seconds}) AS slept`,
    series: (rows) => `SELECT seq AS n, repeat('x', 100) AS filler FROM seq_1_to_${rows}`,
    lock: (table) => [`LOCK TABLES ${table} WRITE`],
    encrypted: `SELECT variable_value <> '' AS encrypted FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'`,
  },
  version: /^MariaDB \d+\.\d+\.\d+$/,
};

function subjectOf(server: Mariadb, otherCa: string): Subject {
  const where = (marker: string): string =>
    `FROM information_schema.processlist WHERE info LIKE '%${marker}%' AND id <> connection_id()`;
  return {
    open,
    settings: server.settings(),
    admin: (sql) => server.admin(sql),
    running: async (marker) =>
      Number((await server.admin(`SELECT count(*) AS n ${where(marker)}`))[0]?.['n']),
    sessions: async () => {
      const [row] = await server.admin(
        `SELECT count(*) AS n FROM information_schema.processlist WHERE user = 'tester'`,
      );
      return Number(row?.['n']);
    },
    terminate: async (marker) => {
      for (const { id } of await server.admin(`SELECT id AS id ${where(marker)}`))
        await server.admin(`KILL CONNECTION ${Number(id)}`);
    },
    hold: (statements) => server.hold(statements),
    restart: () => server.restart('SIGKILL'),
    reader: {
      user: 'reader',
      password: 'only reads',
      grant: (table) => `GRANT SELECT ON test.${table} TO reader@'%'`,
    },
    tls: { ca: server.ca, otherCa, serverName: certifiedName },
  };
}

describeReal('mysql on MariaDB', ['mariadb'], () => {
  let server: Mariadb;
  let subject: Subject;

  beforeAll(async () => {
    server = await startMariadb({ tls: true });
    await server.admin(`CREATE USER reader@'%' IDENTIFIED BY 'only reads'`);
    subject = subjectOf(server, await strangeCertificate());
  });
  afterAll(() => server.dispose());

  databaseContract(facts, () => subject);
});
