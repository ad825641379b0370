import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  fingerprintText,
  type Fingerprint,
} from '../../../../../src/monitors/reconcile/engine/join/fingerprints.ts';

function print(text: string): string {
  const into: Fingerprint = { low: 0, high: 0 };
  fingerprintText(text, into);
  return `${into.low} ${into.high}`;
}

it('gives different fingerprints to 300,000 keys that look alike', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 100_000; i += 1)
    for (const key of [`ORD-2026-${i}`, `${i}`, `${i.toString(36).padStart(8, '0')}-x`]) seen.add(print(key));
  expect(seen.size).toBe(300_000);
});

it('uses both halves as if they were random', () => {
  const [low, high] = [new Set<string>(), new Set<string>()];
  for (let i = 0; i < 20_000; i += 1) {
    const [one = '', other = ''] = print(`ORD-${i}`).split(' ');
    low.add(one);
    high.add(other);
  }
  // Of 20,000 random numbers of 32 bits 0.05 pairs are the same on average.
  expect(Math.min(low.size, high.size)).toBeGreaterThanOrEqual(19_998);
});

it('tells texts apart that differ by an ending of zero units, an order, or a length', () => {
  expect(print('a')).not.toBe(print('a\0'));
  expect(print('')).not.toBe(print('\0'));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
      expect(print(one) === print(other)).toBe(one === other);
    }),
  );
});
