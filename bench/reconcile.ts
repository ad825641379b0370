import { join } from 'node:path';
import type { Bench, BenchContext, BenchResult } from './context.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { makeFolder } from './folders.ts';
import type { Goal } from './goals.ts';
import { figure, table } from './markdown.ts';
import { workerFactory } from './reconcile-jobs.ts';
import type { Job, Outcome, ScanJob, Worker } from './reconcile-jobs.ts';
import { measureMemory } from './reconcile-memory.ts';
import { changedAt, minRows, planted, startReconcileServer } from './reconcile-tables.ts';
import type { ReconcileServer, Tables } from './reconcile-tables.ts';
import { median, ratios, summarize } from './statistics.ts';

/** Share of rows that have changed since the last run, for the incremental cycle. */
const hotShare = 0.01;
/** Number of rows from which the goals for large tables apply. */
const largeRows = 5_000_000;

interface Variant {
  readonly name: string;
  /** Maximum time, as a multiple of the baseline's; absent: no goal. */
  readonly limit: { readonly small?: number; readonly large?: number };
  readonly job: Job;
}

const baselineSql = `SELECT count(*) AS n FROM left_payments l FULL OUTER JOIN payments r USING (id)
  WHERE l.id IS NULL OR r.id IS NULL OR l.amount IS DISTINCT FROM r.amount`;

const sideSql = 'SELECT id AS record, amount, status, updated_at AS changed_at FROM payments';

function bothSides({ left, right }: Tables, port: number): Pick<ScanJob, 'left' | 'right' | 'fields'> {
  const side = (database: string) => ({ port, database, sql: sideSql });
  return { left: side(left), right: side(right), fields: ['amount'] };
}

function variantsOf(tables: Tables, port: number, stateFile: string): readonly Variant[] {
  const { rows } = tables;
  const both = bothSides(tables, port);
  const buckets: ScanJob = { task: 'scan', plan: 'buckets', digest: 'native:hashtextextended', ...both };
  const at = { from: changedAt(0, rows), to: changedAt(rows, rows) + 1 };
  const changedFrom = changedAt(Math.floor(rows * (1 - hotShare)) + 1, rows);
  const variants: readonly Variant[] = [
    { name: 'buckets, native digest', limit: { small: 0.6, large: 0.9 }, job: buckets },
    {
      name: 'packed streaming',
      limit: { small: 1, large: 1.6 },
      job: { ...buckets, plan: 'rows' },
    },
    { name: 'buckets, md5', limit: { small: 2 }, job: { ...buckets, digest: 'md5' } },
    {
      name: 'incremental cycle, 1 % hot',
      limit: { small: 0.1, large: 0.1 },
      job: { task: 'cycle', stateFile, changedFrom, ...both },
    },
    { name: 'buckets, native digest, by time', limit: {}, job: { ...buckets, at } },
    {
      name: 'buckets, native digest, amount and status',
      limit: {},
      job: { ...buckets, fields: ['amount', 'status'] },
    },
  ];
  // At this size, variants without a goal are left out, because they take long.
  return rows < largeRows ? variants : variants.filter(({ limit }) => limit.large !== undefined);
}

/** Times of the variants, round by round, in milliseconds. */
interface Scale {
  readonly rows: number;
  readonly variants: readonly Variant[];
  readonly baseline: readonly number[];
  readonly outcomes: ReadonlyMap<string, readonly Outcome[]>;
}

/** @throws Error when a variant did not find exactly the planted mismatches, so that its time is meaningless. */
function check(name: string, found: number): void {
  const wanted = planted.different + planted.missingLeft + planted.missingRight;
  if (found !== wanted) throw new Error(`${name}: ${found} mismatches instead of ${wanted}`);
}

/** Measures all variants in turn with the baseline, round by round, after one warm-up round. */
async function measureTimes(
  { cleanup, rounds, say }: BenchContext,
  server: ReconcileServer,
  tables: Tables,
  worker: Worker,
): Promise<Scale> {
  const stateFile = join(makeFolder(cleanup), 'state.db');
  const variants = variantsOf(tables, server.port, stateFile);
  // The incremental cycle continues from this one.
  const first: Job = { task: 'cycle', stateFile, changedFrom: null, ...bothSides(tables, server.port) };
  check('first cycle', (await worker.run(first)).mismatches);
  const session = await server.session(tables.right);
  const baseline: number[] = [];
  const outcomes = new Map(variants.map(({ name }) => [name, [] as Outcome[]]));
  for (let round = 0; round <= rounds; round += 1) {
    say(`${tables.rows} rows: ${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}`);
    const begin = performance.now();
    const result = await session.query<{ n: string }>(baselineSql);
    const ms = performance.now() - begin;
    check('the baseline', Number(result.rows[0]?.n));
    if (round > 0) baseline.push(ms);
    for (const { name, job } of variants) {
      const outcome = await worker.run(job);
      check(name, outcome.mismatches);
      if (round > 0) outcomes.get(name)?.push(outcome);
    }
  }
  await session.end();
  return { rows: tables.rows, variants, baseline, outcomes };
}

/** Bytes that both servers send, counted by the proxy. */
interface Bytes {
  readonly rows: number;
  readonly buckets: number;
}

async function measureBytes(
  { cleanup }: BenchContext,
  server: ReconcileServer,
  tables: Tables,
  worker: Worker,
): Promise<Bytes> {
  const proxy = await startCountingProxy(cleanup, server.port);
  const job: ScanJob = {
    task: 'scan',
    plan: 'rows',
    digest: 'native:hashtextextended',
    ...bothSides(tables, proxy.port),
  };
  await worker.run(job);
  const rows = proxy.sent();
  await worker.run({ ...job, plan: 'buckets' });
  return { rows, buckets: proxy.sent() - rows };
}

const times = (outcomes: readonly Outcome[] = []) => outcomes.map(({ ms }) => ms);
const label = (rows: number) => (rows >= 1e6 ? `${rows / 1e6}M` : `${rows / 1000}k`);

function goalsOf({ rows, variants, baseline, outcomes }: Scale, bytes: Bytes): Goal[] {
  const timed = variants.flatMap(({ name, limit }): Goal[] => {
    const atMost = rows < largeRows ? limit.small : limit.large;
    if (atMost === undefined) return [];
    const measured = ratios(times(outcomes.get(name)), baseline);
    return [{ what: `${label(rows)} rows a side: ${name}`, unit: '×', limit: { atMost }, measured }];
  });
  const share = (bytes.buckets / bytes.rows) * 100;
  const what = `${label(rows)} rows a side: bytes of buckets, as a share of the bytes of all rows`;
  return [...timed, { what, unit: '%', limit: { atMost: 2.5 }, measured: [share] }];
}

function scaleTable({ rows, variants, baseline, outcomes }: Scale, bytes: Bytes): string {
  const row = (name: string, ms: readonly number[], cpu: string, parts: string) => {
    const { min, median: middle, max } = summarize(ms);
    const ratio = median(ratios(ms, baseline));
    return [name, figure(middle), `${figure(min)}–${figure(max)}`, figure(ratio), cpu, parts];
  };
  const lines = variants.map(({ name }) => {
    const found = outcomes.get(name) ?? [];
    const middle = (of: (outcome: Outcome) => number) => figure(median(found.map(of)));
    return row(
      name,
      times(found),
      middle(({ cpuMs }) => cpuMs),
      middle(({ parts }) => parts),
    );
  });
  const header = ['', 'ms', 'min–max', '× baseline', 'CPU of Node ms', 'parts'];
  const sent = `Sent by both servers: ${figure(bytes.rows / 1e6)} MB of rows, ${figure(bytes.buckets / 1e6)} MB of buckets and fetched rows.`;
  const first = row('FULL OUTER JOIN in one database', baseline, '', '');
  return `### ${label(rows)} rows a side\n\n${table(header, [first, ...lines])}\n\n${sent}`;
}

async function run(context: BenchContext): Promise<BenchResult> {
  const { cleanup, main, rows: sizes, say } = context;
  if (sizes.some((rows) => rows < minRows)) throw new RangeError(`fewer than ${minRows} rows`);
  say('starting PostgreSQL');
  const server = await startReconcileServer(cleanup);
  const startWorker = workerFactory(cleanup, main);
  const worker = startWorker();
  const goals: Goal[] = [];
  const details: string[] = [];
  for (const rows of sizes) {
    const isLargest = rows === Math.max(...sizes);
    say(`${rows} rows: filling`);
    const tables = await server.fill(rows, isLargest ? ['dense', 'gappy'] : ['dense']);
    const scale = await measureTimes(context, server, tables, worker);
    const bytes = await measureBytes(context, server, tables, worker);
    goals.push(...goalsOf(scale, bytes));
    details.push(scaleTable(scale, bytes));
    if (isLargest) {
      const memory = await measureMemory(context, server, tables, startWorker);
      const what = `${label(rows)} rows a side: resident memory, the largest of ${memory.peaks.length} cases`;
      goals.push({ what, unit: 'MB', limit: { atMost: 128 }, measured: [Math.max(...memory.peaks)] });
      details.push(`### Memory at ${label(rows)} rows a side`, memory.details);
    }
    await server.drop(tables);
  }
  return { goals, details: details.join('\n\n') };
}

export const reconcile: Bench = {
  title: 'Reconcile: time and memory to compare two databases',
  method: `Two databases of one PostgreSQL on this machine with a table \`payments\` each (bigint key, text,
numeric(12,2), status, timestamptz; indexes on key and time; unlogged), of which ${planted.different} rows differ and
${planted.missingLeft} are missing on either side. Key and amount are compared. The baseline has both tables in one database:
a FULL OUTER JOIN with IS DISTINCT FROM, the limit of a comparison by the server alone. The server has the settings of
Debian (2 parallel workers per statement; PostgreSQL 15 has no parallel full join), but shared_buffers is a quarter
of the memory, at most 4 GB, and fsync and autovacuum are off. All data is cached. A process that only compares runs the product's
own engine, part by part as in production; all variants run in turn with the baseline, round by round, and each ratio compares
two times of the same round. Each variant must find exactly the planted mismatches. The cycle is a whole run with its state in a
file: clocks, known mismatches, and changed rows by an index. Bytes are counted by a proxy in front of the servers. Memory is
the largest resident set (VmHWM) of a new process per case; there the query of the right side produces the differences.`,
  programs: ['postgres'],
  run,
};
