import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into the exporter's process with `--import`: watches its event loop from inside. `reset` over the IPC channel
 * begins a measurement, `report` answers with what was seen since.
 */

/** What the probe answers; times in ms. */
export interface ProbeReport {
  /** Node's own histogram: the time from one tick of a 1 ms timer to the next, so some 1 ms when nothing blocks. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Each time that the loop came back late: by how much. */
  readonly blocks: readonly number[];
  readonly totalMs: number;
}

/** Own ticks, far enough apart that they cost next to nothing. */
const tickMs = 5;

const histogram = monitorEventLoopDelay({ resolution: 1 });
let blocks: number[] = [];
let since = performance.now();
let last = since;

const tick = () => {
  const now = performance.now();
  const late = now - last - tickMs;
  // A timer of whole milliseconds is late by up to one without that anything blocked it.
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
