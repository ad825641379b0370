import { RunError } from '../contract.ts';
import type { MonitorQuery, RunContext } from '../contract.ts';
import { Cells } from './cells.ts';
import type { Notes } from './notes.ts';
import { columnProblems } from './judge-columns.ts';
import { RowCompanies } from './row-companies.ts';
import type { CellFault, RowObserver } from '../../databases/contract.ts';
import type { Column, Parameters, Row } from '../../databases/values.ts';

/** The understood columns of a result, by lower-case name. @throws RunError when one is missing or there twice. */
function namesOf(
  query: MonitorQuery,
  present: readonly string[],
  shared: boolean,
): ReadonlyMap<string, string> {
  // Of their types the values tell.
  const columns = present.map((name): Column => ({ name, type: 'unknown', native: '' }));
  const problems = columnProblems(columns, query.columns, { shared, byValue: true });
  if (problems.length > 0) throw new RunError('columns', `${query.key}: ${problems.join('; ')}`);
  const understood = new Set(query.columns.map(({ name }) => name.toLowerCase()));
  return new Map(
    present.flatMap((name) => (understood.has(name.toLowerCase()) ? [[name.toLowerCase(), name]] : [])),
  );
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
  /** There were more than `maxRows` rows, or more than `maxBytes` bytes; those beyond were not read. */
  readonly truncated: boolean;
  readonly rows: number;
}

const faultTexts: Readonly<Record<CellFault, string>> = {
  cut: 'holds more than 1 MiB, of which the beginning was read',
  unreadable: 'holds a value that cannot be read, which was read as NULL',
  encoding: 'holds bytes that are no text in the encoding of the database, which were read as \uFFFD',
};

/** What a driver tells of a result besides its rows. */
class Observer implements RowObserver {
  readonly #query: MonitorQuery;
  readonly #notes: Notes;
  /** The names of the columns, as soon as they are known. */
  present: readonly string[] | undefined;

  constructor(query: MonitorQuery, notes: Notes) {
    this.#query = query;
    this.#notes = notes;
  }

  columns(names: readonly string[]): void {
    this.present = names;
    const twice = names.filter((name, at) => names.indexOf(name) !== at && !this.#isUnderstood(name));
    for (const name of new Set(twice))
      this.#notes.say(`${this.#query.key}: the result has several columns called ${name}; none is read.`);
  }

  oddCell(column: string, fault: CellFault): void {
    if (this.#isUnderstood(column))
      this.#notes.count(`${this.#query.key}: column ${column} ${faultTexts[fault]}`);
  }

  #isUnderstood(column: string): boolean {
    return this.#query.columns.some(({ name }) => name.toLowerCase() === column.toLowerCase());
  }
}

/** Bytes of a row, about. */
function sizeOf(row: Row): number {
  let size = 0;
  for (const value of Object.values(row))
    size += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
  return size;
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
  const { signal, maxRows, maxBytes, timeoutMs } = run;
  const companies = new RowCompanies(run, query.key);
  const observer = new Observer(query, notes);
  const options = { signal, timeoutMs, maxRows: maxRows + 1, observer };
  const isShared = run.companies.length > 1;
  let names: ReadonlyMap<string, string> | undefined;
  let [rows, bytes] = [0, 0];
  for await (const row of run
    .database(query.database)
    .query(query.sql, parametersFor(run, query, notes), options)) {
    if (rows === maxRows || bytes > maxBytes) {
      if (bytes > maxBytes)
        notes.say(
          `${query.key}: reading ended after ${rows} rows, which are longer than max_bytes ${maxBytes}.`,
        );
      companies.check();
      return { truncated: true, rows };
    }
    rows += 1;
    bytes += sizeOf(row);
    names ??= namesOf(query, observer.present ?? Object.keys(row), isShared);
    const cells = new Cells(query.key, names, row, notes);
    const company = companies.of(cells);
    if (company !== undefined) onRow(cells, company);
  }
  // Without a row a missing column would go unnoticed until there is one.
  if (names === undefined && observer.present !== undefined) namesOf(query, observer.present, isShared);
  companies.check();
  return { truncated: false, rows };
}
