import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Series of a scrape: `name{labels}` → value. */
export type Scrape = ReadonlyMap<string, number>;

/** An exporter as users run it: the built program, in a process of its own. */
export interface Exporter {
  readonly url: string;
  readonly pid: number;
  /** The lines that it logged so far. */
  readonly log: readonly string[];
  scrape(): Promise<Scrape>;
  /** The value of the one series of this name whose labels hold all of `labels`; undefined when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
  /** Waits until `check` holds for a scrape. @throws Error with the last scrape when it does not within `seconds`. */
  until(what: string, seconds: number, check: (scrape: Scrape) => boolean): Promise<Scrape>;
  writeConfig(yaml: string): void;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM. @returns the exit code and the time that it took; the folder is removed. */
  stop(): Promise<{ code: number | null; seconds: number }>;
}

/** Reads the text format; a scrape with the same series twice is no valid one. */
export function parseScrape(text: string): Scrape {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const end = line.lastIndexOf(' ');
    const key = line.slice(0, end);
    if (series.has(key)) throw new Error(`the scrape holds ${key} twice`);
    series.set(key, Number(line.slice(end + 1).replace('+Inf', 'Infinity')));
  }
  return series;
}

/** The series of `name` whose labels hold all of `labels`. */
export function find(
  scrape: Scrape,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): [string, number][] {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return [...scrape].filter(
    ([key]) => (key === name || key.startsWith(`${name}{`)) && wanted.every((text) => key.includes(text)),
  );
}

/** Starts `erp-exporter serve` on a free port with this configuration and further flags; it listens when the promise resolves. */
export async function startExporter(
  yaml: string,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<Exporter> {
  const folder = mkdtempSync(join(tmpdir(), 'erp-exporter-'));
  const file = join(folder, 'erp-exporter.yml');
  writeFileSync(file, yaml);
  const child = spawn(
    process.execPath,
    [
      program,
      'serve',
      `--config.file=${file}`,
      '--web.listen-address=127.0.0.1:0',
      '--web.enable-lifecycle',
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } },
  );
  const log: string[] = [];
  let rest = '';
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const listening = Promise.withResolvers<string>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    log.push(...lines);
    for (const line of lines) {
      const url = /msg=listening urls=(\S+)/.exec(line)?.[1];
      if (url !== undefined) listening.resolve(url);
    }
  });
  void exited.then(([code]) =>
    listening.reject(new Error(`ended with code ${code}:\n${[...log, rest].join('\n')}`)),
  );
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const url = await listening.promise;

  let stopped: ReturnType<Exporter['stop']> | undefined;
  const stop = async () => {
    const begin = performance.now();
    if (child.exitCode === null) child.kill('SIGTERM');
    const [code] = await exited;
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
    return { code, seconds: (performance.now() - begin) / 1000 };
  };
  const scrape = async () => parseScrape(await (await fetch(`${url}/metrics`)).text());
  return {
    url,
    pid: child.pid ?? 0,
    log,
    scrape,
    value: async (name, labels) => find(await scrape(), name, labels)[0]?.[1],
    until: async (what, seconds, check) => {
      const end = performance.now() + seconds * 1000;
      for (;;) {
        const last = await scrape();
        if (check(last)) return last;
        if (performance.now() > end)
          throw new Error(
            `not within ${seconds} s: ${what}\n${[...last].map((entry) => entry.join(' ')).join('\n')}\n${log.join('\n')}`,
          );
        await delay(100);
      }
    },
    writeConfig: (text) => writeFileSync(file, text),
    signal: (name) => void child.kill(name),
    stop: () => (stopped ??= stop()),
  };
}
