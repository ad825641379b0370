import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../tests/helpers/real.ts';
import type { Cleanup } from './cleanup.ts';

/** The programs that benchmarks run, with the Debian package of each. */
export const packages = {
  postgres: 'postgresql',
  psql: 'postgresql-client',
  nginx: 'nginx-light',
  wrk: 'wrk',
  prometheus: 'prometheus',
  'prometheus-sql-exporter': 'prometheus-sql-exporter',
  'prometheus-postgres-exporter': 'prometheus-postgres-exporter',
} as const;
export type ProgramName = keyof typeof packages;

/** @throws Error with every missing program and the command that installs them. */
export function requirePrograms(names: readonly ProgramName[]): void {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0)
    throw new Error(
      `not installed: ${missing.join(', ')}. On Debian: apt-get install --no-install-recommends ` +
        missing.map((name) => packages[name]).join(' '),
    );
}

/** Absolute path of a program. @throws Error with the command that installs it. */
export function programPath(name: ProgramName): string {
  requirePrograms([name]);
  return findProgram(name) ?? name;
}

/** A server that a benchmark started. */
export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  /** The end of its stderr, for error messages. */
  readonly lastErrorOutput: () => string;
  stop(): Promise<void>;
}

/** Time that a server may take to stop before it is killed, in milliseconds. */
const stopTimeoutMs = 6_000;

/** Starts a server. It is stopped by `cleanup`, at the latest when this process ends. */
export function start(
  cleanup: Cleanup,
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'env' | 'cwd'> & { readonly ipc?: boolean } = {},
): Running {
  const { ipc = false, ...others } = options;
  const child = spawn(command, args, {
    ...others,
    stdio: ipc ? ['ignore', 'ignore', 'pipe', 'ipc'] : ['ignore', 'ignore', 'pipe'],
  });
  let errorOutput = '';
  child.stderr?.on('data', (chunk: Buffer) => (errorOutput = (errorOutput + chunk.toString()).slice(-2000)));
  child.on('error', (error) => (errorOutput += String(error)));
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(kill, stopTimeoutMs);
      await exited;
      clearTimeout(timer);
    }
    process.off('exit', kill);
  };
  cleanup.add(stop);
  return { pid: child.pid ?? 0, child, lastErrorOutput: () => errorOutput, stop };
}

/** Waits until `isReady` returns true. @throws Error after `seconds`, or when `running` ends before. */
export async function until(
  what: string,
  isReady: () => Promise<boolean>,
  seconds: number,
  running?: Running,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const ended =
      running !== undefined && (running.child.exitCode !== null || running.child.signalCode !== null);
    if (ended) throw new Error(`${what}: the process ended: ${running.lastErrorOutput()}`);
    if (await isReady().catch(() => false)) return;
    if (performance.now() > deadline)
      throw new Error(`${what}: not within ${seconds} s. ${running?.lastErrorOutput() ?? ''}`);
    await delay(100);
  }
}

/** A process and its descendants. */
function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [
    pid,
    ...(children === '' ? [] : children.split(' ').flatMap((child) => processTree(Number(child)))),
  ];
}

/** Resident memory of a process and its descendants, in MB (10^6 bytes). */
export function residentMegabytes(pid: number): number {
  const kilobytes = processTree(pid).map((member) => {
    const status = readFileSync(`/proc/${member}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
  });
  return (kilobytes.reduce((sum, value) => sum + value, 0) * 1024) / 1e6;
}

/** Processor time of a process, all threads, in seconds. */
export function cpuSeconds(pid: number): number {
  // The name, in brackets, may hold spaces; utime and stime are the 12th and 13th field after it, in ticks of 10 ms.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Processor time of a process with one thread, in seconds, in nanosecond resolution where the kernel counts it. */
export function exactCpuSeconds(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
}
