import { expect } from 'vitest';
import type {
  Bucket,
  CellBatch,
  ComparisonOptions,
  Digest,
  Grid,
  KeyMeasure,
  Measure,
  Part,
  Selection,
} from '../../../src/databases/comparison/contract.ts';
import type { Database } from '../../../src/databases/contract.ts';
import type { Parameters } from '../../../src/databases/values.ts';
import type { Facts, Subject } from '../contract.ts';
import { golden } from './golden.ts';
import { requireComparison } from '../../../src/databases/contract.ts';

export const integerKey: KeyMeasure = { type: 'integer' };
export const cents: Measure = { type: 'money', digits: 2 };

export interface SelectionParts {
  readonly key?: { readonly column: string; readonly measure: KeyMeasure };
  readonly fields?: Readonly<Record<string, Measure>>;
  readonly extras?: Pick<Selection, 'at' | 'changedAt' | 'amount' | 'currency'>;
  readonly parameters?: Parameters;
}

/** A row of a batch, taken out of it. */
export interface ReadRow {
  readonly key: bigint | string;
  readonly cells: readonly bigint[];
}

/** A text key of no measure but the columns' own. */
export function textKey(overrides: Partial<Omit<KeyMeasure & { type: 'text' }, 'type'>> = {}): KeyMeasure {
  return { type: 'text', trim: false, fold: false, guid: false, ...overrides };
}

export function comparing(overrides: Partial<ComparisonOptions> = {}): ComparisonOptions {
  return { signal: new AbortController().signal, timeoutMs: 30_000, ...overrides };
}

/** The rows of a batch. */
export function readBatch({ count, width, cells, keys }: CellBatch, hasTextKey: boolean): ReadRow[] {
  return Array.from({ length: count }, (_, row) => {
    const values = [...cells.subarray(row * width, (row + 1) * width)];
    const key = hasTextKey ? keys[row] : values.shift();
    if (key === undefined) throw new Error('a row without a key');
    return { key, cells: values };
  });
}

/** A database whose tables the tests of a comparison fill, in the zone of Brussels. */
export class ComparisonScene {
  readonly facts: Facts;
  readonly subject: Subject;
  readonly database: Database;
  #markers = 0;

  constructor(facts: Facts, subject: Subject) {
    this.facts = facts;
    this.subject = subject;
    this.database = subject.open({ ...subject.settings, timezone: 'Europe/Brussels' });
  }

  /** A word that no statement held before. */
  marker(): string {
    this.#markers += 1;
    return `comparing_${process.pid}_${this.#markers}_`;
  }

  async createGolden(): Promise<void> {
    const { types } = this.facts;
    await this.table(
      'golden',
      `id ${types.big} NULL, ref varchar(60) NULL, amount decimal(20,4) NULL, approx ${types.double} NULL,
      status char(10) NULL, note ${types.text} NULL, zoned ${types.zoned} NULL, local ${types.local} NULL`,
      golden.map(({ row }) => this.#rowSql(row)),
    );
    // Rows without a key never count.
    await this.subject.admin(
      `INSERT INTO golden VALUES (NULL, NULL, 5, 5, 'paid', 'x', NULL, '2026-05-05 00:00:00')`,
    );
  }

  #rowSql(row: (typeof golden)[number]['row']): string {
    const { sql } = this.facts;
    const text = (value: string | null): string => (value === null ? 'NULL' : sql.text(value));
    return [
      row.id === null ? 'NULL' : String(row.id),
      text(row.ref),
      row.amount ?? 'NULL',
      row.amount ?? 'NULL',
      text(row.status),
      text(row.note),
      row.zoned === null ? 'NULL' : sql.zoned(new Date(row.zoned)),
      text(row.local),
    ].join(', ');
  }

  /** Makes a table anew. */
  async table(name: string, columns: string, rows: readonly string[]): Promise<void> {
    await this.subject.admin(`DROP TABLE IF EXISTS ${name}`);
    await this.subject.admin(`CREATE TABLE ${name} (${columns})`);
    for (let from = 0; from < rows.length; from += 500) {
      const values = rows.slice(from, from + 500).map((row) => `(${row})`);
      await this.subject.admin(`INSERT INTO ${name} VALUES ${values.join(', ')}`);
    }
  }

  /** A selection of `sql`, its columns described by the driver; an integer key `id` unless told otherwise. */
  async select(sql: string, { key, fields, extras, parameters }: SelectionParts = {}): Promise<Selection> {
    const given = parameters ?? {};
    return {
      sql,
      columns: await this.database.describe(sql, given, AbortSignal.timeout(10_000)),
      parameters: given,
      key: key ?? { column: 'id', measure: integerKey },
      fields: Object.entries(fields ?? {}).map(([column, measure]) => ({ column, measure })),
      ...extras,
    };
  }

  async rows(selection: Selection, part: Part = {}, ordered = true): Promise<ReadRow[]> {
    const found: ReadRow[] = [];
    for await (const batch of requireComparison(this.database).rows(selection, part, ordered, comparing()))
      found.push(...readBatch(batch, selection.key.measure.type === 'text'));
    return found;
  }

  async keys(selection: Selection, part: Part = {}): Promise<(bigint | string)[]> {
    return (await this.rows(selection, part)).map(({ key }) => key);
  }

  async buckets(
    selection: Selection,
    grid: Grid,
    digest: Digest,
    { part = {}, countKeys = false }: { part?: Part; countKeys?: boolean } = {},
  ): Promise<Bucket[]> {
    const comparison = requireComparison(this.database);
    return Array.fromAsync(comparison.buckets(selection, part, grid, digest, countKeys, comparing()));
  }

  /** Asserts that within 2 s no statement that bears `marker` runs on the server; nothing where nobody can tell. */
  async expectGone(marker: string): Promise<void> {
    const { running } = this.subject;
    if (running === undefined || !this.facts.capabilities.cancel) return;
    await expect.poll(() => running(marker), { timeout: 2000, interval: 50 }).toBe(0);
  }
}
