import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that live on after a full collection: unlike the heap in use, no matter of when the collector had time to run. */
export function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** So many measurements show what lives on for good. */
const looks = 5;

/**
 * As `liveBytes`, the least of several turns of the event loop: what is on its way through sockets and streams at one moment,
 * more on a busy machine than on an idle one, is gone at another; what is kept is there at each.
 */
export async function keptBytes(): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < looks; look += 1) {
    await turn();
    least = Math.min(least, liveBytes());
  }
  return least;
}
