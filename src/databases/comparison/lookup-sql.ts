import type { KeyMeasure, Selection } from './contract.ts';
import type { ColumnRef, ComparisonDialect } from './dialect.ts';
import { columnsOf, comparable, pasted, refIn, resultNames, source } from './sql.ts';
import type { ComparisonSql } from './sql.ts';
import type { Parameters } from '../values.ts';

const guidGrammar = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What is compared with keys that are looked up, so that an index helps, and which of them can be found so. */
function sought(
  dialect: ComparisonDialect,
  ref: ColumnRef,
  measure: KeyMeasure,
  keys: readonly (bigint | string)[],
): { value: string; keys: readonly (bigint | string)[] } {
  if (measure.type === 'integer') return { value: comparable(dialect, ref, measure), keys };
  const { native } = ref.column;
  const isGuid = /^(?:uuid|uniqueidentifier)$/i.test(native);
  // What is no GUID would be refused by such a column.
  if (isGuid) return { value: ref.sql, keys: keys.filter((key) => guidGrammar.test(String(key))) };
  const isPlain = !measure.trim && !measure.fold && !measure.guid;
  const isText = ref.column.type === 'text' && /char|text|string/i.test(native);
  return { value: isPlain && isText ? ref.sql : dialect.key(ref, measure), keys };
}

/** What people read of the fields whose cells are digests or codes. */
function textsOf(dialect: ComparisonDialect, selection: Selection): string[] {
  return selection.fields.flatMap(({ column, measure }, index) =>
    measure.type === 'text' || measure.type === 'status'
      ? [`${dialect.text(refIn(dialect, selection, column))} AS ${resultNames.text(index)}`]
      : [],
  );
}

/**
 * The rows of some keys, and perhaps others: the column's collation may take other texts for equal, so the reader has to
 * look at the keys of the answer. Null when no row can have one of the keys.
 */
export function lookupSql(
  dialect: ComparisonDialect,
  selection: Selection,
  wanted: readonly (bigint | string)[],
): ComparisonSql | null {
  const { key, amount, currency } = selection;
  const { value, keys } = sought(dialect, refIn(dialect, selection, key.column), key.measure, wanted);
  if (keys.length === 0) return null;
  const parameters: Record<string, Parameters[string]> = { ...selection.parameters };
  const list = keys.map((each, index) => {
    if (typeof each === 'bigint') return pasted(each);
    parameters[`erp_key_${index}`] = each;
    return `:erp_key_${index}`;
  });
  const extras = [
    ...textsOf(dialect, selection),
    ...(amount === undefined ? [] : [`${refIn(dialect, selection, amount).sql} AS ${resultNames.amount}`]),
    ...(currency === undefined
      ? []
      : [`${refIn(dialect, selection, currency).sql} AS ${resultNames.currency}`]),
  ];
  const sql = `SELECT ${[...columnsOf(dialect, selection), ...extras].join(', ')}
FROM ${source(selection)}
WHERE ${value} IN (${list.join(', ')})`;
  return { sql: `${sql}${dialect.suffix}`, parameters };
}
