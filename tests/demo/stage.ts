import { openAsBlob } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { preparedCluster } from '../../src/demo/database/cluster.ts';
import { erpSchema, shopSchema } from '../../src/demo/database/schema.ts';
import type { Simulation } from '../../src/demo/simulation.ts';

/** A database with the tables of both sides, on which a simulation is played in virtual time. */
export class Stage {
  readonly database: PGlite;
  #statements: string[] = [];

  private constructor(database: PGlite) {
    this.database = database;
  }

  static async open(): Promise<Stage> {
    const prepared = await preparedCluster();
    const database = await PGlite.create({
      dataDir: 'memory://',
      ...(prepared === undefined
        ? { initDbStartParams: ['--wal-segsize=1'] }
        : { loadDataDir: await openAsBlob(prepared, { type: 'application/gzip' }) }),
    });
    await database.exec(shopSchema + erpSchema);
    return new Stage(database);
  }

  async clear(): Promise<void> {
    const { rows } = await this.database.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    await this.database.exec(`TRUNCATE ${rows.map(({ name }) => name).join(', ')}`);
  }

  add({ shop, erp }: ReturnType<Simulation['step']>): void {
    this.#statements.push(...shop, ...erp);
  }

  /** The rows of a query, after everything that was added. */
  async rows<Row>(sql: string): Promise<readonly Row[]> {
    const statements = this.#statements;
    this.#statements = [];
    await this.database.exec(statements.join(';\n'));
    return (await this.database.query<Row>(sql)).rows;
  }
}
