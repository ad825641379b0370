import type { CompareOptions, TimeRange } from '../types.ts';

/*
 * What both joins need of rows. A cell is two 32-bit words, the low one first, so that no row has to become a BigInt: those
 * are objects, and millions of them a second are more work than the comparison itself.
 */

/** Where the `at` of a row lies, or of several rows the earliest. Their order is that of the numbers. */
export const place = { before: 0, core: 1, after: 2, unknown: 3 } as const;

const highOfNull = -0x80000000;
const wordRange = 2 ** 32;

/** The place of the time whose low word is at `index`. NULL is nowhere. */
export function placeOf(words: Int32Array, index: number, core: TimeRange): number {
  const low = words[index] ?? 0;
  const high = words[index + 1] ?? 0;
  if (high === highOfNull && low === 0) return place.unknown;
  const at = high * wordRange + (low >>> 0);
  if (at < core.from) return place.before;
  return at < core.to ? place.core : place.after;
}

/** Whether a key belongs to the core, by the places of its rows: those on the left decide, unless they have no time. */
export function isInCore(left: number, right: number): boolean {
  return (left === place.unknown ? right : left) === place.core;
}

/** The cell whose low word is at `index`. */
export function cellAt(words: Int32Array, index: number): bigint {
  return (BigInt(words[index + 1] ?? 0) << 32n) | BigInt((words[index] ?? 0) >>> 0);
}

/** Order of two cells, as of a comparator. */
export function compareCells(one: Int32Array, at: number, other: Int32Array, otherAt: number): number {
  const high = (one[at + 1] ?? 0) - (other[otherAt + 1] ?? 0);
  if (high !== 0) return high;
  return ((one[at] ?? 0) >>> 0) - ((other[otherAt] ?? 0) >>> 0);
}

function isNear(one: Int32Array, at: number, other: Int32Array, otherAt: number, tolerance: number): boolean {
  const high = one[at + 1] ?? 0;
  const otherHigh = other[otherAt + 1] ?? 0;
  const low = one[at] ?? 0;
  const otherLow = other[otherAt] ?? 0;
  if ((high === highOfNull && low === 0) || (otherHigh === highOfNull && otherLow === 0)) return false;
  // Exact where it is small; where it is not, it is large whatever was rounded away.
  const difference = (high - otherHigh) * wordRange + ((low >>> 0) - (otherLow >>> 0));
  return Math.abs(difference) <= tolerance;
}

/** Whether `count` cells are the same from those indices of their low words on. */
export type SameCells = (one: Int32Array, at: number, other: Int32Array, otherAt: number) => boolean;

/** @param count cells of a row that are compared: the fields. */
export function cellComparer(count: number, tolerancesMs: CompareOptions['tolerancesMs']): SameCells {
  const words = 2 * count;
  return (one, at, other, otherAt) => {
    for (let i = 0; i < words; i += 1) {
      if (one[at + i] === other[otherAt + i]) continue;
      const tolerance = tolerancesMs[i >> 1] ?? 0;
      if (tolerance === 0) return false;
      const cell = i & ~1;
      if (!isNear(one, at + cell, other, otherAt + cell, tolerance)) return false;
      // The high word of this cell has been looked at too.
      i = cell + 1;
    }
    return true;
  };
}
