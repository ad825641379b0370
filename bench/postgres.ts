import { startPostgres } from '../tests/helpers/postgres.ts';
import type { PostgresServer } from '../tests/helpers/postgres.ts';
import type { Cleanup } from './cleanup.ts';
import { dataSql, schemaSql } from './data.ts';
import { requirePrograms } from './programs.ts';

/** One read-only login per subject, so that the server's statistics distinguish them. */
export const logins = ['bench_own', 'bench_psql', 'bench_sql_exporter', 'bench_postgres_exporter'] as const;
export type Login = (typeof logins)[number];

/** A PostgreSQL server with the data of the benchmark. */
export interface BenchDatabase {
  readonly port: number;
  url(login: Login, database?: string): string;
  admin: PostgresServer['admin'];
}

const password = 'bench';

/** Starts a PostgreSQL server in a temporary directory and fills it; `copies` are further databases with the same data. */
export async function startDatabase(
  cleanup: Cleanup,
  copies: readonly string[] = [],
): Promise<BenchDatabase> {
  requirePrograms(['postgres']);
  const starting = startPostgres({
    configuration: {
      shared_preload_libraries: "'pg_stat_statements'",
      'pg_stat_statements.track_planning': 'on',
      shared_buffers: "'256MB'",
      // The cost of a statement is measured at its own backend.
      max_parallel_workers_per_gather: 0,
      // Background work would be attributed to the subject that runs at that moment.
      autovacuum: 'off',
    },
  });
  // Registered before the server has started, so that an interrupt during the start removes it too.
  cleanup.add(async () => (await starting).dispose());
  const server = await starting;
  await server.admin(`CREATE EXTENSION pg_stat_statements; ${schemaSql} ${dataSql}`);
  await server.admin('VACUUM ANALYZE');
  for (const login of logins)
    await server.admin(`CREATE ROLE ${login} LOGIN PASSWORD '${password}' IN ROLE pg_read_all_data`);
  for (const copy of copies) await server.admin(`CREATE DATABASE ${copy} TEMPLATE postgres`);
  return {
    port: server.port,
    url: (login, database = 'postgres') =>
      `postgres://${login}:${password}@127.0.0.1:${server.port}/${database}?sslmode=disable`,
    admin: (sql) => server.admin(sql),
  };
}
