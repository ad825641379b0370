import type { CellBatch, ComparisonOptions, Part } from '../../../../databases/comparison/contract.ts';
import { TooManyRows, type Pair, type SideName, type SideStatistics, type CompareContext } from '../types.ts';

/** Reads items one by one, and lets the server work on the next one meanwhile. */
export class Reader<Item> {
  readonly #items: AsyncIterator<Item>;
  #pending: Promise<IteratorResult<Item, unknown>> | undefined;

  constructor(items: AsyncIterable<Item>) {
    this.#items = items[Symbol.asyncIterator]();
  }

  /** Asks for the next item, without waiting. A batch that was taken before is no longer valid then. */
  prefetch(): void {
    if (this.#pending !== undefined) return;
    this.#pending = this.#items.next();
    // The failure reaches the caller of next(), if there is one: the other side may have failed first.
    this.#pending.catch(() => undefined);
  }

  /** The next item; null when there are no more. */
  async next(): Promise<Item | null> {
    this.prefetch();
    const answer = await this.#pending;
    this.#pending = undefined;
    return answer === undefined || answer.done === true ? null : answer.value;
  }

  /** Ends the statement, if it still runs. */
  async close(): Promise<void> {
    await this.#items.return?.();
  }
}

/** Starts the reading of a side. */
export type OpenSide<Item> = (name: SideName, options: ComparisonOptions) => AsyncIterable<Item>;

/**
 * Opens both sides for `work`. However it ends, no statement runs any more afterwards.
 * @throws DatabaseError of the side that failed first; what `work` throws.
 */
export async function withReaders<Item, Result>(
  { options }: CompareContext,
  open: OpenSide<Item>,
  work: (readers: Pair<Reader<Item>>) => Promise<Result>,
): Promise<Result> {
  const failed = new AbortController();
  const own = { timeoutMs: options.timeoutMs, signal: AbortSignal.any([options.signal, failed.signal]) };
  const readers = { left: new Reader(open('left', own)), right: new Reader(open('right', own)) };
  try {
    return await work(readers);
  } catch (error) {
    failed.abort();
    throw error;
  } finally {
    await Promise.allSettled([readers.left.close(), readers.right.close()]);
  }
}

/** Which part of each side is read; null: none of it. */
export type ReadParts = Pair<Part | null>;

/** How rows are read. */
export interface RowOrder {
  /** In ascending order of an integer key. */
  readonly ordered: boolean;
  /** On one server, the left side is kept in memory before any of it is seen, so that the right side may then run. */
  readonly hold: boolean;
}

/** Reads rows and counts them. The iteration throws TooManyRows when too many are held. */
export function openRows(
  context: CompareContext,
  parts: ReadParts,
  { ordered, hold }: RowOrder,
): OpenSide<CellBatch> {
  return (name, options) => {
    const { comparison, selection } = context.sides[name];
    const part = parts[name];
    if (part === null) return nothing();
    const batches = counted(comparison.rows(selection, part, ordered, options), context.statistics[name]);
    return hold && name === 'left' && sharesServer(context)
      ? held(batches, context.mostHeld, ({ count }) => count, copyBatch)
      : batches;
  };
}

/** Whether both sides are on one server. It runs one statement at a time, so the left side is read whole before the right. */
export function sharesServer({ sides }: CompareContext): boolean {
  return sides.left.comparison === sides.right.comparison;
}

/**
 * Reads everything, and only then hands it out.
 * @param sizeOf how much of `most` an item takes
 * @param copy makes it last
 * @throws TooManyRows
 */
export async function* held<Item>(
  items: AsyncIterable<Item>,
  most: number,
  sizeOf: (item: Item) => number,
  copy: (item: Item) => Item,
): AsyncGenerator<Item, void, undefined> {
  const kept: Item[] = [];
  let size = 0;
  for await (const item of items) {
    size += sizeOf(item);
    if (size > most) throw new TooManyRows(most);
    kept.push(copy(item));
  }
  yield* kept;
}

function copyBatch(batch: CellBatch): CellBatch {
  const cells = batch.cells.slice(0, batch.count * batch.width);
  return { ...batch, cells, words: new Int32Array(cells.buffer), keys: batch.keys.slice(0, batch.count) };
}

async function* counted(
  batches: AsyncIterable<CellBatch>,
  statistics: SideStatistics,
): AsyncGenerator<CellBatch, void, undefined> {
  for await (const batch of batches) {
    statistics.rows += batch.count;
    statistics.bytes += batch.bytes;
    yield batch;
  }
}

export async function* nothing(): AsyncGenerator<never, void, undefined> {
  // A side of which no part is wanted.
}
