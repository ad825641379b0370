import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recording, promtoolValues, withLabels } from './support/series.ts';

/** What promtool makes of its notation; `stale` is a step without a sample. */
function expanded(text: string): (number | undefined)[] {
  if (text === '') return [];
  return text.split(' ').flatMap((word): (number | undefined)[] => {
    if (word === 'stale') return [undefined];
    const missing = /^_x(\d+)$/.exec(word);
    if (missing !== null) return Array<undefined>(Number(missing[1])).fill(undefined);
    const run = /^(-?\d+)([+-]\d+)x(\d+)$/.exec(word);
    if (run === null) return [Number(word)];
    const [first, step, count] = [Number(run[1]), Number(run[2]), Number(run[3])];
    return Array.from({ length: count + 1 }, (_, index) => first + step * index);
  });
}

describe('promtoolValues', () => {
  it('loses no step, whatever the track', () => {
    const value = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (track) => {
        expect(expanded(promtoolValues(track))).toEqual(track);
      }),
    );
  });

  it('writes runs short, and ends a series as a failed scrape does', () => {
    expect(promtoolValues([1, 3, 5, 7, undefined, undefined, undefined, 2, 2])).toBe('1+2x3 stale _x2 2+0x1');
    expect(promtoolValues([undefined, undefined, 5, 3, 1])).toBe('_x2 5-2x2');
  });
});

describe('Recording', () => {
  it('gives each series all steps, also one that comes late or goes early', () => {
    const recording = new Recording();
    recording.add({ early: 1 });
    recording.add({ 'late{a="b"}': 2 });
    recording.add({});
    expect(recording.inputSeries()).toEqual([
      { series: 'early', values: '1 stale _x1' },
      { series: 'late{a="b"}', values: '_x1 2 stale' },
    ]);
  });
});

it('adds labels to a series with and without some, quotes included', () => {
  expect(withLabels('up', { job: 'a"b' })).toBe('up{job="a\\"b"}');
  expect(withLabels('up{x="y"}', { job: 'j' })).toBe('up{x="y",job="j"}');
});
