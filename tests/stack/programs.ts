import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../helpers/real.ts';

/** A program of the stack, running. */
export interface Running {
  /** What it has written so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts an installed program; it answers 200 at `readyUrl` when the promise resolves. */
export async function startProgram(
  name: string,
  parameters: readonly string[],
  readyUrl: string,
): Promise<Running> {
  const child = spawn(findProgram(name) ?? name, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = once(child, 'exit');
  const deadline = Date.now() + 30_000;
  while (
    !(await fetch(readyUrl).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > deadline) {
      kill();
      throw new Error(`${name} does not answer at ${readyUrl}:\n${output}`);
    }
    await delay(100);
  }
  return {
    output: () => output,
    stop: async () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      await exited;
      process.off('exit', kill);
    },
  };
}
