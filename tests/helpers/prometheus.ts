import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from './real.ts';
import { freePort } from './tcp.ts';

/** A real Prometheus on 127.0.0.1 with the rules of alerts/, in a temporary folder. */
export interface RunningPrometheus {
  readonly url: string;
  /** Exchanges what is scraped: `host:port` each. */
  setTargets(targets: readonly string[]): void;
  /** The value of each series of an expression, now. */
  query(expression: string): Promise<readonly { metric: Readonly<Record<string, string>>; value: number }[]>;
  stop(): Promise<void>;
}

/** Durations of rules that wait: in a test a minute of them is a second. Nothing else is changed. */
function hastened(rules: string): string {
  return rules.replaceAll(
    /^(\s+(?:for|keep_firing_for): )(\d+)([mh])$/gm,
    (_, key: string, count: string, unit: string) => `${key}${Number(count) * (unit === 'h' ? 60 : 1)}s`,
  );
}

function importPast(folder: string, past: string): void {
  const file = join(folder, 'past.txt');
  writeFileSync(file, past);
  const command = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=768h', file];
  execFileSync(findProgram('promtool') ?? 'promtool', [...command, join(folder, 'data')], { stdio: 'pipe' });
}

export async function startPrometheus(options: {
  readonly targets: readonly string[];
  readonly alertmanager: string;
  /** What it has from the beginning, in the format of OpenMetrics, each sample with its time. */
  readonly past?: string;
}): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  if (options.past !== undefined) importPast(folder, options.past);
  const targetsFile = join(folder, 'targets.json');
  const setTargets = (targets: readonly string[]) =>
    writeFileSync(targetsFile, JSON.stringify([{ targets }]));
  setTargets(options.targets);
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'erp.*.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [options.alertmanager] }] }] },
    scrape_configs: [
      { job_name: 'erp', file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }] },
    ],
  };
  // YAML takes JSON.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    findProgram('prometheus') ?? 'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--storage.tsdb.retention.time=60d',
      '--rules.alert.resend-delay=2s',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-10_000)));
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const ready = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  const end = performance.now() + 20_000;
  while (!(await ready())) {
    if (performance.now() > end || child.exitCode !== null) {
      await stop();
      throw new Error(`Prometheus does not start: ${log}`);
    }
    await delay(100);
  }
  const query: RunningPrometheus['query'] = async (expression) => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data } = (await response.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  };
  // Rules come after the first scrapes: where five minutes are five seconds, an exporter that was not scraped yet is down.
  while ((await query('up == 1')).length < options.targets.length) {
    if (performance.now() > end) {
      await stop();
      throw new Error(`Prometheus does not reach its targets: ${log}`);
    }
    await delay(100);
  }
  for (const file of readdirSync('alerts').filter((name) => name.endsWith('.yml')))
    writeFileSync(join(folder, file), hastened(readFileSync(join('alerts', file), 'utf8')));
  child.kill('SIGHUP');
  return { url, setTargets, stop, query };
}
