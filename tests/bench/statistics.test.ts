import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalDelay, median, ratios, summarize } from '../../bench/statistics.ts';

const figures = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 });

describe('median', () => {
  it('is the middle, or the mean of the two in the middle', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([10, 1, 2, 4])).toBe(3);
    expect(() => median([])).toThrow(RangeError);
  });

  it('has as many values below as above, whatever their order', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(below).toBeLessThanOrEqual(values.length / 2);
        expect(above).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

describe('summarize', () => {
  it('gives the extremes beside the median', () => {
    expect(summarize([7, 2, 100])).toEqual({ min: 2, median: 7, max: 100 });
  });
});

describe('ratios', () => {
  it('pairs what was measured in the same round', () => {
    expect(ratios([10, 30], [5, 10])).toEqual([2, 3]);
    expect(() => ratios([1], [1, 2])).toThrow('1 values against 2');
  });
});

describe('arrivalDelay', () => {
  it('is 0 when less than the rest of the time was blocked', () => {
    expect(arrivalDelay([], 1000, 0.99)).toBe(0);
    expect(arrivalDelay([9], 1000, 0.99)).toBe(0);
  });

  it('knows how long the last hundredth of the arrivals waits', () => {
    // One block of 110 ms in a second: 10 ms of arrivals, those at its very beginning, wait 100 ms or longer.
    expect(arrivalDelay([110], 1000, 0.99)).toBeCloseTo(100);
    expect(arrivalDelay([60, 60], 1000, 0.99)).toBeCloseTo(55);
  });

  it('agrees with arrivals that are tried one by one', () => {
    const blocks = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(blocks, fc.constantFrom(0.5, 0.9, 0.99), (lengths, share) => {
        const totalMs = 4000;
        const step = 0.25;
        const blocked = lengths.flatMap((length) =>
          Array.from({ length: length / step }, (_, index) => length - (index + 0.5) * step),
        );
        const free = Array.from({ length: totalMs / step - blocked.length }, () => 0);
        const waits = [...blocked, ...free].sort((a, b) => a - b);
        const expected = waits[Math.floor(share * waits.length)] ?? NaN;
        expect(Math.abs(arrivalDelay(lengths, totalMs, share) - expected)).toBeLessThanOrEqual(2 * step);
      }),
    );
  });
});
