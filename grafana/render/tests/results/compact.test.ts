import { expect, it } from 'vitest';
import { compacted } from '../../src/results/compact.ts';

const range = { start: 100, end: 160, step: 30 };
const one = (name: string, value: string) => ({ metric: { name }, value: [160, value] as const });
const valuesOf = (expression: string, ...series: Parameters<typeof one>[]): unknown[] =>
  compacted(
    expression,
    series.map(([name, value]) => one(name, value)),
    range,
  ).map(({ metric, value }) => [metric['name'], value]);

it('orders series by their labels', () => {
  expect(valuesOf('x', ['b', '1'], ['a', '2'])).toEqual([
    ['a', '2'],
    ['b', '1'],
  ]);
});

it('keeps the order that the expression asks for, and orders those of one value by their labels', () => {
  expect(valuesOf('sort_desc(x)', ['c', '10'], ['b', '9'], ['a', '9'])).toEqual([
    ['c', '10'],
    ['a', '9'],
    ['b', '9'],
  ]);
  expect(valuesOf('sort(x)', ['a', '10'], ['b', '9'])).toEqual([
    ['b', '9'],
    ['a', '10'],
  ]);
});

it('keeps twelve digits of a fraction: in further ones sums differ by their order', () => {
  expect(valuesOf('x', ['a', '0.30000000000000004'], ['b', '1795307319769'], ['c', 'NaN'])).toEqual([
    ['a', '0.3'],
    ['b', '1795307319769'],
    ['c', 'NaN'],
  ]);
});

it('has a place for each step of the range, empty where there was no value', () => {
  const values = [[100, '1'] as const, [160, '3'] as const];
  expect(compacted('x', [{ metric: {}, values }], range)[0]?.values).toEqual(['1', null, '3']);
});
