import { RunError } from '../contract.ts';
import type { ColumnSpec, MonitorQuery, RunContext } from '../contract.ts';
import { Cells } from './cells.ts';
import type { Notes } from './notes.ts';
import { cutText } from './samples.ts';
import type { ColumnType, Parameters, Row } from '../../databases/values.ts';

/** What a column may hold for each way of reading it; `unknown` is left to the values themselves. */
export const columnTypes = {
  text: ['text', 'integer', 'decimal', 'float', 'boolean', 'instant', 'unknown'],
  instant: ['instant', 'integer', 'decimal', 'float', 'text', 'unknown'],
  amount: ['integer', 'decimal', 'float', 'unknown'],
  number: ['integer', 'decimal', 'float', 'boolean', 'unknown'],
  /** A number, or an instant that becomes one. */
  figure: ['integer', 'decimal', 'float', 'boolean', 'instant', 'unknown'],
  boolean: ['boolean', 'integer', 'decimal', 'text', 'unknown'],
} as const satisfies Readonly<Record<string, readonly ColumnType[]>>;

/** Says which company a row belongs to. A query that lists it can serve several companies in one run. */
export const companyColumn: ColumnSpec = {
  name: 'company',
  types: columnTypes.text,
  required: false,
  description: 'the company that the row belongs to; required when one run serves several companies',
};

/** The understood columns of a result, by lower-case name. @throws RunError when one is missing or there twice. */
function namesOf(query: MonitorQuery, row: Row, shared: boolean): ReadonlyMap<string, string> {
  const present = Object.keys(row);
  const names = new Map<string, string>();
  for (const { name, required } of query.columns) {
    const spelled = present.filter((column) => column.toLowerCase() === name.toLowerCase());
    const [first] = spelled;
    if (first !== undefined) names.set(name.toLowerCase(), first);
    if (spelled.length > 1)
      throw new RunError(
        'columns',
        `${query.key}: the result has several columns for ${name} (${spelled.join(', ')}): rename all but one of them`,
      );
    if (first !== undefined || !(required || (shared && name === companyColumn.name))) continue;
    const list = cutText(present.join(', '), 300);
    const why =
      name === companyColumn.name ? ', which says which company a row belongs to (or use :company)' : '';
    throw new RunError(
      'columns',
      `${query.key}: the result has no column ${name}${why}: add it with AS ${name}; it has ${list}`,
    );
  }
  return names;
}

/**
 * What a query is given: `now`, `today` and, when the run serves one company, `company`. In a run for several companies
 * `company` is not bound, as the rows name their company, and `today` is the earliest start of their days.
 */
function parametersFor(run: RunContext<unknown>, query: MonitorQuery, notes: Notes): Parameters {
  const days = run.companies.map((company) => run.today(company));
  if (new Set(days).size > 1 && /:today\b/.test(query.sql))
    notes.say(
      `${query.key}: the days of the companies start at different times; :today is the earliest start.`,
    );
  const [company] = run.companies;
  return {
    ...(run.companies.length === 1 && company !== undefined ? { company } : {}),
    now: new Date(run.now),
    today: new Date(Math.min(...days)),
  };
}

/** How much of a result was read. */
export interface RowsRead {
  /** There were more than `maxRows` rows; those beyond were not read. */
  readonly truncated: boolean;
  readonly rows: number;
}

/**
 * Runs one query of a kind and calls `onRow` with each row of a company of the run, and that company. Rows stream: nothing
 * is kept here. Rows of other companies are left out and noted.
 *
 * @throws RunError `columns` when a column is missing, mistyped or there twice; DatabaseError as the driver threw it.
 */
export async function readRows(
  run: RunContext<unknown>,
  query: MonitorQuery,
  notes: Notes,
  onRow: (row: Cells, company: string) => void,
): Promise<RowsRead> {
  const { signal, maxRows, timeoutMs } = run;
  const served = new Set(run.companies);
  const [onlyCompany = ''] = run.companies;
  const options = { signal, timeoutMs, maxRows: maxRows + 1 };
  const parameters = parametersFor(run, query, notes);
  let names: ReadonlyMap<string, string> | undefined;
  let rows = 0;
  for await (const row of run.database(query.database).query(query.sql, parameters, options)) {
    if (rows === maxRows) return { truncated: true, rows };
    rows += 1;
    names ??= namesOf(query, row, served.size > 1);
    const cells = new Cells(query.key, names, row, notes);
    const company = names.has(companyColumn.name) ? cells.text(companyColumn.name) : onlyCompany;
    if (served.has(company)) onRow(cells, company);
    else
      notes.count(
        `${query.key}: rows of companies that this monitor does not serve were left out`,
        company === '' ? 'no company' : company,
      );
  }
  return { truncated: false, rows };
}
