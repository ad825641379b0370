import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, BenchContext, BenchResult } from './context.ts';
import { startExporter, untilReady } from './exporter.ts';
import type { MonitorEntry } from './exporter.ts';
import type { Goal } from './goals.ts';
import { historyMegabytes } from './history-memory.ts';
import { figure, table } from './markdown.ts';
import { startDatabase } from './postgres.ts';
import { median } from './statistics.ts';

const companies = Array.from({ length: 50 }, (_, index) => `company_${String(index).padStart(2, '0')}`);
const [large = '', other = ''] = companies;
const monitorsEach = 20;
const pagesPerSecond = 200;
const most = 10_000;

/** One in five monitors has something wrong; the first one of the first company has 10,000 open records. */
function monitors(): MonitorEntry[] {
  return Array.from({ length: monitorsEach }, (_, index) => {
    const usual = index % 5 === 0 ? 10 : 0;
    const records = index === 0 ? `CASE WHEN :company = '${large}' THEN ${most} ELSE ${usual} END` : usual;
    return {
      name: `monitor_${String(index).padStart(2, '0')}`,
      kind: 'records',
      flow: 'bench',
      every: '10m',
      database: 'shop',
      companies,
      max_rows: 2 * most,
      failed: `SELECT 'W-' || n AS record, now() - n * interval '1 minute' AS since, 'POST /orders' AS call,
        'customer ' || n || ' is blocked for reason ' || n % 7 AS error, (n % 7)::text AS code,
        n * 1.5 AS amount, 'EUR' AS currency FROM generate_series(1, ${records}) AS n`,
    };
  });
}

interface Timed {
  readonly ms: number;
  readonly bytes: number;
}

/** One GET over a connection that stays open. @throws Error unless its status is 200. */
async function timed(url: URL, agent: Agent): Promise<Timed> {
  const begin = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(url, { agent, headers: { 'Accept-Encoding': 'gzip' }, timeout: 30_000 }, resolve)
    .on('error', reject)
    .on('timeout', () => reject(new Error(`${url.href}: no answer within 30 s`)));
  const response = await promise;
  const body = await buffer(response);
  if (response.statusCode !== 200) throw new Error(`${url.href} answered ${String(response.statusCode)}`);
  return { ms: performance.now() - begin, bytes: body.length };
}

/** The same page under an address that was never asked for: rendered anew, and not compressed. */
function unseen(url: URL): URL {
  const other = new URL(url);
  other.searchParams.set('unseen', String((unseenCount += 1)));
  return other;
}
let unseenCount = 0;

/** Asks for a page again and again, one request after the other, each time for one that has to be rendered. */
async function oneByOne(url: URL, seconds: number): Promise<Timed[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const all: Timed[] = [];
  const end = performance.now() + seconds * 1000;
  try {
    await timed(url, agent);
    while (performance.now() < end) all.push(await timed(unseen(url), agent));
  } finally {
    agent.destroy();
  }
  return all;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

interface UnderLoad {
  readonly scrapeP99: number;
  readonly pageP99: number;
  readonly pagesPerSecond: number;
  /** Compressed. */
  readonly scrapeKilobytes: number;
}

/** Scrapes five times a second while pages are asked for at a fixed rate, whether or not those before were answered. */
async function scrapeUnderLoad(scrape: URL, pages: readonly URL[], seconds: number): Promise<UnderLoad> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const scraper = new Agent({ keepAlive: true, maxSockets: 1 });
  const begin = performance.now();
  const asked: Promise<Timed>[] = [];
  const scrapes: Promise<Timed>[] = [];
  try {
    for (let count = 0; count < seconds * pagesPerSecond; count += 1) {
      const due = begin + (count * 1000) / pagesPerSecond;
      await delay(Math.max(0, due - performance.now()));
      const page = pages[count % pages.length];
      if (page !== undefined) asked.push(timed(page, agent));
      if (count % (pagesPerSecond / 5) === 0) scrapes.push(timed(scrape, scraper));
    }
    const [answered, scraped] = await Promise.all([Promise.all(asked), Promise.all(scrapes)]);
    const elapsed = (performance.now() - begin) / 1000;
    const ms = (all: readonly Timed[]) => all.map((one) => one.ms);
    return {
      scrapeP99: quantile(ms(scraped), 0.99),
      pageP99: quantile(ms(answered), 0.99),
      pagesPerSecond: answered.length / elapsed,
      scrapeKilobytes: median(scraped.map(({ bytes }) => bytes)) / 1000,
    };
  } finally {
    agent.destroy();
    scraper.destroy();
  }
}

async function measure({ rounds, seconds, say }: BenchContext, url: string) {
  const at = (path: string) => new URL(path, url);
  const monitor = at(`/companies/${large}/monitor_00`);
  const pages = [at('/'), at(`/companies/${other}`), at(`/companies/${other}/monitor_05`)];
  const found = {
    overview: [] as Timed[][],
    wire: [] as number[],
    monitor: [] as Timed[][],
    load: [] as UnderLoad[],
    alone: [] as UnderLoad[],
  };
  for (let round = 1; round <= rounds; round += 1) {
    say(`page: round ${round} of ${rounds}`);
    found.overview.push(await oneByOne(at('/'), seconds));
    found.wire.push((await timed(at('/'), new Agent())).bytes / 1000);
    found.monitor.push(await oneByOne(monitor, seconds));
    found.load.push(await scrapeUnderLoad(at('/metrics'), pages, seconds));
    found.alone.push(await scrapeUnderLoad(at('/metrics'), [], seconds));
  }
  return found;
}

async function run(context: BenchContext): Promise<BenchResult> {
  const { cleanup, main, say } = context;
  say('starting PostgreSQL');
  const server = await startDatabase(cleanup);
  const subject = await startExporter(cleanup, { shop: server.url('bench_own') }, monitors(), {
    main,
    companies,
  });
  await untilReady(subject, 300);
  const { overview, wire, monitor, load, alone } = await measure(context, subject.url);
  const p50 = (rounds: readonly Timed[][]) => rounds.map((all) => median(all.map(({ ms }) => ms)));
  const goal = (what: string, unit: string, atMost: number, measured: readonly number[]): Goal => ({
    what,
    unit,
    limit: { atMost },
    measured,
  });
  return {
    goals: [
      goal('overview, p50', 'ms', 20, p50(overview)),
      goal('overview, on the wire', 'kB', 100, wire),
      goal('monitor with 10,000 open records, p50', 'ms', 30, p50(monitor)),
      goal(
        `scrape during ${pagesPerSecond} page requests a second, p99`,
        'ms',
        10,
        load.map(({ scrapeP99 }) => scrapeP99),
      ),
      goal('history of 1,000 monitors', 'MB', 20, [historyMegabytes(1000)]),
    ],
    details: table(
      ['page requests/s answered', 'their p99 ms', 'p99 ms of a scrape without them', 'kB of a scrape'],
      load.map((one, round) => [
        figure(one.pagesPerSecond),
        figure(one.pageP99),
        figure(alone[round]?.scrapeP99 ?? NaN),
        figure(one.scrapeKilobytes),
      ]),
    ),
  };
}

export const page: Bench = {
  title: 'Page: what people open',
  method: `50 companies with 20 monitors of kind \`records\` each, one in five of which has 10 failed records; one has 10,000. Requests
are sent from the same machine over a connection that stays open, so that the times include HTTP and the loopback: overview and
monitor one after the other, each time under an address of its own, so that each is rendered; then ${pagesPerSecond} requests a second for the overview, a company and a monitor in turn, whether or not
those before were answered, and five scrapes a second beside them; the pages of the last 5 seconds are shared. The memory of the history is that of 1,000 series
with all points, in a process of its own.`,
  programs: ['postgres'],
  run,
};
