/** What is run: an exporter that has started. */
interface Running {
  reload(): Promise<unknown>;
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}

/**
 * Serves until SIGINT or SIGTERM; SIGHUP reads the configuration again.
 *
 * @param start is given the signal that ends the start-up.
 * @returns the exit code.
 */
export async function runUntilStopped(start: (signal: AbortSignal) => Promise<Running>): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  let running: Running | undefined;
  process.on('SIGHUP', () => void running?.reload());
  try {
    running = await start(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return 0;
    throw error;
  }
  await stopped;
  await running.stop();
  return 0;
}
