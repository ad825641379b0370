import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Cleanup } from './cleanup.ts';
import { programPath } from './programs.ts';

/** A psql with one session, which discards its results. */
export interface Psql {
  /** Resolves when the statement has completed. */
  run(sql: string): Promise<void>;
}

/** Time limit of a statement, in milliseconds. */
const timeoutMs = 60_000;

export function startPsql(cleanup: Cleanup, url: string): Psql {
  const args = ['--no-psqlrc', '--quiet', '--no-align', '--tuples-only', '--output=/dev/null'];
  const child = spawn(programPath('psql'), [...args, '--set=ON_ERROR_STOP=1', url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  cleanup.add(() => void child.kill());
  // When psql ends, the next statement fails with the time-out.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout });
  return {
    run: async (sql) => {
      const ended = once(lines, 'line', { signal: AbortSignal.timeout(timeoutMs) });
      child.stdin.write(`${sql};\n\\echo done\n`);
      await ended;
    },
  };
}
