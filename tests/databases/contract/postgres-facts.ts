import type { Statements, TypeNames } from '../contract.ts';

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
  repeat: (text, times) => `repeat('${text}', ${times})`,
  sleep: (seconds) => `SELECT pg_sleep(${seconds}) AS slept`,
  // In the list of columns generate_series streams; in FROM it would first be written down whole.
  series: (rows) => `SELECT generate_series(1, ${rows}) AS n, repeat('x', 100) AS filler`,
  lock: (table) => ['BEGIN', `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`],
  encrypted: 'SELECT ssl AS encrypted FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
};
