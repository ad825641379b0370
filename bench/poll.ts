import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, BenchContext, BenchResult } from './context.ts';
import { queryMonitors, startExporter, untilReady } from './exporter.ts';
import { fetchText, sumOf } from './http.ts';
import { figure, table } from './markdown.ts';
import { startDatabase } from './postgres.ts';
import type { BenchDatabase } from './postgres.ts';
import { startPsql } from './psql.ts';
import type { Psql } from './psql.ts';
import { queries } from './queries.ts';
import { ServerClock } from './server-time.ts';
import type { ServerTime } from './server-time.ts';
import { ratios, summarize } from './statistics.ts';

const everySeconds = 5;
/** Cycles that are not counted, in which caches fill and code is compiled. */
const warmUpCycles = 2;
const minCycles = 5;

/** Database time of one cycle of the 20 queries, in milliseconds. */
type Cost = ServerTime;

/** Runs the 20 statements evenly spread over one cycle, as the exporter's schedule does. */
async function runPaced(psql: Psql): Promise<void> {
  const begin = performance.now();
  for (const [index, { sql }] of queries.entries()) {
    await delay(Math.max(0, begin + (index / queries.length) * everySeconds * 1000 - performance.now()));
    await psql.run(sql);
  }
  await delay(Math.max(0, begin + everySeconds * 1000 - performance.now()));
}

/** Cost per cycle between two readings that are `cycles` apart. */
function costOf(before: ServerTime, after: ServerTime, cycles: number): Cost {
  return {
    statements: (after.statements - before.statements) / cycles,
    cpu: (after.cpu - before.cpu) / cycles,
  };
}

/** Measures the exporter and psql at the same time and pace, so that both run under the same conditions. */
async function measureSideBySide(context: BenchContext, database: BenchDatabase) {
  const { cleanup, main, say } = context;
  const monitors = queryMonitors(queries, 'shop', `${everySeconds}s`);
  const subject = await startExporter(cleanup, { shop: database.url('bench_own') }, monitors, { main });
  await untilReady(subject, 60);
  const psql = startPsql(cleanup, database.url('bench_psql'));
  const clocks = {
    own: new ServerClock(database, 'bench_own'),
    psql: new ServerClock(database, 'bench_psql'),
  };
  const runs = async () => sumOf(await fetchText(subject.url), 'erp_monitor_runs_total');
  const costs: { own: Cost[]; psql: Cost[] } = { own: [], psql: [] };
  const cycles = Math.max(minCycles, context.rounds);
  for (let cycle = 1 - warmUpCycles; cycle <= cycles; cycle += 1) {
    say(cycle < 1 ? 'poll: warming up' : `poll: cycle ${cycle} of ${cycles}`);
    const before = { runs: await runs(), own: await clocks.own.read(), psql: await clocks.psql.read() };
    await runPaced(psql);
    const after = { runs: await runs(), own: await clocks.own.read(), psql: await clocks.psql.read() };
    if (cycle < 1) continue;
    costs.own.push(costOf(before.own, after.own, (after.runs - before.runs) / queries.length));
    costs.psql.push(costOf(before.psql, after.psql, 1));
  }
  await subject.running.stop();
  return { ...costs, psqlSession: psql, psqlClock: clocks.psql };
}

/** Measures psql alone, one statement right after the other, with warm caches. */
async function measureBackToBack(psql: Psql, clock: ServerClock, cycles: number): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const before = await clock.read();
    for (const { sql } of queries) await psql.run(sql);
    costs.push(costOf(before, await clock.read(), 1));
  }
  return costs;
}

function row(name: string, costs: readonly Cost[]): string[] {
  const cells = (['statements', 'cpu'] as const).flatMap((key) => {
    const { min, median, max } = summarize(costs.map((cost) => cost[key]));
    return [figure(median), `${figure(min)}–${figure(max)}`];
  });
  return [name, ...cells];
}

async function run(context: BenchContext): Promise<BenchResult> {
  context.say('starting PostgreSQL');
  const database = await startDatabase(context.cleanup);
  const { own, psql, psqlSession, psqlClock } = await measureSideBySide(context, database);
  const backToBack = await measureBackToBack(psqlSession, psqlClock, Math.max(minCycles, context.rounds));
  const against = (key: keyof Cost) =>
    ratios(
      own.map((cost) => cost[key]),
      psql.map((cost) => cost[key]),
    );
  const limit = { atMost: 1.1 };
  const header = ['', 'statements ms', 'min–max', 'backend CPU ms', 'min–max'];
  return {
    goals: [
      {
        what: 'database time per cycle, statements, against psql',
        unit: '×',
        limit,
        measured: against('statements'),
      },
      {
        what: 'database time per cycle, backend CPU, against psql',
        unit: '×',
        limit,
        measured: against('cpu'),
      },
    ],
    details: table(header, [
      row('erp-exporter', own),
      row('psql, same pace', psql),
      row('psql, back to back, alone', backToBack),
    ]),
  };
}

export const poll: Bench = {
  title: 'Poll: load on the database',
  method: `The 20 queries of the scrape benchmark (230 rows), once per cycle of ${everySeconds} s. At the same time psql
runs the same statements in one session, spread over the same cycle: the minimum for any poller. Database time is measured in
two ways. "Statements" is planning and execution time of the login in pg_stat_statements, including BEGIN, SET, ROLLBACK
and pings. "Backend CPU" is the processor time of the login's server processes, which also includes parsing and the
protocol. Each ratio compares values of the same cycle.`,
  programs: ['postgres', 'psql'],
  run,
};
