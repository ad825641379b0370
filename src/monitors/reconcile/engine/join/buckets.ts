import {
  mostRanges,
  type Bucket,
  type KeyRange,
  type Part,
} from '../../../../databases/comparison/contract.ts';
import { hashJoin } from './hash-join.ts';
import { merge } from './merge.ts';
import {
  held,
  nothing,
  sharesServer,
  withReaders,
  type OpenSide,
  type ReadParts,
  type Reader,
} from './readers.ts';
import { sideNames } from '../types.ts';
import type { BucketSettings, Pair, SideName, CompareContext } from '../types.ts';

/** Above this share of rows in differing buckets, reading everything in order is less work than reading those alone. */
const streamAbove = 0.2;
/** A bucket that differs is cut into this many, so that few rows must be read to find those that differ. */
const finerBuckets = 16n;
/** Bytes of a bucket beside its sum: two numbers of a few digits, and what a row costs on the wire. */
const bucketBytes = 24;

/** Buckets from `from` to before `to`, and how many rows they hold on both sides together. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** What digests say of a part. */
interface Survey {
  /** Of differing buckets, ascending; null when there are too many to remember. */
  readonly stretches: readonly Stretch[] | null;
  readonly rows: number;
  readonly differingRows: number;
}

/** A bucket that is not empty on both sides; null: empty there. */
type BucketPair = Pair<Bucket | null>;

/** Puts the buckets of both sides together by their numbers. */
async function* pairBuckets({
  left,
  right,
}: Pair<Reader<Bucket>>): AsyncGenerator<BucketPair, void, undefined> {
  let one = await left.next();
  let other = await right.next();
  while (one !== null || other !== null) {
    const index = Math.min(one?.index ?? Infinity, other?.index ?? Infinity);
    const pair = {
      left: one?.index === index ? one : null,
      right: other?.index === index ? other : null,
    };
    yield pair;
    if (pair.left !== null) one = await left.next();
    if (pair.right !== null) other = await right.next();
  }
}

/** Whether its rows must be looked at: they are not the same, or a key is there more than once. */
function isSuspect({ left, right }: BucketPair): boolean {
  if (left === null || right === null) return true;
  if (left.rows !== right.rows || left.sum !== right.sum) return true;
  return left.rows !== left.keys || right.rows !== right.keys;
}

function openBuckets(
  context: CompareContext,
  parts: ReadParts,
  { grid, digest, countKeys }: BucketSettings,
): OpenSide<Bucket> {
  return (name, options) => {
    const { comparison, selection } = context.sides[name];
    const part = parts[name];
    if (part === null) return nothing();
    const buckets = comparison.buckets(selection, part, grid, digest, countKeys, options);
    return name === 'left' && sharesServer(context)
      ? held(
          buckets,
          context.mostHeld,
          () => 1,
          (bucket) => bucket,
        )
      : buckets;
  };
}

/** @param mostRows neighbours are joined as long as they hold no more rows. */
async function survey(
  context: CompareContext,
  parts: ReadParts,
  settings: BucketSettings,
  mostRows: number,
): Promise<Survey> {
  const { statistics, mostHeld } = context;
  const stretches: Stretch[] = [];
  let rows = 0;
  let differingRows = 0;
  await withReaders(context, openBuckets(context, parts, settings), async (readers) => {
    readers.left.prefetch();
    if (!sharesServer(context)) readers.right.prefetch();
    for await (const pair of pairBuckets(readers)) {
      const sizes = { left: count(context, 'left', pair.left), right: count(context, 'right', pair.right) };
      statistics.buckets += 1;
      rows += Math.max(sizes.left, sizes.right);
      if (!isSuspect(pair)) continue;
      statistics.differingBuckets += 1;
      differingRows += Math.max(sizes.left, sizes.right);
      const index = pair.left?.index ?? pair.right?.index ?? 0;
      if (stretches.length <= mostHeld) addBucket(stretches, index, sizes.left + sizes.right, mostRows);
    }
  });
  return { stretches: stretches.length > mostHeld ? null : stretches, rows, differingRows };
}

function count({ statistics }: CompareContext, name: SideName, bucket: Bucket | null): number {
  if (bucket === null) return 0;
  statistics[name].digested += bucket.rows;
  statistics[name].bytes += bucketBytes + bucket.sum.length;
  return bucket.rows;
}

function addBucket(stretches: Stretch[], index: number, rows: number, mostRows: number): void {
  const last = stretches.at(-1);
  if (last?.to === index && last.rows + rows <= mostRows)
    stretches[stretches.length - 1] = { from: last.from, to: index + 1, rows: last.rows + rows };
  else stretches.push({ from: index, to: index + 1, rows });
}

/** What lies in ranges of both lists, each ascending and without overlap. */
export function intersectRanges(one: readonly KeyRange[], other: readonly KeyRange[]): KeyRange[] {
  const found: KeyRange[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const a = one[i];
    const b = other[j];
    if (a === undefined || b === undefined) return found;
    const from = a.from > b.from ? a.from : b.from;
    const to = a.to < b.to ? a.to : b.to;
    if (from < to) found.push({ from, to });
    if (a.to < b.to) i += 1;
    else j += 1;
  }
}

/** The parts that hold such ranges of keys, one after the other, each small enough for a statement on both sides. */
function* partsOfKeys(parts: ReadParts, ranges: readonly KeyRange[]): Generator<ReadParts, void, undefined> {
  const within = (part: Part | null): Part => ({
    ...part,
    keys: part === null ? [] : intersectRanges(ranges, part.keys ?? ranges),
  });
  const [left, right] = [within(parts.left), within(parts.right)];
  const most = Math.max(left.keys?.length ?? 0, right.keys?.length ?? 0);
  if (most > mostRanges) {
    const middle = Math.ceil(ranges.length / 2);
    yield* partsOfKeys(parts, ranges.slice(0, middle));
    yield* partsOfKeys(parts, ranges.slice(middle));
  } else if (most > 0)
    yield { left: left.keys?.length === 0 ? null : left, right: right.keys?.length === 0 ? null : right };
}

function partOfTime(part: Part | null, from: number, to: number): Part | null {
  if (part === null) return null;
  const at = { from: Math.max(from, part.at?.from ?? from), to: Math.min(to, part.at?.to ?? to) };
  return at.from < at.to ? { ...part, at } : null;
}

/** What must be read of both sides to look at the rows of the stretches. */
function* partsOf(
  parts: ReadParts,
  { grid }: BucketSettings,
  stretches: readonly Stretch[],
): Generator<ReadParts, void, undefined> {
  if (grid.by === 'key') {
    const edge = (index: number): bigint => grid.from + BigInt(index) * grid.width;
    yield* partsOfKeys(
      parts,
      stretches.map(({ from, to }) => ({ from: edge(from), to: edge(to) })),
    );
  } else
    for (const stretch of stretches) {
      const from = grid.from + stretch.from * grid.widthMs;
      const to = grid.from + stretch.to * grid.widthMs;
      yield { left: partOfTime(parts.left, from, to), right: partOfTime(parts.right, from, to) };
    }
}

/**
 * Compares digests of buckets, then the rows of those that differ; or all rows, where more than a fifth of them lie in
 * such buckets. On one server, the buckets of the left side are kept in memory first.
 * @throws DatabaseError; TooManyRows; Error when a server breaks the contract.
 */
export async function compareBuckets(context: CompareContext, settings: BucketSettings): Promise<void> {
  const byText = context.sides.left.selection.key.measure.type === 'text';
  const join = byText ? hashJoin : merge;
  const mostRows = byText || sharesServer(context) ? context.mostHeld : Infinity;
  const { stretches, rows, differingRows } = await survey(context, context.parts, settings, mostRows);
  if (stretches === null || differingRows > streamAbove * rows) {
    await join(context, context.parts);
    return;
  }
  const finer = finerSettings(settings);
  for (const parts of partsOf(context.parts, settings, stretches)) {
    if (finer === null) await join(context, parts);
    else
      for (const finerParts of await refine(context, parts, finer, mostRows)) await join(context, finerParts);
  }
}

/** Null where buckets are so small, or cut by time, that looking at them again is no gain. */
function finerSettings(settings: BucketSettings): BucketSettings | null {
  const { grid } = settings;
  if (grid.by === 'at' || grid.width < finerBuckets * finerBuckets) return null;
  return { ...settings, grid: { ...grid, width: grid.width / finerBuckets } };
}

/** What must be read of parts whose buckets differ, by means of smaller buckets. */
async function refine(
  context: CompareContext,
  parts: ReadParts,
  settings: BucketSettings,
  mostRows: number,
): Promise<Iterable<ReadParts>> {
  const own = { left: { ...context.statistics.left }, right: { ...context.statistics.right } };
  const statistics = { ...context.statistics, ...own };
  const { stretches, rows, differingRows } = await survey(
    { ...context, statistics },
    parts,
    settings,
    mostRows,
  );
  for (const name of sideNames) context.statistics[name].bytes = own[name].bytes;
  return stretches === null || differingRows > streamAbove * rows
    ? [parts]
    : partsOf(parts, settings, stretches);
}
