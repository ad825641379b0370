import { Cleanup } from './cleanup.ts';
import type { Bench, BenchContext, BenchResult } from './context.ts';
import { measureEventLoop } from './event-loop.ts';
import { ownName, queryMonitors, startExporter, untilReady } from './exporter.ts';
import type { Goal } from './goals.ts';
import { load } from './load.ts';
import type { Load } from './load.ts';
import { figure, table } from './markdown.ts';
import {
  nginxName,
  postgresExporterName,
  sqlExporterName,
  startNginx,
  startPostgresExporter,
  startSqlExporter,
  untilComplete,
} from './peers.ts';
import type { Subject } from './peers.ts';
import { startDatabase } from './postgres.ts';
import type { BenchDatabase } from './postgres.ts';
import { residentMegabytes } from './programs.ts';
import { baseSeries, queriesFor } from './queries.ts';
import { median, ratios, summarize } from './statistics.ts';

interface Case {
  readonly clients: number;
  readonly gzip: boolean;
}

const cases: readonly Case[] = [
  { clients: 1, gzip: false },
  { clients: 8, gzip: false },
  { clients: 8, gzip: true },
];

/** The cases that have goals: plain, and with gzip, as Prometheus requests it. */
const goalCases = [1, 2];

/** Measurements at one number of series: rounds by subject and case, and memory by subject. */
interface Scale {
  readonly series: number;
  readonly rounds: ReadonlyMap<string, readonly (readonly Load[])[]>;
  readonly memory: ReadonlyMap<string, number>;
}

/** Starts the subjects with `series` series each and waits until they serve all of them. */
async function startSubjects(
  context: BenchContext,
  database: BenchDatabase,
  series: number,
): Promise<Subject[]> {
  const { cleanup, main } = context;
  const queries = queriesFor(series);
  const monitors = queryMonitors(queries, 'shop', '15s');
  const own = await startExporter(cleanup, { shop: database.url('bench_own') }, monitors, { main });
  const peers = [await startSqlExporter(cleanup, database.url('bench_sql_exporter'), queries)];
  if (series === baseSeries)
    peers.push(await startPostgresExporter(cleanup, database.url('bench_postgres_exporter'), queries));
  await untilReady(own, 60);
  for (const subject of [own, ...peers]) await untilComplete(subject, series, 60);
  return [own, ...peers, await startNginx(cleanup, own.url)];
}

async function measureScale(context: BenchContext, database: BenchDatabase, series: number): Promise<Scale> {
  const { rounds: count, seconds, say } = context;
  const cleanup = new Cleanup();
  context.cleanup.add(() => cleanup.run());
  const subjects = await startSubjects({ ...context, cleanup }, database, series);
  const rounds = new Map(subjects.map(({ name }) => [name, cases.map((): Load[] => [])]));
  for (const { url } of subjects)
    await load(cleanup, url, { clients: 8, seconds: Math.min(2, seconds), gzip: false });
  for (let round = 1; round <= count; round += 1) {
    say(`${series} series: round ${round} of ${count}`);
    for (const [index, { clients, gzip }] of cases.entries())
      for (const { name, url } of subjects)
        rounds.get(name)?.[index]?.push(await load(cleanup, url, { clients, seconds, gzip }));
  }
  const memory = new Map(subjects.map(({ name, running }) => [name, residentMegabytes(running.pid)]));
  await cleanup.run();
  return { series, rounds, memory };
}

/** Requests per second of a subject in a case, round by round. */
function rates({ rounds }: Scale, name: string, index: number): number[] {
  return (rounds.get(name)?.[index] ?? []).map(({ requestsPerSecond }) => requestsPerSecond);
}

function rateGoals(scale: Scale, peers: readonly string[], atLeast: number): Goal[] {
  return goalCases.flatMap((index) => {
    const how = `${scale.series.toLocaleString('en-US')} series, clients ${caseName(index)}`;
    const own = rates(scale, ownName, index);
    const rated = peers.map((name) => ({ name, rate: median(rates(scale, name, index)) }));
    const best = rated.sort((a, b) => b.rate - a.rate)[0]?.name ?? '';
    const against = (name: string, limit: number): Goal => ({
      what: `scrapes/s, ${how}: against ${name}`,
      unit: '×',
      limit: { atLeast: limit },
      measured: ratios(own, rates(scale, name, index)),
    });
    return [against(best, atLeast), against(nginxName, 0.5)];
  });
}

function caseName(index: number): string {
  const { clients = 0, gzip = false } = cases[index] ?? {};
  return `${clients}${gzip ? ', gzip' : ''}`;
}

function scaleTable({ rounds, memory }: Scale): string {
  const rows = cases.flatMap((_, index) =>
    [...rounds].map(([name, byCase]) => {
      const loads = byCase[index] ?? [];
      const rate = summarize(loads.map(({ requestsPerSecond }) => requestsPerSecond));
      return [
        name,
        caseName(index),
        figure(rate.median),
        `${figure(rate.min)}–${figure(rate.max)}`,
        figure(median(loads.map(({ p50Ms }) => p50Ms))),
        figure(median(loads.map(({ p99Ms }) => p99Ms))),
        figure(median(loads.map(({ bytesPerRequest }) => bytesPerRequest)) / 1000),
      ];
    }),
  );
  const header = ['', 'clients', 'requests/s', 'min–max', 'p50 ms', 'p99 ms', 'kB'];
  const resident = [...memory].map(([name, value]) => `${name} ${figure(value)} MB`).join(', ');
  return `${table(header, rows)}\n\nResident memory after the load: ${resident}.`;
}

async function run(context: BenchContext): Promise<BenchResult> {
  const { cleanup, say } = context;
  say('starting PostgreSQL');
  const database = await startDatabase(cleanup);
  const small = await measureScale(context, database, baseSeries);
  const large = await measureScale(context, database, 10_000);
  const loop = await measureEventLoop(context, database);

  const memory = [large.memory.get(ownName) ?? NaN];
  return {
    goals: [
      ...rateGoals(small, [sqlExporterName, postgresExporterName], 3),
      ...rateGoals(large, [sqlExporterName], 50),
      { what: 'resident memory at 10,000 series', unit: 'MB', limit: { atMost: 130 }, measured: memory },
      ...loop.goals,
    ],
    details: [
      `### ${small.series} series`,
      scaleTable(small),
      `### ${large.series.toLocaleString('en-US')} series`,
      scaleTable(large),
      loop.details,
    ].join('\n\n'),
  };
}

export const scrape: Bench = {
  title: 'Scrape: speed of /metrics',
  method: `One PostgreSQL with 200,000 orders, 200,000 payments and 20,000 customers. Every exporter runs the same 20
queries on it every 15 s (\`bench/queries.ts\`: counts by status, oldest, sums, joins; 230 series), or the same with their
rows repeated to 10,000 series. nginx serves a file with the bytes of erp-exporter's own page: the upper limit for any
exporter. One thread of wrk sends requests over 1 or 8 persistent connections. All subjects run and poll all the time and are measured
in turn, round by round; each ratio compares two measurements of the same round.`,
  programs: ['postgres', 'prometheus-sql-exporter', 'prometheus-postgres-exporter', 'nginx', 'wrk'],
  run,
};
