import type { Digest } from '../../../../databases/comparison/contract.ts';
import type { Pair, Side } from '../types.ts';

/** How a slice is compared: all rows are read, or digests of buckets and then what differs. */
export type AuditPlan = 'rows' | 'buckets';

/** What slices have cost so far, both servers working at the same time. */
export interface Measured {
  /** Of the larger side. */
  readonly rows: number;
  readonly ms: number;
  /** Sent by both servers. */
  readonly bytes: number;
}

/** By plan; kept over restarts. */
export type Measurements = Readonly<Partial<Record<AuditPlan, Measured>>>;

/** The cost of a plan is known after this many rows. */
const tellingRows = 20_000;
/** Beyond this many rows, old measurements count half. */
const rememberedRows = 2_000_000;
/** Plans whose cost differs by less are equally fast. */
const likeShare = 0.1;

/** Adds what one slice cost. */
export function measured(before: Measurements, plan: AuditPlan, cost: Measured): Measurements {
  const { rows = 0, ms = 0, bytes = 0 } = before[plan] ?? {};
  const sum = { rows: rows + cost.rows, ms: ms + cost.ms, bytes: bytes + cost.bytes };
  const factor = sum.rows > rememberedRows ? 0.5 : 1;
  return {
    ...before,
    [plan]: { rows: sum.rows * factor, ms: sum.ms * factor, bytes: sum.bytes * factor },
  };
}

/**
 * The cheapest digest that both sides can make; undefined when there is none, when a tolerance is given, which no digest
 * knows, and when there is neither a time nor a number to make buckets by.
 */
export function commonDigest(
  { left, right }: Pair<Side>,
  tolerancesMs: readonly number[],
): Digest | undefined {
  const { key, at } = left.selection;
  if ((key.measure.type === 'text' && at === undefined) || tolerancesMs.some((tolerance) => tolerance > 0))
    return undefined;
  const others = right.comparison.digests(right.selection);
  return left.comparison.digests(left.selection).find((digest) => others.includes(digest));
}

const perMillion = ({ rows, ms, bytes }: Measured): string =>
  `${((ms / rows) * 1000).toFixed(0)} s and ${(bytes / rows).toFixed(1)} MB a million rows`;

/**
 * Chooses how the next slice is compared. Until both plans have been measured they take turns; then the faster one is taken, of
 * two equally fast ones that which moves fewer bytes.
 *
 * @returns the plan, and why, in words for the log and for `try`.
 */
export function choosePlan(
  wanted: 'auto' | AuditPlan,
  digest: Digest | undefined,
  measurements: Measurements,
): { readonly plan: AuditPlan; readonly reason: string } {
  if (wanted === 'rows') return { plan: 'rows', reason: 'as configured' };
  if (digest === undefined)
    return { plan: 'rows', reason: 'the two sides have no digest in common, or a tolerance is given' };
  if (wanted === 'buckets') return { plan: 'buckets', reason: `as configured, digest ${digest}` };
  const { rows, buckets } = measurements;
  if (rows === undefined || rows.rows < tellingRows) return { plan: 'rows', reason: 'to measure it' };
  if (buckets === undefined || buckets.rows < tellingRows)
    return { plan: 'buckets', reason: `to measure it, digest ${digest}` };
  const ratio = buckets.ms / buckets.rows / (rows.ms / rows.rows);
  const fewerBytes = buckets.bytes / buckets.rows < rows.bytes / rows.rows;
  const isBetter = Math.abs(ratio - 1) <= likeShare ? fewerBytes : ratio < 1;
  return {
    plan: isBetter ? 'buckets' : 'rows',
    reason: `buckets (digest ${digest}) take ${perMillion(buckets)}, rows ${perMillion(rows)}`,
  };
}
