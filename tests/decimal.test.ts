import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyCode, ExactSum, isDecimal } from '../src/decimal.ts';

function sumOf(texts: readonly string[]): number {
  const sum = new ExactSum();
  for (const text of texts) sum.add(text);
  return sum.toNumber();
}

const cents = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n });
const euros = (amount: bigint) => {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

describe('ExactSum', () => {
  it('is 0 before anything is added', () => {
    expect(new ExactSum().toNumber()).toBe(0);
  });

  it('adds what doubles cannot', () => {
    expect(sumOf(['0.1', '0.2'])).toBe(0.3);
    expect(sumOf(['9007199254740993', '0.5', '-9007199254740993'])).toBe(0.5);
    expect(sumOf(['1e21', '1', '-1000000000000000000000'])).toBe(1);
    expect(sumOf(['1e-7', '-.5', '+0.5', '2.'])).toBe(2.0000001);
  });

  it('gives the double nearest to the sum of any cents, in any order', () => {
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 50 }), (amounts) => {
        const total = amounts.reduce((sum, amount) => sum + amount, 0n);
        const texts = amounts.map(euros);
        expect(sumOf(texts)).toBe(Number(euros(total)));
        expect(sumOf(texts.toReversed())).toBe(Number(euros(total)));
      }),
    );
  });

  it.each([
    [[], '0'],
    [['0.1', '0.20'], '0.30'],
    [['-0.05'], '-0.05'],
    [['5', '-5.00'], '0.00'],
    [['1e3', '9007199254740993.01'], '9007199254741993.01'],
    [['-1e-7', '-12'], '-12.0000001'],
  ])('writes the sum of %j as %s', (texts, written) => {
    const sum = new ExactSum();
    for (const text of texts) sum.add(text);
    expect(sum.toString()).toBe(written);
    expect(Number(sum.toString())).toBe(sum.toNumber());
  });

  it('takes away exactly what was added', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), cents, (number, amount) => {
        const sum = new ExactSum();
        sum.add(euros(amount));
        sum.add(String(number));
        sum.subtract(euros(amount));
        expect(sum.toNumber()).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  it.each([
    '',
    '.',
    '-',
    '1,5',
    '1 000',
    '0x10',
    'NaN',
    'Infinity',
    '1e9999',
    '1e401',
    '١',
    '9'.repeat(1001),
  ])('refuses %j', (text) => {
    expect(isDecimal(text)).toBe(false);
    expect(() => sumOf([text])).toThrow(RangeError);
  });
});

describe('currencyCode', () => {
  it.each([
    ['eur', 'EUR'],
    [' Eur ', 'EUR'],
    ['CHF', 'CHF'],
    ['€', '€'],
    ['kr.', 'kr.'],
    ['', ''],
  ])('makes %j %j', (text, code) => expect(currencyCode(text)).toBe(code));
});
