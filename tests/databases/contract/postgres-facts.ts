import type pg from 'pg';
import type { DatabaseSettings } from '../../../src/databases/contract.ts';
import { open } from '../../../src/databases/postgres/database.ts';
import type { Statements, Subject, TypeNames } from '../contract.ts';

export const postgresTypes: TypeNames = {
  big: 'bigint',
  boolean: 'boolean',
  double: 'double precision',
  zoned: 'timestamptz',
  local: 'timestamp',
  text: 'text',
  guid: 'uuid',
  bytes: 'bytea',
};

export const postgresSql: Statements = {
  text: (value) => `'${value.replaceAll("'", "''")}'`,
  truth: String,
  zoned: (value) => `'${value.toISOString()}'`,
  bytes: (hex) => `'\\x${hex}'`,
  ownParameter: '$1',
  repeat: (text, times) => `repeat('${text}', ${times})`,
  sleep: (seconds) => `SELECT pg_sleep(${seconds}) AS slept`,
  // In the list of columns generate_series streams; in FROM it would first be written down whole.
  series: (rows, width = 100) => `SELECT generate_series(1, ${rows}) AS n, repeat('x', ${width}) AS filler`,
  lock: (table) => ['BEGIN', `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`],
  encrypted: 'SELECT ssl AS encrypted FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
};

interface Server {
  readonly settings: DatabaseSettings;
  /** Runs statements in the database of `settings`, as administrator. */
  readonly admin: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly session: () => Promise<pg.Client>;
}

/** A server on which nobody else is called `erp-exporter`, with a login that can only connect. */
export async function postgresSubject({ settings, admin, session }: Server): Promise<Subject> {
  await admin(`CREATE ROLE reader LOGIN PASSWORD 'lezen'`);
  const count = async (condition: string): Promise<number> => {
    const [row] = await admin(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE ${condition}`);
    return Number(row?.['n']);
  };
  const runs = (marker: string): string =>
    `query LIKE '%' || '${marker}' || '%' AND state = 'active' AND pid <> pg_backend_pid()`;
  return {
    open,
    settings,
    admin,
    running: (marker) => count(runs(marker)),
    sessions: () => count(`application_name = 'erp-exporter'`),
    terminate: async (marker) => {
      await admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${runs(marker)}`);
    },
    hold: async (statements) => {
      const client = await session();
      for (const statement of statements) await client.query(statement);
      return () => client.end();
    },
    reader: { user: 'reader', password: 'lezen', grant: (table) => `GRANT SELECT ON ${table} TO reader` },
  };
}
