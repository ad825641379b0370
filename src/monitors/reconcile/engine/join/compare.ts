import type { Part } from '../../../../databases/comparison/contract.ts';
import { compareBuckets } from './buckets.ts';
import { hashJoin } from './hash-join.ts';
import { merge } from './merge.ts';
import { sideNames } from '../types.ts';
import type {
  BucketSettings,
  CompareOptions,
  Pair,
  PlanName,
  Side,
  SideStatistics,
  Sink,
  Statistics,
  CompareContext,
  TimeRange,
} from '../types.ts';

/** With keys of 40 characters and three fields some 50 MB. */
const defaultMostHeld = 200_000;
/** A bucket has a `number` for a number. */
const mostBuckets = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Finds every key of a part that is not the same on both sides; exact when nothing is written meanwhile. One statement per
 * server runs at a time; where both sides are one server, the left one is read first and kept in memory.
 *
 * A key that has several rows is seen as `duplicate` only where more than one of them lies in the part of its side.
 *
 * @param parts what is read of each side; rows outside do not exist. Where `at` may differ between the sides, they are wider
 *   than `core`, so that the partner of each row of the core is found.
 * @param core a key is reported only when its `at` lies in it: that of its earliest row on the left, else on the right.
 *   Absent: all are reported.
 * @param sink is called as often as there are mismatches, with each key once.
 * @throws DatabaseError as the driver threw it
 * @throws TooManyRows when the part is too large for the memory: to be cut in two. What was reported is true, but incomplete.
 */
export async function compare(
  plan: PlanName,
  left: Side,
  right: Side,
  parts: Pair<Part>,
  core: TimeRange | undefined,
  options: CompareOptions,
  sink: Sink,
): Promise<Statistics> {
  const started = performance.now();
  const sides = { left, right };
  checkSides(sides, core);
  const statistics: Statistics = {
    left: noStatistics(),
    right: noStatistics(),
    buckets: 0,
    differingBuckets: 0,
    elapsedMs: 0,
  };
  const mostHeld = options.mostHeld ?? defaultMostHeld;
  const context: CompareContext = { sides, parts, core, options, mostHeld, sink, statistics };
  await run(plan, context);
  return { ...statistics, elapsedMs: performance.now() - started };
}

function noStatistics(): SideStatistics {
  return { rows: 0, bytes: 0, digested: 0 };
}

async function run(plan: PlanName, context: CompareContext): Promise<void> {
  const byText = context.sides.left.selection.key.measure.type === 'text';
  if (plan === 'hash') await hashJoin(context, context.parts);
  else if (plan === 'merge') {
    if (byText) throw new Error('a merge takes integer keys: servers do not agree on the order of texts');
    await merge(context, context.parts);
  } else await compareBuckets(context, checkedBuckets(context, byText));
}

function checkSides({ left, right }: Pair<Side>, core: TimeRange | undefined): void {
  const [one, other] = [left.selection, right.selection];
  if (one.key.measure.type !== other.key.measure.type)
    throw new Error('the keys of both sides are of different types');
  if (one.fields.length !== other.fields.length)
    throw new Error('both sides have different numbers of fields');
  if (core !== undefined && (one.at === undefined || other.at === undefined))
    throw new Error('a core wants `at` on both sides');
}

/** A row below the grid would have no bucket, and one outside the part must not be fetched: both would be wrong silently. */
function checkedBuckets({ sides, parts, options }: CompareContext, byText: boolean): BucketSettings {
  const { buckets } = options;
  if (buckets === undefined) throw new Error('plan buckets wants a grid and a digest');
  const { grid, digest } = buckets;
  if (grid.by === 'key' && byText) throw new Error('buckets of text keys go by `at`');
  for (const name of sideNames) {
    const { comparison, selection } = sides[name];
    if (!comparison.digests(selection).includes(digest))
      throw new Error(`the ${name} side cannot make digest ${digest}`);
    const first = grid.by === 'key' ? parts[name].keys?.[0]?.from : parts[name].at?.from;
    if (first === undefined || first < grid.from)
      throw new Error(`the part of the ${name} side begins before its grid`);
    const end = grid.by === 'key' ? parts[name].keys?.at(-1)?.to : undefined;
    if (grid.by === 'key' && end !== undefined && (end - grid.from) / grid.width >= mostBuckets)
      throw new Error('buckets are so narrow that their numbers are not exact');
  }
  return buckets;
}
