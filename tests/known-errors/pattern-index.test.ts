import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readKnownErrors, shippedErrorsFile } from '../../src/config/sections/known-errors-file.ts';
import { indexPatterns } from '../../src/known-errors/pattern-index.ts';
import { alternativesOfPattern, foldText, testOfPattern } from '../../src/known-errors/patterns.ts';
import { readCorpus } from './corpus.ts';
import { casesOf } from '../helpers/nightly.ts';

let shipped: readonly string[];
beforeAll(async () => {
  const { catalogue } = await readKnownErrors(shippedErrorsFile, undefined, { responders: [] });
  shipped = catalogue.errors.flatMap(({ patterns }) => patterns);
});

const isPossible = (pattern: string, text: string) => indexPatterns([{ owner: 0, pattern }])(text).length > 0;

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
    expect(isPossible(pattern, text)).toBe(expected);
  });

  it('is none that the pattern matches', () => {
    const corpus = Object.values(readCorpus()).flat();
    // Every fifth: without the short cut, each pattern takes its time.
    const texts = corpus.filter((_, index) => index % 5 === 0).map(({ text }) => foldText(text));
    const index = indexPatterns(shipped.map((pattern) => ({ owner: pattern, pattern })));
    const tests = new Map(shipped.map((pattern) => [pattern, testOfPattern(pattern)]));
    for (const text of texts) {
      const found = index(text).filter(({ matches }) => matches(text));
      const expected = shipped.filter((pattern) => tests.get(pattern)?.(text));
      expect([...new Set(found.map(({ owner }) => owner))], text).toEqual(expected);
    }
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
        const pattern = pieces.join('');
        const index = indexPatterns([{ owner: 0, pattern }]);
        expect(index(subject).some(({ matches }) => matches(subject))).toBe(testOfPattern(pattern)(subject));
      }),
      { numRuns: casesOf(2000) },
    );
  });

  it('is what nearly every text is to nearly every shipped pattern, however long it is', () => {
    const index = indexPatterns(shipped.map((pattern) => ({ owner: pattern, pattern })));
    const text =
      'the lamp above the third shelf was dark when our carrier came to load; nobody saw the driver leave again. '.repeat(
        95,
      );
    const alternatives = shipped.flatMap(alternativesOfPattern);
    expect(alternatives.length).toBeGreaterThan(500);
    expect(index(text).length).toBeLessThan(alternatives.length / 10);
  });
});
