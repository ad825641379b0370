import { expect, it } from 'vitest';
import { retryAfterOf } from '../../src/outbound/retry-after.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

it.each([
  ['120', 120_000],
  [' 120 ', 120_000],
  ['1.5', 1_500],
  ['99999999999999999999', 86_400_000],
  ['-5', undefined],
  ['', undefined],
  ['2026-03-01', undefined],
  ['Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
  ['Sunday, 01-Mar-26 12:01:00 GMT', 60_000],
  ['Sun Mar  1 12:01:00 2026', 60_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['Sun, 01 Mar 2036 11:00:00 GMT', 86_400_000],
  ['Sun, 99 Mar 2036 11:00:00 GMT', undefined],
])('%j is %s ms', (value, expected) => {
  expect(retryAfterOf({ 'retry-after': value }, now)).toBe(expected);
});

it('reads a date by the clock of the server', () => {
  const headers = { 'retry-after': 'Sun, 01 Mar 2026 10:00:30 GMT', date: 'Sun, 01 Mar 2026 10:00:00 GMT' };
  expect(retryAfterOf(headers, now)).toBe(30_000);
});

it('is absent without the header', () => {
  expect(retryAfterOf({}, now)).toBeUndefined();
});
