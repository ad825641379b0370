import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figure, replaceSection, table } from '../../bench/markdown.ts';

describe('table', () => {
  it('makes columns as wide as their widest cell', () => {
    const rows = [
      ['nginx', '12'],
      ['a|b', '7'],
    ];
    expect(table(['who', 'requests/s'], rows).split('\n')).toEqual([
      '| who   | requests/s |',
      '| ----- | ---------: |',
      '| nginx |         12 |',
      '| a\\|b  |          7 |',
    ]);
  });
});

describe('figure', () => {
  it('keeps three digits of what is small and no decimals of what is large', () => {
    expect([0.012345, 4.5, 99.94, 100.4, 12345.6, 0, 7].map(figure)).toEqual([
      '0.0123',
      '4.50',
      '99.9',
      '100',
      '12,346',
      '0',
      '7',
    ]);
    expect(figure(NaN)).toBe('NaN');
  });
});

describe('replaceSection', () => {
  it('adds a section at the end, and later replaces it and nothing else', () => {
    const first = replaceSection('# Title\n', 'poll', 'old poll');
    const both = replaceSection(first, 'idle', 'idle');
    const again = replaceSection(both, 'poll', 'new poll');
    expect(both).toContain('old poll');
    expect(again).toBe(both.replace('old poll', 'new poll'));
  });

  it('is the same when done twice', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, section) => {
        const once = replaceSection(before, 'scrape', section);
        expect(replaceSection(once, 'scrape', section)).toBe(once);
      }),
    );
  });
});
