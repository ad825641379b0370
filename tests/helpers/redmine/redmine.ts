import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requireProgram } from '../real.ts';
import { freePort } from '../tcp.ts';

const run = promisify(execFile);

/** Where Debian's package has it. */
const installed = '/usr/share/redmine';
const script = fileURLToPath(new URL('./serve.rb', import.meta.url));

/** A Redmine of its own on 127.0.0.1, in a temporary folder, with the project `erp`, which anybody may read. */
export interface RedmineServer {
  readonly url: URL;
  /** API keys of a login with the least rights that the tracker needs, and of a manager of the project. */
  readonly bridgeKey: string;
  readonly colleagueKey: string;
  /** Of a login as the bridge's, which may not see private notes. */
  readonly narrowKey: string;
  stop(): Promise<void>;
}

/** The package is made for one Redmine on a machine: a copy, in which what leads to that one leads here. */
async function copyTo(folder: string): Promise<void> {
  await run('cp', ['-a', installed, folder]);
  for (const link of ['instances', 'Gemfile.lock', 'config/database.yml'])
    rmSync(join(folder, link), { force: true });
  const instance = join(folder, 'instances/default');
  for (const part of ['config', 'tmp', 'log', 'files', 'public'])
    mkdirSync(join(instance, part), { recursive: true });
  const database = `production:\n  adapter: sqlite3\n  database: ${join(folder, 'redmine.sqlite3')}\n  timeout: 10000\n`;
  const ownFile = join(folder, 'config/database.yml');
  for (const file of [ownFile, join(instance, 'config/database.yml')]) writeFileSync(file, database);
  writeFileSync(join(instance, 'config/secret_key.txt'), randomBytes(32).toString('hex'));
  const gemfile = join(folder, 'Gemfile');
  const gems = readFileSync(gemfile, 'utf8');
  const own = gems.replace(`${installed}/{config,instances/*/config}/database.yml`, ownFile);
  // Its web server is no part of the package's list.
  writeFileSync(gemfile, `${own}\ngem 'webrick'\n`);
  const environment = [
    'config.active_record.dump_schema_after_migration = false',
    'config.log_level = :warn',
  ];
  writeFileSync(join(folder, 'config/additional_environment.rb'), environment.join('\n'));
}

async function untilReady(child: ChildProcess, url: URL, log: () => string): Promise<void> {
  const deadline = Date.now() + 200_000;
  for (;;) {
    const isUp = await fetch(new URL('/projects/erp', url)).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`Redmine does not run: ${log()}`);
    await delay(200);
  }
}

const newKey = (): string => randomBytes(20).toString('hex');

/** Starts a Redmine; it is ready when the promise resolves. */
export async function startRedmine(textFormatting: 'textile' | 'common_mark'): Promise<RedmineServer> {
  const home = mkdtempSync(join(tmpdir(), 'erp-redmine-'));
  const folder = join(home, 'redmine');
  await copyTo(folder);
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}/`);
  const [bridgeKey, colleagueKey, narrowKey] = [newKey(), newKey(), newKey()];
  const child = spawn(requireProgram('ruby'), [script], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      LANG: 'C.UTF-8',
      RAILS_ENV: 'production',
      PORT: String(port),
      BRIDGE_KEY: bridgeKey,
      COLLEAGUE_KEY: colleagueKey,
      NARROW_KEY: narrowKey,
      TEXT_FORMATTING: textFormatting,
    },
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4000);
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  await untilReady(child, url, () => log);
  return {
    url,
    bridgeKey,
    colleagueKey,
    narrowKey,
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
