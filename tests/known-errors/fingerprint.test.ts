import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint, normaliseError } from '../../src/known-errors/fingerprint.ts';

/** Words without a digit, of which no one reads as a number in hexadecimal. */
const word = fc.stringMatching(/^[g-z][a-z]{0,9}$/);
const name = fc.stringMatching(/^[A-Za-z0-9 .&/-]{1,30}$/);
const instant = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true });
const pad = (value: number) => String(value).padStart(2, '0');

/** What varies from record to record, by its sort. */
const variables: Readonly<Record<string, fc.Arbitrary<string>>> = {
  number: fc.oneof(fc.nat().map(String), fc.integer({ max: -1 }).map(String)),
  amount: fc.oneof(
    fc.tuple(fc.nat({ max: 999 }), fc.nat({ max: 99 })).map(([a, b]) => `${a},${pad(b)}`),
    fc
      .tuple(fc.nat({ max: 999 }), fc.nat({ max: 99 }))
      .map(([a, b]) => `1.${String(a).padStart(3, '0')},${pad(b)}`),
    fc.nat({ max: 9999 }).map((a) => `${a}.50`),
  ),
  id: fc.stringMatching(/^[A-Z]{0,4}[-_]?[0-9]{1,8}(?:-[0-9A-Z]{1,6}){0,2}$/),
  guid: fc.uuid(),
  hex: fc.stringMatching(/^[0-9a-f]{8,40}$/),
  'ISO time': instant.map((date) => date.toISOString()),
  time: instant.map(
    (date) => `${pad(date.getUTCDate())}/${pad(date.getUTCMonth() + 1)}/26 ${pad(date.getUTCHours())}:05`,
  ),
  quotation: fc
    .tuple(fc.constantFrom('""', "''", '«»', '“”', '„“', '``'), name)
    .map(([[open = '', close = ''], text]) => `${open}${text}${close}`),
  mail: fc.stringMatching(/^[a-z][a-z.]{0,8}@[a-z]{2,8}\.(com|be)$/),
  url: fc
    .tuple(fc.constantFrom('https://', 'http://'), fc.stringMatching(/^[a-z0-9./?=&]{1,30}$/))
    .map((parts) => parts.join('')),
};

describe('a fingerprint', () => {
  it.each(Object.entries(variables))('stays when a %s changes', (_sort, variable) => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.array(word, { maxLength: 4 }),
        variable,
        variable,
        (before, after, a, b) => {
          const text = (value: string) => [...before, value, ...after].join(' ');
          expect(normaliseError(text(a))).toBe(normaliseError(text(b)));
          expect(fingerprint('orders', text(a))).toBe(fingerprint('orders', text(b)));
        },
      ),
    );
  });

  it('stays when case and spacing change', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(fingerprint('f', `  ${words.join(' \n\t ').toUpperCase()} `)).toBe(
          fingerprint('f', words.join(' ')),
        );
      }),
    );
  });

  it('distinguishes other words and other flows', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, flow) => {
        fc.pre(a !== b);
        expect(fingerprint(flow, `rule ${a} refused`)).not.toBe(fingerprint(flow, `rule ${b} refused`));
        expect(fingerprint(flow, a)).not.toBe(fingerprint(`${flow}x`, a));
      }),
    );
  });

  it('is the beginning of SHA-256 over flow and text, so that other programs can compute it', () => {
    const hash = createHash('sha256')
      .update('orders|rule <n> refused <text> of <mail>, see <url>')
      .digest('hex');
    expect(fingerprint('orders', 'Rule 12 refused "A & B" of jan@acme.be, see https://acme.be/x?y=1')).toBe(
      hash.slice(0, 12),
    );
  });

  it('counts 300 characters', () => {
    expect(fingerprint('f', `${'x'.repeat(300)}y`)).toBe(fingerprint('f', `${'x'.repeat(300)}z`));
    expect(fingerprint('f', `${'x'.repeat(299)}y`)).not.toBe(fingerprint('f', `${'x'.repeat(299)}z`));
  });

  it('minds the code where there is no text, and there alone', () => {
    expect(fingerprint('f', ' ', 'E17')).not.toBe(fingerprint('f', '', 'E18'));
    expect(fingerprint('f', 'oops', 'E17')).toBe(fingerprint('f', 'oops', 'E18'));
  });

  it('leaves apostrophes alone', () => {
    expect(normaliseError("L'article n'existe pas dans l'ERP")).toBe("l'article n'existe pas dans l'erp");
    expect(normaliseError("Customer 'O'Brien' isn't active")).toBe("customer <text> isn't active");
  });
});
