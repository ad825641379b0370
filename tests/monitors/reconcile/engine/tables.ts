import type { Comparison, Measure, Selection } from '../../../../src/databases/comparison/contract.ts';
import type { Database } from '../../../../src/databases/contract.ts';
import type { Column } from '../../../../src/databases/values.ts';
import { requireComparison } from '../../../../src/databases/contract.ts';

/** A row of either table; `set` tells apart the many pairs of tables that one holds. All as text; times in UTC. */
export interface StoredRow {
  readonly id: string | null;
  readonly ref: string | null;
  readonly amount: string | null;
  readonly qty: string | null;
  readonly status: string | null;
  readonly a: string | null;
  readonly b: string | null;
  readonly paid: string | null;
  readonly at: string | null;
}

export type TableName = 'left_rows' | 'right_rows';

const numbers: readonly { column: string; measure: Measure }[] = [
  { column: 'amount', measure: { type: 'money', digits: 2 } },
  { column: 'qty', measure: { type: 'integer' } },
  { column: 'status', measure: { type: 'status', codes: { open: 1, paid: 2 }, other: 0 } },
  { column: 'paid', measure: { type: 'instant' } },
];
const texts: readonly { column: string; measure: Measure }[] = [
  { column: 'a', measure: { type: 'text' } },
  { column: 'b', measure: { type: 'text' } },
];

/** One table of one server. */
export interface Table {
  readonly comparison: Comparison;
  readonly columns: readonly Column[];
  readonly name: TableName;
}

/** What is compared of a set: by which key, and with the two texts or without. */
export function selectionOf(
  { columns, name }: Table,
  set: number,
  key: 'id' | 'ref',
  withTexts: boolean,
): Selection {
  const measure =
    key === 'id'
      ? ({ type: 'integer' } as const)
      : ({ type: 'text', trim: false, fold: false, guid: false } as const);
  return {
    sql: `SELECT id, ref, amount, qty, status, a, b, paid, at FROM ${name} WHERE set_id = ${set}`,
    columns,
    parameters: {},
    key: { column: key, measure },
    fields: withTexts ? [...numbers, ...texts] : numbers,
    at: 'at',
  };
}

/** A table of a database that is open. */
export async function tableOf(database: Database, name: TableName, signal: AbortSignal): Promise<Table> {
  const { sql } = selectionOf({ comparison: requireComparison(database), columns: [], name }, 0, 'id', true);
  return { comparison: requireComparison(database), columns: await database.describe(sql, {}, signal), name };
}
