import { describe, expect, it } from 'vitest';
import { markCompared, newAudit } from '../../../../../src/monitors/reconcile/engine/plan/audit.ts';
import type { Audit, Span } from '../../../../../src/monitors/reconcile/engine/plan/audit.ts';
import { newestLeg, roundLegs } from '../../../../../src/monitors/reconcile/engine/plan/round.ts';

const span = (from: number, to: number): Span => ({ from: BigInt(from), to: BigInt(to) });
const times = { roundsMs: 1_000, intervalMs: 60_000, fullAuditMs: 86_400_000 };
const legs = (audit: Audit, now: number) =>
  roundLegs(audit, now, times).map(({ from, to, direction }) => [Number(from), Number(to), direction]);

describe('a round', () => {
  it('begins with what never was compared, the newest first', () => {
    expect(legs(newAudit(span(0, 50), 10n), 1)).toEqual([[0, 50, 'down']]);
    const audit = markCompared(newAudit(span(0, 50), 10n), span(20, 30), 1, 0);
    expect(legs(audit, 2)).toEqual([
      [30, 50, 'down'],
      [0, 20, 'down'],
      [20, 30, 'up'],
    ]);
  });

  it('goes on with what was compared longest ago, and leaves out what this run has compared', () => {
    let audit = markCompared(newAudit(span(0, 50), 10n), span(0, 50), 1, 0);
    expect(legs(audit, 2)).toEqual([[0, 50, 'up']]);
    audit = markCompared(audit, span(40, 50), 2, 0);
    expect(legs(audit, 2)).toEqual([[0, 40, 'up']]);
    audit = markCompared(audit, span(0, 20), 3, 0);
    expect(legs(audit, 4)).toEqual([
      [20, 50, 'up'],
      [0, 20, 'up'],
    ]);
  });

  it('goes down where the older one lies above, so that the oldest is compared first wherever the run ends', () => {
    let audit = newAudit(span(0, 30), 10n);
    for (const [from, at] of [
      [20, 1],
      [10, 2],
      [0, 3],
    ] as const)
      audit = markCompared(audit, span(from, from + 10), at, 0);
    expect(legs(audit, 4)).toEqual([[0, 30, 'down']]);
  });

  it('never turns within a leg', () => {
    let audit = newAudit(span(0, 40), 10n);
    for (const [from, at] of [
      [10, 1],
      [20, 2],
      [0, 3],
      [30, 4],
    ] as const)
      audit = markCompared(audit, span(from, from + 10), at, 0);
    expect(legs(audit, 5)).toEqual([
      [10, 30, 'up'],
      [0, 10, 'up'],
      [30, 40, 'up'],
    ]);
  });

  it('waits for a window that is one slice and takes longer than a run may spend, but not beyond full_audit_every', () => {
    const audit = markCompared(newAudit(span(0, 10), 10n), span(0, 10), 0, 2_500);
    const at = (now: number, change: Partial<typeof times> = {}) =>
      roundLegs(audit, now, { ...times, ...change }).length;
    expect([60_000, 120_000, 179_000].map((now) => at(now))).toEqual([0, 0, 1]);
    expect(at(60_000, { roundsMs: 2_500 })).toBe(1);
    expect([60_000, 120_000].map((now) => at(now, { roundsMs: 0, fullAuditMs: 180_000 }))).toEqual([0, 1]);
  });
});

describe('the newest', () => {
  it('begins a little before the end of what was compared, within the window', () => {
    const audit = markCompared(newAudit(span(0, 100), 10n), span(20, 60), 1, 0);
    expect(newestLeg(audit, 100, 15)).toEqual({ ...span(45, 100), direction: 'up' });
    expect(newestLeg(audit, 100, 70)).toEqual({ ...span(0, 100), direction: 'up' });
    expect(newestLeg(newAudit(span(0, 100), 10n), 100, 15)).toEqual({ ...span(85, 100), direction: 'up' });
  });
});
