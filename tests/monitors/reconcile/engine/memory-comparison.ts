import { createHash } from 'node:crypto';
import {
  nullCell,
  type Bucket,
  type CellBatch,
  type Comparison,
  type ComparisonOptions,
  type Digest,
  type Grid,
  type Part,
  type Selection,
} from '../../../../src/databases/comparison/contract.ts';
import type { Key } from '../../../../src/monitors/reconcile/engine/types.ts';

/** A row of a table in memory. */
export interface MemoryRow {
  readonly key: Key;
  /** Fields as cells. */
  readonly cells: readonly bigint[];
  /** Milliseconds; null: NULL. Absent in tables without a time. */
  readonly at?: number | null;
}

/** What lies in a buffer that is no longer valid. */
const poison = 0x5eadbeef5eadbeefn;

/** A selection of a table in memory: only what the comparison looks at. */
export function memorySelection(key: 'integer' | 'text', fields: number, hasAt: boolean): Selection {
  const measure = key === 'integer' ? { type: key } : { type: key, trim: false, fold: false, guid: false };
  return {
    sql: 'memory',
    columns: [],
    parameters: {},
    key: { column: 'id', measure },
    fields: Array.from({ length: fields }, (_, index) => ({
      column: `f${index}`,
      measure: { type: 'integer' },
    })),
    ...(hasAt ? { at: 'at' } : {}),
  };
}

function isIn({ key, at }: MemoryRow, part: Part): boolean {
  if (
    part.keys !== undefined &&
    !part.keys.some(({ from, to }) => typeof key === 'bigint' && key >= from && key < to)
  )
    return false;
  if (part.at === undefined) return true;
  return at !== undefined && at !== null && at >= part.at.from && at < part.at.to;
}

function compareKeys(one: MemoryRow, other: MemoryRow): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

/** The moduli of the product's digest `integer`, and the roots of its multipliers; see src/databases/comparison/digest.ts. */
const moduli = [
  { prime: 2_147_483_647n, root: 48_271n },
  { prime: 2_147_483_629n, root: 69_621n },
] as const;

/**
 * The digest that the servers compute, whose properties the comparison relies on: one with fewer would call rows alike that are
 * not, such as the cells 0, 0 and 2^32, -2^63.
 */
function integerDigest(inputs: readonly bigint[]): bigint {
  const [first = 0n, second = 0n] = moduli.map(({ prime, root }) => {
    const multiplier = (at: number): bigint => root ** BigInt(5 + at) % prime;
    const terms = inputs.map((input, at) => ((input % prime) * multiplier(at + 1)) % prime);
    return terms.reduce((sum, term) => sum + term, multiplier(0)) % prime;
  });
  return first * second;
}

function digestOf(digest: Digest, { key, cells }: MemoryRow): bigint {
  if (digest !== 'md5') return integerDigest([BigInt(key), ...cells]);
  const text = [key, ...cells.map((cell) => (cell === nullCell ? '\x1e' : cell))].join('\x1f');
  return createHash('md5').update(text).digest().readBigInt64BE();
}

function floorDivide(value: bigint, by: bigint): bigint {
  return value / by - (value % by < 0n ? 1n : 0n);
}

/**
 * The contract of a comparison on an array of rows. Batches have the sizes of `sizes` in turns, 0 included; they share one
 * buffer, which is spoilt as soon as the next one is asked for. Everything it is asked for stands in `asked`.
 */
export class MemoryComparison implements Comparison {
  readonly #rows: readonly MemoryRow[];
  readonly #sizes: readonly number[];
  readonly asked: Part[] = [];
  /** Statements that run now, and the most that ever ran. */
  running = 0;
  mostRunning = 0;
  /** After so many rows, reading fails. */
  failAfter = Infinity;

  constructor(rows: readonly MemoryRow[], sizes: readonly number[]) {
    this.#rows = rows;
    this.#sizes = sizes;
  }

  digests(selection: Selection): readonly Digest[] {
    return selection.key.measure.type === 'integer' ? ['integer', 'md5'] : ['md5'];
  }

  async *rows(
    selection: Selection,
    part: Part,
    ordered: boolean,
    { signal }: ComparisonOptions,
  ): AsyncGenerator<CellBatch, void, undefined> {
    this.asked.push(part);
    this.#begin();
    try {
      const rows = this.#rows.filter((row) => isIn(row, part));
      if (ordered) rows.sort(compareKeys);
      const width = this.#cellsOf(selection, { key: 0n, cells: selection.fields.map(() => 0n) }).length;
      const cells = new BigInt64Array(Math.max(...this.#sizes) * width);
      const words = new Int32Array(cells.buffer);
      const keys: string[] = [];
      for (let turn = 0, done = 0; done < rows.length; turn += 1) {
        signal.throwIfAborted();
        const batch = rows.slice(done, done + (this.#sizes[turn % this.#sizes.length] ?? 1));
        done += batch.length;
        if (done > this.failAfter) throw new Error('the server is gone');
        cells.set(batch.flatMap((row) => this.#cellsOf(selection, row)));
        if (selection.key.measure.type === 'text') keys.push(...batch.map(({ key }) => String(key)));
        yield { count: batch.length, width, cells, words, keys, bytes: batch.length * 10 };
        cells.fill(poison);
        keys.length = 0;
        await Promise.resolve();
      }
    } finally {
      this.running -= 1;
    }
  }

  #begin(): void {
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
  }

  #cellsOf(selection: Selection, { key, cells, at }: MemoryRow): bigint[] {
    return [
      ...(selection.key.measure.type === 'integer' ? [BigInt(key)] : []),
      ...cells,
      ...(selection.at === undefined ? [] : [at === undefined || at === null ? nullCell : BigInt(at)]),
    ];
  }

  async *buckets(
    _selection: Selection,
    part: Part,
    grid: Grid,
    digest: Digest,
    countKeys: boolean,
    { signal }: ComparisonOptions,
  ): AsyncGenerator<Bucket, void, undefined> {
    this.#begin();
    try {
      const [from, width] =
        grid.by === 'key' ? [grid.from, grid.width] : [BigInt(grid.from), BigInt(grid.widthMs)];
      const groups = Map.groupBy(
        this.#rows.filter((row) => isIn(row, part) && (grid.by === 'key' || typeof row.at === 'number')),
        ({ key, at }) => Number(floorDivide(BigInt(grid.by === 'key' ? key : (at ?? 0)) - from, width)),
      );
      for (const [index, rows] of [...groups].sort(([one], [other]) => one - other)) {
        signal.throwIfAborted();
        const sum = rows.reduce((total, row) => total + digestOf(digest, row), 0n);
        const keys = countKeys ? new Set(rows.map(({ key }) => key)).size : rows.length;
        yield { index, rows: rows.length, keys, sum: String(sum) };
        await Promise.resolve();
      }
    } finally {
      this.running -= 1;
    }
  }

  keyBounds(): Promise<never> {
    return Promise.reject(new Error('not of a table in memory'));
  }

  lookup(): Promise<never> {
    return Promise.reject(new Error('not of a table in memory'));
  }

  now(): Promise<never> {
    return Promise.reject(new Error('not of a table in memory'));
  }

  access(): Promise<never> {
    return Promise.reject(new Error('not of a table in memory'));
  }
}
