import { describe, expect, it } from 'vitest';
import { formatPath } from '../../../src/config/source/path.ts';
import { readSource } from '../../../src/config/source/positions.ts';

describe('readSource', () => {
  it('knows where values and keys stand', () => {
    const source = readSource('a:\n  - b: 1\n    c: [x, "y"]\n');
    expect(source.data).toEqual({ a: [{ b: 1, c: ['x', 'y'] }] });
    expect(source.placeOf(['a', 0, 'b'])).toEqual({ line: 2, column: 8 });
    expect(source.placeOf(['a', 0, 'b'], 'key')).toEqual({ line: 2, column: 5 });
    expect(source.placeOf(['a', 0, 'c', 1])).toEqual({ line: 3, column: 12 });
    expect(source.firstUncertainLine).toBe(Infinity);
  });

  it('points at what is around a value that is not there', () => {
    const source = readSource('a:\n  - b: 1\n');
    expect(source.placeOf(['a', 0, 'none'])).toEqual({ line: 2, column: 5 });
    expect(source.placeOf(['none', 'nowhere'])).toEqual({ line: 1, column: 1 });
  });

  it('follows aliases, and lets own keys go before those of <<, and the first << before the second', () => {
    const { data, problems } = readSource(
      'x: &x { a: 1, b: 1, c: 1 }\ny: &y { b: 2, c: 2, d: 2 }\nz: { <<: [*x, *y], c: 3 }\nw: *x\n',
    );
    expect(problems).toEqual([]);
    expect(data).toMatchObject({ z: { a: 1, b: 1, c: 3, d: 2 }, w: { a: 1, b: 1, c: 1 } });
  });

  it('takes __proto__ for a key like any other', () => {
    const { data } = readSource('__proto__: { polluted: true }\n');
    expect(Object.keys(data as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('gives up on aliases that multiply', () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x]'
        : `a${level}: &a${level} [${Array(8)
            .fill(`*a${level - 1}`)
            .join(', ')}]`,
    );
    const { problems, data } = readSource(levels.join('\n'));
    expect(data).toBeNull();
    expect(problems.map(({ message }) => message)).toEqual([
      'contains too many or too deeply nested values, counting those that aliases (*) repeat; write them out',
    ]);
  });

  it('takes a byte order mark and Windows line ends', () => {
    const source = readSource('\uFEFFa: 1\r\nb: 2\r\n');
    expect(source.data).toEqual({ a: 1, b: 2 });
    expect(source.placeOf(['b'])).toEqual({ line: 2, column: 4 });
  });

  const merges = (levels: number, each: number) =>
    ['a0: &a0 {k: 1}']
      .concat(
        Array.from(
          { length: levels },
          (_, index) => `a${index + 1}: &a${index + 1}\n  <<: [${Array(each).fill(`*a${index}`).join(', ')}]`,
        ),
      )
      .join('\n');

  // Each took from seconds to minutes, or ended in "Maximum call stack size exceeded".
  it.each([
    ['merges that double', merges(26, 2)],
    ['merges of ten', merges(8, 10)],
    ['a mapping merged into itself', 'a: &a\n  <<: *a\n'],
    ['a list within itself', 'a: &a [*a]'],
    ['a deep block', Array.from({ length: 3000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
    ['deep brackets', `x: 1\na: ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('refuses within a second of the processor, where it stands: %s', { timeout: 60_000 }, (_, text) => {
    // The time of the processor, which other work on the machine does not take.
    const before = process.cpuUsage();
    const { problems, data } = readSource(text);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1);
    expect(data).toBeNull();
    expect(problems).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/too deeply nested values/) as string }),
    ]);
    if (text.includes('\n') && !text.includes('<<')) expect(problems[0]?.place.line).toBeGreaterThan(1);
  });

  it('merges a list of mappings, the first wins, and an alias is the last of its name', () => {
    const { data, problems } = readSource(
      'a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc: {<<: [*x, *y]}\nd: &x {k: 4}\ne: *x\n',
    );
    expect(problems).toEqual([]);
    expect(data).toMatchObject({ c: { k: 1, l: 3 }, e: { k: 4 } });
  });

  it('is done soon with a file that is no YAML at all', { timeout: 10_000 }, () => {
    const { problems } = readSource('\t- a\n'.repeat(20_000));
    expect(problems).toHaveLength(1000);
  });
});

describe('formatPath', () => {
  it('writes indices in brackets, odd keys in quotes', () => {
    expect(formatPath(['monitors', 2, 'late_after', 'warning'])).toBe('monitors[2].late_after.warning');
    expect(formatPath(['companies', 'ACME NV', 'title'])).toBe('companies["ACME NV"].title');
    expect(formatPath([])).toBe('');
  });
});
