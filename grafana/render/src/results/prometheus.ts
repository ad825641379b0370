import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { requireProgram } from '../../../../tests/helpers/real.ts';
import { freePort } from '../../../../tests/helpers/tcp.ts';

const run = promisify(execFile);

/** A series of an answer; `value` of an instant query, `values` of a range query. */
export interface ApiSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** A Prometheus on 127.0.0.1 that holds a recorded day and scrapes nothing. */
export interface LoadedPrometheus {
  /** The result of `/api/v1/query` or `/api/v1/query_range`. @throws Error with Prometheus's own words. */
  ask(path: 'query' | 'query_range', parameters: Readonly<Record<string, string>>): Promise<ApiSeries[]>;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: ApiSeries[] };
}

async function ask(
  url: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<ApiSeries[]> {
  const body = new URLSearchParams(parameters);
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body });
  const answer = (await response.json()) as Answer;
  if (answer.data === undefined) throw new Error(`${answer.error ?? ''}: ${parameters['query'] ?? ''}`);
  return answer.data.result;
}

async function start(folder: string, lookbackSeconds: number): Promise<LoadedPrometheus> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, '{}');
  const child = spawn(
    requireProgram('prometheus'),
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      `--query.lookback-delta=${lookbackSeconds}s`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4000);
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const ready = () =>
    fetch(`${url}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
  const end = performance.now() + 60_000;
  while (!(await ready())) {
    if (performance.now() > end || child.exitCode !== null) {
      await stop();
      throw new Error(`Prometheus does not start: ${log}`);
    }
    await delay(100);
  }
  return { ask: (path, parameters) => ask(url, path, parameters), stop };
}

/**
 * Loads lines in OpenMetrics's format into a new Prometheus.
 *
 * @param lookbackSeconds how long a sample counts: more than the distance between samples.
 */
export async function loadedPrometheus(
  lines: Iterable<string>,
  lookbackSeconds: number,
): Promise<LoadedPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'erp-render-'));
  try {
    const file = join(folder, 'day.om');
    await pipeline(Readable.from(lines), createWriteStream(file));
    await run(
      requireProgram('promtool'),
      ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, join(folder, 'data')],
      { maxBuffer: 2 ** 24 },
    );
    await rm(file);
    return await start(folder, lookbackSeconds);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
