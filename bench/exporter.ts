import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { freePort } from '../tests/helpers/tcp.ts';
import type { Cleanup } from './cleanup.ts';
import { makeFolder } from './folders.ts';
import { fetchRaw } from './http.ts';
import type { Subject } from './peers.ts';
import { start, until } from './programs.ts';
import type { BenchQuery } from './queries.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const probe = new URL('probe.ts', import.meta.url).href;

export const ownName = 'erp-exporter';

/** A monitor of the configuration, as written in the file. */
export type MonitorEntry = Readonly<Record<string, unknown>>;

/**
 * Path of the built main.js, which users run.
 * @throws Error when it is missing, or older than a source: the benchmark would measure another version.
 */
export function builtMain(): string {
  const built = join(root, 'dist', 'main.js');
  const builtAt = existsSync(built) ? statSync(built).mtimeMs : 0;
  const isNewer = (name: string) =>
    name.endsWith('.ts') && statSync(join(root, 'src', name)).mtimeMs > builtAt;
  if (readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).some(isNewer))
    throw new Error('dist/ is missing or older than src/; run: npm run build');
  return built;
}

/** Each query as a monitor of kind `query`. */
export function queryMonitors(
  queries: readonly BenchQuery[],
  database: string,
  every: string,
): MonitorEntry[] {
  return queries.map(({ name, help, labels, sql }) => ({
    name,
    kind: 'query',
    flow: 'bench',
    database,
    every,
    query: sql,
    metrics: [{ name, help, value: 'value', labels }],
  }));
}

/** Starts erp-exporter as a user does, with a generated configuration; `databases` are URLs by name. */
export async function startExporter(
  cleanup: Cleanup,
  databases: Readonly<Record<string, string>>,
  monitors: readonly MonitorEntry[],
  options: {
    readonly main: string;
    readonly probed?: boolean;
    readonly companies?: readonly string[];
    readonly calendars?: Readonly<Record<string, unknown>>;
  },
): Promise<Subject> {
  const { main, probed = false, companies = [], calendars } = options;
  const entries = Object.entries(databases).map(
    ([name, url]) => [name, { driver: 'postgres', url }] as const,
  );
  const file = join(makeFolder(cleanup), 'erp-exporter.yml');
  const configuration = {
    databases: Object.fromEntries(entries),
    ...(companies.length > 0 && { companies: Object.fromEntries(companies.map((name) => [name, {}])) }),
    ...(calendars !== undefined && { calendars }),
    monitors,
  };
  writeFileSync(file, stringify(configuration, { aliasDuplicateObjects: false }));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    ...(probed ? ['--import', probe] : []),
    ...[main, 'serve', `--config.file=${file}`, `--web.listen-address=${address}`, '--log.level=warn'],
  ];
  const running = start(cleanup, process.execPath, args, { ipc: probed });
  return { name: ownName, url: `http://${address}/metrics`, running };
}

/** Waits until every monitor has run once. */
export async function untilReady({ url, running }: Subject, seconds: number): Promise<void> {
  const ready = new URL('/-/ready', url).href;
  await until('erp-exporter: ready', async () => (await fetchRaw(ready)).status === 200, seconds, running);
}
