import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noteCurrencies } from '../../../src/monitors/shared/currencies.ts';
import { createMonitorStates } from '../../../src/state/monitor-states.ts';
import { now } from '../run.ts';

const newState = () => createMonitorStates(undefined, () => {}).open('m', 'd', now);

it('remembers every currency of each source, whatever the runs show', () => {
  const code = fc.constantFrom('EUR', 'USD', '', '€', '__proto__');
  const run = fc.dictionary(fc.constantFrom('a', 'b', 'toString'), fc.array(code));
  fc.assert(
    fc.property(fc.array(run, { maxLength: 6 }), (runs) => {
      const state = newState();
      const expected = new Map<string, Set<string>>();
      for (const shown of runs) {
        const sources = new Map(
          ['a', 'b', 'toString'].map((name) => [name, Object.hasOwn(shown, name) ? (shown[name] ?? []) : []]),
        );
        for (const [name, codes] of sources)
          expected.set(name, new Set([...(expected.get(name) ?? []), ...codes]));
        const known = noteCurrencies(state, sources);
        for (const [name, codes] of expected) expect(new Set(known.get(name))).toEqual(codes);
      }
    }),
  );
});

it('writes only what is new, in one entry of bounded size', () => {
  const state = newState();
  const many = Array.from({ length: 1000 }, (_, index) => `C${index}`);
  expect(noteCurrencies(state, new Map([['a', many]])).get('a')).toHaveLength(1000);
  expect(noteCurrencies(state, new Map([['a', []]])).get('a')).toEqual(many.slice(0, 20));
  expect([...state.entries('')]).toHaveLength(1);
  const before = state.get('currencies');
  noteCurrencies({ ...state, write: () => expect.unreachable() }, new Map([['a', ['C1']]]));
  expect(state.get('currencies')).toBe(before);
  noteCurrencies({ ...newState(), write: () => expect.unreachable() }, new Map([['a', []]]));
});

it('starts over with a state that cannot be read', () => {
  for (const text of ['', '[1', '{"a":"EUR"}']) {
    const state = newState();
    state.write({ set: new Map([['currencies', text]]) });
    expect(noteCurrencies(state, new Map([['a', ['EUR']]])).get('a')).toEqual(['EUR']);
    expect(state.get('currencies')).toBe('{"a":["EUR"]}');
  }
});
