import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gridWidth,
  markCompared,
  mostSlices,
  newAudit,
  oldestComparedAt,
  slide,
  verifiedThrough,
} from '../../../../../src/monitors/reconcile/engine/plan/audit.ts';
import type { Audit, Span } from '../../../../../src/monitors/reconcile/engine/plan/audit.ts';
import { auditChanges, loadAudit } from '../../../../../src/monitors/reconcile/engine/plan/audit-state.ts';
import { createMonitorStates } from '../../../../../src/state/monitor-states.ts';
import { casesOf } from '../../../../helpers/nightly.ts';

const span = (from: number, to: number): Span => ({ from: BigInt(from), to: BigInt(to) });
const shown = ({ slices }: Audit) =>
  slices.map(({ from, to, comparedAt, ms }) => [Number(from), Number(to), comparedAt, ms]);

/** Every point of the window lies in one slice, no slice is empty, and none crosses a line of the grid. */
function expectWhole({ slices, width }: Audit, window: Span): void {
  let end = window.from;
  for (const { from, to } of slices) {
    expect(from).toBe(end);
    expect(to).toBeGreaterThan(from);
    const cell = (point: bigint) => (point - (((point % width) + width) % width)) / width;
    expect(cell(to - 1n)).toBe(cell(from));
    end = to;
  }
  expect(end).toBe(window.to > window.from ? window.to : window.from);
}

describe('slices', () => {
  it('begin and end at the lines of the grid, and at the ends of the window', () => {
    expect(shown(newAudit(span(-7, 12), 5n))).toEqual([
      [-7, -5, null, 0],
      [-5, 0, null, 0],
      [0, 5, null, 0],
      [5, 10, null, 0],
      [10, 12, null, 0],
    ]);
    expect(newAudit(span(3, 3), 5n).slices).toEqual([]);
  });

  it('are cut by what was compared, and its time is shared out', () => {
    const audit = markCompared(newAudit(span(0, 20), 10n), span(0, 20), 1, 200);
    expect(shown(markCompared(audit, span(5, 12), 2, 70))).toEqual([
      [0, 5, 1, 50],
      [5, 10, 2, 50],
      [10, 12, 2, 20],
      [12, 20, 1, 80],
    ]);
  });

  it('are one again when they were compared at one time, and at most two in a cell', () => {
    let audit = newAudit(span(0, 10), 10n);
    audit = markCompared(audit, span(0, 4), 1, 4);
    audit = markCompared(audit, span(4, 10), 1, 6);
    expect(shown(audit)).toEqual([[0, 10, 1, 10]]);
    audit = markCompared(audit, span(0, 3), 8, 3);
    audit = markCompared(audit, span(3, 6), 9, 3);
    expect(shown(audit)).toEqual([
      [0, 6, 8, 6],
      [6, 10, 1, 4],
    ]);
  });

  it('that fall out of the window are dropped, and what is new was never compared', () => {
    const audit = markCompared(newAudit(span(0, 30), 10n), span(0, 30), 1, 30);
    expect(shown(slide(audit, span(15, 42), 10n))).toEqual([
      [15, 20, 1, 5],
      [20, 30, 1, 10],
      [30, 40, null, 0],
      [40, 42, null, 0],
    ]);
    expect(shown(slide(audit, span(100, 105), 10n))).toEqual([[100, 105, null, 0]]);
  });

  it('keep what is known of them when the grid becomes wider', () => {
    let audit = newAudit(span(0, 40), 10n);
    audit = markCompared(audit, span(0, 20), 1, 2);
    audit = markCompared(audit, span(20, 30), 2, 1);
    expect(shown(slide(audit, span(0, 40), 20n))).toEqual([
      [0, 20, 1, 2],
      [20, 30, 2, 1],
      [30, 40, null, 0],
    ]);
  });
});

describe('the width of the grid', () => {
  it('makes few cells, and is the least that does', () => {
    const windows = fc.record({
      from: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
      length: fc.bigInt({ min: 0n, max: 2n ** 63n }),
      least: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    });
    fc.assert(
      fc.property(windows, ({ from, length, least }) => {
        const width = gridWidth({ from, to: from + length }, least);
        expect(length / width).toBeLessThanOrEqual(998n);
        if (width > least) expect(length / (width / 2n)).toBeGreaterThan(998n);
        expect(width % least).toBe(0n);
      }),
    );
  });

  it('is about an hour for a window of 30 days', () => {
    const window = span(0, 30 * 86_400_000);
    expect(gridWidth(window, 60_000n)).toBe(64n * 60_000n);
    expect(newAudit(window, gridWidth(window, 60_000n)).slices).toHaveLength(675);
  });
});

describe('how far it is verified', () => {
  it('is where the first gap is, and not beyond the watermark', () => {
    let audit = newAudit(span(0, 40), 10n);
    expect(verifiedThrough(audit, 100n, 0)).toBeNull();
    expect(oldestComparedAt(audit)).toBeNull();
    audit = markCompared(audit, span(10, 40), 3, 0);
    expect(verifiedThrough(audit, 100n, 0)).toBeNull();
    audit = markCompared(audit, span(0, 5), 4, 0);
    expect(verifiedThrough(audit, 100n, 0)).toBe(5n);
    audit = markCompared(audit, span(5, 10), 5, 0);
    expect(verifiedThrough(audit, 100n, 0)).toBe(40n);
    expect(verifiedThrough(audit, 33n, 0)).toBe(33n);
    expect(oldestComparedAt(audit)).toBe(3);
    // What was compared before the promise began may have changed.
    expect(verifiedThrough(audit, 100n, 4)).toBe(10n);
    expect(verifiedThrough(audit, 100n, 5)).toBeNull();
    expect(verifiedThrough(newAudit(span(5, 5), 10n), 5n, 0)).toBeNull();
  });
});

/** What may happen to an audit: a part is compared, or the window moves and the grid changes. */
const deeds = fc.array(
  fc.oneof(
    fc.record({ from: fc.integer({ min: -60, max: 60 }), length: fc.integer({ min: 0, max: 40 }) }),
    fc.record({
      window: fc.integer({ min: -50, max: 50 }),
      size: fc.integer({ min: 0, max: 60 }),
      width: fc.integer({ min: 1, max: 20 }),
    }),
  ),
  { maxLength: 20 },
);

describe('whatever happens', () => {
  it('covers each point of the window once, and never says of one that it was compared later than it was', () => {
    fc.assert(
      fc.property(deeds, (all) => {
        let window = span(0, 50);
        let audit = newAudit(window, 10n);
        const truth = new Map<number, number>();
        all.forEach((deed, index) => {
          if ('from' in deed) {
            audit = markCompared(audit, span(deed.from, deed.from + deed.length), index + 1, 1);
            for (let point = deed.from; point < deed.from + deed.length; point += 1)
              if (point >= window.from && point < window.to) truth.set(point, index + 1);
          } else {
            window = span(deed.window, deed.window + deed.size);
            audit = slide(audit, window, BigInt(deed.width));
            for (const point of truth.keys())
              if (point < window.from || point >= window.to) truth.delete(point);
          }
          expectWhole(audit, window);
          for (const { from, to, comparedAt } of audit.slices)
            for (let point = Number(from); point < Number(to); point += 1) {
              const at = truth.get(point);
              if (comparedAt === null) expect(at).toBeUndefined();
              else expect(comparedAt).toBeLessThanOrEqual(at ?? 0);
            }
        });
      }),
      { numRuns: casesOf(300) },
    );
  });

  it('is the same after it was kept and loaded, and writes only what differs', () => {
    let run = 0;
    const states = createMonitorStates(undefined, () => {});
    fc.assert(
      fc.property(deeds, (all) => {
        run += 1;
        let window = span(0, 50);
        let width = 10n;
        let audit = newAudit(window, width);
        all.forEach((deed, index) => {
          const state = states.open(`m${run}`, 'd', 0);
          expect(loadAudit(state, window, width, 1e6)).toEqual(audit);
          if ('from' in deed)
            audit = markCompared(audit, span(deed.from, deed.from + deed.length), index + 1, 7);
          else {
            window = span(deed.window, deed.window + deed.size);
            width = BigInt(deed.width);
            audit = slide(audit, window, width);
          }
          state.write(auditChanges(state, audit));
          expect(auditChanges(state, audit)).toEqual({ set: new Map(), delete: [] });
        });
        expect(loadAudit(states.open(`m${run}`, 'd', 0), window, width, 1e6)).toEqual(audit);
      }),
      { numRuns: casesOf(200) },
    );
  });

  it('keeps a bounded number of slices', () => {
    const window = span(0, 100_000);
    let audit = newAudit(window, gridWidth(window, 1n));
    // Every other point, as no run would do it.
    const slices = Array.from({ length: 50_000 }, (_, index) => ({
      ...span(2 * index, 2 * index + 1),
      comparedAt: index,
      ms: 1,
    }));
    audit = slide({ width: audit.width, slices }, window, audit.width);
    expect(audit.slices.filter(({ comparedAt }) => comparedAt !== null).length).toBe(mostSlices);
    expectWhole(audit, window);
  });

  it('leaves out what cannot be read', () => {
    const state = createMonitorStates(undefined, () => {}).open('m', 'd', 0);
    state.write({
      set: new Map([
        ['slice/0', '{"to":"10","at":5,"ms":3}'],
        ['slice/10', 'nonsense'],
        // As earlier versions wrote it, with rows in place of time.
        ['slice/15', '["20",5,3]'],
        ['slice/x', '{"to":"30","at":5,"ms":3}'],
      ]),
    });
    const audit = loadAudit(state, span(0, 20), 10n, 1e6);
    expect(shown(audit)).toEqual([
      [0, 10, 5, 3],
      [10, 20, null, 0],
    ]);
    expect(auditChanges(state, audit).delete).toEqual(['slice/10', 'slice/15', 'slice/x']);
  });

  it('leaves out what was compared later than now, by a clock that was put back since', () => {
    const state = createMonitorStates(undefined, () => {}).open('m', 'd', 0);
    const audit = markCompared(
      markCompared(newAudit(span(0, 20), 10n), span(0, 10), 7, 1),
      span(10, 20),
      8,
      1,
    );
    state.write(auditChanges(state, audit));
    expect(shown(loadAudit(state, span(0, 20), 10n, 7))).toEqual([
      [0, 10, 7, 1],
      [10, 20, null, 0],
    ]);
  });
});
