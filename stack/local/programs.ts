import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The path of the first of these programs that is installed. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** A started program. */
export interface Program {
  readonly name: string;
  /** Resolves when it has ended for any reason, with the end of its output. */
  readonly ended: Promise<string>;
  /** Stops it; kills it when it has not ended within 5 s. */
  stop(): Promise<void>;
}

const obeyMs = 5000;
const startMs = 90_000;
const maxOutput = 4000;

/** Starts a program. Its output is passed to `onLine` line by line; without it only the end is kept, for error messages. */
export function startProgram(
  name: string,
  path: string,
  parameters: readonly string[],
  onLine: (line: string) => void = () => undefined,
): Program {
  const child = spawn(path, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-maxOutput);
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-maxOutput);
      for (const line of lines) onLine(line);
    });
  }
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(output));
  }).finally(() => process.off('exit', kill));
  return {
    name,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      const force = setTimeout(kill, obeyMs);
      await ended;
      clearTimeout(force);
    },
  };
}

/**
 * Waits until a program answers 200 at `url`.
 * @throws Error when it ends before, or takes longer than 90 s; the signal's reason when that fires.
 */
export async function untilReady({ name, ended }: Program, url: string, signal: AbortSignal): Promise<void> {
  const state: { output?: string } = {};
  void ended.then((output) => (state.output = output));
  const deadline = Date.now() + startMs;
  for (;;) {
    signal.throwIfAborted();
    if (state.output !== undefined) throw new Error(`${name} ended:\n${state.output}`);
    if (Date.now() > deadline) throw new Error(`${name} does not answer at ${url}`);
    const request = fetch(url, { signal: AbortSignal.timeout(2000) });
    if (
      await request.then(
        (response) => response.ok,
        () => false,
      )
    )
      return;
    await sleep(200);
  }
}

/** Whether a port of 127.0.0.1 is free; 0 means any. @returns the port, or undefined when it is in use. */
export async function takePort(port: number): Promise<number | undefined> {
  const server = createServer();
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  try {
    await listening;
  } catch {
    return undefined;
  }
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? address?.port : undefined;
}
