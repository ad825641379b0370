import type { ColumnSpec, MonitorQuery } from '../contract.ts';
import { columnTypes } from '../shared/column-types.ts';
import type { Compared } from './compare-settings.ts';
import { sideNames } from './engine/types.ts';
import type { Settings } from './settings.ts';
import type { SideSettings } from './side-settings.ts';

/** The query of a side, written by the user or made of its table. */
export function sideSql({ query, table, columns = {}, where }: SideSettings): string {
  if (query !== undefined) return query;
  const list = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  return `SELECT ${list.join(', ')} FROM ${table ?? ''}${where === undefined ? '' : ` WHERE ${where}`}`;
}

const fieldTypes = (how: Compared): ColumnSpec['types'] => {
  if (how.type === 'instant') return ['instant'];
  if (how.type === 'money' || how.type === 'integer') return columnTypes.amount;
  return columnTypes.text;
};

/** The columns that a side must or may return. */
function columnsOf({ key, compare }: Settings): ColumnSpec[] {
  const column = (
    name: string,
    types: ColumnSpec['types'],
    required: boolean,
    description: string,
  ): ColumnSpec => ({ name, types, required, description });
  return [
    column(
      'record',
      key.type === 'integer' ? ['integer', 'decimal', 'unknown'] : columnTypes.text,
      true,
      'the key of the record',
    ),
    column('at', ['instant'], false, 'the business time of the record, by which the window is cut'),
    column('changed_at', ['instant'], false, 'when the row last changed, so that changes are seen at once'),
    column('amount', columnTypes.amount, false, 'what the record is worth'),
    column('currency', columnTypes.text, false, 'the currency of `amount`'),
    ...Object.entries(compare)
      .filter(([name]) => name !== 'amount')
      .map(([name, how]) => column(name, fieldTypes(how), true, `compared as ${how.type}`)),
  ];
}

/** The queries of both sides, as `check` and `try` see them. */
export function queries(settings: Settings): readonly MonitorQuery[] {
  return sideNames.map((name) => ({
    key: settings[name].query === undefined ? `${name}.table` : `${name}.query`,
    database: settings[name].database,
    sql: sideSql(settings[name]),
    columns: columnsOf(settings),
  }));
}
