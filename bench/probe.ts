import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into the exporter's process with `--import`: measures its event loop from inside. `reset` over the IPC channel
 * starts a measurement, `report` returns its result.
 */

/** Result of the probe; times in milliseconds. */
export interface ProbeReport {
  /** Histogram of Node.js: the time between two ticks of a 1 ms timer, about 1 ms when nothing blocks. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Duration of each block of the event loop. */
  readonly blocks: readonly number[];
  readonly totalMs: number;
}

/** Interval of the probe's timer, long enough to cost next to nothing. */
const tickMs = 5;

const histogram = monitorEventLoopDelay({ resolution: 1 });
let blocks: number[] = [];
let since = performance.now();
let last = since;

const tick = () => {
  const now = performance.now();
  const late = now - last - tickMs;
  // A timer with millisecond resolution may be up to one millisecond late without a block.
  if (late > 1) blocks.push(late);
  last = now;
};

function report(): ProbeReport {
  const ms = (nanoseconds: number) => nanoseconds / 1e6;
  return {
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    max: ms(histogram.max),
    blocks,
    totalMs: performance.now() - since,
  };
}

function reset(): void {
  histogram.reset();
  blocks = [];
  since = last = performance.now();
}

histogram.enable();
setInterval(tick, tickMs).unref();
process.on('message', (message) => {
  if (message === 'reset') reset();
  else process.send?.(report());
});
// The channel must not keep the exporter alive.
process.channel?.unref();
