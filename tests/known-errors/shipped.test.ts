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

  it('sorts 10,000 messages that differ in about a second', () => {
    const messages = Array.from({ length: 10_000 }, (_, index) => {
      const { example } = catalogue.errors[index % catalogue.errors.length] ?? { example: '' };
      return index % 2 === 0
        ? `${example} (record ${index})`
        : `Rule ${index} of the customs office was not fulfilled`;
    });
    const start = process.cpuUsage();
    const errors = new Set(
      messages.map((message) => classifier.classify({ message, code: '', flow: 'orders' }).error),
    );
    const { user } = process.cpuUsage(start);
    expect(errors.size).toBeGreaterThan(catalogue.errors.length / 2);
    // Microseconds of the processor: others may use the machine too. Half a second was measured.
    expect(user).toBeLessThan(4_000_000);
  });
});
