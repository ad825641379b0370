import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type PostgresServer } from '../../helpers/postgres.ts';
import { describeReal } from '../../helpers/real.ts';
import { databaseContract, type Subject } from '../contract.ts';
import { postgresSql, postgresSubject, postgresTypes } from '../contract/postgres-facts.ts';

describeReal('the postgres driver on PostgreSQL', ['postgres'], () => {
  let server: PostgresServer;
  let subject: Subject;

  beforeAll(async () => {
    server = await startPostgres({ tls: true });
    subject = {
      ...(await postgresSubject({
        settings: server.settings(),
        admin: (sql) => server.admin(sql),
        session: () => server.session(),
      })),
      restart: () => server.restart(),
      tls: { ca: server.ca, otherCa: server.otherCa, serverName: 'localhost' },
    };
  });
  afterAll(() => server.dispose());

  databaseContract(
    {
      capabilities: {
        cancel: true,
        readOnlySession: true,
        network: true,
        logins: true,
        sessions: true,
        tls: true,
        restart: true,
      },
      types: postgresTypes,
      sql: postgresSql,
      version: /^PostgreSQL \d+\.\d+$/,
    },
    () => subject,
  );
});
