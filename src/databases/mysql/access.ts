import type { Access, ComparisonOptions } from '../comparison/contract.ts';
import type { ComparisonSql } from '../comparison/sql.ts';
import type { Database } from '../contract.ts';
import type { Row } from '../values.ts';

/** More tables than a statement can join. */
const mostTables = 200;
/** A table this small is read whole at no cost, such as the names of a few states. */
const smallTable = 1000;

/** One line of the plan: `orders range by created_at, 120 rows`. */
function lineOf(row: Row): string {
  const by = row['key'] === null ? '' : ` by ${String(row['key'])}`;
  return `${String(row['table'])} ${String(row['type'])}${by}, ${String(row['rows'])} rows`;
}

/**
 * How the server would run a statement. In its table, unlike in its JSON, the plan looks the same on MySQL and MariaDB; see
 * "EXPLAIN Output Format" in the manual of MySQL: `ALL` reads a table whole, `index` an index of it.
 */
export async function accessOf(
  query: Database['query'],
  { sql, parameters }: ComparisonSql,
  options: ComparisonOptions,
): Promise<Access> {
  const plan = await Array.fromAsync(
    query(`EXPLAIN ${sql}`, parameters, { ...options, maxRows: mostTables }),
  );
  // Others are results that the statement itself makes, such as `<derived2>`, or NULL where nothing has to be read.
  const tables = plan.filter(({ table }) => typeof table === 'string' && !table.startsWith('<'));
  const whole = tables.filter(({ type }) => type === 'ALL' || type === 'index');
  const scannedRows = Math.max(0, ...whole.map(({ rows }) => Number(rows)));
  const isLed = whole.length < tables.length || tables.length === 0;
  return {
    indexed: isLed && scannedRows <= smallTable,
    scannedRows,
    text: tables.length === 0 ? 'no table is read' : tables.map(lineOf).join('; '),
  };
}
