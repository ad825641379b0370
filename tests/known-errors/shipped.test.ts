import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readKnownErrors, shippedErrorsFile } from '../../src/config/sections/known-errors-file.ts';
import { formatProblem } from '../../src/config/source/problem.ts';
import { languages } from '../../src/known-errors/catalogue.ts';
import type { Catalogue } from '../../src/known-errors/catalogue.ts';
import { createClassifier } from '../../src/known-errors/classify.ts';
import type { Classifier } from '../../src/known-errors/classify.ts';
import { isWeakCode } from '../../src/known-errors/codes.ts';
import { testOfPattern } from '../../src/known-errors/patterns.ts';
import { mask } from '../../src/known-errors/mask.ts';

let catalogue: Catalogue;
let classifier: Classifier;
beforeAll(async () => {
  const read = await readKnownErrors(shippedErrorsFile, undefined, { responders: [] });
  expect(read.problems.map(formatProblem)).toEqual([]);
  catalogue = read.catalogue;
  classifier = createClassifier(catalogue);
});

describe('the shipped catalogue', () => {
  it('has patterns that compile, each alternative of them', () => {
    // Without the literals of the text none is passed over.
    for (const { patterns, wide = [] } of catalogue.errors)
      for (const pattern of [...patterns, ...wide])
        for (const text of ['', 'zzz']) expect(testOfPattern(pattern)(text), pattern).toBe(false);
  });

  it('finds each entry by its own example', () => {
    const found = catalogue.errors.map(({ id, example, flows: [flow = ''] }) => [
      id,
      classifier.classify({ message: example, code: '', flow }).error,
    ]);
    expect(found.length).toBeGreaterThan(40);
    expect(found.filter(([id, error]) => id !== error)).toEqual([]);
  });

  it('finds an entry by each of its strong codes', () => {
    const found = catalogue.errors.flatMap(({ id, codes, flows: [flow = ''] }) =>
      codes
        .filter((code) => !isWeakCode(code))
        .map((code) => ({ id, code, error: classifier.classify({ message: '', code, flow }).error })),
    );
    expect(found.length).toBeGreaterThan(30);
    expect(found.filter(({ id, error }) => id !== error)).toEqual([]);
  });

  it('finds an entry by each of its weak codes when the text says nothing', () => {
    const found = catalogue.errors.flatMap(({ id, codes }) =>
      codes
        .filter(isWeakCode)
        .map((code) => ({ id, code, error: classifier.classify({ message: 'Oops', code, flow: '' }).error })),
    );
    expect(new Set(found.map(({ code }) => code))).toContain('http:401');
    expect(found.filter(({ id, error }) => id !== error)).toEqual([]);
  });

  it.each([
    '[Errno 111] Connection refused: mail.example.com',
    'Could not send to smtp.office365.com: timed out',
    'connect ECONNREFUSED 10.0.0.7:587',
  ])('tells a mail server by its host or port: %s', (message) => {
    expect(classifier.classify({ message, code: '', flow: 'invoices' }).error).toBe('smtp-connect');
  });

  it('says of a failed connection only what holds for any system and any flow', () => {
    const texts = catalogue.errors
      .filter(({ category }) => category === 'connectivity')
      .flatMap(({ title, explanation, action }) => [title, explanation, action])
      .flatMap((text) => languages.map((language) => text[language]));
    expect(texts.length).toBeGreaterThan(40);
    expect(
      texts.filter((text) => /\bERP\b|\borders\b|\bbestellingen\b|Auftr.ge|\bcommandes\b/.test(text)),
    ).toEqual([]);
  });

  it.each(['http:400', 'http:401', 'http:403', 'http:500'])(
    'classifies by the text, even when it is wrapped in a %s',
    (code) => {
      const found = catalogue.errors.map(({ id, example, flows: [flow = ''] }) => [
        id,
        classifier.classify({ message: example, code, flow }).error,
      ]);
      expect(found.filter(([id, error]) => id !== error)).toEqual([]);
    },
  );

  it.each([
    ['401 access token expired', 'auth-expired'],
    ['Invalid session or session already timeout.', 'auth-expired'],
    ['Your session has expired. Please log in again.', 'auth-expired'],
    ['{"error":"invalid_token"}', 'auth-expired'],
    ["Le jeton d'accès a expiré", 'auth-expired'],
    ['Das Token ist abgelaufen', 'auth-expired'],
    ['Het token is verlopen', 'auth-expired'],
    ['CSRF token validation failed', 'auth-refused'],
    ['The server has rejected the client credentials.', 'auth-refused'],
    ['AADSTS7000215: Invalid client secret provided', 'auth-refused'],
    ['Operation not allowed for user web_sync', 'auth-refused'],
    ['Sie sind nicht berechtigt', 'auth-refused'],
    ['Je bent niet gemachtigd', 'auth-refused'],
    ['Accès non autorisé', 'auth-refused'],
    // What these patterns must leave to others.
    ['The checkout session timed out', 'timeout'],
    ['The payment token has expired', 'payment-declined'],
    ['Caractère non autorisé dans le champ', 'encoding'],
    ['Discount is not allowed for item K1', 'check-rule'],
  ])('sorts %s into %s', (message, id) => {
    expect(classifier.classify({ message, code: '', flow: 'orders' }).error).toBe(id);
  });

  // Real texts that were unknown or wrong; issue 10.
  it.each([
    ['AccessError: You are not allowed to access "Invoice".', 'auth-refused'],
    [
      'PeriodNotFoundError: To continue, you must create a period for the date "2026-01-03" and company "ACME".',
      'closed-period',
    ],
    ['AccountError: There is no "Account Revenue" defined for "Cable".', 'posting-setup'],
    [
      'DigitsValidationError: The number of digits in the value "1.5" for field "Quantity" exceeds the limit of "0".',
      'precision',
    ],
    [
      'DomainValidationError: The value for field "Product" in "Sale Line" is not valid according to its domain.',
      'value-not-allowed',
    ],
    ['SaleQuotationError: To get a quote for sale "12" you must enter an invoice address.', 'address'],
    ['Picqer\\Financials\\Exact\\ApiException : Error 429: ', 'rate-limit'],
    ['Only one request can be made against a session at a time', 'rate-limit'],
    ['UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record', 'record-locked'],
    ['The SKU (K-10) you are trying to insert is already under processing', 'being-processed'],
    [
      'Error executing API call (422: Unprocessable Entity): The amount is higher than the maximum',
      'payment-limit',
    ],
    ['PAYMENT_DENIED', 'payment-declined'],
    [
      '{"code":"product_invalid_sku","message":"Ongeldig of dubbel artikelnummer.","data":{"status":400}}',
      'duplicate',
    ],
    [
      "The Sales Header does not exist. Identification fields and values: Document Type='Order',No.='1'",
      'record-missing',
    ],
    ['{"error":{"code":-1005,"message":{"lang":"en-us","value":"Data  not found"}}}', 'record-missing'],
    ['You cannot edit VAT reconciled transactions', 'document-closed'],
    ['MissingError: Record does not exist or has been deleted.', 'record-missing'],
    ["Could not find a property named 'salesLines' on type 'Microsoft.NAV.salesOrder'.", 'field-unknown'],
    // What failed is said by the text alone.
    ['[Errno 111] Connection refused', 'dns-or-refused'],
    ['connect ECONNREFUSED 10.20.0.14:7048', 'dns-or-refused'],
    ['connect ECONNREFUSED 10.20.0.25:587', 'smtp-connect'],
    ['SMTP connect: [Errno 111] Connection refused', 'smtp-connect'],
    ['Mailserver refused the connection: ECONNREFUSED', 'smtp-connect'],
  ])('knows %s', (message, id) => {
    expect(classifier.classify({ message, code: '', flow: 'emails' }).error).toBe(id);
  });

  it('names no system that failed where the text does not tell which one it was', () => {
    const technical = ['connectivity', 'auth', 'locked', 'rate_limit', 'too_large', 'format', 'duplicate'];
    const naming = catalogue.errors
      .filter(({ category }) => technical.includes(category))
      .flatMap(({ id, title, explanation }) =>
        languages.map((language) => `${id}: ${title[language]} ${explanation[language]}`),
      )
      .filter((text) => /ERP\b(?![ -][Pp]artner)/.test(text));
    expect(naming).toEqual([]);
  });

  it('says everything in every language itself', async () => {
    const { errors } = parse(await readFile(shippedErrorsFile, 'utf8')) as {
      errors: Record<'title' | 'explanation' | 'action', Record<string, string>>[];
    };
    for (const { title, explanation, action } of errors)
      for (const texts of [title, explanation, action])
        expect(Object.keys(texts).sort()).toEqual([...languages].sort());
  });

  it('finds a known error in a masked message all the same', () => {
    const lost = catalogue.errors
      .filter(
        ({ id, example, flows: [flow = ''] }) =>
          classifier.classify({ message: mask(example), code: '', flow }).error !== id,
      )
      .map(({ id }) => id);
    expect(lost).toEqual([]);
  });

  it(
    'takes as long for each of 10,000 messages that differ as for each of 1,000',
    { timeout: 60_000 },
    () => {
      const messages = Array.from({ length: 11_000 }, (_, index) => {
        const { example } = catalogue.errors[index % catalogue.errors.length] ?? { example: '' };
        return index % 2 === 0
          ? `${example} (record ${index})`
          : `Rule ${index} of the customs office was not fulfilled`;
      });
      /** Microseconds of the processor for each message: others may use the machine too. */
      const costOf = (some: readonly string[]): number => {
        const start = process.cpuUsage();
        const errors = new Set(
          some.map((message) => classifier.classify({ message, code: '', flow: 'orders' }).error),
        );
        expect(errors.size).toBeGreaterThan(catalogue.errors.length / 2);
        return process.cpuUsage(start).user / some.length;
      };
      const few = costOf(messages.slice(0, 1000));
      expect(costOf(messages.slice(1000))).toBeLessThan(3 * few);
    },
  );
});
