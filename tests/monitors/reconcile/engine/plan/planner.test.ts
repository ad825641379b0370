import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparison, Digest, Selection } from '../../../../../src/databases/comparison/contract.ts';
import type { Side } from '../../../../../src/monitors/reconcile/engine/types.ts';
import {
  choosePlan,
  commonDigest,
  measured,
} from '../../../../../src/monitors/reconcile/engine/plan/planner.ts';
import type { Measured, Measurements } from '../../../../../src/monitors/reconcile/engine/plan/planner.ts';

const rows = (count: number, msPerMillion: number, bytesPerRow: number): Measured => ({
  rows: count,
  ms: (count * msPerMillion) / 1e6,
  bytes: count * bytesPerRow,
});

describe('the plan of the next slice', () => {
  it('is the one that is configured', () => {
    expect(choosePlan('rows', 'md5', {})).toEqual({ plan: 'rows', reason: 'as configured' });
    expect(choosePlan('buckets', 'md5', {})).toEqual({
      plan: 'buckets',
      reason: 'as configured, digest md5',
    });
  });

  it('is rows where there is no digest, whatever is configured', () => {
    const reason = 'the two sides have no digest in common, or a tolerance is given';
    expect(choosePlan('buckets', undefined, {})).toEqual({ plan: 'rows', reason });
    expect(choosePlan('auto', undefined, {})).toEqual({ plan: 'rows', reason });
  });

  it('is measured first: rows, then buckets', () => {
    const few = rows(19_999, 1_000, 50);
    const enough = rows(20_000, 1_000, 50);
    expect(choosePlan('auto', 'md5', {}).plan).toBe('rows');
    expect(choosePlan('auto', 'md5', { rows: few }).plan).toBe('rows');
    expect(choosePlan('auto', 'md5', { rows: enough })).toEqual({
      plan: 'buckets',
      reason: 'to measure it, digest md5',
    });
    expect(choosePlan('auto', 'md5', { rows: enough, buckets: few }).plan).toBe('buckets');
  });

  it('is the faster one, and says by how much', () => {
    const measurements = { rows: rows(40_000, 2_000, 62), buckets: rows(50_000, 1_000, 1.5) };
    expect(choosePlan('auto', 'native:hashtextextended', measurements)).toEqual({
      plan: 'buckets',
      reason:
        'buckets (digest native:hashtextextended) take 1 s and 1.5 MB a million rows, rows 2 s and 62.0 MB a million rows',
    });
    const slow = { ...measurements, buckets: rows(50_000, 9_000, 1.5) };
    expect(choosePlan('auto', 'md5', slow).plan).toBe('rows');
  });

  it('is the one that moves fewer bytes when both are equally fast', () => {
    const plan = (bucketsMs: number, bucketBytes: number) =>
      choosePlan('auto', 'md5', { rows: rows(1e5, 1_000, 60), buckets: rows(1e5, bucketsMs, bucketBytes) })
        .plan;
    expect(plan(1_090, 1)).toBe('buckets');
    expect(plan(1_110, 1)).toBe('rows');
    expect(plan(910, 100)).toBe('rows');
    expect(plan(890, 100)).toBe('buckets');
  });

  it('is some plan even when a clock stood still', () => {
    const still = { rows: 1e5, ms: 0, bytes: 0 };
    expect(choosePlan('auto', 'md5', { rows: still, buckets: still }).plan).toBe('rows');
  });
});

describe('measurements', () => {
  it('add up, each plan for itself', () => {
    const one = measured({}, 'rows', { rows: 10, ms: 5, bytes: 100 });
    const two = measured(one, 'buckets', { rows: 1, ms: 1, bytes: 1 });
    expect(measured(two, 'rows', { rows: 20, ms: 7, bytes: 200 })).toEqual({
      rows: { rows: 30, ms: 12, bytes: 300 },
      buckets: { rows: 1, ms: 1, bytes: 1 },
    });
  });

  it('forget what is old, however much is measured: the last million rows decide', () => {
    const cost = fc.record({
      rows: fc.integer({ min: 1, max: 500_000 }),
      ms: fc.nat(10_000),
      bytes: fc.nat(1_000_000),
    });
    fc.assert(
      fc.property(fc.array(cost, { minLength: 1, maxLength: 50 }), (costs) => {
        const old = measured({}, 'rows', { rows: 2_000_000, ms: 1e9, bytes: 0 });
        const all = costs.reduce<Measurements>((sum, one) => measured(sum, 'rows', one), old);
        expect(all.rows?.rows).toBeLessThanOrEqual(2_000_000);
      }),
    );
    let now = measured({}, 'rows', { rows: 2_000_000, ms: 1e6, bytes: 0 });
    for (let turn = 0; turn < 40; turn += 1)
      now = measured(now, 'rows', { rows: 500_000, ms: 500, bytes: 0 });
    const { rows: count = 0, ms = 0 } = now.rows ?? {};
    expect(ms / count).toBeCloseTo(0.001, 4);
  });
});

/** A side that can make these digests, and is asked for nothing else. */
function sideOf(digests: readonly Digest[], change: Partial<Selection> = {}): Side {
  const selection: Selection = {
    sql: '',
    columns: [],
    parameters: {},
    key: { column: 'id', measure: { type: 'integer' } },
    fields: [],
    ...change,
  };
  return { selection, comparison: { digests: () => digests } as unknown as Comparison };
}

describe('the digest of both sides', () => {
  it('is the cheapest that both can make', () => {
    const sides = {
      left: sideOf(['native:hashtextextended', 'integer', 'md5']),
      right: sideOf(['integer', 'md5']),
    };
    expect(commonDigest(sides, [0])).toBe('integer');
    expect(commonDigest({ ...sides, left: sideOf(['native:hashtextextended']) }, [0])).toBeUndefined();
  });

  it('is none where a tolerance is given', () => {
    const sides = { left: sideOf(['md5']), right: sideOf(['md5']) };
    expect([commonDigest(sides, [0, 4]), commonDigest(sides, [0, 0])]).toEqual([undefined, 'md5']);
  });

  it('is none where buckets could go neither by a number nor by a time', () => {
    const text = { type: 'text', trim: false, fold: false, guid: false } as const;
    const one = sideOf(['md5'], { key: { column: 'id', measure: text } });
    expect(commonDigest({ left: one, right: one }, [])).toBeUndefined();
    const timed = sideOf(['md5'], { key: { column: 'id', measure: text }, at: 'at' });
    expect(commonDigest({ left: timed, right: timed }, [])).toBe('md5');
  });
});
