import { startPostgres } from '../tests/helpers/postgres.ts';
import type { PostgresServer } from '../tests/helpers/postgres.ts';
import type { Cleanup } from './cleanup.ts';
import { dataSql, schemaSql } from './data.ts';
import { requirePrograms } from './programs.ts';

/** The logins of the subjects, so that the server's own counts tell them apart. All may read and nothing else. */
export const logins = ['bench_own', 'bench_psql', 'bench_sql_exporter', 'bench_postgres_exporter'] as const;
export type Login = (typeof logins)[number];

/** A PostgreSQL of its own, filled. */
export interface BenchDatabase {
  readonly port: number;
  url(login: Login, database?: string): string;
  admin: PostgresServer['admin'];
}

const password = 'bench';

/** Starts a PostgreSQL in a temporary folder and fills it; `copies` are further databases with the same data. */
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
      // What a statement costs is measured at its own backend.
      max_parallel_workers_per_gather: 0,
      // Work of the server's own would fall on whoever runs at that moment.
      autovacuum: 'off',
    },
  });
  // Told before it is there, so that an interrupt while it starts removes it too.
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
