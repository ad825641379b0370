import { totalmem } from 'node:os';
import type pg from 'pg';
import { connectPostgres, runOnPostgres, startPostgres } from '../tests/helpers/postgres.ts';
import type { Cleanup } from './cleanup.ts';
import { requirePrograms } from './programs.ts';

/** Rows that are not the same in the tables `payments` of both databases, whatever their size. */
export const planted = { different: 60, missingLeft: 20, missingRight: 20 } as const;
/** With fewer rows some of those would be the same. */
export const leastRows = 1000;

/** Milliseconds: `updated_at` of row 0, and how long the rows of a table lie apart in all. */
const beginAt = Date.UTC(2026, 0, 1);
const spanMs = 30 * 86_400_000;

/** `updated_at` of the row of an ordinal from 1 to `rows`. */
export function changedAt(ordinal: number, rows: number): number {
  return beginAt + Math.floor((ordinal * spanMs) / rows);
}

/** How keys lie: one beside the other, or in clumps of 1,000 with gaps of all sizes between them. */
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

/** `count` ordinals, evenly spaced; `phase` from 0 to 1 tells several such lists apart. */
function ordinals(count: number, phase: number, rows: number): string {
  return Array.from({ length: count }, (_, index) => Math.floor(1 + ((index + phase) * rows) / count)).join();
}

/**
 * A table with what makes it fast, ready to be read.
 * @param side whose planted mismatches it has; absent: none.
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

/** The databases `left_N` and `right_N`: tables `payments`, and tables without mismatches for what a query makes of them. */
export interface Tables {
  readonly rows: number;
  readonly left: string;
  readonly right: string;
}

export interface ReconcileServer {
  readonly port: number;
  /** Makes and fills both databases; on the right also `left_payments`, the yardstick's other side. */
  fill(rows: number, spreads: readonly Spread[]): Promise<Tables>;
  drop(tables: Tables): Promise<void>;
  session(database: string): Promise<pg.Client>;
}

/** PostgreSQL as Debian sets it up, save for its memory: a quarter of the machine's, as its manual advises, at most 4 GB. */
export async function startReconcileServer(cleanup: Cleanup): Promise<ReconcileServer> {
  requirePrograms(['postgres']);
  const sharedMegabytes = Math.min(4096, Math.floor(totalmem() / 2 ** 22));
  const starting = startPostgres({
    configuration: {
      shared_buffers: `'${sharedMegabytes}MB'`,
      maintenance_work_mem: "'256MB'",
      max_wal_size: "'4GB'",
      // Work of the server's own would fall on whoever runs at that moment.
      autovacuum: 'off',
    },
  });
  // Told before it is there, so that an interrupt while it starts removes it too.
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
