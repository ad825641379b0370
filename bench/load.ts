import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Cleanup } from './cleanup.ts';
import { programPath } from './programs.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('wrk.lua', import.meta.url));

/** Result of the load generator for one subject in one round. */
export interface Load {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly bytesPerRequest: number;
}

/** The line that wrk.lua prints: microseconds and counts. */
interface Report {
  readonly requests: number;
  readonly duration: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
}

function isReport(value: unknown): value is Report {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['requests', 'duration', 'errors'].every((key) => key in value)
  );
}

/** Reads the output of wrk. @throws Error when there is no report, or when a request failed. */
export function parseReport(output: string): Load {
  const line = output.split('\n').find((text) => text.startsWith('{'));
  const report: unknown = line === undefined ? undefined : JSON.parse(line);
  if (!isReport(report)) throw new Error(`wrk gave no report:\n${output}`);
  const { requests, duration, bytes, p50, p99, errors } = report;
  if (errors > 0 || requests === 0) throw new Error(`wrk: ${errors} of ${requests} requests failed`);
  return {
    requestsPerSecond: requests / (duration / 1e6),
    p50Ms: p50 / 1000,
    p99Ms: p99 / 1000,
    bytesPerRequest: bytes / requests,
  };
}

/** Requests `url` as fast as it responds, over `clients` persistent connections, from one thread. */
export async function load(
  cleanup: Cleanup,
  url: string,
  options: { readonly clients: number; readonly seconds: number; readonly gzip: boolean },
): Promise<Load> {
  const encoding = options.gzip ? ['-H', 'Accept-Encoding: gzip'] : [];
  const duration = `${options.seconds}s`;
  const args = [
    '-t1',
    `-c${options.clients}`,
    `-d${duration}`,
    '--timeout',
    '10s',
    ...encoding,
    '-s',
    script,
    url,
  ];
  const running = run(programPath('wrk'), args, { timeout: (options.seconds + 20) * 1000 });
  cleanup.add(() => void running.child.kill());
  return parseReport((await running).stdout);
}
