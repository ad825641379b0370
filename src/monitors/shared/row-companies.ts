import { RunError } from '../contract.ts';
import type { ColumnSpec, RunContext } from '../contract.ts';
import type { Cells } from './cells.ts';
import { columnTypes } from './column-types.ts';
import { cutText } from './samples.ts';

/** Says which company a row belongs to. A query that lists it can serve several companies in one run. */
export const companyColumn: ColumnSpec = {
  name: 'company',
  types: columnTypes.text,
  required: false,
  description: 'the company that the row belongs to; required when one run serves several companies',
};

/** Most companies that a message names. */
const mostNamed = 5;

/** Names as a message lists them: quoted, so that white space shows; NULL is one of them. */
function listOf(names: ReadonlySet<string>): string {
  const listed = [...names].slice(0, mostNamed).map((name) => (name === '' ? 'NULL' : JSON.stringify(name)));
  return `${listed.join(', ')}${names.size > mostNamed ? ', …' : ''}`;
}

/**
 * Assigns the rows of one query to the companies of a run. A row that belongs to none of them would be missing in every
 * figure, so that "0 failed" would be wrong: such a run fails.
 */
export class RowCompanies {
  readonly #run: RunContext<unknown>;
  readonly #key: string;
  readonly #served: ReadonlySet<string>;
  readonly #ignored: ReadonlySet<string>;
  readonly #strangers = new Set<string>();
  #strangeRows = 0;

  /** @param key that of the query, for messages. */
  constructor(run: RunContext<unknown>, key: string) {
    this.#run = run;
    this.#key = key;
    this.#served = new Set(run.companies);
    this.#ignored = new Set(run.ignoredCompanies);
  }

  /** The company of a row; undefined when the row is not for this run. Without a column `company` it is the run's only one. */
  of(row: Cells): string | undefined {
    const company = row.has(companyColumn.name) ? row.text(companyColumn.name) : this.#run.companies[0];
    if (company === undefined || this.#ignored.has(company)) return undefined;
    if (this.#served.has(company)) return company;
    this.#strangeRows += 1;
    // One more than is listed, to know that there are more.
    if (this.#strangers.size <= mostNamed) this.#strangers.add(cutText(company, 40));
    return undefined;
  }

  /** To be called after the last row. @throws RunError `columns` when rows belong to a company that is not served. */
  check(): void {
    if (this.#strangeRows === 0) return;
    const rows = this.#strangeRows === 1 ? '1 row belongs' : `${this.#strangeRows} rows belong`;
    throw new RunError(
      'columns',
      `${this.#key}: ${rows} to companies that this monitor does not serve: column company holds ` +
        `${listOf(this.#strangers)}; expected ${listOf(this.#served)}. Return the name that the company has under companies ` +
        "(CASE company_id WHEN 1 THEN 'acme' END AS company), filter the rows, or list what is left out on purpose in " +
        'ignore_companies',
    );
  }
}
