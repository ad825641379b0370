import { afterAll, beforeAll } from 'vitest';
import { open } from '../../src/databases/postgres.ts';
import { startPostgres, type PostgresServer } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';
import { databaseContract, type Subject } from './contract.ts';
import { postgresSql, postgresTypes } from './contract/postgres-facts.ts';

describeReal('the postgres driver on PostgreSQL', ['postgres'], () => {
  let server: PostgresServer;
  let subject: Subject;

  beforeAll(async () => {
    server = await startPostgres({ tls: true });
    await server.admin(`CREATE ROLE reader LOGIN PASSWORD 'lezen'`);
    const count = async (condition: string): Promise<number> => {
      const [row] = await server.admin(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE ${condition}`);
      return Number(row?.['n']);
    };
    const runs = (marker: string): string =>
      `query LIKE '%' || '${marker}' || '%' AND state = 'active' AND pid <> pg_backend_pid()`;
    subject = {
      open,
      settings: server.settings(),
      admin: (sql) => server.admin(sql),
      running: (marker) => count(runs(marker)),
      sessions: () => count(`application_name = 'erp-exporter'`),
      terminate: async (marker) => {
        await server.admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${runs(marker)}`);
      },
      hold: async (statements) => {
        const session = await server.session();
        for (const statement of statements) await session.query(statement);
        return () => session.end();
      },
      restart: () => server.restart(),
      reader: { user: 'reader', password: 'lezen', grant: (table) => `GRANT SELECT ON ${table} TO reader` },
      tls: { ca: server.ca, otherCa: server.otherCa, serverName: 'localhost' },
    };
  });
  afterAll(() => server.dispose());

  databaseContract(
    {
      dialect: 'postgres',
      capabilities: {
        cancel: true,
        readOnlySession: true,
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
