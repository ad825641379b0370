import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTranslators } from '../../src/texts/translator.ts';

const translators = createTranslators();
const now = Date.parse('2026-11-26T14:02:00Z');

function translator(language: 'en' | 'nl' | 'de' | 'fr') {
  const found = translators.get(language);
  if (found === undefined) throw new Error(`no ${language}`);
  return found;
}

/** Numbers are grouped by spaces that do not break, of several sorts. */
const plainSpaces = (text: string) => text.replaceAll(/\s/g, ' ');

describe('a translator', () => {
  it('puts values into sentences as they stand, markup and braces included', () => {
    expect(translator('en').text('figure.last_sync', { at: '<b>{x}</b>' })).toBe('last sync <b>{x}</b>');
  });

  it.each([
    ['en', '1 job', '2 jobs', '0 jobs'],
    ['nl', '1 taak', '2 taken', '0 taken'],
    ['de', '1 Job', '2 Jobs', '0 Jobs'],
    ['fr', '1 tâche', '2 tâches', '0 tâche'],
  ] as const)('counts in %s', (language, one, two, none) => {
    const said = [1, 2, 0].map((count) => translator(language).text('figure.jobs', { count }));
    expect(said).toEqual([one, two, none]);
  });

  it.each([
    ['en', 'EUR 1,234,567,890,123,456,789.10'],
    ['nl', 'EUR 1.234.567.890.123.456.789,10'],
    ['de', '1.234.567.890.123.456.789,10 EUR'],
    ['fr', '1 234 567 890 123 456 789,10 EUR'],
  ] as const)('writes an amount in %s without losing a digit', (language, text) => {
    expect(plainSpaces(translator(language).money('1234567890123456789.10', 'EUR'))).toBe(text);
  });

  it('writes an amount of no known currency too', () => {
    expect(translator('en').money('5.5', '')).toBe('5.5');
    expect(translator('en').money('5.5', '<€>')).toBe('<€> 5.5');
  });

  it('never fails on a currency, whatever a database holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (currency, amount) => {
        expect(translator('de').money(String(amount), currency)).not.toBe('');
      }),
    );
  });

  it('writes a time of today by its clock, another with its day, and one of another year with that', () => {
    const day = 86_400_000;
    const time = (ago: number) => translator('en').time(now - ago, 'Europe/Brussels', now);
    expect([time(60_000), time(3 * day), time(400 * day)]).toEqual([
      '15:01',
      'Mon 23 Nov, 15:02',
      '22 Oct 2025, 16:02',
    ]);
    // An hour before midnight in Brussels it is still the same day in London.
    const late = Date.parse('2026-11-26T23:30:00Z');
    expect(translator('en').time(late - 3_600_000, 'Europe/Brussels', late)).toBe('Thu 26 Nov, 23:30');
    expect(translator('en').time(late - 3_600_000, 'Europe/London', late)).toBe('22:30');
  });

  it.each([
    [0, '0 sec ago'],
    [119_000, '119 sec ago'],
    [120_000, '2 min ago'],
    [7_199_000, '120 min ago'],
    [7_200_000, '2 hr ago'],
    [172_800_000, '2 days ago'],
    [-7_200_000, 'in 2 hr'],
  ])('says %i ms ago as %s', (ago, text) => {
    expect(translator('en').age(now - ago, now)).toBe(text);
  });

  it.each([
    [500, '0 secs'],
    [59_999, '59 secs'],
    [60_000, '1 min'],
    [3_900_000, '1 hr 5 mins'],
    [86_400_000, '1 day'],
  ])('says that %i ms last %s', (ms, text) => {
    expect(translator('en').duration(ms)).toBe(text);
  });
});
