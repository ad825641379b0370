import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  markCompared,
  newAudit,
  oldestComparedAt,
} from '../../../../../src/monitors/reconcile/engine/plan/audit.ts';
import type { Audit } from '../../../../../src/monitors/reconcile/engine/plan/audit.ts';
import {
  coverageOf,
  detectionMs,
  roundMs,
  uncheckedSince,
} from '../../../../../src/monitors/reconcile/engine/plan/promise.ts';
import type { Coverage } from '../../../../../src/monitors/reconcile/engine/plan/promise.ts';
import { roundLegs } from '../../../../../src/monitors/reconcile/engine/plan/round.ts';
import { casesOf } from '../../../../helpers/nightly.ts';

const minute = 60_000;
const span = (from: number, to: number) => ({ from: BigInt(from), to: BigInt(to) });

describe('a full comparison', () => {
  it('takes as long as its slices did, and as much a point where nothing was compared yet', () => {
    let audit = newAudit(span(0, 40), 10n);
    expect(roundMs(audit)).toBeNull();
    audit = markCompared(audit, span(0, 10), 1, 500);
    expect(roundMs(audit)).toBe(2_000);
    audit = markCompared(audit, span(10, 40), 1, 300);
    expect(roundMs(audit)).toBe(800);
    expect(roundMs(newAudit(span(5, 5), 10n))).toBe(0);
  });
});

describe('a change', () => {
  const times = { intervalMs: 5 * minute, roundsMs: 27_000, otherMs: 100 };

  it.each([
    // 50,000 orders, 24 payments, 1 and 10 million rows at 150,000 rows a second.
    ['50,000 rows', 340, 1],
    ['24 rows', 20, 1],
    ['a million rows', 6_700, 1],
    ['10 million rows', 67_000, 4],
  ])('in %s is seen within so many runs', (_, round, runs) => {
    expect(detectionMs(round, times)).toBe(runs * times.intervalMs + Math.min(1.25 * round, 27_000) + 100);
  });
});

describe('what waits', () => {
  it('does since it was compared, or since a run should have compared it for the first time', () => {
    let audit = newAudit(span(0, 20), 10n);
    expect(uncheckedSince(audit, 9, 4)).toBe(4);
    expect(uncheckedSince(audit, 9, null)).toBe(9);
    audit = markCompared(audit, span(0, 10), 3, 0);
    expect(uncheckedSince(audit, 9, 4)).toBe(3);
    audit = markCompared(audit, span(10, 20), 7, 0);
    expect(uncheckedSince(audit, 9, null)).toBe(3);
    expect(uncheckedSince(newAudit(span(0, 0), 10n), 9, null)).toBe(9);
  });
});

/** Runs over a window whose points each take some time, in parts of a few points. */
interface Runs {
  readonly costs: readonly number[];
  readonly width: number;
  readonly part: number;
  readonly budget: number;
  /** For each run, how long after the one before it begins, and after how many parts it is ended from outside. */
  readonly each: readonly { readonly after: number; readonly most: number }[];
}

const intervalMs = 100_000;
const fullAuditMs = 1e12;

/** Goes through runs; `see` is handed what is said after each, and when each point was compared last. */
function go(
  { costs, width, part, budget, each }: Runs,
  see: (said: Coverage, comparedAt: readonly (number | null)[], audit: Audit) => void,
): void {
  let audit = newAudit(span(0, costs.length), BigInt(width));
  const comparedAt: (number | null)[] = costs.map(() => null);
  let now = 0;
  const times = { intervalMs, roundsMs: budget, otherMs: 0, fullAuditMs };
  for (const { after, most } of each) {
    now += after;
    let [spent, parts] = [0, 0];
    for (const leg of roundLegs(audit, now, times)) {
      for (
        let [from, to] = [Number(leg.from), Number(leg.to)];
        from < to && spent <= budget && parts < most;
      ) {
        const one =
          leg.direction === 'up' ? [from, Math.min(to, from + part)] : [Math.max(from, to - part), to];
        const [begin = 0, end = 0] = one;
        const ms = costs.slice(begin, end).reduce((sum, cost) => sum + cost, 0);
        audit = markCompared(audit, span(begin, end), now, ms);
        comparedAt.fill(now, begin, end);
        [spent, parts] = [spent + ms, parts + 1];
        [from, to] = leg.direction === 'up' ? [end, to] : [from, begin];
      }
    }
    const said = coverageOf(audit, {
      ...times,
      now,
      cutoff: costs.length,
      incompleteSince: null,
    });
    see(said, comparedAt, audit);
  }
}

const mostCost = 50;
const windows = {
  costs: fc.array(fc.integer({ min: 0, max: mostCost }), { minLength: 1, maxLength: 80 }),
  width: fc.integer({ min: 1, max: 20 }),
  part: fc.integer({ min: 1, max: 8 }),
  budget: fc.integer({ min: 1, max: 600 }),
};

describe('whatever the windows and the runs are like', () => {
  it('each point is compared again within the promise, once the speed is known', () => {
    const each = fc.array(fc.constant({ after: intervalMs, most: Infinity }), {
      minLength: 60,
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.record({ ...windows, each }), (given) => {
        // Of some thousand slices, one is never too much for a run.
        const runs = { ...given, budget: given.budget + given.width * mostCost };
        let promised: number | null = null;
        let now = 0;
        go(runs, (said, comparedAt, audit) => {
          now += intervalMs;
          // The age that a point has when it is compared again, and the duration of that run.
          if (promised !== null)
            for (const at of comparedAt)
              expect(now - (at ?? Number.NEGATIVE_INFINITY)).toBeLessThanOrEqual(promised);
          if (promised !== null) expect(said.share).toBe(1);
          if (oldestComparedAt(audit) !== null) promised = said.promiseMs;
        });
      }),
      { numRuns: 150 },
    );
  });

  it('nothing is called compared that was not within the promise', () => {
    const run = fc.record({
      after: fc.integer({ min: 1, max: 4 * intervalMs }),
      most: fc.integer({ min: 0, max: 12 }),
    });
    const each = fc.array(run, { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(fc.record({ ...windows, each }), (runs) => {
        let now = 0;
        let turn = 0;
        go(runs, ({ promiseMs, share, verifiedThrough }, comparedAt) => {
          now += runs.each[turn]?.after ?? 0;
          turn += 1;
          const fresh = comparedAt.map((at) => at !== null && at >= now - promiseMs);
          expect(share).toBeLessThanOrEqual(fresh.filter(Boolean).length / fresh.length + 1e-9);
          expect(fresh.slice(0, verifiedThrough ?? 0)).not.toContain(false);
        });
      }),
      { numRuns: casesOf(300) },
    );
  });
});
