import type { ColumnSpec, MonitorQuery } from '../contract.ts';
import { columnTypes } from '../shared/column-types.ts';
import { companyColumn } from '../shared/row-companies.ts';
import type { Settings } from './settings.ts';

const sharedColumns: readonly ColumnSpec[] = [
  { name: 'amount', types: columnTypes.amount, required: false, description: 'what the record is worth' },
  { name: 'currency', types: columnTypes.text, required: false, description: 'the currency of `amount`' },
  companyColumn,
];
const recordColumn: ColumnSpec = {
  name: 'record',
  types: columnTypes.text,
  required: true,
  description: 'the key of the record; the same key twice counts once',
};
/** What the query `failed` returns. */
const failedColumns: readonly ColumnSpec[] = [
  recordColumn,
  { name: 'since', types: columnTypes.instant, required: false, description: 'when it failed' },
  { name: 'error', types: columnTypes.text, required: false, description: 'the message of the error' },
  { name: 'code', types: columnTypes.text, required: false, description: 'the code of the error' },
  { name: 'call', types: columnTypes.text, required: false, description: 'the call of the API that failed' },
  ...sharedColumns,
];
/** What the query `waiting` returns. */
const waitingColumns: readonly ColumnSpec[] = [
  recordColumn,
  { name: 'since', types: columnTypes.instant, required: true, description: 'since when it waits' },
  ...sharedColumns,
];

/** What the query `finished` returns: one row a company, or several of which the newest counts. */
const finishedColumns: readonly ColumnSpec[] = [
  {
    name: 'last',
    types: columnTypes.instant,
    required: true,
    description: 'when the newest record was transferred; NULL: none ever was',
  },
  companyColumn,
];

/** What each query must or may return. */
export const columns = {
  failed: failedColumns,
  waiting: waitingColumns,
  finished: finishedColumns,
} as const satisfies Record<string, readonly ColumnSpec[]>;
type QueryKey = keyof typeof columns;

/** The queries of a monitor by their keys; undefined for one that it does not have. */
export function queriesByKey(given: Settings): Readonly<Record<QueryKey, MonitorQuery | undefined>> {
  const query = (key: QueryKey) => {
    const sql = given[key];
    return sql === undefined ? undefined : { key, database: given.database, sql, columns: columns[key] };
  };
  return { failed: query('failed'), waiting: query('waiting'), finished: query('finished') };
}

/** The queries of a monitor, in the order in which they run. */
export function queries(given: Settings): readonly MonitorQuery[] {
  return Object.values(queriesByKey(given)).filter((query) => query !== undefined);
}
