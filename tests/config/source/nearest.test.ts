import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest, suggest } from '../../../src/config/source/nearest.ts';

describe('nearest', () => {
  it.each([
    ['databse', ['database', 'defaults'], 'database'],
    ['Office', ['office'], 'office'],
    ['shpo', ['shop', 'erp'], 'shop'],
    ['be', ['de', 'nl'], undefined],
    ['colour', ['flow', 'kind'], undefined],
    ['anything', [], undefined],
  ])('of %s among %j is %s', (wanted, names, expected) => {
    expect(nearest(wanted, names)).toBe(expected);
  });

  it('always finds a name of three letters or more that has lost its last', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,20}$/), (name) => {
        expect(nearest(name.slice(0, -1), [name])).toBe(name);
      }),
    );
  });
});

describe('suggest', () => {
  it('lists what there is when nothing comes near', () => {
    expect(suggest('warehouse', ['shop', 'erp'], 'none')).toBe('use one of erp, shop');
    expect(suggest('warehouse', [], 'none at all')).toBe('none at all');
  });
});
