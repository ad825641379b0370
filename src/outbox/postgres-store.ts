import type { Row } from '../databases/values.ts';
import type { Execute, WritableDatabase } from '../databases/writable.ts';
import type { Instant } from '../time.ts';
import type { OutboxStore } from './contract.ts';
import type { Engine, StoreClock, Work, WorkKind } from './engine.ts';
import { migrationsOf } from './postgres-schema.ts';
import { SqlStore } from './store.ts';

/** The schema of our tables. */
export const outboxSchema = 'erp_exporter';

export interface PostgresStoreOptions {
  readonly mostWaiting?: number;
  /** An SQL expression of milliseconds since 1970; absent: the clock of the server. For tests. */
  readonly clock?: string;
}

/** What one of our statements may take. */
const timeoutMs = 10_000;
/** Of the advisory locks of this database, ours: 'erpx', then which of them. */
const lockOf = (which: 1 | 2): string => `SELECT pg_advisory_xact_lock(1701998712, ${which})`;
const serverClock = '(extract(epoch FROM clock_timestamp()) * 1000)';

async function first(execute: Execute, sql: string): Promise<Row> {
  return (await execute(sql, {})).rows[0] ?? {};
}

/** Brings the tables to the current version: completely, or not at all. Replicas that start at once do it one after another. */
async function migrate(execute: Execute): Promise<void> {
  await execute(lockOf(1), {});
  const { encoding } = await first(execute, "SELECT current_setting('server_encoding') AS encoding");
  if (encoding !== 'UTF8')
    throw new Error(`the state database is encoded in ${String(encoding)}; make one with ENCODING 'UTF8'`);
  const known = migrationsOf(`${outboxSchema}.`);
  // Not IF NOT EXISTS: it would ask for the right to create schemas although there is nothing to create.
  const { made } = await first(execute, `SELECT to_regnamespace('${outboxSchema}') IS NOT NULL AS made`);
  if (made !== true) await execute(`CREATE SCHEMA ${outboxSchema}`, {});
  const table = `${outboxSchema}.outbox_version`;
  const { there } = await first(execute, `SELECT to_regclass('${table}') IS NOT NULL AS there`);
  if (there !== true) await execute(`CREATE TABLE ${table} (version bigint NOT NULL)`, {});
  const version = Number(
    (await first(execute, `SELECT max(version) AS version FROM ${table}`))['version'] ?? 0,
  );
  if (version > known.length)
    throw new Error(
      `the state database is of version ${version}, written by a later erp-exporter; this one knows ${known.length}`,
    );
  if (version === known.length) return;
  for (const sql of known.slice(version).flat()) await execute(sql, {});
  await execute(`INSERT INTO ${table} (version) VALUES (${known.length})`, {});
}

/** A database that replicas share. */
class SharedEngine implements Engine {
  readonly prefix = `${outboxSchema}.`;
  readonly lockRows = 'FOR UPDATE SKIP LOCKED';
  readonly #database: WritableDatabase;
  readonly #clock: string;
  readonly #closing = new AbortController();
  #migrated: Promise<void> | undefined;

  constructor(database: WritableDatabase, clock: string) {
    this.#database = database;
    this.#clock = clock;
  }

  async run<Result>(
    kind: WorkKind,
    now: Instant,
    work: (clock: StoreClock) => Work<Result>,
  ): Promise<Result> {
    await this.#migrate();
    return this.#transaction(async (execute) => {
      // One after another, so that ids grow in the order in which entries can be seen, and no more wait than may.
      if (kind === 'change') await execute(lockOf(2), {});
      const clock = kind === 'read' ? now : await this.#now(execute);
      return drive(work({ now: clock, leases: clock }), execute);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#database.close();
  }

  async #now(execute: Execute): Promise<Instant> {
    const { now } = await first(execute, `SELECT CAST(${this.#clock} AS bigint) AS now`);
    return Number(now);
  }

  /** Tried anew by the next call when it fails. */
  #migrate(): Promise<void> {
    this.#migrated ??= this.#transaction(migrate).catch((error: unknown) => {
      this.#migrated = undefined;
      throw error;
    });
    return this.#migrated;
  }

  #transaction<Result>(work: (execute: Execute) => Promise<Result>): Promise<Result> {
    return this.#database.transaction(work, { signal: this.#closing.signal, timeoutMs });
  }
}

async function drive<Result>(work: Work<Result>, execute: Execute): Promise<Result> {
  let next = work.next();
  while (next.done !== true) next = work.next(await execute(next.value.sql, next.value.parameters));
  return next.value;
}

/**
 * The outbox in a PostgreSQL database, in tables of its own, which are made at the first use. Every instant is by the clock of
 * the server: replicas whose clocks differ agree on when a lease is over. It closes the database when it is closed.
 */
export function createPostgresStore(
  database: WritableDatabase,
  { mostWaiting, clock = serverClock }: PostgresStoreOptions = {},
): OutboxStore {
  const engine = new SharedEngine(database, clock);
  return new SqlStore(engine, mostWaiting === undefined ? {} : { mostWaiting });
}
