import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { DatabaseSettings } from '../../src/databases/contract.ts';
import { makeCertificate } from './certificate.ts';
import { requireProgram } from './real.ts';
import { freePort } from './tcp.ts';
import { fromTemplate } from './templates.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  /** Accept encrypted connections, with a certificate for `localhost`. */
  readonly tls?: boolean;
  /** Lines for postgresql.conf: `{ log_statement: "'all'" }`. */
  readonly configuration?: Readonly<Record<string, string | number>>;
}

export type AdminRow = Readonly<Record<string, unknown>>;

/** A PostgreSQL of its own on 127.0.0.1, in a temporary folder. Its login `exporter` is a superuser. */
export interface PostgresServer {
  readonly port: number;
  /** Holds its Unix socket, over which any login may in. */
  readonly folder: string;
  /** With `tls`: the PEM of the server's own certificate, and of another. */
  readonly ca: string;
  readonly otherCa: string;
  settings(overrides?: Partial<DatabaseSettings>): DatabaseSettings;
  /** Runs statements as the superuser `postgres`; the rows of the last. */
  admin(sql: string): Promise<readonly AdminRow[]>;
  /** A session of the superuser's own; whoever asks for it ends it. */
  session(): Promise<pg.Client>;
  start(): Promise<void>;
  /** Shuts down in order: sessions are ended. */
  stop(): Promise<void>;
  /** Shuts down at once, as a crash does. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  dispose(): Promise<void>;
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root. */
function owner(): Owner {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function give(path: string, { uid, gid }: Owner): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

async function makeData(folder: string, as: Owner): Promise<void> {
  mkdirSync(folder);
  give(folder, as);
  const login = ['-U', 'postgres', '--auth-local=trust', '--auth-host=scram-sha-256'];
  const how = ['-E', 'UTF8', '--locale=C', '--no-sync'];
  await run(requireProgram('initdb'), ['-D', folder, ...login, ...how], { ...as, cwd: folder });
}

/** Makes a data folder and returns the certificates that it trusts. */
async function initialise(
  home: string,
  as: Owner,
  port: number,
  options: PostgresOptions,
): Promise<{ ca: string; otherCa: string }> {
  give(home, as);
  const data = join(home, 'data');
  await fromTemplate('postgres', data, (folder) => makeData(folder, as));
  const { cert, certFile, keyFile } = makeCertificate(home, 'server', 'localhost');
  give(certFile, as);
  give(keyFile, as);
  const configuration = {
    port,
    listen_addresses: "'127.0.0.1'",
    unix_socket_directories: `'${home}'`,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: 60,
    ...(options.tls === true
      ? { ssl: 'on', ssl_cert_file: `'${certFile}'`, ssl_key_file: `'${keyFile}'` }
      : {}),
    ...options.configuration,
  };
  const lines = Object.entries(configuration).map(([key, value]) => `${key} = ${value}\n`);
  appendFileSync(join(data, 'postgresql.conf'), lines.join(''));
  return { ca: cert, otherCa: makeCertificate(home, 'other', 'localhost').cert };
}

/** Starts a server; it is ready when the promise resolves. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), 'erp-pg-'));
  const as = owner();
  const port = await freePort();
  const certificates = await initialise(home, as, port, options);
  let child: ChildProcess | undefined;

  const login = { host: home, port, user: 'postgres', database: 'postgres' };
  const session = (): Promise<pg.Client> => connectPostgres(login);
  const admin = (sql: string): Promise<readonly AdminRow[]> => runOnPostgres(login, sql);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    running.kill(signal);
    await once(running, 'exit');
  };
  const crash = (): void => void child?.kill('SIGQUIT');
  const start = async (): Promise<void> => {
    child = spawn(requireProgram('postgres'), ['-D', join(home, 'data')], {
      ...as,
      stdio: 'ignore',
      cwd: home,
    });
    await untilReady(child, session);
  };
  const stop = (): Promise<void> => end('SIGINT');

  process.once('exit', crash);
  await start();
  await admin(`CREATE ROLE exporter LOGIN SUPERUSER PASSWORD 'geheim'`);
  return {
    port,
    folder: home,
    ...certificates,
    settings: (overrides) => postgresSettings(port, overrides),
    admin,
    session,
    start,
    stop,
    kill: () => end('SIGQUIT'),
    restart: async () => {
      await stop();
      await start();
    },
    dispose: async () => {
      await end('SIGQUIT');
      process.off('exit', crash);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A session of the test's own; whoever asks for it ends it. */
export async function connectPostgres(login: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ application_name: 'test', ...login });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Runs statements over a connection of their own and returns the rows of the last. */
export async function runOnPostgres(login: pg.ClientConfig, sql: string): Promise<readonly AdminRow[]> {
  const client = await connectPostgres(login);
  try {
    const results = [await client.query<AdminRow>(sql)].flat();
    return results.at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

async function untilReady(child: ChildProcess, session: () => Promise<pg.Client>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await (await session()).end();
      return;
    } catch (error) {
      if (Date.now() > deadline || child.exitCode !== null) throw error;
      await delay(50);
    }
  }
}

/** Settings of a database on 127.0.0.1 with short waits, for the login `exporter`. */
export function postgresSettings(port: number, overrides: Partial<DatabaseSettings> = {}): DatabaseSettings {
  return {
    name: 'test',
    driver: 'postgres',
    host: '127.0.0.1',
    port,
    database: 'postgres',
    user: 'exporter',
    password: 'geheim',
    timezone: 'UTC',
    connections: 2,
    connectTimeoutMs: 3000,
    lockTimeoutMs: 2000,
    tls: { mode: 'disable' },
    ...overrides,
  };
}
