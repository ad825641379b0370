import { describe, expect, it } from 'vitest';
import { alternativesOf, gramsNeededBy } from '../../src/known-errors/literals.ts';

describe('the alternatives of a pattern', () => {
  it.each([
    ['a|b|c', ['a', 'b', 'c']],
    ['(a|b)c|[d|)]e|\\|f', ['(a|b)c', '[d|)]e', '\\|f']],
    ['(?:a(?:b|c)|d)', ['(?:a(?:b|c)|d)']],
    ['[]|a]b|c', ['[]|a]b', 'c']],
    ['a|', ['a', '']],
    // What is not read is left in one piece.
    ['(?i)a|b', ['(?i)a|b']],
  ])('of %s', (pattern, alternatives) => {
    expect(alternativesOf(pattern)).toEqual(alternatives);
  });
});

describe('what a text must hold to match a pattern', () => {
  it.each([
    ['abc', [['abc']]],
    ['ab', undefined],
    ['is .{0,40}order', [['ord', 'rde', 'der']]],
    ['(one|three) x', [['one'], ['thr', 'hre', 'ree']]],
    ['(one|\\d) x', undefined],
    ['(?:abcd)?xyz', [['xyz']]],
    ['abc{0,2}def', [['def']]],
    ['\\p{L}+order', undefined],
  ])('of %s', (pattern, expected) => {
    expect(gramsNeededBy(pattern)).toEqual(expected);
  });
});
