/** What is run: an exporter that has started. */
interface Running {
  reload(): Promise<unknown>;
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}

export interface UntilStopped {
  /** Given the signal that ends the start-up. */
  readonly start: (signal: AbortSignal) => Promise<Running>;
  /** Receives each line for the user, without its newline. */
  readonly writeError: (line: string) => void;
}

/** How long the end may take: something may hang that nothing can cancel, such as a network file system that is gone. */
const stopWithinMs = 4000;

/**
 * Kills the process when it has not ended by itself in time. Not by `process.exit`: that waits for the threads that
 * read files, which is what hangs.
 */
function endInTime(writeError: (line: string) => void): void {
  const kill = (): void => {
    writeError(
      `not stopped within ${stopWithinMs / 1000} s, so killed: something hangs that cannot be cancelled`,
    );
    process.kill(process.pid, 'SIGKILL');
  };
  // Keeps no process alive that has nothing else to do.
  setTimeout(kill, stopWithinMs).unref();
}

/**
 * Exits as soon as nothing is left to do. While Node.js tears itself down on its own it takes no signals any more, so that one
 * that comes a moment too late would kill a process that has ended well.
 */
function exitWhenDone(): void {
  process.once('beforeExit', () => process.exit());
}

/**
 * Serves until SIGINT or SIGTERM; SIGHUP reads the configuration again, one that comes during the start-up right after it.
 *
 * @returns the exit code.
 */
export async function runUntilStopped({ start, writeError }: UntilStopped): Promise<number> {
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  // A second signal changes nothing: killed at once, the process would leave its statements running on the servers.
  const onStop = (): void => {
    if (stop.signal.aborted) return;
    endInTime(writeError);
    exitWhenDone();
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onStop);
  const starting = start(stop.signal);
  process.on('SIGHUP', () => void starting.then((running) => running.reload()).catch(() => undefined));
  try {
    const running = await starting;
    await stopped;
    await running.stop();
  } catch (error) {
    // The start-up that was broken off says so by an error.
    if (!stop.signal.aborted) throw error;
  }
  return 0;
}
