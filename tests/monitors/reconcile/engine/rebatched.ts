import type { CellBatch, Comparison } from '../../../../src/databases/comparison/contract.ts';

/** What lies in a buffer that is no longer valid. */
const poison = 0x5eadbeef5eadbeefn;

async function* cut(
  batches: AsyncIterable<CellBatch>,
  size: number,
): AsyncGenerator<CellBatch, void, undefined> {
  for await (const { width, count, cells, keys, bytes } of batches) {
    const own = new BigInt64Array(size * width);
    const words = new Int32Array(own.buffer);
    for (let from = 0; from < count; from += size) {
      const rows = Math.min(size, count - from);
      own.set(cells.subarray(from * width, (from + rows) * width));
      yield {
        count: rows,
        width,
        cells: own,
        words,
        keys: keys.slice(from, from + rows),
        bytes: bytes / count,
      };
      own.fill(poison);
    }
  }
}

/** A comparison whose batches have at most `size` rows and share a buffer, which is spoilt when the next is asked for. */
export function rebatched(comparison: Comparison, size: number): Comparison {
  return {
    digests: (...given) => comparison.digests(...given),
    rows: (...given) => cut(comparison.rows(...given), size),
    buckets: (...given) => comparison.buckets(...given),
    keyBounds: (...given) => comparison.keyBounds(...given),
    lookup: (...given) => comparison.lookup(...given),
    now: (...given) => comparison.now(...given),
    access: (...given) => comparison.access(...given),
  };
}
