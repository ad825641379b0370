import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../helpers/real.ts';
import { freePort } from '../helpers/tcp.ts';

/** A real Alertmanager on 127.0.0.1, in a temporary folder. */
export interface RunningAlertmanager {
  readonly url: URL;
  stop(): Promise<void>;
}

const templates = 'alertmanager/templates';

/** Writes alertmanager.yml with the templates beside it, as an installation has them. @returns the path of the file. */
export function install(folder: string, yaml: string): string {
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, yaml);
  cpSync(templates, join(folder, 'templates'), { recursive: true });
  return file;
}

async function isReady(url: URL): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(1_000);
    return (await fetch(new URL('/-/ready', url), { signal })).ok;
  } catch {
    return false;
  }
}

/** @param given the port that it listens on, where that must be known before; else a free one. */
export async function startAlertmanager(yaml: string, given?: number): Promise<RunningAlertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'alertmanager-'));
  const file = install(folder, yaml);
  const port = given ?? (await freePort());
  const url = new URL(`http://127.0.0.1:${port}`);
  const child = spawn(
    findProgram('prometheus-alertmanager') ?? 'prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // No cluster: nothing listens but what is asked.
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'exit');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-10_000);
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const end = Date.now() + 15_000;
  while (!(await isReady(url))) {
    if (Date.now() > end || child.exitCode !== null) {
      await stop();
      throw new Error(`Alertmanager does not start: ${log}`);
    }
    await delay(100);
  }
  return { url, stop };
}
