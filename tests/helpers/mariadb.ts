import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import mysql from 'mysql2';
import type { DatabaseSettings } from '../../src/databases/contract.ts';
import { makeCertificate, type Certificate } from './certificate.ts';
import { requireProgram } from './real.ts';
import { freePort } from './tcp.ts';
import { fromTemplate } from './templates.ts';

const run = promisify(execFile);

/** How long a start or a stop may take before it counts as failed. */
const patienceMs = 30_000;
/** The name in the server's certificate. */
export const certifiedName = 'localhost';
const small = [
  '--innodb-buffer-pool-size=32M',
  '--innodb-log-file-size=16M',
  '--innodb-flush-log-at-trx-commit=0',
];

export interface MariadbOptions {
  /** Gives the server a certificate for `certifiedName`, signed by itself. */
  readonly tls?: boolean;
  /** Loads the server's table of named time zones from the machine's own. */
  readonly namedZones?: boolean;
}

type Rows = Record<string, unknown>[];

interface Certificates {
  readonly own: Certificate;
  readonly other: Certificate;
}

function certify(folder: string): Certificates {
  return {
    own: makeCertificate(folder, 'server', certifiedName),
    other: makeCertificate(folder, 'other', certifiedName),
  };
}

/** A server removes what lies in its temporary folder when it starts, so each has its own. */
function folders(folder: string): string[] {
  return [`--datadir=${join(folder, 'data')}`, `--tmpdir=${join(folder, 'tmp')}`];
}

/** Runs statements over a connection of their own; answers the rows of the last. */
export async function runOnMysql(login: mysql.ConnectionOptions, sql: string): Promise<Rows> {
  const connection = mysql.createConnection({ ...login, multipleStatements: true });
  connection.on('error', () => undefined);
  try {
    // The first statement makes the answer a list of results, however many follow.
    const [results] = await connection.promise().query<mysql.RowDataPacket[][]>(`DO 0; ${sql}`);
    const last = results.at(-1);
    return Array.isArray(last) ? last : [];
  } finally {
    connection.destroy();
  }
}

/** Runs statements in one session and keeps it until the function it returns is called. */
export async function holdMysql(
  login: mysql.ConnectionOptions,
  statements: readonly string[],
): Promise<() => Promise<void>> {
  const connection = mysql.createConnection(login);
  connection.on('error', () => undefined);
  for (const statement of statements) await connection.promise().query(statement);
  return () => connection.promise().end();
}

/** Whether every thread of a process is stopped, as Linux shows it in the third field of `/proc/PID/task/TID/stat`. */
function areThreadsStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).every((thread) =>
    /\) [Tt] /.test(readFileSync(`${tasks}/${thread}/stat`, 'utf8')),
  );
}

/** A MariaDB server of the test's own, in a temporary folder, with the database `test`. */
export class Mariadb {
  readonly port: number;
  readonly socket: string;
  /** With `tls`: the PEM of the server's own certificate, and of another. */
  readonly ca: string;
  readonly otherCa: string;
  readonly #folder: string;
  readonly #arguments: readonly string[];
  #server: ChildProcess | undefined;

  constructor(folder: string, port: number, identity: readonly string[], certificates?: Certificates) {
    this.#folder = folder;
    this.port = port;
    this.ca = certificates?.own.cert ?? '';
    this.otherCa = certificates?.other.cert ?? '';
    this.socket = join(folder, 's.sock');
    const tls = certificates && [
      `--ssl-cert=${certificates.own.certFile}`,
      `--ssl-key=${certificates.own.keyFile}`,
    ];
    this.#arguments = [
      '--no-defaults',
      ...identity,
      ...folders(join(folder, 'server')),
      `--socket=${this.socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--performance-schema=on',
      ...small,
      ...(tls ?? []),
    ];
  }

  /** Settings of a login that may read and write everything. */
  settings(overrides: Partial<DatabaseSettings> = {}): DatabaseSettings {
    return {
      name: 'mariadb',
      driver: 'mysql',
      host: '127.0.0.1',
      port: this.port,
      database: 'test',
      user: 'tester',
      password: 'secret',
      timezone: 'UTC',
      connections: 2,
      connectTimeoutMs: 5_000,
      lockTimeoutMs: 1_000,
      tls: { mode: 'disable' },
      ...overrides,
    };
  }

  /** Runs statements on the database `test` as administrator, over a connection of its own; answers the rows of the last. */
  async admin(sql: string, database = 'test'): Promise<Rows> {
    return runOnMysql({ socketPath: this.socket, user: 'root', database }, sql);
  }

  /** Runs statements in one session as administrator and keeps it until the function it returns is called. */
  async hold(statements: readonly string[]): Promise<() => Promise<void>> {
    return holdMysql({ socketPath: this.socket, user: 'root', database: 'test' }, statements);
  }

  async start(): Promise<void> {
    let words = '';
    const server = spawn(requireProgram('mariadbd'), this.#arguments, {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-2000);
    });
    this.#server = server;
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        await this.admin('SELECT 1', 'mysql');
        return;
      } catch (error) {
        if (server.exitCode !== null || Date.now() > deadline)
          throw new Error(`mariadbd did not start: ${words}`, { cause: error });
        await sleep(100);
      }
    }
  }

  /** Ends the server; with SIGKILL nobody is told. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const exit = once(server, 'exit');
    server.kill('SIGCONT');
    server.kill(signal);
    const forced = setTimeout(() => server.kill('SIGKILL'), patienceMs);
    await exit;
    clearTimeout(forced);
  }

  async restart(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.stop(signal);
    await this.start();
  }

  /** Stands still with all its connections open, until `thaw`; a thread may still answer until it has seen the signal. */
  async freeze(): Promise<void> {
    const pid = this.#server?.pid;
    if (pid === undefined) throw new Error('MariaDB does not run');
    process.kill(pid, 'SIGSTOP');
    const end = Date.now() + 5_000;
    while (!areThreadsStopped(pid)) {
      if (Date.now() > end) throw new Error('MariaDB does not stand still');
      await sleep(2);
    }
  }

  thaw(): void {
    this.#server?.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Fills a folder for a server: its data, and an empty one for what is temporary. */
async function install(folder: string, identity: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'tmp'), { recursive: true });
  if (identity.length > 0) await run('chown', ['-R', 'mysql', folder]);
  const without = ['--auth-root-authentication-method=normal', '--skip-test-db'];
  await run(requireProgram('mariadb-install-db'), [
    '--no-defaults',
    ...identity,
    ...folders(folder),
    ...without,
    ...small,
  ]);
}

/** Starts a server on a free port of 127.0.0.1; ready within seconds. */
export async function startMariadb(options: MariadbOptions = {}): Promise<Mariadb> {
  const folder = await mkdtemp(join(tmpdir(), 'mariadb-'));
  // The server refuses to run as root.
  const identity = userInfo().uid === 0 ? ['--user=mysql'] : [];
  const server = new Mariadb(
    folder,
    await freePort(),
    identity,
    options.tls === true ? certify(folder) : undefined,
  );
  try {
    await fromTemplate('mariadb', join(folder, 'server'), (made) => install(made, identity));
    if (identity.length > 0) await run('chown', ['-R', 'mysql', folder]);
    await server.start();
    const login = `CREATE USER tester@'%' IDENTIFIED BY 'secret'; GRANT ALL PRIVILEGES ON *.* TO tester@'%'`;
    await server.admin(`CREATE DATABASE test CHARACTER SET utf8mb4; ${login}`, 'mysql');
    if (options.namedZones === true) {
      const load = [
        requireProgram('mariadb-tzinfo-to-sql'),
        ['/usr/share/zoneinfo'],
        { maxBuffer: 2 ** 28 },
      ] as const;
      await server.admin((await run(...load)).stdout, 'mysql');
    }
    return server;
  } catch (error) {
    await server.dispose();
    throw error;
  }
}
