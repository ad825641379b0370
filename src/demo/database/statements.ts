import type { Instant } from '../../time.ts';
import { formatWithOffset } from '../../time.ts';

/** Values of a row by column. Numbers with decimals come as exact text. */
export type Cells = Readonly<Record<string, string | number | boolean | null>>;

/** The zone in which the demo's ERP writes its zone-less timestamps, as many ERPs do. */
export const erpTimeZone = 'Europe/Brussels';

/** `at` for a `timestamptz` column. */
export const zoned = (at: Instant): string => new Date(at).toISOString();

/** `at` for a zone-less column of the ERP: the wall clock of its server. */
export const zoneless = (at: Instant): string => formatWithOffset(at, erpTimeZone).slice(0, 23);

/** A PostgreSQL literal (standard_conforming_strings on, as is its default). Text serves every type of column. */
function literal(value: Cells[string] | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** One `INSERT` of rows that all have the columns of the first; '' when there are none. */
export function insert(table: string, rows: readonly Cells[]): string {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return '';
  const tuples = rows.map((row) => `(${columns.map((column) => literal(row[column])).join(', ')})`);
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES\n${tuples.join(',\n')}`;
}

const pairs = (cells: Cells): string[] =>
  Object.entries(cells).map(([name, value]) => `${name} = ${literal(value)}`);

/** An `UPDATE` of the rows in which `where`'s columns have exactly these values. */
export const update = (table: string, set: Cells, where: Cells): string =>
  `UPDATE ${table} SET ${pairs(set).join(', ')} WHERE ${pairs(where).join(' AND ')}`;

/** A `DELETE` of the rows in which `where`'s columns have exactly these values. */
export const remove = (table: string, where: Cells): string =>
  `DELETE FROM ${table} WHERE ${pairs(where).join(' AND ')}`;
