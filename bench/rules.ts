import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Bench, BenchContext, BenchResult } from './context.ts';
import { makeFolder } from './folders.ts';
import { fetchText } from './http.ts';
import { figure, table } from './markdown.ts';
import { programPath, start, until } from './programs.ts';

const rules = fileURLToPath(new URL('../alerts/erp.rules.yml', import.meta.url));
const group = 'erp-records';
const intervalSeconds = 15;

/** How many companies there are, and how many failed records at the one monitor of each. */
interface Size {
  readonly companies: number;
  readonly records: number;
  readonly replicas: number;
  readonly goalSeconds: number;
}

const sizes: readonly Size[] = [
  { companies: 50, records: 25, replicas: 2, goalSeconds: 1 },
  { companies: 500, records: 2, replicas: 2, goalSeconds: 5 },
];
const nameOf = ({ companies, records, replicas }: Size) =>
  `${companies} companies × ${records} failed records × ${replicas} replicas`;

/** What an exporter says of so many companies, each with one critical monitor: all its records fire at once. */
function page({ companies, records }: Size): string {
  const failedAt = Math.floor(Date.now() / 1000) - 3600;
  const lines = Array.from({ length: companies }, (_, index) => {
    const monitor = `company="company_${index}",flow="orders",monitor="web_orders"`;
    const facts =
      'kind="records",database="shop",criticality="critical",responder="erp_partner",language="nl"';
    const failures = Array.from({ length: records }, (_record, number) => {
      const what = `record="W-${index}-${number}",error="dimension",code="http:400",call="POST /salesOrders"`;
      const who = 'category="constraint",known="true",responder="erp_partner",since="2026-11-21 10:42"';
      const text = `message="Select a Dimension Value Code for Customer C-${number}."`;
      const url = `url="https://shop.example/orders/${index}-${number}"`;
      return `erp_failed_record_timestamp_seconds{${monitor},${what},${who},${text},${url}} ${failedAt}`;
    });
    return [
      `erp_monitor_info{${monitor},${facts}} 1`,
      `erp_monitor_success{${monitor}} 1`,
      `erp_monitor_interval_seconds{${monitor}} 60`,
      `erp_monitor_last_run_timestamp_seconds{${monitor}} ${Math.floor(Date.now() / 1000)}`,
      `erp_monitor_last_success_timestamp_seconds{${monitor}} ${Math.floor(Date.now() / 1000)}`,
      `erp_maintenance_active{${monitor}} 0`,
      `erp_failed_records{${monitor}} ${records}`,
      `erp_failed_records_threshold{${monitor},severity="warning"} 1000`,
      `erp_failed_record_samples_omitted{${monitor}} 0`,
      ...failures,
    ];
  });
  return `${lines.flat().join('\n')}\nerp_exporter_build_info{version="bench"} 1\n`;
}

/** Serves the page on a free port. @returns the ports, one for each replica. */
async function serve(context: BenchContext, size: Size): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let replica = 0; replica < size.replicas; replica += 1) {
    const server = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/plain; version=0.0.4').end(page(size));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.cleanup.add(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    ports.push((server.address() as AddressInfo).port);
  }
  return ports;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts Prometheus with the shipped rules. @returns its address. */
async function startPrometheus(context: BenchContext, targets: readonly number[]) {
  const folder = makeFolder(context.cleanup);
  const file = join(folder, 'prometheus.yml');
  const interval = `${intervalSeconds}s`;
  const configuration = {
    global: { scrape_interval: interval, evaluation_interval: interval },
    rule_files: [rules],
    scrape_configs: [
      { job_name: 'erp', static_configs: [{ targets: targets.map((port) => `127.0.0.1:${port}`) }] },
    ],
  };
  writeFileSync(file, stringify(configuration));
  const address = `127.0.0.1:${await freePort()}`;
  const running = start(context.cleanup, programPath('prometheus'), [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ]);
  const url = `http://${address}`;
  await until('Prometheus', async () => (await fetchText(`${url}/-/ready`)) !== '', 30, running);
  return { url, running };
}

/** A figure of Prometheus about the group of rules. */
async function figureOf(url: string, metric: string): Promise<number> {
  const line = (await fetchText(`${url}/metrics`))
    .split('\n')
    .find((text) => text.startsWith(`${metric}{`) && text.includes(`;${group}"}`));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}

/** How many alerts of failed records fire. */
async function firing(url: string): Promise<number> {
  const query = encodeURIComponent('count(ALERTS{alertname="ErpRecordFailed",alertstate="firing"})');
  const answer = await fetchText(`${url}/api/v1/query?query=${query}`);
  return Number(/"value":\[[^,]+,"(\d+)"\]/.exec(answer)?.[1] ?? 0);
}

/** The duration of one evaluation after another, once every record fires, in seconds. */
async function measure(context: BenchContext, size: Size): Promise<readonly number[]> {
  context.say(`rules: ${nameOf(size)}`);
  const { url, running } = await startPrometheus(context, await serve(context, size));
  const wanted = size.companies * size.records;
  await until('alerts', async () => (await firing(url)) === wanted, 12 * intervalSeconds, running);
  const durations: number[] = [];
  while (durations.length < context.rounds) {
    await delay(intervalSeconds * 1000);
    durations.push(await figureOf(url, 'prometheus_rule_group_last_duration_seconds'));
    context.say(`rules: ${durations.at(-1)?.toFixed(3) ?? ''} s`);
  }
  await running.stop();
  return durations;
}

async function run(context: BenchContext): Promise<BenchResult> {
  const goals: BenchResult['goals'][number][] = [];
  for (const size of sizes) {
    const measured = await measure(context, size);
    goals.push({ what: nameOf(size), unit: 's', limit: { atMost: size.goalSeconds }, measured });
  }
  return {
    goals,
    details: table(
      ['', 'firing alerts', 'evaluations'],
      sizes.map((size) => [nameOf(size), figure(size.companies * size.records), figure(context.rounds)]),
    ),
  };
}

export const rulesBench: Bench = {
  title: 'Rules: an evaluation of the alerts about records',
  method: `A Prometheus with \`alerts/erp.rules.yml\` scrapes replicas of an exporter each ${intervalSeconds} s. At each company one critical monitor
of orders has failed records, each of which fires ErpRecordFailed, with its details; no mass failure stands for them. Once all
fire, \`prometheus_rule_group_last_duration_seconds\` of the group \`${group}\` is read after each evaluation.`,
  programs: ['prometheus'],
  run,
};
