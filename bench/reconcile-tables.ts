import { totalmem } from 'node:os';
import type pg from 'pg';
import { connectPostgres, runOnPostgres, startPostgres } from '../tests/helpers/postgres.ts';
import type { Cleanup } from './cleanup.ts';
import { requirePrograms } from './programs.ts';

/** Number of rows that differ between the tables `payments` of the two databases, whatever their size. */
export const planted = { different: 60, missingLeft: 20, missingRight: 20 } as const;
/** With fewer rows some of the planted mismatches would coincide. */
export const minRows = 1000;

/** In milliseconds: `updated_at` of row 0, and the time between the first and the last row. */
const beginAt = Date.UTC(2026, 0, 1);
const spanMs = 30 * 86_400_000;

/** `updated_at` of the row of an ordinal from 1 to `rows`. */
export function changedAt(ordinal: number, rows: number): number {
  return beginAt + Math.floor((ordinal * spanMs) / rows);
}

/** Distribution of keys: consecutive, or in clumps of 1,000 with gaps of all sizes between them. */
export type Spread = 'dense' | 'gappy';

const clump = 1000n;

/** The key of an ordinal from 1 to `rows`, in ascending order. */
export function keyOf(spread: Spread, ordinal: number, rows: number): bigint {
  if (spread === 'dense') return BigInt(ordinal);
  const index = BigInt(ordinal - 1);
  const half = ordinal > rows / 2 ? 2n ** 61n : 0n;
  return (index / clump) * 1_000_000_007n + (index % clump) * 7n + half;
}

function keySql(spread: Spread, rows: number): string {
  if (spread === 'dense') return 'i';
  return `(i - 1) / ${clump} * 1000000007 + (i - 1) % ${clump} * 7 + CASE WHEN i > ${rows / 2} THEN ${2n ** 61n} ELSE 0 END`;
}

/** `count` evenly spaced ordinals; lists with different `phase` (0 to 1) have no ordinal in common. */
function ordinals(count: number, phase: number, rows: number): string {
  return Array.from({ length: count }, (_, index) => Math.floor(1 + ((index + phase) * rows) / count)).join();
}

/**
 * SQL of a table with its indexes and statistics.
 * @param side whose planted mismatches it contains; absent: none.
 */
function tableSql(name: string, rows: number, spread: Spread, side?: 'left' | 'right'): readonly string[] {
  const missing = side === undefined ? 'false' : `i IN (${missingSql(side, rows)})`;
  const isOff = side === 'right' ? `i IN (${ordinals(planted.different, 0.5, rows)})` : 'false';
  return [
    `CREATE UNLOGGED TABLE ${name}
     (id bigint NOT NULL, ref text NOT NULL, amount numeric(12, 2), status text, updated_at timestamptz)`,
    `INSERT INTO ${name} SELECT ${keySql(spread, rows)}, 'P-' || i,
       (i * 7919 % 1000000)::numeric / 100 + CASE WHEN ${isOff} THEN 0.01 ELSE 0 END,
       (ARRAY['paid', 'open', 'refunded', 'failed'])[1 + i % 4],
       to_timestamp((${beginAt} + i * ${spanMs} / ${rows}) / 1000.0)
     FROM generate_series(1, ${rows}::bigint) AS i WHERE NOT (${missing})`,
    `ALTER TABLE ${name} ADD PRIMARY KEY (id)`,
    `CREATE INDEX ON ${name} (updated_at)`,
    `VACUUM (FREEZE, ANALYZE) ${name}`,
  ];
}

function missingSql(side: 'left' | 'right', rows: number): string {
  return side === 'left'
    ? ordinals(planted.missingLeft, 0.25, rows)
    : ordinals(planted.missingRight, 0.75, rows);
}

/** The databases `left_N` and `right_N` with their tables `payments`, and tables without mismatches, which queries then change. */
export interface Tables {
  readonly rows: number;
  readonly left: string;
  readonly right: string;
}

export interface ReconcileServer {
  readonly port: number;
  /** Creates and fills both databases; the right one also has `left_payments`, the other side of the baseline. */
  fill(rows: number, spreads: readonly Spread[]): Promise<Tables>;
  drop(tables: Tables): Promise<void>;
  session(database: string): Promise<pg.Client>;
}

/** PostgreSQL with the settings of Debian, except for its memory: a quarter of the machine's, as its manual advises, at most 4 GB. */
function launchPostgres(): ReturnType<typeof startPostgres> {
  const sharedMegabytes = Math.min(4096, Math.floor(totalmem() / 2 ** 22));
  return startPostgres({
    configuration: {
      shared_buffers: `'${sharedMegabytes}MB'`,
      maintenance_work_mem: "'256MB'",
      max_wal_size: "'4GB'",
      // Background work would be attributed to the variant that runs at that moment.
      autovacuum: 'off',
    },
  });
}

/** Starts the server, without tables. */
export async function startReconcileServer(cleanup: Cleanup): Promise<ReconcileServer> {
  requirePrograms(['postgres']);
  const starting = launchPostgres();
  // Registered before the server has started, so that an interrupt during the start removes it too.
  cleanup.add(async () => (await starting).dispose());
  const server = await starting;
  const login = (database: string) => ({
    host: server.folder,
    port: server.port,
    user: 'postgres',
    database,
  });
  const create = async (name: string, statements: readonly string[]) => {
    for (const sql of statements) await runOnPostgres(login(name), sql);
  };
  return {
    port: server.port,
    session: (database) => connectPostgres(login(database)),
    async fill(rows, spreads) {
      const tables = { rows, left: `left_${rows}`, right: `right_${rows}` };
      for (const name of [tables.left, tables.right]) await server.admin(`CREATE DATABASE ${name}`);
      const gappy = spreads.includes('gappy') ? tableSql('gappy_payments', rows, 'gappy') : [];
      const right = tableSql('payments', rows, 'dense', 'right');
      const others = tableSql('left_payments', rows, 'dense', 'left');
      await Promise.all([
        create(tables.left, [...tableSql('payments', rows, 'dense', 'left'), ...gappy]),
        create(tables.right, [...right, ...others, ...gappy]),
      ]);
      return tables;
    },
    async drop({ left, right }) {
      for (const name of [left, right]) await server.admin(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
