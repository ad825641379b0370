import { expect, it } from 'vitest';
import { isRound } from './round.ts';

it.each([
  '0',
  '0 s',
  '5',
  '12.5',
  '0.125',
  '30,000',
  '1.50 KiB',
  '512 B',
  '10 mins',
  '2.50 mins',
  '1.5 days',
  '150%',
])('takes %s for round', (text) => {
  expect(isRound(text)).toBe(true);
});

it.each(['8.33 mins', '1.67 mins', '5.56 hours', '1.16 days', '16.7', '3.33', '0.333', '95.4 MiB'])(
  'does not take %s for round',
  (text) => {
    expect(isRound(text)).toBe(false);
  },
);
