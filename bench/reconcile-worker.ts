/*
 * A process that only compares, so that its memory is that of the comparison. Its parent strips the types, so it loads our
 * modules from the directory that it is given. Arguments: the URL of the directory of the program's modules, which ends in `/`,
 * and their extension.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Selection } from '../src/databases/comparison/contract.ts';
import type * as Databases from '../src/databases/contract.ts';
import type { Database } from '../src/databases/contract.ts';
import type * as Postgres from '../src/databases/postgres/database.ts';
import type * as Clocks from '../src/monitors/reconcile/engine/plan/clocks.ts';
import type * as Cycle from '../src/monitors/reconcile/engine/cycle.ts';
import type * as Progress from '../src/monitors/reconcile/engine/plan/progress.ts';
import type * as Scan from '../src/monitors/reconcile/engine/plan/scan.ts';
import type { Pair, Side } from '../src/monitors/reconcile/engine/types.ts';
import type * as StateFile from '../src/state/file.ts';
import type * as States from '../src/state/monitor-states.ts';
import type { CycleJob, Job, JobSide, Outcome, ScanJob } from './reconcile-jobs.ts';

// As main.ts does, before anything else is loaded.
setFlagsFromString('--semi-space-growth-factor=1');

const [root = '', extension = ''] = process.argv.slice(2);
const load = (name: string): Promise<unknown> => import(`${root}${name}${extension}`);
const { requireComparison } = (await load('databases/contract')) as typeof Databases;
const { open } = (await load('databases/postgres/database')) as typeof Postgres;
const { axisOf } = (await load('monitors/reconcile/engine/plan/clocks')) as typeof Clocks;
const { runCycle } = (await load('monitors/reconcile/engine/cycle')) as typeof Cycle;
const { loadProgress, progressChanges } = (await load(
  'monitors/reconcile/engine/plan/progress',
)) as typeof Progress;
const { comparedRows, Scanner } = (await load('monitors/reconcile/engine/plan/scan')) as typeof Scan;
const { openStateFile } = (await load('state/file')) as typeof StateFile;
const { createMonitorStates } = (await load('state/monitor-states')) as typeof States;

const timeoutMs = 120_000;
/** Maximum number of keys per look-up, as in the product. */
const mostKeys = 20_000;
const settleMs = 60_000;
const marginMs = 1000;
const dayMs = 86_400_000;
const tolerancesMs: readonly number[] = [];

const databases = new Map<string, Database>();

function databaseOf({ port, database }: JobSide): Database {
  const key = `${port}/${database}`;
  const known = databases.get(key);
  if (known !== undefined) return known;
  const opened = open({
    name: database,
    driver: 'postgres',
    host: '127.0.0.1',
    port,
    database,
    user: 'exporter',
    password: 'geheim',
    timezone: 'UTC',
    connections: 2,
    connectTimeoutMs: 5000,
    lockTimeoutMs: 5000,
    tls: { mode: 'disable' },
  });
  databases.set(key, opened);
  return opened;
}

async function sideOf(job: Job, which: 'left' | 'right'): Promise<Side> {
  const { sql } = job[which];
  const database = databaseOf(job[which]);
  const columns = await database.describe(sql, {}, AbortSignal.timeout(timeoutMs));
  const selection: Selection = {
    sql,
    columns,
    parameters: {},
    key: { column: 'record', measure: { type: 'integer' } },
    fields: job.fields.map((column) => ({
      column,
      measure:
        column === 'amount'
          ? { type: 'money', digits: 2 }
          : { type: 'status', codes: { paid: 1, open: 2, refunded: 3 }, other: 0 },
    })),
    ...(job.task === 'cycle' ? { changedAt: 'changed_at', amount: 'amount' } : {}),
    ...(job.task === 'scan' && job.at !== undefined ? { at: 'changed_at' } : {}),
  };
  return { comparison: requireComparison(database), selection };
}

type Found = Omit<Outcome, 'ms' | 'cpuMs' | 'peakMegabytes'>;

async function scan(job: ScanJob, sides: Pair<Side>): Promise<Found> {
  const options = { signal: new AbortController().signal, timeoutMs };
  const axis = await axisOf(sides, marginMs, options);
  const { at, plan: wanted, digest } = job;
  const settings = { sides, axis, tolerancesMs, digest, wanted, uniqueKeys: true, mostKeys, options };
  const scanner = new Scanner(settings, {});
  const found = { mismatches: 0, compared: 0, parts: 0 };
  const span = axis.by === 'at' ? { from: BigInt(at?.from ?? 0), to: BigInt(at?.to ?? 0) } : axis.window;
  for await (const { keys, statistics } of scanner.scan(span)) {
    found.mismatches += keys.length;
    found.compared += comparedRows(statistics);
    found.parts += 1;
  }
  return found;
}

async function cycle(job: CycleJob, sides: Pair<Side>): Promise<Found> {
  const file = openStateFile(job.stateFile);
  const states = createMonitorStates(file, (error) => {
    throw error;
  });
  const state = states.open('bench', 'bench', Date.now());
  if (job.changedFrom !== null)
    state.write(
      progressChanges({ ...loadProgress(state), changesSeen: job.changedFrom + settleMs + marginMs }),
    );
  try {
    const { ledger, compared } = await runCycle({
      sides,
      tolerancesMs,
      windowMs: dayMs,
      marginMs,
      rules: {
        settleMs,
        graceMs: { missing_left: 0, missing_right: 0, different: 0, duplicate: 0 },
        limit: 10_000,
      },
      intervalMs: 60_000,
      fullAuditMs: dayMs,
      auditBudgetMs: Infinity,
      presentable: (text) => text,
      wanted: 'buckets',
      uniqueKeys: true,
      mostSkewMs: 10_000,
      state,
      signal: new AbortController().signal,
      deadline: new AbortController().signal,
      timeoutMs,
    });
    return { mismatches: ledger.entries.size, compared, parts: 0 };
  } finally {
    states.close();
    file.close();
  }
}

/** Largest resident memory so far, in MB (10^6 bytes). */
function peakMegabytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return (Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
}

async function run(job: Job): Promise<Outcome> {
  const sides = { left: await sideOf(job, 'left'), right: await sideOf(job, 'right') };
  const begin = performance.now();
  const before = process.cpuUsage();
  const found = job.task === 'scan' ? await scan(job, sides) : await cycle(job, sides);
  const { user, system } = process.cpuUsage(before);
  const cost = { ms: performance.now() - begin, cpuMs: (user + system) / 1000 };
  return { ...found, ...cost, peakMegabytes: peakMegabytes() };
}

process.on('message', (job) => {
  run(job as Job).then(
    (outcome) => process.send?.(outcome),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
