import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requireProgram } from '../real.ts';
import { freePort } from '../tcp.ts';

const run = promisify(execFile);

const server = '/usr/share/request-tracker5/libexec/rt-server';
const seed = fileURLToPath(new URL('./seed.pl', import.meta.url));

/** A login of Request Tracker. */
interface Login {
  readonly user: string;
  readonly password: string;
  readonly token: string;
}

/** A Request Tracker of its own on 127.0.0.1, in a temporary folder. */
export interface RtServer {
  readonly url: URL;
  /** With the least rights that the tracker needs, in the queue `General`. */
  readonly bridge: Login;
  /** With all rights. */
  readonly colleague: Login;
  stop(): Promise<void>;
}

function configuration(home: string, port: number): string {
  const settings = {
    rtname: 'test.example',
    Organization: 'test.example',
    WebDomain: '127.0.0.1',
    WebPort: String(port),
    WebBaseURL: `http://127.0.0.1:${port}`,
    DatabaseType: 'SQLite',
    DatabaseName: join(home, 'rt.sqlite3'),
    MasonDataDir: join(home, 'mason'),
    MasonSessionDir: join(home, 'session'),
    LogToSyslog: '',
    LogToSTDERR: 'warning',
    // Tokens are hashed as passwords are, and checked at each call.
    BcryptCost: '4',
    // Mails are written to files, none is sent.
    MailCommand: 'testfile',
  };
  const lines = Object.entries(settings).map(([name, value]) => `Set($${name}, '${value}');`);
  return [...lines, '1;', ''].join('\n');
}

async function untilReady(child: ChildProcess, url: URL, log: () => string): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const isUp = await fetch(new URL('/REST/2.0/rt', url)).then(
      ({ status }) => status === 401,
      () => false,
    );
    if (isUp) return;
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`Request Tracker does not run: ${log()}`);
    await delay(200);
  }
}

/** Starts a Request Tracker; it is ready when the promise resolves. */
export async function startRt(): Promise<RtServer> {
  const home = mkdtempSync(join(tmpdir(), 'erp-rt-'));
  const port = await freePort();
  for (const folder of ['mason', 'session', 'conf.d']) mkdirSync(join(home, folder));
  writeFileSync(join(home, 'RT_SiteConfig.pm'), configuration(home, port));
  writeFileSync(join(home, 'root'), 'geheim-geheim\n');
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    RT_SITE_CONFIG: join(home, 'RT_SiteConfig.pm'),
    RT_SITE_CONFIG_DIR: join(home, 'conf.d'),
  };
  const init = ['--action', 'init', '--skip-create', '--root-password-file', join(home, 'root')];
  await run(requireProgram('rt-setup-database-5'), init, { env, cwd: home });
  const passwords = ['bridge-geheim', 'colleague-geheim'] as const;
  const seeded = await run('perl', [seed, ...passwords], { env, cwd: home });
  const [bridgeToken = '', colleagueToken = ''] = seeded.stdout.split('\n');
  const url = new URL(`http://127.0.0.1:${port}/`);
  // The server that serves one after another in one process: the other forks, and cleans up after the package when it is root.
  const how = ['--server', 'Standalone', '--host', '127.0.0.1', '--port', String(port)];
  const child = spawn('perl', [server, ...how], { env, cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4000);
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  await untilReady(child, url, () => log);
  return {
    url,
    bridge: { user: 'bridge', password: passwords[0], token: bridgeToken },
    colleague: { user: 'colleague', password: passwords[1], token: colleagueToken },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      process.off('exit', kill);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
