import type { Bench, BenchContext, BenchResult } from './context.ts';
import { startExporter, untilReady } from './exporter.ts';
import type { MonitorEntry } from './exporter.ts';
import { fetchRaw, fetchText, sumOf } from './http.ts';
import { figure, table } from './markdown.ts';
import { startDatabase } from './postgres.ts';
import { cpuSeconds, residentMegabytes } from './programs.ts';
import { scrapeRegularly } from './regular.ts';

const monitorCount = 1_000;
const everySeconds = 15;
const databases = ['shop', 'erp'] as const;
const companies = Array.from({ length: 10 }, (_, index) => `shop0${index}`);

/** Settings by kind of monitor. Two in five are of kind records, with two queries each. */
const settingsOf: readonly MonitorEntry[] = [
  ...Array.from({ length: 2 }, () => ({
    kind: 'records',
    calendar: 'office',
    late_after: { warning: '30m', critical: '2h' },
    failed: `SELECT order_number AS record, failed_at AS since, error_message AS error, error_code AS code,
      'POST /orders' AS call, total AS amount, currency FROM web_orders
      WHERE shop = :company AND state = 'failed' AND created_at >= now() - interval '10 days'`,
    waiting: `SELECT order_number AS record, created_at AS since, total AS amount, currency FROM web_orders
      WHERE shop = :company AND state = 'waiting' AND created_at >= now() - interval '10 days'`,
  })),
  {
    kind: 'sync',
    calendar: 'office',
    alert_after: { warning: '45m' },
    query: `SELECT max(exported_at) AS last_sync, count(CASE WHEN exported_at >= :today THEN 1 END) AS syncs_today
      FROM web_orders WHERE shop = :company AND exported_at >= now() - interval '1 day'`,
  },
  {
    kind: 'jobs',
    max_age: { warning: '2h' },
    query: `SELECT name AS job, status, started_at AS started, finished_at AS finished FROM datamoves
      WHERE shop = :company`,
  },
  {
    kind: 'query',
    query: `SELECT state, count(*) AS value FROM web_orders
      WHERE shop = :company AND created_at >= now() - interval '6 hours' GROUP BY state`,
    metrics: [
      { name: 'bench_recent_orders', help: 'Orders of the last hours.', value: 'value', labels: ['state'] },
    ],
  },
];

function monitors(): MonitorEntry[] {
  return Array.from({ length: monitorCount }, (_, index) => ({
    name: `monitor_${index}`,
    flow: 'bench',
    every: `${everySeconds}s`,
    database: databases[index % databases.length],
    companies: [companies[Math.floor(index / 10) % companies.length]],
    ...settingsOf[Math.floor(index / databases.length) % settingsOf.length],
  }));
}

/** The counters of /metrics that the goals use. */
async function counters(url: string) {
  const page = await fetchText(url);
  const sum = (name: string) => sumOf(page, `erp_monitor_${name}_total`);
  return { runs: sum('runs'), skipped: sum('skipped_runs'), failed: sum('failures') };
}

/** Measures whole intervals, in each of which every monitor is scheduled once. */
async function watch(context: BenchContext, url: string, pid: number) {
  const intervals = Math.ceil(context.watchSeconds / everySeconds);
  const shares: number[] = [];
  const before = await counters(url);
  for (let interval = 1; interval <= intervals; interval += 1) {
    context.say(`idle: interval ${interval} of ${intervals}`);
    const [cpu, begin] = [cpuSeconds(pid), performance.now()];
    await scrapeRegularly(url, everySeconds, everySeconds);
    shares.push(((cpuSeconds(pid) - cpu) / ((performance.now() - begin) / 1000)) * 100);
  }
  const after = await counters(url);
  return {
    shares,
    runs: after.runs - before.runs,
    expected: intervals * monitorCount,
    skipped: after.skipped - before.skipped,
    failed: after.failed - before.failed,
    skippedBefore: before.skipped,
  };
}

async function run(context: BenchContext): Promise<BenchResult> {
  const { cleanup, main, say } = context;
  say('starting PostgreSQL');
  const server = await startDatabase(cleanup, ['erp']);
  const urls = { shop: server.url('bench_own'), erp: server.url('bench_own', 'erp') };
  const calendars = { office: { days: 'mon-fri', from: '08:00', for: '10h' } };
  const subject = await startExporter(cleanup, urls, monitors(), { main, companies, calendars });
  const { url, running } = subject;
  const begin = performance.now();
  await untilReady(subject, 120);
  const firstRound = (performance.now() - begin) / 1000;
  say(`idle: first round took ${firstRound.toFixed(1)} s`);
  await scrapeRegularly(url, everySeconds, everySeconds);
  const { shares, runs, expected, skipped, failed, skippedBefore } = await watch(context, url, running.pid);
  const page = (await fetchRaw(url)).body.toString();
  const series = page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  const cells = [runs, expected, series, residentMegabytes(running.pid), firstRound, skippedBefore];
  return {
    goals: [
      { what: 'scheduled runs skipped', unit: '', limit: { atMost: 0 }, measured: [skipped] },
      { what: 'failed runs', unit: '', limit: { atMost: 0 }, measured: [failed] },
      {
        what: 'completed runs, as a share of those expected',
        unit: '',
        limit: { atLeast: 0.99 },
        measured: [runs / expected],
      },
      { what: 'CPU, of one core', unit: '%', limit: { atMost: 25 }, measured: shares },
    ],
    details: table(
      ['runs', 'expected', 'series', 'resident MB', 'first round s', 'skipped before'],
      [cells.map((value) => figure(value))],
    ),
  };
}

export const idle: Bench = {
  title: 'Idle: load of many monitors on a schedule',
  method: `1,000 monitors, each every ${everySeconds} s, on two databases of one PostgreSQL with 2 connections each: 400 of kind
\`records\` (two queries, about 14 failed and 14 waiting records each), 200 \`sync\`, 200 \`jobs\`, 200 \`query\`. The page is
fetched gzipped every ${everySeconds} s. Counting starts ${everySeconds} s after the first round; CPU is that of the exporter's process (user and
system), per interval. Runs are counted when they complete, so that a few at the start and end of the measurement may be counted
outside it.`,
  programs: ['postgres'],
  run,
};
