import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nullCell,
  type Digest,
  type Grid,
  type Part,
} from '../../../../../src/databases/comparison/contract.ts';
import { everyKey, run } from '../in-memory.ts';
import type { MemoryRow } from '../memory-comparison.ts';
import { exchanged, mismatches, sorted } from '../oracle.ts';
import { casesOf } from '../../../../helpers/nightly.ts';

const pairs = casesOf(3000);

/** Integer keys close together, far apart, below 0, and at the ends of 64 bits. */
const integerKey = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt(0n, 12n) },
  { weight: 1, arbitrary: fc.bigInt(-4n, 4n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 32n - 2n, 2n ** 32n + 2n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 53n - 2n, 2n ** 53n + 2n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 63n - 3n, 2n ** 63n - 1n) },
  { weight: 1, arbitrary: fc.bigInt(-(2n ** 63n), 3n - 2n ** 63n) },
);
const textKey = fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom('10045', '10046', 'Ω-1', '💶'));
const cell = fc.constantFrom(0n, 1n, -1n, 5n, nullCell, 2n ** 32n, -(2n ** 40n), 1_700_000_000_000n);
const at = fc.integer({ min: 0, max: 40 });
const sizes = fc
  .array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 })
  .filter((some) => some.some((size) => size > 0));

/** Two tables that have much in common: rows of the first are kept, changed, dropped or doubled. */
function tables(key: fc.Arbitrary<bigint | string>, times: fc.Arbitrary<number | null>) {
  const row: fc.Arbitrary<MemoryRow> = fc.record({ key, cells: fc.tuple(cell, cell), at: times });
  const fate = fc.constantFrom('keep', 'keep', 'keep', 'change', 'drop', 'double', 'move');
  return fc
    .record({
      rows: fc.uniqueArray(fc.record({ row, fate, other: row }), {
        selector: (each) => each.row.key,
        maxLength: 25,
      }),
      doubled: fc.array(row, { maxLength: 1 }),
      order: fc.integer(),
    })
    .map(({ rows, doubled, order }) => {
      const right = rows.flatMap(({ row: one, fate: what, other }) => {
        if (what === 'drop') return [];
        if (what === 'double') return [one, { ...other, key: one.key }];
        if (what === 'change') return [{ ...one, cells: other.cells }];
        return what === 'move' ? [{ ...one, at: other.at ?? null }] : [one];
      });
      const left = [...rows.map((each) => each.row), ...doubled];
      return { left, right: order % 2 === 0 ? right : right.toReversed() };
    });
}

const core = fc.option(
  fc.record({ from: fc.integer({ min: 0, max: 30 }), to: fc.integer({ min: 5, max: 50 }) }),
  { nil: undefined },
);

describe('compare: every plan against a plain oracle', () => {
  it('merges integer keys', async () => {
    await fc.assert(
      fc.asyncProperty(
        tables(integerKey, fc.option(at)),
        core,
        sizes,
        sizes,
        async (pair, within, some, others) => {
          const { found } = await run('merge', { ...pair, core: within, sizes: some, rightSizes: others });
          expect(sorted(found)).toEqual(sorted(mismatches(pair.left, pair.right, within)));
          const back = await run('merge', {
            left: pair.right,
            right: pair.left,
            sizes: others,
            rightSizes: some,
          });
          expect(sorted(exchanged(back.found))).toEqual(sorted(mismatches(pair.left, pair.right)));
        },
      ),
      { numRuns: pairs },
    );
  });

  for (const key of ['integer', 'text'] as const)
    it(`hashes ${key} keys`, async () => {
      await fc.assert(
        fc.asyncProperty(
          tables(key === 'integer' ? integerKey : textKey, fc.option(at)),
          core,
          sizes,
          sizes,
          async (pair, within, some, others) => {
            const { found } = await run('hash', {
              ...pair,
              key,
              core: within,
              sizes: some,
              rightSizes: others,
            });
            expect(sorted(found)).toEqual(sorted(mismatches(pair.left, pair.right, within)));
            const back = await run('hash', {
              left: pair.right,
              right: pair.left,
              key,
              sizes: others,
              rightSizes: some,
            });
            expect(sorted(exchanged(back.found))).toEqual(sorted(mismatches(pair.left, pair.right)));
          },
        ),
        { numRuns: pairs },
      );
    });

  it('gathers integer keys in buckets', async () => {
    const widths = fc.constantFrom(1n, 2n, 3n, 7n, 2n ** 31n, 2n ** 50n);
    const ranges = fc.constantFrom<Part>(
      everyKey,
      { keys: [{ from: 0n, to: 13n }] },
      {
        keys: [
          { from: -3n, to: 2n },
          { from: 3n, to: 4n },
          { from: 5n, to: 9n },
        ],
      },
    );
    const digests = fc.constantFrom<Digest>('integer', 'md5');
    await fc.assert(
      fc.asyncProperty(
        tables(integerKey, fc.option(at)),
        fc.tuple(widths, ranges, digests, core),
        sizes,
        sizes,
        async (pair, [wanted, part, digest, within], some, others) => {
          const width = part === everyKey ? wanted << 12n : wanted;
          const grid: Grid = { by: 'key', from: part.keys?.[0]?.from ?? 0n, width };
          const options = { buckets: { grid, digest, countKeys: true } };
          const { found } = await run('buckets', {
            ...pair,
            part,
            core: within,
            sizes: some,
            rightSizes: others,
            options,
          });
          const inside = ({ key }: MemoryRow) =>
            part.keys?.some(({ from, to }) => BigInt(key) >= from && BigInt(key) < to) === true;
          expect(sorted(found)).toEqual(
            sorted(mismatches(pair.left.filter(inside), pair.right.filter(inside), within)),
          );
        },
      ),
      { numRuns: pairs },
    );
  });

  for (const key of ['integer', 'text'] as const)
    it(`gathers ${key} keys in buckets of time`, async () => {
      // The same time for a key wherever it is.
      const timed = ({ key: id, ...rest }: MemoryRow): MemoryRow => ({
        ...rest,
        key: id,
        at: String(id).length * 7 + Number(BigInt(Math.abs(String(id).charCodeAt(0) || 0)) % 7n),
      });
      await fc.assert(
        fc.asyncProperty(
          tables(key === 'integer' ? integerKey : textKey, at),
          fc.constantFrom(1, 2, 5, 1000),
          core,
          sizes,
          async (pair, widthMs, within, some) => {
            const [left, right] = [pair.left.map(timed), pair.right.map(timed)];
            const buckets = { grid: { by: 'at', from: 0, widthMs }, digest: 'md5', countKeys: true } as const;
            const part = { at: { from: 0, to: 300 } };
            const { found } = await run('buckets', {
              left,
              right,
              key,
              part,
              core: within,
              sizes: some,
              options: { buckets },
            });
            expect(sorted(found)).toEqual(sorted(mismatches(left, right, within)));
          },
        ),
        { numRuns: pairs },
      );
    });

  it('compares instants with a tolerance, in every plan', async () => {
    const tolerancesMs = [0, 4];
    await fc.assert(
      fc.asyncProperty(tables(fc.bigInt(0n, 9n), at), sizes, async (pair, some) => {
        const buckets = { grid: { by: 'key', from: 0n, width: 2n }, digest: 'md5', countKeys: true } as const;
        for (const plan of ['merge', 'hash', 'buckets'] as const) {
          const part = { keys: [{ from: 0n, to: 10n }] };
          const { found } = await run(plan, {
            ...pair,
            part,
            sizes: some,
            options: { tolerancesMs, buckets },
          });
          expect(sorted(found), plan).toEqual(
            sorted(mismatches(pair.left, pair.right, undefined, tolerancesMs)),
          );
        }
      }),
      { numRuns: casesOf(1000) },
    );
  });
});
