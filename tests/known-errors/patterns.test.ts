import { RE2JS } from 're2js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testOfPattern, foldText, patternFault, withWordsApart } from '../../src/known-errors/patterns.ts';
import { casesOf } from '../helpers/nightly.ts';

const matches = (pattern: string, text: string) => testOfPattern(pattern)(foldText(text));

describe('a pattern', () => {
  it.each([
    ['Périod[e] .{0,20}Clôturée', 'la PÉRIODE 12 est CLÔTURÉE', true],
    ['order \\d+ is\\s+blocked', 'Order 12 is\n   BLOCKED', true],
    ['^NEGATIVE', '\n  negative stock', true],
    ['\\bERP\\b', 'the erp says', true],
    ['\\bERP\\b', 'interpret', false],
    ['\\Derror', '1error', false],
    ['[A-F]{4}', 'xx bead xx', true],
    ['[^A-Z]9', 'a9', false],
    ['(?P<what>Item|SKU) gone', 'the sku GONE', true],
    ['\\x4Fops', 'OOPS', true],
    ['\\p{Lu}x', 'äx', true],
  ])('%s on %j', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('means the same as RE2 means by it when it minds no case', () => {
    const piece = fc.constantFrom(
      'Foo',
      '\\w+',
      '\\S',
      '\\d{1,3}',
      'É',
      '[A-D]x',
      '(?:aB|C)',
      '.',
      '\\bK',
      '\\x41',
      ' ',
    );
    const text = fc.string({ unit: fc.constantFrom(...Array.from('aAbBcCdDfFoOkKxXéÉ1 .')) });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), text, (pieces, subject) => {
        const pattern = pieces.join('');
        const oneLine = subject.replaceAll(/\s+/g, ' ').trim();
        expect(matches(pattern, subject)).toBe(RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).test(oneLine));
      }),
      { numRuns: casesOf(500) },
    );
  });

  it('sees the first 4 kB', () => {
    expect(matches('blocked', `${'x'.repeat(4080)} blocked`)).toBe(true);
    expect(matches('blocked', `${'x'.repeat(4096)} blocked`)).toBe(false);
  });

  it('takes linear time where a backtracking engine would take for ever', () => {
    const evil = testOfPattern('(a|aa)+$|(a+)+b');
    const start = performance.now();
    expect(evil(foldText(`${'a'.repeat(4000)}!`))).toBe(false);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('what is wrong with a pattern', () => {
  it.each([
    ['a(?=b)', /unsupported Perl syntax: `\(\?=`.*no look-around/],
    ['(a)\\1', /invalid escape sequence: `\\1`.*no back-references/],
    ['a{1,5000}', /invalid repeat count.*at most 1000/],
    ['(a', /missing closing \): `\(a`/],
    ['closed|', /matches every text/],
    ['x*', /matches every text/],
    [' ', /must not be empty/],
  ])('%s', (pattern, fault) => {
    expect(patternFault(pattern)).toMatch(fault);
  });

  it('is nothing for a right one', () => {
    expect(patternFault('period .{0,40}(closed|not open)')).toBeUndefined();
  });
});

describe('the words of names', () => {
  it.each([
    ['INSUFFICIENT_FUNDS', 'INSUFFICIENT FUNDS'],
    ['Caused by OutOfStockException', 'Caused by Out Of Stock Exception'],
    ['Card%20Declined', 'Card Declined'],
    ['order_id 1+1', 'order id 1+1'],
    ['ABC-12 of ACME BV', 'ABC-12 of ACME BV'],
  ])('of %s are taken apart', (text, apart) => {
    expect(withWordsApart(text)).toBe(apart);
  });
});
