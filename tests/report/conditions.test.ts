import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monitorStates } from '../../src/judgement.ts';
import type { MonitorStateName } from '../../src/judgement.ts';
import { stepMs } from '../../src/report/collect.ts';
import type { Track } from '../../src/report/collect.ts';
import {
  availabilityOf,
  flowConditions,
  floorShare,
  monitorTracks,
  stretchesOf,
  timesOf,
} from '../../src/report/conditions.ts';
import { coverageOf } from '../../src/report/coverage.ts';

type Seen = readonly (MonitorStateName | undefined)[];

/** The series of a monitor that was seen so. */
const tracksOf = (monitor: string, seen: Seen): Track[] =>
  monitorStates.map((state) => ({
    labels: { figure: 'state', flow: 'orders', monitor, state },
    values: new Map(seen.flatMap((is, step) => (is === state ? [[step, 1] as const] : []))),
  }));

const configured = (...monitors: string[]) => monitors.map((monitor) => ({ flow: 'orders', monitor }));
const conditions = (tracks: readonly Track[], names: readonly string[], steps: number) =>
  flowConditions(monitorTracks(tracks, configured(...names), steps), steps);

const state = fc.option(fc.constantFrom(...monitorStates), { nil: undefined });
const steps = 12;
const seen = fc.array(state, { minLength: steps, maxLength: steps });

describe('a flow', () => {
  it('is as the worst of its monitors, and nobody knows it where one of them is not known', () => {
    const tracks = [
      ...tracksOf('a', ['ok', 'ok', 'ok', 'critical', 'closed', 'ok', undefined]),
      ...tracksOf('b', ['ok', 'warning', undefined, undefined, 'ok', 'no_data', undefined]),
    ];
    expect(conditions(tracks, ['a', 'b'], 7)).toEqual([
      'ok',
      'warning',
      'no_samples',
      'critical',
      'ok',
      'no_data',
      'no_samples',
    ]);
  });

  it('takes of two replicas the one that knows, and the worse of two that know', () => {
    const tracks = [
      ...tracksOf('a', ['ok', 'no_data', 'ok', undefined]),
      ...tracksOf('a', ['no_data', 'ok', 'warning', 'ok']),
    ];
    expect(conditions(tracks, ['a'], 4)).toEqual(['ok', 'ok', 'warning', 'ok']);
  });

  it('is not known where a monitor of the configuration has no samples, from the beginning on', () => {
    expect(conditions(tracksOf('a', ['ok', 'ok']), ['a', 'new'], 2)).toEqual(['no_samples', 'no_samples']);
    expect(conditions([], ['a'], 2)).toEqual(['no_samples', 'no_samples']);
  });

  it('leaves a monitor that is gone out of account before its first sample and after its last', () => {
    const tracks = [
      ...tracksOf('a', ['ok', 'ok', 'ok', 'ok']),
      ...tracksOf('gone', [undefined, 'ok', undefined, 'critical']),
    ];
    expect(conditions(tracks, ['a'], 4)).toEqual(['ok', 'ok', 'no_samples', 'critical']);
  });
});

describe('times', () => {
  it('add up to the period, and are normal only while every monitor is known to be so', () => {
    fc.assert(
      fc.property(seen, seen, (one, other) => {
        const all = conditions([...tracksOf('a', one), ...tracksOf('b', other)], ['a', 'b'], steps);
        const times = timesOf(all);
        expect(Object.values(times).reduce((sum, ms) => sum + ms, 0)).toBe(steps * stepMs);
        const good = one.filter((is, step) =>
          [is, other[step]].every((each) => each === 'ok' || each === 'closed'),
        ).length;
        expect(times.ok + times.closed).toBe(good * stepMs);
      }),
    );
  });

  it('never make a flow look better than what is known of it', () => {
    fc.assert(
      fc.property(seen, (one) => {
        const availability = availabilityOf(timesOf(conditions(tracksOf('a', one), ['a'], steps)));
        const isKnown = one.every((is) => is !== undefined && is !== 'no_data');
        const matters = one.filter((is) => is !== 'maintenance' && is !== 'closed');
        if (!availability.known) {
          expect(matters.every((is) => is === undefined || is === 'no_data')).toBe(true);
          return;
        }
        expect(availability.isLeast).toBe(!isKnown);
        expect(availability.share === 1).toBe(matters.every((is) => is === 'ok'));
      }),
    );
  });

  it('of a week with data of one day are not 100 %', () => {
    const week = { ok: 1, no_samples: 6, warning: 0, critical: 0, no_data: 0, maintenance: 0, closed: 0 };
    expect(availabilityOf(week)).toEqual({ known: true, share: 0.1428, isLeast: true });
    expect(availabilityOf({ ...week, ok: 0 })).toEqual({ known: false, isOff: false });
    expect(availabilityOf({ ...week, ok: 0, no_samples: 0, closed: 7 })).toEqual({
      known: false,
      isOff: true,
    });
  });

  it('are rounded down: what was not whole never looks whole', () => {
    expect(floorShare(0.999999)).toBe(0.9999);
    expect(floorShare(0.29)).toBe(0.29);
    expect(floorShare(1)).toBe(1);
  });
});

describe('coverage', () => {
  it('tells gaps of all monitors, and of one alone', () => {
    const tracks = monitorTracks(
      [
        ...tracksOf('a', [undefined, 'ok', undefined, 'ok', 'ok']),
        ...tracksOf('b', [undefined, 'ok', undefined, undefined, 'ok']),
      ],
      configured('a', 'b'),
      5,
    );
    const gap = (from: number, to: number) => ({ from: from * stepMs, to: to * stepMs });
    expect(coverageOf(tracks, { from: 0, to: 5 * stepMs }, 5)).toEqual({
      share: 0.6,
      first: stepMs,
      lastKnown: 5 * stepMs,
      gaps: [gap(0, 1), gap(2, 3)],
      monitorGaps: [{ ...gap(3, 4), monitor: 'b' }],
      unread: [],
    });
  });

  it('has stretches that are exactly the steps of which something is so', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (so) => {
        const stretches = stretchesOf(0, so.length, (step) => so[step] === true);
        const isWithin = (step: number) =>
          stretches.some(({ from, to }) => step * stepMs >= from && step * stepMs < to);
        expect(so.map((_, step) => isWithin(step))).toEqual(so);
      }),
    );
  });
});
