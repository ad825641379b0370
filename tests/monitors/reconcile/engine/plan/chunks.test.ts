import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyRange } from '../../../../../src/databases/comparison/contract.ts';
import {
  afterPart,
  afterTooMuch,
  bucketWidth,
  firstPace,
  keyPace,
  nextPart,
  nextTimePart,
  type Pace,
  type PaceSettings,
} from '../../../../../src/monitors/reconcile/engine/plan/chunks.ts';
import { casesOf } from '../../../../helpers/nightly.ts';

/** Where keys are: in each stretch from `from` to before `to` every `every`-th one. */
interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
  readonly every: bigint;
}

/** A server that takes so long for a statement, and so long for a row; it gives up when a statement takes too long. */
interface Server {
  readonly overheadMs: number;
  readonly rowMs: number;
  readonly patienceMs: number;
}

interface Walked {
  readonly part: KeyRange;
  readonly pace: Pace;
  readonly rows: number;
  readonly elapsedMs: number;
  readonly failed: boolean;
}

const ceil = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;

function countKeys(stretches: readonly Stretch[], part: KeyRange): number {
  let rows = 0n;
  for (const { from, to, every } of stretches) {
    const low = part.from > from ? part.from : from;
    const high = part.to < to ? part.to : to;
    if (low < high) rows += ceil(high - from, every) - ceil(low - from, every);
  }
  return Number(rows);
}

/** Compares a whole range, part by part. */
function walk(
  settings: PaceSettings,
  range: KeyRange,
  stretches: readonly Stretch[],
  server: Server,
): Walked[] {
  const walked: Walked[] = [];
  let pace = firstPace(settings);
  for (let from = range.from; walked.length < 10_000;) {
    const part = nextPart({ from, to: range.to }, pace);
    if (part === null) return walked;
    const rows = countKeys(stretches, part);
    const takes = server.overheadMs + rows * server.rowMs;
    const failed = takes > server.patienceMs;
    const elapsedMs = Math.min(takes, server.patienceMs);
    walked.push({ part, pace, rows, elapsedMs, failed });
    const next = failed ? afterTooMuch(pace, part) : afterPart(pace, part, { rows, elapsedMs });
    if (next === null) throw new Error('a part of one key is too much');
    pace = next;
    if (!failed) from = part.to;
  }
  throw new Error('it does not come to an end');
}

const local: Server = { overheadMs: 1, rowMs: 0.001, patienceMs: 5000 };
const good = (walked: readonly Walked[]) => walked.filter(({ failed }) => !failed);

const stretches = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.bigInt(0n, 1000n), fc.bigInt(0n, 2n ** 58n)),
      keys: fc.bigInt(1n, 3_000_000n),
      every: fc.oneof(fc.constant(1n), fc.bigInt(1n, 2n ** 30n)),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => {
    let end = -(2n ** 60n);
    return all.map(({ gap, keys, every }): Stretch => {
      const from = end + gap;
      end = from + keys * every;
      return { from, to: end, every };
    });
  });

const bounds = (all: readonly Stretch[]): KeyRange => ({
  from: all[0]?.from ?? 0n,
  to: all.at(-1)?.to ?? 0n,
});

describe('chunks', () => {
  it('covers every key once, in order, whatever the gaps and the server', () => {
    const servers = fc.record({
      overheadMs: fc.double({ min: 0, max: 800, noNaN: true }),
      rowMs: fc.double({ min: 0, max: 0.05, noNaN: true }),
      patienceMs: fc.constantFrom(1500, 5000, 60_000),
    });
    fc.assert(
      fc.property(stretches, servers, (all, server) => {
        const range = bounds(all);
        const walked = good(walk(keyPace, range, all, server));
        expect(walked[0]?.part.from).toBe(range.from);
        expect(walked.at(-1)?.part.to).toBe(range.to);
        for (const [index, { part }] of walked.entries()) {
          expect(part.from < part.to).toBe(true);
          if (index > 0) expect(part.from).toBe(walked[index - 1]?.part.to);
        }
      }),
      { numRuns: casesOf(2000) },
    );
  });

  it('grows no more than fourfold, and shrinks after a part that took too long', () => {
    const outcome = fc.record({
      rows: fc.nat(2_000_000),
      elapsedMs: fc.double({ min: 0, max: 100_000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.bigInt(1n, 2n ** 60n), outcome, (width, { rows, elapsedMs }) => {
        const pace = { ...firstPace(keyPace), width };
        const next = afterPart(pace, { from: 5n, to: 5n + width }, { rows, elapsedMs });
        expect(next.width).toBeGreaterThanOrEqual(1n);
        expect(next.width).toBeLessThanOrEqual(4n * width);
        if (rows > 6000 && elapsedMs > 1.01 * keyPace.aimMs && width > 1000n)
          expect(next.width).toBeLessThan(width);
        if (rows > 0 && rows <= 5000) expect(next.width).toBeGreaterThanOrEqual(width);
        if (rows === 0) expect(next.width).toBe(4n * width);
      }),
      { numRuns: casesOf(2000) },
    );
  });

  it('soon takes about as long as it should on dense keys', () => {
    const all = [{ from: 1n, to: 20_000_000n, every: 1n }];
    const walked = walk(keyPace, bounds(all), all, local);
    expect(walked[0]?.rows).toBe(16_384);
    const steady = walked.slice(3, -1);
    expect(steady.length).toBeGreaterThan(30);
    for (const { elapsedMs } of steady) expect(Math.abs(elapsedMs - 500)).toBeLessThan(25);
  });

  it('does the same on keys that are far apart', () => {
    const all = [{ from: 1n, to: 5_000_000n * 1_000_003n, every: 1_000_003n }];
    const walked = walk(keyPace, bounds(all), all, local);
    for (const { elapsedMs } of walked.slice(20, -1)) expect(Math.abs(elapsedMs - 500)).toBeLessThan(25);
    expect(walked.length).toBeLessThan(35);
  });

  it('reaches a lone key at 2^60 within some 30 statements', () => {
    const all = [
      { from: 1n, to: 100_000n, every: 1n },
      { from: 2n ** 60n, to: 2n ** 60n + 1n, every: 1n },
    ];
    const walked = walk(keyPace, bounds(all), all, local);
    expect(walked.length).toBeLessThan(32);
    expect(walked.at(-1)?.rows).toBe(1);
  });

  it('finds a heavy stretch behind a wide gap without giving up many statements', () => {
    const all = [
      { from: 1n, to: 1_000_000n, every: 1n },
      { from: 2n ** 58n + 12_345n, to: 2n ** 58n + 30_000_000n, every: 1n },
    ];
    const walked = walk(keyPace, bounds(all), all, local);
    expect(walked.filter(({ failed }) => failed).length).toBeLessThan(15);
    expect(good(walked).reduce((sum, { rows }) => sum + rows, 0)).toBe(999_999 + 30_000_000 - 12_345);
    expect(walked.length).toBeLessThan(600);
  });

  it('does not crawl where every statement is slow by itself', () => {
    const all = [{ from: 0n, to: 200_000n, every: 1n }];
    const walked = walk(keyPace, bounds(all), all, { overheadMs: 900, rowMs: 0.001, patienceMs: 5000 });
    for (const { rows } of walked.slice(0, -1)) expect(rows).toBeGreaterThan(4990);
  });

  it('goes on at its pace in the next range when the last part of one was cut off', () => {
    const pace = { ...firstPace(keyPace), width: 400_000n };
    expect(afterPart(pace, { from: 0n, to: 10n }, { rows: 10, elapsedMs: 2 }).width).toBe(400_000n);
  });

  it('says when a part cannot be smaller', () => {
    expect(afterTooMuch(firstPace(keyPace), { from: 7n, to: 8n })).toBeNull();
    expect(afterTooMuch(firstPace(keyPace), { from: 7n, to: 9n })?.width).toBe(1n);
  });

  it('makes buckets of 250 to 1000 rows where keys are even', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 2n ** 40n), fc.bigInt(1000n, 500_000n), (every, keys) => {
        const part = { from: 10n, to: 10n + keys * every };
        const pace = afterPart(firstPace(keyPace), part, { rows: Number(keys), elapsedMs: 100 });
        const width = bucketWidth(pace, part);
        const rows = Number(width) / Number(every);
        expect(rows).toBeGreaterThanOrEqual(250);
        expect(rows).toBeLessThanOrEqual(1000);
        expect(width & (width - 1n)).toBe(0n);
      }),
    );
  });

  it('never makes so many buckets, or so wide ones, that a number does not hold', () => {
    const part = { from: -(2n ** 63n), to: 2n ** 63n };
    fc.assert(
      fc.property(fc.nat(100), (rows) => {
        const pace = afterPart(firstPace(keyPace), part, { rows, elapsedMs: 1 });
        const width = bucketWidth(pace, part);
        expect(width).toBeLessThan(2n ** 63n);
        expect((part.to - part.from) / width).toBeLessThanOrEqual(2n ** 40n);
      }),
    );
    const dense = { ...firstPace(keyPace), density: 1 };
    expect((part.to - part.from) / bucketWidth(dense, part)).toBeLessThanOrEqual(2n ** 40n);
    expect(bucketWidth({ ...firstPace(keyPace), density: 5000 }, { from: 0n, to: 10n })).toBe(1n);
  });

  it('cuts time in the same way', () => {
    const range = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1, 0, 1, 30) };
    const pace = { ...firstPace({ aimMs: 500, firstWidth: 60_000n }) };
    expect(nextTimePart(range, pace)).toEqual({ from: range.from, to: range.from + 60_000 });
    expect(nextTimePart({ ...range, from: range.from + 60_000 }, pace)).toEqual({
      from: range.from + 60_000,
      to: range.to,
    });
    expect(nextTimePart({ ...range, from: range.to }, pace)).toBeNull();
  });
});
