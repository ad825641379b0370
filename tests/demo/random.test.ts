import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/demo/random.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('createRandom', () => {
  it('stays within its bounds and repeats itself for the same seed', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: -1000, max: 1000 }), fc.nat(5000), (seed, from, width) => {
        const [one, other] = [createRandom(seed), createRandom(seed)];
        for (let turn = 0; turn < 20; turn += 1) {
          const number = one.integer(from, from + width);
          expect(number).toBe(other.integer(from, from + width));
          expect(number).toBeGreaterThanOrEqual(from);
          expect(number).toBeLessThanOrEqual(from + width);
        }
      }),
    );
  });

  it('is spread evenly', () => {
    const random = createRandom(20);
    const counts = [0, 0, 0, 0, 0];
    for (let turn = 0; turn < 50_000; turn += 1) {
      const drawn = random.integer(0, 4);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(600);
  });

  it('picks every item, and nothing from nothing', () => {
    const random = createRandom(1);
    expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))).toEqual(
      new Set(['a', 'b', 'c']),
    );
    expect(() => random.pick([])).toThrow(RangeError);
    expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
  });
});
