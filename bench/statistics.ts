/** Summary of repeated measurements. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The median. @throws RangeError when there are no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('there is no median of no values');
  return (lower + upper) / 2;
}

/** @throws RangeError when there are no values. */
export function summarize(values: readonly number[]): Summary {
  return { min: Math.min(...values), median: median(values), max: Math.max(...values) };
}

/** `a[i] / b[i]`: measured side by side, so that disturbances of the machine affect both. */
export function ratios(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length) throw new RangeError(`${a.length} values against ${b.length}`);
  return a.map((value, index) => value / (b[index] ?? NaN));
}

/**
 * The quantile `share` of the time that a request at a random moment waits for the event loop. Samples of a timer are less useful:
 * a loop that is blocked for 100 ms misses 100 ticks but adds one sample.
 *
 * @param blocks duration of each block, in milliseconds.
 * @param totalMs duration of the measurement, in milliseconds.
 * @param share such as 0.99.
 */
export function arrivalDelay(blocks: readonly number[], totalMs: number, share: number): number {
  // A request during a block waits for the rest of it, so of a block of b ms the first b - x ms cause waits longer than x.
  const waitingLonger = (x: number) =>
    blocks.reduce((sum, block) => sum + Math.max(0, block - x), 0) / totalMs;
  let [low, high] = [0, Math.max(0, ...blocks)];
  if (waitingLonger(0) <= 1 - share) return 0;
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (waitingLonger(middle) > 1 - share) low = middle;
    else high = middle;
  }
  return high;
}
