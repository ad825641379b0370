import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mask } from '../../src/known-errors/mask.ts';
import { casesOf } from '../helpers/nightly.ts';

describe('what is taken out', () => {
  it.each([
    ['mail addresses', 'No customer for Jan.Janssens+shop@mail.acme.be.', 'No customer for [mail].'],
    ['several at once', "x'o'brien@acme.be'jan@acme.be", "[mail]'[mail]"],
    ['encoded ones', 'GET /customers?email=jan%40acme.be', 'GET /customers?email=[mail]'],
    ['IBANs', 'IBAN BE68539007547034, de89 3704 0044 0532 0130 00', 'IBAN [iban], [iban]'],
    ['IBANs in a row', 'BE68 5390 0754 7034 NL91 ABNA 0417 1643 00', '[iban] [iban]'],
    ['cards', 'Card 4111 1111 1111 1111 12/27 or 5500-0000-0000-0004', 'Card [card] 12/27 or [card]'],
    ['cards of 15 digits', 'Amex 3782 822463 10005 declined', 'Amex [card] declined'],
    ['a card behind another number', 'line 12 4111111111111111', 'line 12 [card]'],
    ['telephones abroad', 'call +32 475 12 34 56 or +1 (555) 123-4567', 'call [phone] or [phone]'],
    ['telephones at home', 'fax 02/555.12.34, 06-12345678, 01 23 45 67 89', 'fax [phone], [phone], [phone]'],
    ['telephones by name', 'Tel.: 0475123456, "phone":"475123456"', 'Tel.: [phone], "phone":"[phone]"'],
    [
      'passwords',
      "Login failed: password='top secret' pwd=Geheim1;",
      "Login failed: password='[secret]' pwd=[secret];",
    ],
    ['secrets in JSON', '{"client_secret":"abc","id":7}', '{"client_secret":"[secret]","id":7}'],
    ['secrets in JSON in a text', '{\\"password\\":\\"abc def\\"}', '{\\"password\\":\\"[secret]\\"}'],
    ['keys in an address', 'https://erp/x?api_key=a1b2c3&order=5', 'https://erp/x?api_key=[secret]&order=5'],
    ['a login in an address', 'ftp://acme:pa55@host/in', 'ftp://acme:[secret]@host/in'],
    ['headers', 'Authorization: Bearer abc.DEF-12345', 'Authorization: Bearer [secret]'],
    ['basic logins', 'authorization: Basic dXNlcjpwYXNz', 'authorization: Basic [secret]'],
    [
      'JSON Web Tokens',
      'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-def expired',
      'jwt [secret] expired',
    ],
    [
      'keys that are known by their beginning',
      'key ck_0123456789abcdef0123456789abcdef01234567 refused',
      'key [secret] refused',
    ],
  ])('%s', (_what, text, masked) => {
    expect(mask(text)).toBe(masked);
  });
});

describe('what stays', () => {
  it.each([
    'Order 10045 (SO-2026-00123) of 21.11.2026 10:42 failed at 2026-11-21T10:42:07.123+01:00',
    'Total 1.234,56 EUR does not match 1 234.56; 10,000.00 open; -250.00',
    'Due 01-02-2026, 05.11.2026 10:42, 01/02/26',
    'Item 4006381333931 not found, document 0000012345, delivery 0080001234',
    'SQLSTATE[40001] Msg 1205, Level 13, http:429, V1/150, HTTP/1.1 503',
    'Account BE00 0000 0000 0000 is no IBAN, nor is SO12345678901234',
    'password authentication failed for user "exporter"',
    'Unexpected token: comma; the refresh token expired; Basic authentication failed',
    'Reference 4111111111111112 has the wrong check digit for a card',
    'Host 10.10.20.30:8080, version 2026.11.21.4',
    'id 5f0c2f7e-3b1a-4c5d-8e9f-001122334455',
  ])('%s', (text) => {
    expect(mask(text)).toBe(text);
  });

  it('is every number of a record, amount and time', () => {
    const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
    const readable = fc.oneof(
      fc.nat().map(String),
      fc.bigInt({ min: 1n, max: 999_999_999_999n }).map(String),
      fc.stringMatching(/^(SO|ORD|INV|F)-?\d{1,10}$/),
      fc.stringMatching(/^[A-Z]{2,3}-20\d\d-\d{4,6}$/),
      day.map((date) => date.toISOString()),
      day.map((date) => date.toISOString().slice(0, 10)),
      day.map((date) => date.toLocaleDateString('nl-BE', { timeZone: 'UTC' })),
      day.map((date) => date.toLocaleDateString('de-DE', { timeZone: 'UTC', dateStyle: 'medium' })),
      fc.double({ min: 0, max: 1e7, noNaN: true }).map((amount) => amount.toFixed(2)),
      fc.integer({ min: 0, max: 1e7 }).map((amount) => `${amount.toLocaleString('de-DE')},00`),
    );
    fc.assert(
      fc.property(readable, readable, (a, b) => {
        const text = `Order ${a}: value ${b}, refused`;
        expect(mask(text)).toBe(text);
      }),
      { numRuns: casesOf(1000) },
    );
  });
});

/** A number whose last digit makes it pass Luhn: one of the ten does. */
function withCheckDigit(digits: string): string {
  const sum = (text: string) =>
    Array.from(text, Number)
      .reverse()
      .map((digit, index) => (index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2))
      .reduce((total, value) => total + value, 0);
  return `${digits}${(10 - (sum(`${digits}0`) % 10)) % 10}`;
}

/** An IBAN of Belgium, whose check digits are 98 minus a remainder (ISO 13616). */
function belgianIban(account: string): string {
  const check = 98n - (BigInt(`${account}111400`) % 97n);
  return `BE${String(check).padStart(2, '0')}${account}`;
}

const inFours = (text: string) => text.replaceAll(/(.{4})(?=.)/g, '$1 ');

describe('no text', () => {
  const separator = fc.constantFrom(' ', ', ', ': ', ' (', '="', '\n');
  it.each([
    ['mail address', fc.stringMatching(/^[a-z0-9][a-z0-9._]{0,20}@[a-z0-9]{1,20}\.(com|be|co\.uk)$/)],
    ['card', fc.stringMatching(/^4\d{14}$/).map(withCheckDigit)],
    [
      'card in groups',
      fc
        .stringMatching(/^5[1-5]\d{13}$/)
        .map(withCheckDigit)
        .map(inFours),
    ],
    ['IBAN', fc.stringMatching(/^\d{12}$/).map(belgianIban)],
    [
      'IBAN in groups',
      fc
        .stringMatching(/^\d{12}$/)
        .map(belgianIban)
        .map(inFours),
    ],
    ['telephone', fc.stringMatching(/^\+[1-9]\d{9,11}$/)],
    ['telephone in groups', fc.stringMatching(/^04\d\d \d\d \d\d \d\d$/)],
    ['password', fc.stringMatching(/^[A-Za-z0-9!$%*]{6,20}$/).map((password) => `password=${password}`)],
    ['token', fc.base64String({ minLength: 20 }).map((token) => `Bearer ${token}9`)],
  ])('lets a %s through', (_what, secret) => {
    fc.assert(
      fc.property(fc.lorem(), separator, secret, fc.lorem(), (before, between, value, after) => {
        const masked = mask(`${before}${between}${value} ${after}`);
        expect(masked).not.toContain(value);
        expect(masked).toMatch(/\[(mail|card|iban|phone|secret)\]/);
        expect(masked.startsWith(before)).toBe(true);
        expect(masked.endsWith(after)).toBe(true);
      }),
      { numRuns: casesOf(300) },
    );
  });
});

it('finds nothing more in what it has masked', () => {
  const piece = fc.constantFrom(
    'a@b.be',
    'password=',
    '"x y"',
    '+32475123456',
    '4111 1111 1111 1111',
    'token:',
    ' ',
    'Bearer ',
    'abc123',
    '://u:p@',
    "'",
    '[',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
      const once = mask(pieces.join(' '));
      expect(mask(once)).toBe(once);
    }),
    { numRuns: casesOf(500) },
  );
});

describe('time', () => {
  const pieces = [
    'a',
    'eyJ',
    'a@',
    '1',
    '1 ',
    '0 ',
    '+',
    '"',
    'password="',
    'x@x.',
    'BE68 ',
    '://a:',
    "'",
    'token:',
    '-_',
    '(',
  ];
  it.each(pieces)('grows with the text, not faster, for %j', (piece) => {
    const start = performance.now();
    mask(piece.repeat(1_000_000 / piece.length));
    // In quadratic time it would be minutes.
    expect(performance.now() - start).toBeLessThan(8_000);
  });
});
