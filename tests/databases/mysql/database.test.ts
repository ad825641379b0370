import { afterAll, beforeAll } from 'vitest';
import { certifiedName, startMariadb, type Mariadb } from '../../helpers/mariadb.ts';
import { describeReal } from '../../helpers/real.ts';
import { databaseContract, type Facts, type Subject } from '../contract.ts';
import { mysqlSql, mysqlSubject, mysqlTypes } from '../contract/mysql-facts.ts';

const facts: Facts = {
  capabilities: {
    cancel: true,
    readOnlySession: true,
    network: true,
    logins: true,
    sessions: true,
    tls: true,
    restart: true,
  },
  types: { ...mysqlTypes, guid: 'uuid' },
  sql: {
    ...mysqlSql,
    sleep: (seconds) => `SELECT sleep(${seconds}) AS slept`,
    series: (rows, width = 100) => `SELECT seq AS n, repeat('x', ${width}) AS filler FROM seq_1_to_${rows}`,
    encrypted: `SELECT variable_value <> '' AS encrypted FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'`,
  },
  version: /^MariaDB \d+\.\d+\.\d+$/,
};

describeReal('mysql on MariaDB', ['mariadb'], () => {
  let server: Mariadb;
  let subject: Subject;

  beforeAll(async () => {
    server = await startMariadb({ tls: true });
    subject = {
      ...(await mysqlSubject({
        settings: server.settings(),
        admin: (sql) => server.admin(sql),
        hold: (statements) => server.hold(statements),
      })),
      restart: () => server.restart('SIGKILL'),
      tls: { ca: server.ca, otherCa: server.otherCa, serverName: certifiedName },
    };
  });
  afterAll(() => server.dispose());

  databaseContract(facts, () => subject);
});
