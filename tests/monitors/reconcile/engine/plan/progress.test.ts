import { describe, expect, it } from 'vitest';
import { loadProgress, progressChanges } from '../../../../../src/monitors/reconcile/engine/plan/progress.ts';
import type { Progress } from '../../../../../src/monitors/reconcile/engine/plan/progress.ts';
import { newState } from '../cycle-world.ts';

const nothing: Progress = { changesSeen: null, measurements: {} };

describe('progress', () => {
  it('comes back as it was kept', () => {
    const all: Progress[] = [
      nothing,
      { changesSeen: 0, measurements: { rows: { rows: 1, ms: 0.5, bytes: 3 } } },
      { changesSeen: 1_800_000_000_000, measurements: { buckets: { rows: 1, ms: 0.5, bytes: 3 } } },
    ];
    const state = newState();
    expect(loadProgress(state)).toEqual(nothing);
    for (const progress of all) {
      state.write(progressChanges(progress));
      expect(loadProgress(state)).toEqual(progress);
    }
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
