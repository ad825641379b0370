import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../src/monitors/kinds.ts';
import { Notes } from '../../../src/monitors/shared/notes.ts';
import { cutText, polledHelp } from '../../../src/monitors/shared/samples.ts';

describe('cutText', () => {
  it.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['😀😀😀', 3, '😀😀😀'],
    ['😀😀😀', 2, '😀…'],
    ['a\ud800b', 3, 'a\ufffdb'],
    ['', 3, ''],
  ])('makes of %j in %i characters %j', (text, most, expected) => {
    expect(cutText(text, most)).toBe(expected);
  });

  it('is valid Unicode, bounded, and a beginning of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, most) => {
        const cut = cutText(text, most);
        expect(cut.isWellFormed()).toBe(true);
        expect(Array.from(cut).length).toBeLessThanOrEqual(most);
        const whole = text.toWellFormed();
        expect(cut === whole || (cut.endsWith('…') && whole.startsWith(cut.slice(0, -1)))).toBe(true);
      }),
    );
  });
});

describe('families of all kinds', () => {
  // Kinds share some of them; no two of one name are told apart.
  const families = [...new Set(kinds.flatMap(({ families: own }) => own))];

  it('are there', () => {
    expect(families.length).toBeGreaterThan(20);
  });

  it.each(families)(
    '$name is named as Prometheus wants it and says that it is polled and cached',
    (family) => {
      expect(family.name).toMatch(/^erp_[a-z_]+$/);
      expect(family.name).not.toMatch(/_(?:total|count|sum|bucket)$/);
      expect(family.help).toMatch(/^[A-Z][^\n]*\. Polled and cached\.$/);
      expect(family.labels).not.toContain('company');
    },
  );

  it('have a name each', () => {
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
  });
});

describe('polledHelp', () => {
  it('makes sentences of a phrase', () => {
    expect(polledHelp(' Open baskets ')).toBe('Open baskets. Polled and cached.');
    expect(polledHelp('Open baskets.')).toBe('Open baskets. Polled and cached.');
  });
});

describe('Notes', () => {
  it('makes one sentence of any number of rows', () => {
    const notes = new Notes();
    for (let row = 0; row < 100_000; row += 1) notes.count('query: odd rows', `row ${row}`);
    notes.count('query: another');
    notes.say('Said once.');
    notes.say('Said once.');
    expect(notes.toArray()).toEqual([
      'Said once.',
      'query: odd rows (100000 rows: row 0, row 1, row 2, …).',
      'query: another (1 row).',
    ]);
  });
});
