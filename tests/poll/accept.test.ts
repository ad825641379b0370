import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Family, Reading } from '../../src/monitors/contract.ts';
import { acceptReading, cleanLabel, maxLabelLength } from '../../src/poll/accept.ts';

const family: Family = { name: 'erp_x', help: 'X.', type: 'gauge', labels: ['a', 'b'] };

function reading(labels: Record<string, string>[]): Reading {
  return {
    samples: labels.map((entry) => ({ family, company: 'acme', labels: entry, value: 1 })),
    statuses: [],
    records: [],
    truncated: false,
    notes: [],
  };
}

describe('cleanLabel', () => {
  it('leaves an ordinary value as it is', () =>
    expect(cleanLabel('Ünïcode 🧾 "x"\n')).toBe('Ünïcode 🧾 "x"\n'));
  it('replaces a lone surrogate', () => expect(cleanLabel('a\uD83Db')).toBe('a\uFFFDb'));
  it('gives well-formed text within the bound, whatever comes', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 2 * maxLabelLength });
    fc.assert(
      fc.property(units, (codes) => {
        const clean = cleanLabel(String.fromCharCode(...codes));
        expect(clean.isWellFormed()).toBe(true);
        expect(clean.length).toBeLessThanOrEqual(maxLabelLength);
      }),
    );
  });
  it('does not cut a pair in two', () => {
    const cut = cleanLabel(`${'x'.repeat(maxLabelLength - 2)}🧾🧾`);
    expect(cut).toBe(`${'x'.repeat(maxLabelLength - 2)}…`);
  });
});

describe('acceptReading', () => {
  it('fills in labels that a kind left out', () => {
    expect(acceptReading(reading([{ a: '1' }]), 10).samples[0]?.labels).toEqual({ a: '1', b: '' });
  });

  it('refuses two series with the same labels, and names them', () => {
    expect(() =>
      acceptReading(
        reading([
          { a: '1', b: '2' },
          { a: '1', b: '2' },
        ]),
        10,
      ),
    ).toThrow(
      'two rows give the same series erp_x{a="1", b="2"} for company acme: add a label that tells them apart, or aggregate in SQL',
    );
  });

  it('sees that two values are one after they were cleaned', () => {
    expect(() => acceptReading(reading([{ a: '\uD800' }, { a: '\uFFFD' }]), 10)).toThrow('the same series');
  });

  it('refuses more series than the cap', () => {
    expect(() => acceptReading(reading([{ a: '1' }, { a: '2' }]), 1)).toThrow(
      'the run would export 2 series, more than max_series 1: group by fewer labels, or raise max_series',
    );
  });
});
