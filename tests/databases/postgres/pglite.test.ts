import { afterAll, beforeAll, describe } from 'vitest';
import { open } from '../../../src/databases/postgres/database.ts';
import { startPglite, type PgliteServer } from '../../helpers/pglite.ts';
import { databaseContract } from '../contract.ts';
import { postgresSql, postgresTypes } from '../contract/postgres-facts.ts';

describe('the postgres driver on PGlite', () => {
  let server: PgliteServer;

  beforeAll(async () => {
    server = await startPglite();
  });
  afterAll(() => server.dispose());

  databaseContract(
    {
      capabilities: {
        cancel: false,
        readOnlySession: true,
        network: true,
        logins: false,
        sessions: false,
        tls: false,
        restart: false,
      },
      types: postgresTypes,
      sql: postgresSql,
      version: /^PostgreSQL \d+\.\d+$/,
    },
    () => ({ open, settings: server.settings(), admin: (sql) => server.admin(sql) }),
  );
});
