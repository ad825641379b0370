import { expect } from 'vitest';
import {
  DatabaseError,
  type Database,
  type DatabaseSettings,
  type QueryOptions,
} from '../../../src/databases/contract.ts';
import type { Parameters, Row } from '../../../src/databases/values.ts';
import type { Facts, Subject } from '../contract.ts';

/** Instants, local times and dates around the changes of DST of 2026 in Brussels (29 March, 25 October, both 01:00 UTC). */
export const moments = [
  { id: 1, zoned: '2026-03-28T22:59:59.999Z', local: '2026-03-28 23:59:59.999', day: '2026-03-28' },
  { id: 2, zoned: '2026-03-28T23:00:00.000Z', local: '2026-03-29 00:00:00.000', day: '2026-03-29' },
  { id: 3, zoned: '2026-03-29T00:59:59.123Z', local: '2026-03-29 01:59:59.123', day: '2026-03-29' },
  { id: 4, zoned: '2026-03-29T01:00:00.000Z', local: '2026-03-29 03:00:00.000', day: '2026-03-29' },
  { id: 5, zoned: '2026-07-01T10:00:00.000Z', local: '2026-07-01 12:00:00.000', day: '2026-07-01' },
  { id: 6, zoned: '2026-10-24T22:00:00.000Z', local: '2026-10-25 00:00:00.000', day: '2026-10-25' },
  { id: 7, zoned: '2026-10-25T02:00:00.000Z', local: '2026-10-25 03:00:00.000', day: '2026-10-25' },
  { id: 8, zoned: '2026-10-25T23:00:00.000Z', local: '2026-10-26 00:00:00.000', day: '2026-10-26' },
] as const;

/** Text that a careless driver mangles or that breaks out of a careless literal. */
export const awkward = `O'Hara "x" \\ ; -- :company é 漢 😀 \t end`;

/** Facts and subject, with the handles that the tests share. */
export class Scene {
  readonly facts: Facts;
  readonly #subject: () => Subject;
  #markers = 0;

  constructor(facts: Facts, subject: () => Subject) {
    this.facts = facts;
    this.#subject = subject;
  }

  get subject(): Subject {
    return this.#subject();
  }

  /** Seconds that a statement takes which nobody waits for; short where no one can end it. */
  get long(): number {
    return this.facts.capabilities.cancel ? 60 : 3;
  }

  /** A word that no statement held before. */
  marker(): string {
    this.#markers += 1;
    return `marker_${process.pid}_${this.#markers}_`;
  }

  /** Opens a database for the time of `use`. */
  async with<T>(overrides: Partial<DatabaseSettings>, use: (database: Database) => Promise<T>): Promise<T> {
    const { open, settings } = this.subject;
    const database = open({ ...settings, ...overrides });
    try {
      return await use(database);
    } finally {
      await database.close();
    }
  }

  /** Asserts that within 2 s no statement that bears `marker` runs on the server; nothing where nobody can tell. */
  async expectGone(marker: string): Promise<void> {
    const { running } = this.subject;
    if (running === undefined || !this.facts.capabilities.cancel) return;
    await expect.poll(() => running(marker), { timeout: 2000, interval: 50 }).toBe(0);
  }

  /** Waits until a statement that bears `marker` runs on the server. */
  async untilRunning(marker: string): Promise<void> {
    const { running } = this.subject;
    if (running === undefined) await new Promise((resolve) => setTimeout(resolve, 200));
    else await expect.poll(() => running(marker), { timeout: 5000, interval: 20 }).toBeGreaterThan(0);
  }

  async createTables(): Promise<void> {
    const { types } = this.facts;
    const guid = types.guid === undefined ? '' : `, guid ${types.guid}`;
    const tables: Record<string, string> = {
      contract_values: `id int, small int, big ${types.big}, exact decimal(20,4), truth ${types.boolean},
        approx ${types.double}, words ${types.text}, raw ${types.bytes}${guid}`,
      contract_moments: `id int, ${types.zoned === undefined ? '' : `zoned ${types.zoned}, `}local ${types.local}, day date`,
      contract_writes: 'id int',
      contract_locked: 'id int',
    };
    for (const [name, columns] of Object.entries(tables)) {
      await this.subject.admin(`DROP TABLE IF EXISTS ${name}`);
      await this.subject.admin(`CREATE TABLE ${name} (${columns.replaceAll(/,\s+(?=\w)/g, ' NULL, ')} NULL)`);
    }
    await this.#fillTables();
  }

  async #fillTables(): Promise<void> {
    const { sql, types } = this.facts;
    const guid = types.guid === undefined ? '' : `, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`;
    const nothing = types.guid === undefined ? '' : ', NULL';
    const rows = [
      `1, 42, 9007199254740993, 12345678901234.5600, ${sql.truth(true)}, 0.1, ${sql.text(awkward)}, ${sql.bytes('00ff10')}${guid}`,
      `2, NULL, NULL, NULL, NULL, NULL, NULL, NULL${nothing}`,
      `3, -7, -9007199254740991, -0.1, ${sql.truth(false)}, -1.5e300, ${sql.repeat('x', 1_000_000)}, ${sql.bytes('')}${guid}`,
      `4, 0, -9223372036854775808, 0, ${sql.truth(false)}, 0, ${sql.text('')}, NULL${nothing}`,
    ];
    for (const row of rows) await this.subject.admin(`INSERT INTO contract_values VALUES (${row})`);
    for (const { id, zoned, local, day } of moments)
      await this.subject.admin(
        `INSERT INTO contract_moments VALUES (${id}, ${types.zoned === undefined ? '' : `${sql.zoned(new Date(zoned))}, `}'${local}', '${day}')`,
      );
    await this.subject.admin('INSERT INTO contract_locked VALUES (1)');
  }
}

/** Options that never end a statement of a test early, save those given. */
export function options(overrides: Partial<QueryOptions> = {}): QueryOptions {
  return { signal: new AbortController().signal, maxRows: 1000, timeoutMs: 15_000, ...overrides };
}

/** All rows of a statement. */
export async function rowsOf(
  database: Database,
  sql: string,
  parameters: Parameters = {},
  overrides: Partial<QueryOptions> = {},
): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of database.query(sql, parameters, options(overrides))) rows.push(row);
  return rows;
}

/** The `DatabaseError` that `work` must end with. */
export async function failureOf(work: Promise<unknown>): Promise<DatabaseError> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof DatabaseError)) throw new Error('expected a DatabaseError', { cause: outcome });
  return outcome;
}

/** Milliseconds that `work` takes. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
