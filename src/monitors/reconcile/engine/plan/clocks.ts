import type { ComparisonOptions } from '../../../../databases/comparison/contract.ts';
import type { Instant } from '../../../../time.ts';
import type { Span } from './audit.ts';
import type { Axis } from './scan.ts';
import type { Pair, Side } from '../types.ts';

/** Along what an audit goes, and where it is not time, from where to where. */
export type CycleAxis =
  Extract<Axis, { by: 'at' }> | (Exclude<Axis, { by: 'at' }> & { readonly window: Span });

/** When and along what a run goes. */
export interface CycleBounds {
  readonly axis: CycleAxis;
  /** The earlier one of the servers' clocks. */
  readonly now: Instant;
  /** Up to when records are old enough to be judged. */
  readonly cutoff: Instant;
}

/** The clocks of the two servers are too far apart to say what is late. */
export class ClockSkewError extends Error {
  override readonly name = 'ClockSkewError';
}

/** @throws ClockSkewError when the servers' clocks are more than `mostSkewMs` apart. */
export async function readClocks(
  { left, right }: Pair<Side>,
  { settleMs, mostSkewMs }: { readonly settleMs: number; readonly mostSkewMs: number },
  options: ComparisonOptions,
): Promise<{ readonly now: Instant; readonly cutoff: Instant }> {
  const begin = performance.now();
  // One server has one clock, and runs one statement at a time.
  const ask = [...new Set([left.comparison, right.comparison])].map((comparison) => comparison.now(options));
  const [one = 0, other = one] = await Promise.all(ask);
  // The two answers are at most so far apart by themselves.
  const uncertaintyMs = performance.now() - begin;
  const skewMs = Math.max(0, Math.abs(one - other) - uncertaintyMs);
  if (skewMs > mostSkewMs)
    throw new ClockSkewError(
      `the clocks of the two databases are ${(skewMs / 1000).toFixed(1)} s apart, more than ${mostSkewMs / 1000} s: synchronise both with NTP`,
    );
  const now = Math.floor(Math.min(one, other));
  return { now, cutoff: now - settleMs - Math.ceil(skewMs) };
}

/** Along what a run goes; the whole table is one slice where there is neither a time nor a number. */
export async function axisOf(
  sides: Pair<Side>,
  marginMs: number,
  options: ComparisonOptions,
): Promise<CycleAxis> {
  const { key, at } = sides.left.selection;
  const bounds = key.measure.type === 'integer' ? await keyBounds(sides, options) : undefined;
  if (at !== undefined) return { by: 'at', marginMs, keys: bounds };
  return bounds === undefined ? { by: 'whole', window: { from: 0n, to: 1n } } : { by: 'key', window: bounds };
}

/** From the smallest to the largest key of both sides. */
async function keyBounds({ left, right }: Pair<Side>, options: ComparisonOptions): Promise<Span> {
  // One after the other: both sides may be one server, which runs one statement at a time.
  const both = [
    await left.comparison.keyBounds(left.selection, options),
    await right.comparison.keyBounds(right.selection, options),
  ];
  const found = both.filter((bounds) => bounds !== null);
  const [first] = found;
  if (first === undefined) return { from: 0n, to: 1n };
  return found.reduce<Span>(
    ({ from, to }, { lowest, highest }) => ({
      from: lowest < from ? lowest : from,
      to: highest >= to ? highest + 1n : to,
    }),
    { from: first.lowest, to: first.highest + 1n },
  );
}
