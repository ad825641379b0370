import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dueSlices,
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

const span = (from: number, to: number): Span => ({ from: BigInt(from), to: BigInt(to) });
const shown = ({ slices }: Audit) =>
  slices.map(({ from, to, comparedAt, rows }) => [Number(from), Number(to), comparedAt, rows]);

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

  it('are cut by what was compared, and rows are shared out', () => {
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

describe('what is due', () => {
  const day = 86_400_000;

  it('is what was never compared, the newest first, then the oldest', () => {
    let audit = newAudit(span(0, 50), 10n);
    audit = markCompared(audit, span(10, 20), 2, 0);
    audit = markCompared(audit, span(40, 50), 1, 0);
    expect(dueSlices(audit, 2 * day, day).map(({ from }) => Number(from))).toEqual([30, 20, 0, 40, 10]);
    expect(dueSlices(audit, 3, day).map(({ from }) => Number(from))).toEqual([30, 20, 0]);
  });

  it('comes bit by bit, though all was compared at one time', () => {
    let audit = markCompared(newAudit(span(0, 1000), 10n), span(0, 1000), 0, 0);
    let most = 0;
    const every = day / 288;
    for (let now = every; now <= 5 * day; now += every) {
      const due = dueSlices(audit, now, day);
      most = Math.max(most, due.length);
      for (const slice of due) audit = markCompared(audit, slice, now, 0);
      expect(now - (oldestComparedAt(audit) ?? 0)).toBeLessThanOrEqual(0.9 * day + every);
    }
    // 100 slices in 230 runs.
    expect(most).toBeLessThanOrEqual(2);
  });

  it('is not more than one comparison of each slice a round', () => {
    let audit = markCompared(newAudit(span(0, 100), 10n), span(0, 100), 0, 0);
    let count = 0;
    const every = day / 288;
    for (let now = every; now <= 10 * day; now += every)
      for (const slice of dueSlices(audit, now, day)) {
        audit = markCompared(audit, slice, now, 0);
        count += 1;
      }
    expect(count / 10).toBeLessThanOrEqual(10 / 0.85);
  });

  it('is all compared after enough cycles of any budget, also while the window moves', () => {
    const cases = fc.record({
      budget: fc.bigInt({ min: 1n, max: 40n }),
      width: fc.bigInt({ min: 1n, max: 30n }),
      length: fc.bigInt({ min: 1n, max: 100n }),
      step: fc.bigInt({ min: 0n, max: 10n }),
    });
    fc.assert(
      fc.property(cases, ({ budget, width, length, step }) => {
        fc.pre(step < budget);
        let window = { from: 0n, to: length };
        let audit = newAudit(window, width);
        const cycles = Number(length / (budget - step)) + 2;
        for (let now = 1; now <= cycles; now += 1) {
          let left = budget;
          for (const { from, to } of dueSlices(audit, now, 1e6)) {
            const end = to - from > left ? from + left : to;
            audit = markCompared(audit, { from, to: end }, now, 1);
            left -= end - from;
            expectWhole(audit, window);
            if (left === 0n) break;
          }
          if (now === cycles) break;
          window = { from: window.from + step, to: window.to + step };
          audit = slide(audit, window, width);
        }
        expect(oldestComparedAt(audit)).not.toBeNull();
        expect(verifiedThrough(audit, window.to)).toBe(window.to);
      }),
      { numRuns: 100 },
    );
  });

  it('goes round and round with a budget that is smaller than a slice', () => {
    const window = span(0, 30);
    let audit = newAudit(window, 10n);
    const comparedAt = new Map<number, number>();
    for (let now = 1; now <= 300; now += 1) {
      const [due] = dueSlices(audit, now, 40);
      if (due === undefined) continue;
      comparedAt.set(Number(due.from), now);
      audit = markCompared(audit, { from: due.from, to: due.from + 1n }, now, 1);
    }
    expect(comparedAt.size).toBe(30);
    for (const last of comparedAt.values()) expect(last).toBeGreaterThan(300 - 90);
  });
});

describe('how far it is verified', () => {
  it('is where the first gap is, and not beyond the watermark', () => {
    let audit = newAudit(span(0, 40), 10n);
    expect(verifiedThrough(audit, 100n)).toBeNull();
    expect(oldestComparedAt(audit)).toBeNull();
    audit = markCompared(audit, span(10, 40), 3, 0);
    expect(verifiedThrough(audit, 100n)).toBeNull();
    audit = markCompared(audit, span(0, 5), 4, 0);
    expect(verifiedThrough(audit, 100n)).toBe(5n);
    audit = markCompared(audit, span(5, 10), 5, 0);
    expect(verifiedThrough(audit, 100n)).toBe(40n);
    expect(verifiedThrough(audit, 33n)).toBe(33n);
    expect(oldestComparedAt(audit)).toBe(3);
    expect(verifiedThrough(newAudit(span(5, 5), 10n), 5n)).toBeNull();
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
      { numRuns: 300 },
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
          expect(loadAudit(state, window, width)).toEqual(audit);
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
        expect(loadAudit(states.open(`m${run}`, 'd', 0), window, width)).toEqual(audit);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps a bounded number of slices', () => {
    const window = span(0, 100_000);
    let audit = newAudit(window, gridWidth(window, 1n));
    // Every other point, as no run would do it.
    const slices = Array.from({ length: 50_000 }, (_, index) => ({
      ...span(2 * index, 2 * index + 1),
      comparedAt: index,
      rows: 1,
    }));
    audit = slide({ width: audit.width, slices }, window, audit.width);
    expect(audit.slices.filter(({ comparedAt }) => comparedAt !== null).length).toBe(mostSlices);
    expectWhole(audit, window);
  });

  it('leaves out what cannot be read', () => {
    const state = createMonitorStates(undefined, () => {}).open('m', 'd', 0);
    state.write({
      set: new Map([
        ['slice/0', '["10",5,3]'],
        ['slice/10', 'nonsense'],
        ['slice/x', '["30",5,3]'],
      ]),
    });
    const audit = loadAudit(state, span(0, 20), 10n);
    expect(shown(audit)).toEqual([
      [0, 10, 5, 3],
      [10, 20, null, 0],
    ]);
    expect(auditChanges(state, audit).delete).toEqual(['slice/10', 'slice/x']);
  });
});
