import { RunError } from '../contract.ts';
import type { MonitorQuery, RunContext } from '../contract.ts';
import { Cells } from './cells.ts';
import type { Notes } from './notes.ts';
import { RowCompanies, companyColumn } from './row-companies.ts';
import { cutText } from './samples.ts';
import type { Parameters, Row } from '../../databases/values.ts';

/** The columns that a query must or may return, for the message about one that is missing. */
function readColumns({ columns }: MonitorQuery): string {
  const names = (required: boolean) =>
    columns
      .filter((column) => column.required === required)
      .map(({ name }) => name)
      .join(', ');
  return cutText(`Required: ${names(true)}; optional: ${names(false)}`, 400);
}

/** The understood columns of a result, by lower-case name. @throws RunError when one is missing or there twice. */
function namesOf(query: MonitorQuery, row: Row, shared: boolean): ReadonlyMap<string, string> {
  const present = Object.keys(row);
  const names = new Map<string, string>();
  for (const { name, required, unless = [] } of query.columns) {
    const spelled = present.filter((column) => column.toLowerCase() === name.toLowerCase());
    const [first] = spelled;
    if (first !== undefined) names.set(name.toLowerCase(), first);
    if (spelled.length > 1)
      throw new RunError(
        'columns',
        `${query.key}: the result has several columns for ${name} (${spelled.join(', ')}): rename all but one of them`,
      );
    const isNeeded = required && !present.some((column) => unless.includes(column.toLowerCase()));
    if (first !== undefined || !(isNeeded || (shared && name === companyColumn.name))) continue;
    const list = cutText(present.join(', '), 300);
    const why =
      name === companyColumn.name ? ', which says which company a row belongs to (or use :company)' : '';
    throw new RunError(
      'columns',
      `${query.key}: the result has no column ${name}${why}: add it with AS ${name}; it has ${list}. ${readColumns(query)}`,
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
 * is kept here. Rows of ignored companies are left out.
 *
 * @throws RunError `columns` when a column is missing, mistyped or there twice, and when rows belong to a company that is
 * neither served nor ignored; DatabaseError as the driver threw it.
 */
export async function readRows(
  run: RunContext<unknown>,
  query: MonitorQuery,
  notes: Notes,
  onRow: (row: Cells, company: string) => void,
): Promise<RowsRead> {
  const { signal, maxRows, timeoutMs } = run;
  const companies = new RowCompanies(run, query.key);
  const options = { signal, timeoutMs, maxRows: maxRows + 1 };
  const parameters = parametersFor(run, query, notes);
  let names: ReadonlyMap<string, string> | undefined;
  let rows = 0;
  let truncated = false;
  for await (const row of run.database(query.database).query(query.sql, parameters, options)) {
    if (rows === maxRows) {
      truncated = true;
      break;
    }
    rows += 1;
    names ??= namesOf(query, row, run.companies.length > 1);
    const cells = new Cells(query.key, names, row, notes);
    const company = companies.of(cells);
    if (company !== undefined) onRow(cells, company);
  }
  companies.check();
  return { truncated, rows };
}
