import { expect, it } from 'vitest';
import { preferredLanguage } from '../../src/web/accept-language.ts';

it.each([
  ['', 'en'],
  ['nl', 'nl'],
  ['fr-BE,fr;q=0.9,en;q=0.8', 'fr'],
  ['es, de;q=0.5, nl;q=0.7', 'nl'],
  ['DE-at', 'de'],
  ['de;q=0, fr;q=0.1', 'fr'],
  ['es, it', 'en'],
  ['*', 'en'],
  ['de;q=abc, nl;q=0.2', 'nl'],
  [';;;,,q=1', 'en'],
])('of %j is %s', (header, language) => {
  expect(preferredLanguage(header, ['en', 'nl', 'de', 'fr'])).toBe(language);
});
