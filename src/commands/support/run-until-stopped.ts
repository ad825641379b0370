import type { Serving } from '../serve.ts';

/**
 * Serves until SIGINT or SIGTERM; SIGHUP reads the configuration again.
 *
 * @param start is given the signal that ends the start-up.
 * @returns the exit code.
 */
export async function runUntilStopped(start: (signal: AbortSignal) => Promise<Serving>): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  let serving: Serving | undefined;
  process.on('SIGHUP', () => void serving?.reload());
  try {
    serving = await start(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return 0;
    throw error;
  }
  await stopped;
  await serving.stop();
  return 0;
}
