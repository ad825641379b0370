import { once } from 'node:events';
import { Cleanup } from './cleanup.ts';
import type { BenchContext, BenchResult } from './context.ts';
import { queryMonitors, startExporter, untilReady } from './exporter.ts';
import type { Goal } from './goals.ts';
import { fetchRaw } from './http.ts';
import { figure, table } from './markdown.ts';
import { untilComplete } from './peers.ts';
import type { Subject } from './peers.ts';
import type { BenchDatabase } from './postgres.ts';
import type { ProbeReport } from './probe.ts';
import { cpuSeconds, residentMegabytes } from './programs.ts';
import { queriesTimes } from './queries.ts';
import { scrapeRegularly } from './regular.ts';
import { arrivalDelay } from './statistics.ts';

const everySeconds = 15;
const series = 100_000;

/** The same number of series in many small readings and in a few large ones. */
const layouts = [
  { monitors: 200, rows: 500 },
  { monitors: 20, rows: 5_000 },
] as const;
type Layout = (typeof layouts)[number];

interface Watched extends ProbeReport {
  readonly layout: Layout;
  readonly memory: number;
  readonly cpu: number;
  readonly pageMegabytes: number;
}

async function probe({ running: { child } }: Subject): Promise<ProbeReport> {
  const answered = once(child, 'message', { signal: AbortSignal.timeout(10_000) });
  child.send('report');
  const [report] = (await answered) as [ProbeReport];
  return report;
}

async function watch(context: BenchContext, database: BenchDatabase, layout: Layout): Promise<Watched> {
  const { main, say, watchSeconds } = context;
  const cleanup = new Cleanup();
  context.cleanup.add(() => cleanup.run());
  const { monitors, rows } = layout;
  say(`event loop: ${monitors} monitors × ${rows} series, ${watchSeconds} s`);
  const entries = queryMonitors(queriesTimes(monitors, rows), 'shop', `${everySeconds}s`);
  const subject = await startExporter(cleanup, { shop: database.url('bench_own') }, entries, {
    main,
    probed: true,
  });
  await untilReady(subject, 120);
  await untilComplete(subject, series, 30);
  // One interval is not measured: the first runs all start at once, and code is compiled.
  await scrapeRegularly(subject.url, everySeconds, everySeconds);
  const { pid, child } = subject.running;
  const cpuBefore = cpuSeconds(pid);
  child.send('reset');
  await scrapeRegularly(subject.url, everySeconds, watchSeconds);
  const report = await probe(subject);
  const cpu = (cpuSeconds(pid) - cpuBefore) / (report.totalMs / 1000);
  const memory = residentMegabytes(pid);
  const pageMegabytes = (await fetchRaw(subject.url)).body.length / 1e6;
  await cleanup.run();
  return { ...report, layout, memory, cpu, pageMegabytes };
}

const name = ({ monitors, rows }: Layout) => `${monitors} × ${rows.toLocaleString('en-US')}`;

function goalsOf({ layout, p99, blocks, totalMs }: Watched): Goal[] {
  const at = `at 100,000 series (${name(layout)})`;
  const limit = { atMost: 25 };
  return [
    { what: `event-loop delay p99 ${at}`, unit: 'ms', limit, measured: [p99] },
    {
      what: `p99 wait of a request at a random time ${at}`,
      unit: 'ms',
      limit,
      measured: [arrivalDelay(blocks, totalMs, 0.99)],
    },
  ];
}

/** Measures the event loop from inside the process at 100,000 series, while all monitors are polled and scraped. */
export async function measureEventLoop(context: BenchContext, database: BenchDatabase): Promise<BenchResult> {
  const watched: Watched[] = [];
  for (const layout of layouts) watched.push(await watch(context, database, layout));
  const header = [
    'monitors × series',
    'p50 ms',
    'p99 ms',
    'max ms',
    'random request p99 ms',
    'CPU %',
    'resident MB',
    'page MB',
  ];
  const rows = watched.map(({ layout, p50, p99, max, blocks, totalMs, cpu, memory, pageMegabytes }) => [
    name(layout),
    ...[p50, p99, max, arrivalDelay(blocks, totalMs, 0.99), cpu * 100, memory, pageMegabytes].map(figure),
  ]);
  return {
    goals: watched.flatMap(goalsOf),
    details: `### Event loop at 100,000 series

All monitors are polled every ${everySeconds} s on 2 connections, and the page is fetched gzipped every ${everySeconds} s, for
${context.watchSeconds} s. p50, p99 and max are those of \`perf_hooks.monitorEventLoopDelay\`, which include its resolution of 1 ms.
Because a long block is a single sample there, the time that a request at a random moment would wait is shown too.

${table(header, rows)}`,
  };
}
