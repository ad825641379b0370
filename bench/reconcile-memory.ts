import { join } from 'node:path';
import type { BenchContext } from './context.ts';
import { makeFolder } from './folders.ts';
import { figure, table } from './markdown.ts';
import type { Job, JobSide, Outcome } from './reconcile-jobs.ts';
import type { Worker } from './reconcile-jobs.ts';
import { keyOf } from './reconcile-tables.ts';
import type { ReconcileServer, Spread, Tables } from './reconcile-tables.ts';

/** Distribution of the rows that differ. */
type Scatter = 'scattered' | 'clustered';

export interface MemoryCase {
  readonly spread: Spread;
  /** Share of the rows that differ: 0 to 1. */
  readonly share: number;
  readonly scatter: Scatter;
  /** `cycle`: a whole first run, with bounded storage of mismatches, instead of the scan alone. */
  readonly work: 'buckets' | 'rows' | 'cycle';
}

const shares = [0, 0.0001, 0.01, 0.5] as const;

/** All combinations with buckets; then rows instead of buckets, and whole runs that store mismatches. */
export const memoryCases: readonly MemoryCase[] = [
  ...(['dense', 'gappy'] as const).flatMap((spread) =>
    shares.flatMap((share) =>
      (share === 0 ? (['scattered'] as const) : (['scattered', 'clustered'] as const)).map(
        (scatter): MemoryCase => ({ spread, share, scatter, work: 'buckets' }),
      ),
    ),
  ),
  { spread: 'dense', share: 0.5, scatter: 'scattered', work: 'rows' },
  { spread: 'dense', share: 0.0001, scatter: 'scattered', work: 'cycle' },
  { spread: 'dense', share: 0.5, scatter: 'scattered', work: 'cycle' },
];

const hashRange = 2 ** 20;

/** The SQL condition for rows of the right side that differ. */
function differsSql({ spread, share, scatter }: MemoryCase, rows: number): string {
  if (share === 0) return 'false';
  if (scatter === 'scattered') return `(hashint8(id) & ${hashRange - 1}) < ${Math.round(share * hashRange)}`;
  const first = Math.floor((rows * (1 - share)) / 2);
  const edge = (ordinal: number) => keyOf(spread, ordinal, rows);
  return `id >= ${edge(first + 1)} AND id < ${edge(first + 1 + Math.round(rows * share))}`;
}

/** The same table on both sides; the query of the right side produces the differences. */
function jobOf(given: MemoryCase, tables: Tables, port: number, stateFile: string): Job {
  const [leftTable, rightTable] =
    given.spread === 'gappy' ? ['gappy_payments', 'gappy_payments'] : ['payments', 'left_payments'];
  const amount = `CASE WHEN ${differsSql(given, tables.rows)} THEN amount + 0.01 ELSE amount END AS amount`;
  const side = (database: string, columns: string, name: string): JobSide => ({
    port,
    database,
    sql: `SELECT id AS record, ${columns}, updated_at AS changed_at FROM ${name}`,
  });
  const both = {
    left: side(tables.left, 'amount', leftTable),
    right: side(tables.right, amount, rightTable),
    fields: ['amount'] as const,
  };
  return given.work === 'cycle'
    ? { task: 'cycle', stateFile, changedFrom: null, ...both }
    : { task: 'scan', plan: given.work, digest: 'native:hashtextextended', ...both };
}

/** The number of rows that differ in a case. */
async function expected(given: MemoryCase, tables: Tables, server: ReconcileServer): Promise<number> {
  const session = await server.session(tables.right);
  try {
    const name = given.spread === 'gappy' ? 'gappy_payments' : 'left_payments';
    const { rows } = await session.query<{ n: string }>(
      `SELECT count(*) AS n FROM ${name} WHERE ${differsSql(given, tables.rows)}`,
    );
    return Number(rows[0]?.n);
  } finally {
    await session.end();
  }
}

interface Measured extends MemoryCase {
  readonly outcome: Outcome;
}

/**
 * Measures for each case the largest resident memory of a process that runs only this case.
 *
 * @throws Error when a case did not find exactly the rows that differ.
 */
export async function measureMemory(
  { cleanup, say }: BenchContext,
  server: ReconcileServer,
  tables: Tables,
  startWorker: () => Worker,
): Promise<{ readonly peaks: readonly number[]; readonly details: string }> {
  const folder = makeFolder(cleanup);
  const measured: Measured[] = [];
  for (const [index, given] of memoryCases.entries()) {
    say(`memory: ${index + 1} of ${memoryCases.length}`);
    const worker = startWorker();
    const outcome = await worker.run(jobOf(given, tables, server.port, join(folder, `${index}.db`)));
    await worker.stop();
    const wanted = await expected(given, tables, server);
    if (given.work !== 'cycle' && outcome.mismatches !== wanted)
      throw new Error(`${caseName(given)}: ${outcome.mismatches} mismatches instead of ${wanted}`);
    measured.push({ ...given, outcome });
  }
  const rows = measured.map(({ outcome, ...given }) => [
    caseName(given),
    figure(outcome.peakMegabytes),
    figure(outcome.mismatches),
    figure(outcome.ms / 1000),
  ]);
  return {
    peaks: measured.map(({ outcome }) => outcome.peakMegabytes),
    details: table(['', 'peak MB', 'mismatches', 's'], rows),
  };
}

function caseName({ spread, share, scatter, work }: MemoryCase): string {
  const how = { buckets: 'buckets', rows: 'streaming', cycle: 'a whole run with its stored mismatches' }[
    work
  ];
  return `${how}, ${spread} keys, ${share * 100} % differ${share === 0 ? '' : `, ${scatter}`}`;
}
