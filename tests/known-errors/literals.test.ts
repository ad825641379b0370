import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readKnownErrors, shippedErrorsFile } from '../../src/config/sections/known-errors-file.ts';
import { alternativesOf, gramsOf, mayMatch } from '../../src/known-errors/literals.ts';
import { testOfPattern, foldText } from '../../src/known-errors/patterns.ts';
import { readCorpus } from './corpus.ts';

let shipped: readonly string[];
beforeAll(async () => {
  const { catalogue } = await readKnownErrors(shippedErrorsFile, undefined, { responders: [] });
  shipped = catalogue.errors.flatMap(({ patterns }) => patterns);
});

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

describe('a text that lacks what a pattern needs', () => {
  it.each([
    ['period .{0,40}closed', 'the order was closed', false],
    ['period .{0,40}closed', 'period 12 is closed', true],
    ['(factuur|rechnung) .{0,9}paid', 'invoice paid', false],
    ['\\b(factuur|rechnung)\\b', 'invoice', false],
    ['(un)?known', 'xx', false],
    ['colou?r code', 'the code', false],
    ['ab{2}cd', 'abbcd', true],
    ['\\d+', 'nothing', true],
    ['\\p{L}+order', 'nothing', true],
  ])('%s in %j', (pattern, text, expected) => {
    expect(mayMatch(pattern)(gramsOf(text))).toBe(expected);
  });

  it('is none that the pattern matches', () => {
    const corpus = Object.values(readCorpus()).flat();
    // Every fifth: without the short cut, each pattern takes its time.
    const texts = corpus.filter((_, index) => index % 5 === 0).map(({ text }) => foldText(text));
    const found = shipped.flatMap((pattern) => {
      const test = testOfPattern(pattern);
      return texts.filter((text) => test(text) !== test(text, gramsOf(text)));
    });
    expect(found).toEqual([]);
  });

  it('is none that a pattern of any shape matches', () => {
    const piece = fc.constantFrom(
      'order',
      'abc',
      '(abc|def)',
      '(?:abc|de)',
      '[abc]',
      'a?',
      'b{0,2}',
      'c{1,2}',
      'd+',
      '.',
      '\\.',
      '\\b',
      'ef*',
      '(ab)?',
      '(abc){2}',
      '|',
      '$',
    );
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'order', 'abc', 'def', '.', ' '),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), text, (pieces, subject) => {
        const test = testOfPattern(pieces.join(''));
        expect(test(subject, gramsOf(subject))).toBe(test(subject));
      }),
      { numRuns: 2000 },
    );
  });

  it('is what nearly every text is to nearly every shipped pattern, however long it is', () => {
    const alternatives = shipped
      .flatMap((pattern) => alternativesOf(pattern))
      .map((one) => mayMatch(one.toLowerCase()));
    const grams = gramsOf(
      'the lamp above the third shelf was dark when our carrier came to load; nobody saw the driver leave again. '.repeat(
        95,
      ),
    );
    expect(alternatives.length).toBeGreaterThan(500);
    expect(alternatives.filter((isPossible) => isPossible(grams)).length).toBeLessThan(
      alternatives.length / 10,
    );
  });
});
