import type { Digest, Part } from '../../../../src/databases/comparison/contract.ts';
import type { compare } from '../../../../src/monitors/reconcile/engine/join/compare.ts';
import type {
  BucketSettings,
  Mismatch,
  PlanName,
  Side,
  TimeRange,
} from '../../../../src/monitors/reconcile/engine/types.ts';
import { bucketMs, bucketWidth, window } from './cases.ts';

/** A way to look for the cases. */
export interface Plan {
  readonly name: string;
  readonly plan: PlanName;
  readonly key: 'id' | 'ref';
  readonly part: Part;
  readonly buckets?: BucketSettings;
}

const keys: Part = { keys: [{ from: 0n, to: 2n ** 56n }] };

function keyBuckets(digest: Digest): Plan {
  const grid = { by: 'key', from: 0n, width: bucketWidth } as const;
  return {
    name: `buckets of keys by ${digest}`,
    plan: 'buckets',
    key: 'id',
    part: keys,
    buckets: { grid, digest, countKeys: true },
  };
}

function timeBuckets(digest: Digest): Plan {
  const grid = { by: 'at', from: window.from, widthMs: bucketMs } as const;
  return {
    name: `buckets of time by ${digest}`,
    plan: 'buckets',
    key: 'ref',
    part: { at: window },
    buckets: { grid, digest, countKeys: true },
  };
}

/** All plans; those with a digest that a side cannot make do not apply there. */
export const plans: readonly Plan[] = [
  { name: 'merge', plan: 'merge', key: 'id', part: keys },
  { name: 'hash of integers', plan: 'hash', key: 'id', part: keys },
  { name: 'hash of texts', plan: 'hash', key: 'ref', part: { at: window } },
  keyBuckets('native:hashtextextended'),
  keyBuckets('integer'),
  keyBuckets('md5'),
  timeBuckets('native:hashtextextended'),
  timeBuckets('md5'),
];

/** Whether both sides can make the digest of the plan. */
export function applies({ buckets }: Plan, left: Side, right: Side): boolean {
  return (
    buckets === undefined ||
    [left, right].every(({ comparison, selection }) => comparison.digests(selection).includes(buckets.digest))
  );
}

/** What a plan finds. @param run `compare`, perhaps of a copy of the sources. */
export async function find(
  run: typeof compare,
  { plan, part, buckets }: Plan,
  left: Side,
  right: Side,
  tolerancesMs: readonly number[] = [],
  core?: TimeRange,
): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  const options = {
    signal: AbortSignal.timeout(15_000),
    timeoutMs: 10_000,
    tolerancesMs,
    ...(buckets === undefined ? {} : { buckets }),
  };
  await run(plan, left, right, { left: part, right: part }, core, options, (each) => found.push(each));
  return found;
}
