import { describe, expect, it } from 'vitest';
import { benchSeries, sumOf } from '../../bench/http.ts';

const exposition = `# HELP bench_orders Orders.
# TYPE bench_orders gauge
bench_orders{shop="a"} 5
bench_orders_value{shop="a"} 5
sql_bench_orders{col="value",shop="a b"} 5
erp_monitor_runs_total{monitor="bench_orders"} 7
erp_monitor_runs_total{monitor="with 9 in it"} 4
erp_monitor_runs_total_other{monitor="x"} 100
up 1
`;

describe('reading an exposition', () => {
  it('finds the series of the queries, whoever wrote them', () => {
    expect(benchSeries(exposition)).toBe(3);
  });

  it('adds up a family and no other', () => {
    expect(sumOf(exposition, 'erp_monitor_runs_total')).toBe(11);
    expect(sumOf(exposition, 'up')).toBe(1);
    expect(sumOf(exposition, 'down')).toBe(0);
  });
});
