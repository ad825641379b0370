import { describe, expect, it } from 'vitest';
import { testOfPattern, foldText, patternFault } from '../../src/known-errors/patterns.ts';
import { suggestPattern } from '../../src/known-errors/suggestion.ts';
import { tellingParts } from '../../src/known-errors/telling.ts';
import { readCorpus } from './corpus.ts';
import type { Sample } from './corpus.ts';

const fits = (text: string, other: string) => testOfPattern(suggestPattern(text))(foldText(other));

describe('a suggested pattern', () => {
  it.each([
    [
      'Rule 12 of "Customs" was not fulfilled for declaration A-7',
      'Rule 9 of "Duty" was not fulfilled for declaration B-1',
    ],
    ['HTTP 400 Bad Request: Freight terms are missing on order 5', 'Freight terms are missing on order 17'],
    ['Validation failed for "FreightTerms"', "Validation failed for 'FreightTerms' in order 6"],
    [
      'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nacme.GridError: the grid of depot 7 is closed',
      'acme.GridError: the grid of depot 9 is closed',
    ],
  ])('fits %j and others of its kind', (text, other) => {
    expect(patternFault(suggestPattern(text))).toBeUndefined();
    expect(fits(text, text)).toBe(true);
    expect(fits(text, other)).toBe(true);
  });

  it.each([
    ['Validation failed for "FreightTerms"', 'Validation failed for "Incoterm"'],
    ['Invalid value "express" for field', 'Invalid value "drone" for field'],
    [
      "Error 422: Unprocessable Entity: 'warehouse_code' is invalid",
      "Error 422: Unprocessable Entity: 'tax_code' is invalid",
    ],
    [
      'An error occurred while processing the request: GridLocked',
      'An error occurred while processing the request: NoGrid',
    ],
    ["Fehler: Der Wert 'Frachtfrei' ist ungültig", "Fehler: Der Wert 'Ab Werk' ist ungültig"],
  ])('of %j does not fit every fault of its sort, such as %j', (text, other) => {
    expect(fits(text, text)).toBe(true);
    expect(fits(text, other)).toBe(false);
  });
});

describe('the pattern suggested for each text of the corpus', () => {
  const samples = Object.values(readCorpus()).flat();
  const parts = new Map(samples.map((sample) => [sample, tellingParts(sample.text).map(foldText)]));
  const isOther = (one: Sample, other: Sample) =>
    one.class !== other.class && !one.also.includes(other.class) && !other.also.includes(one.class);

  /** It is the envelope of another and holds nothing: any pattern that fits it fits what the envelope may hold. */
  const emptyEnvelope =
    'Kan factuur niet naar Twinfield versturen, foutmelding: Fout opgetreden bij aanmaken/wijzigen debiteur (80000): ).';

  it('fits that text, and none of another class, but for the one that says nothing', () => {
    const wrong = samples.flatMap((sample) => {
      const pattern = suggestPattern(sample.text);
      const test = testOfPattern(pattern);
      const fitting = samples.filter((other) => parts.get(other)?.some((part) => test(part)) === true);
      const others = fitting.filter((other) => isOther(sample, other)).map(({ text }) => text);
      return fitting.includes(sample) && others.length === 0 ? [] : [{ text: sample.text, pattern, others }];
    });
    expect(wrong.filter(({ text }) => text !== emptyEnvelope)).toEqual([]);
  });
});
