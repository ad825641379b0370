import { describe, expect, it } from 'vitest';
import { loadProgress, progressChanges } from '../../../../../src/monitors/reconcile/engine/plan/progress.ts';
import type { Progress } from '../../../../../src/monitors/reconcile/engine/plan/progress.ts';
import { newState } from '../cycle-world.ts';

const nothing: Progress = { changesSeen: null, measurements: {}, incompleteSince: null, plan: null };

describe('progress', () => {
  it('comes back as it was kept', () => {
    const all: Progress[] = [
      nothing,
      { ...nothing, changesSeen: 0, measurements: { rows: { rows: 1, ms: 0.5, bytes: 3 } } },
      {
        changesSeen: 1_800_000_000_000,
        measurements: { buckets: { rows: 1, ms: 0.5, bytes: 3 } },
        incompleteSince: 1_700_000_000_000,
        plan: { name: 'buckets', reason: 'as configured' },
      },
    ];
    const state = newState();
    expect(loadProgress(state)).toEqual(nothing);
    for (const progress of all) {
      state.write(progressChanges(progress));
      expect(loadProgress(state)).toEqual(progress);
    }
  });

  it('of an earlier version has no more than that knew', () => {
    const state = newState();
    state.write({ set: new Map([['progress', '{"changesSeen":7,"measurements":{}}']]) });
    expect(loadProgress(state)).toEqual({ ...nothing, changesSeen: 7 });
  });

  it.each([
    ['no JSON', '{'],
    ['something else', '[1]'],
    ['half of it', '{"changesSeen":7}'],
    ['a plan that is not known', '{"changesSeen":7,"measurements":{"rows":{"rows":"1"}}}'],
  ])('that is %s is none', (_, text) => {
    const state = newState();
    state.write({ set: new Map([['progress', text]]) });
    expect(loadProgress(state)).toEqual(nothing);
  });
});
