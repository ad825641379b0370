import { vi } from 'vitest';
import { runProgram } from '../../src/program.ts';

/** What a run of the program said, and its exit code. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command line in this process: what is the same in a process of its own takes most of a second of a processor to start there.
 * One at a time, and no command that serves until it is stopped.
 */
export async function runHere(...args: readonly string[]): Promise<Said> {
  const streams = [process.stdout, process.stderr] as const;
  const said = ['', ''];
  const listeners = streams.map((stream) => stream.listeners('error'));
  const spies = streams.map((stream, index) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      said[index] = (said[index] ?? '') + String(text);
      return true;
    }),
  );
  try {
    const status = await runProgram(args);
    const [stdout = '', stderr = ''] = said;
    return { status, stdout, stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
    // A process has one command line, and leaves these to its end.
    for (const [index, stream] of streams.entries())
      for (const listener of stream.listeners('error'))
        if (listeners[index]?.includes(listener) !== true) stream.off('error', listener as () => void);
  }
}
