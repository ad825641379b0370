import type { Comparison, Part } from '../../databases/comparison/contract.ts';
import type { Database } from '../../databases/contract.ts';
import type { Row } from '../../databases/values.ts';

/** Rows that are kept of each statement; the rest is counted. */
const keptRows = 20;

/** A statement that ran, as its rows went by. */
export interface StatementTrace {
  readonly database: string;
  /** The statement, or what was asked of a comparison. */
  readonly text: string;
  readonly rows: Row[];
  count: number;
  seconds: number;
}

/** The items, counted; time counts while the caller waits for the server. */
async function* measured<Item>(
  items: AsyncIterable<Item>,
  trace: StatementTrace,
  countOf: (item: Item) => number,
): AsyncGenerator<Item, void, undefined> {
  let begin = performance.now();
  try {
    for await (const item of items) {
      trace.seconds += (performance.now() - begin) / 1000;
      trace.count += countOf(item);
      yield item;
      begin = performance.now();
    }
  } finally {
    trace.seconds += (performance.now() - begin) / 1000;
  }
}

function describePart({ keys, at, changedFrom }: Part): string {
  const time = (instant: number) => new Date(instant).toISOString().slice(0, 19);
  const [first] = keys ?? [];
  return [
    ...(at === undefined ? [] : [`at ${time(at.from)} to ${time(at.to)}`]),
    ...(first === undefined ? [] : [`keys from ${first.from} to ${keys?.at(-1)?.to ?? first.to}`]),
    ...(changedFrom === undefined ? [] : [`changed since ${time(changedFrom)}`]),
  ].join(', ');
}

/** The result, with the time until it came and the number of its items. */
async function timed<Result>(
  trace: StatementTrace,
  result: Promise<Result>,
  countOf: (found: Result) => number,
): Promise<Result> {
  const started = performance.now();
  try {
    const found = await result;
    trace.count = countOf(found);
    return found;
  } finally {
    trace.seconds = (performance.now() - started) / 1000;
  }
}

function traceComparison(comparison: Comparison, begin: (text: string) => StatementTrace): Comparison {
  const one = () => 1;
  return {
    digests: (selection) => comparison.digests(selection),
    rows: (selection, part, ordered, options) =>
      measured(
        comparison.rows(selection, part, ordered, options),
        begin(`rows to compare, ${describePart(part)}`),
        ({ count }) => count,
      ),
    buckets: (selection, part, grid, digest, countKeys, options) =>
      measured(
        comparison.buckets(selection, part, grid, digest, countKeys, options),
        begin(`buckets with digest ${digest}, ${describePart(part)}`),
        one,
      ),
    keyBounds: (selection, options) =>
      timed(begin('smallest and largest key'), comparison.keyBounds(selection, options), one),
    lookup: (selection, keys, options) =>
      timed(
        begin(`${keys.length} keys looked up`),
        comparison.lookup(selection, keys, options),
        ({ length }) => length,
      ),
    now: (options) => timed(begin("the server's clock"), comparison.now(options), one),
    access: (selection, part, options) =>
      timed(begin(`access plan of ${describePart(part)}`), comparison.access(selection, part, options), one),
  };
}

/** The database, with each of its statements added to `traces`. */
export function traceStatements(name: string, database: Database, traces: StatementTrace[]): Database {
  const begin = (text: string): StatementTrace => {
    const trace = { database: name, text, rows: [], count: 0, seconds: 0 };
    traces.push(trace);
    return trace;
  };
  return {
    describe: (sql, parameters, signal) => database.describe(sql, parameters, signal),
    ping: (signal) => database.ping(signal),
    inspect: (signal) => database.inspect(signal),
    close: () => database.close(),
    ...(database.comparison === undefined ? {} : { comparison: traceComparison(database.comparison, begin) }),
    query: (sql, parameters, options) => {
      const trace = begin(sql.trim().split('\n')[0] ?? '');
      return measured(database.query(sql, parameters, options), trace, (row) => {
        if (trace.rows.length < keptRows) trace.rows.push(row);
        return 1;
      });
    },
  };
}
