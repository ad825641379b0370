import { describe, expect, it } from 'vitest';
import { baseSeries, queries, queriesFor, queriesTimes } from '../../bench/queries.ts';

const total = (list: readonly { rows: number }[]) => list.reduce((sum, { rows }) => sum + rows, 0);

describe('the queries of the benchmarks', () => {
  it('are 20 with 230 rows in all, each with a name of its own', () => {
    expect(queries).toHaveLength(20);
    expect(baseSeries).toBe(230);
    expect(new Set(queries.map(({ name }) => name)).size).toBe(20);
  });

  it('are the same statements at any number of series', () => {
    for (const series of [10_000, 100_000]) {
      const list = queriesFor(series);
      expect(total(list)).toBe(series);
      for (const [index, { sql }] of list.entries()) expect(sql).toContain(queries[index]?.sql);
    }
    expect(queriesFor(baseSeries)).toBe(queries);
    expect(() => queriesFor(999)).toThrow('999 is not a multiple of 20');
  });

  it('can be had more often under other names', () => {
    const list = queriesTimes(200, 500);
    expect(total(list)).toBe(100_000);
    expect(new Set(list.map(({ name }) => name)).size).toBe(200);
  });
});
