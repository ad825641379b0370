import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { freePort } from '../tests/helpers/tcp.ts';
import type { Cleanup } from './cleanup.ts';
import { makeFolder } from './folders.ts';
import { benchSeries, fetchRaw, fetchText } from './http.ts';
import { programPath, start, until } from './programs.ts';
import type { Running } from './programs.ts';
import type { BenchQuery } from './queries.ts';

export const sqlExporterName = 'prometheus-sql-exporter';
export const postgresExporterName = 'prometheus-postgres-exporter';
export const nginxName = 'nginx, static file';

/** A server whose /metrics is measured. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  readonly running: Running;
}

/** Waits until a subject serves every series of the queries, so that all subjects serve the same. */
export async function untilComplete(subject: Subject, series: number, seconds: number): Promise<void> {
  const { name, url, running } = subject;
  let seen = 0;
  const isComplete = async () => (seen = benchSeries(await fetchText(url))) === series;
  try {
    await until(`${name}: ${series} series`, isComplete, seconds, running);
  } catch (error) {
    throw new Error(`${name} serves ${seen} series of the queries`, { cause: error });
  }
}

/** prometheus-sql-exporter (justwatchcom): polls every 15 s and serves cached values. */
export async function startSqlExporter(
  cleanup: Cleanup,
  databaseUrl: string,
  queries: readonly BenchQuery[],
): Promise<Subject> {
  const entries = queries.map(({ name, help, labels, sql }) => ({
    name,
    help,
    labels,
    values: ['value'],
    allow_zero_rows: true,
    query: sql,
  }));
  const file = join(makeFolder(cleanup), 'sql-exporter.yml');
  const job = { name: 'bench', interval: '15s', connections: [databaseUrl], queries: entries };
  writeFileSync(file, stringify({ jobs: [job] }));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`-config.file=${file}`, `-web.listen-address=${address}`];
  const running = start(cleanup, programPath(sqlExporterName), args);
  return { name: sqlExporterName, url: `http://${address}/metrics`, running };
}

/** prometheus-postgres-exporter: queries the database at a scrape, at most every 14 s, else serves cached values. */
export async function startPostgresExporter(
  cleanup: Cleanup,
  databaseUrl: string,
  queries: readonly BenchQuery[],
): Promise<Subject> {
  const entries = queries.map(({ name, help, labels, sql }) => {
    const columns = labels.map((label) => ({ [label]: { usage: 'LABEL', description: label } }));
    const metrics = [...columns, { value: { usage: 'GAUGE', description: help } }];
    return [name, { query: sql, cache_seconds: 14, metrics }] as const;
  });
  const file = join(makeFolder(cleanup), 'postgres-exporter.yml');
  writeFileSync(file, stringify(Object.fromEntries(entries)));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    '--disable-default-metrics',
    '--disable-settings-metrics',
    '--no-collector.database',
    '--no-collector.bgwriter',
    `--extend.query-path=${file}`,
    `--web.listen-address=${address}`,
  ];
  const env = { ...process.env, DATA_SOURCE_NAME: databaseUrl };
  const running = start(cleanup, programPath(postgresExporterName), args, { env });
  return { name: postgresExporterName, url: `http://${address}/metrics`, running };
}

function nginxConfiguration(folder: string, address: string): string {
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 75s;
  keepalive_requests 100000000;
  default_type "text/plain; version=0.0.4";
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen ${address};
    root ${folder}/files;
    gzip_static on;
  }
}
`;
}

/** nginx with a static file: the upper limit for a scrape. `copyOf` is the page that it serves, plain and compressed. */
export async function startNginx(cleanup: Cleanup, copyOf: string): Promise<Subject> {
  const folder = makeFolder(cleanup, ['files']);
  const plain = (await fetchRaw(copyOf)).body;
  writeFileSync(join(folder, 'files', 'metrics'), plain);
  writeFileSync(join(folder, 'files', 'metrics.gz'), gzipSync(plain, { level: 1 }));
  const address = `127.0.0.1:${await freePort()}`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, nginxConfiguration(folder, address));
  const running = start(cleanup, programPath('nginx'), ['-c', file, '-p', folder]);
  const subject = { name: nginxName, url: `http://${address}/metrics`, running };
  await until('nginx', async () => (await fetchRaw(subject.url)).status === 200, 5, running);
  return subject;
}
