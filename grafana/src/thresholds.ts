import type { PanelBuilder } from './panels.ts';
import { noneIsGood } from './panels.ts';
import { each } from './promql.ts';
import { companyColumn, environmentColumn, flowColumn, monitorColumn, severityWords } from './shared.ts';
import { tablePanel } from './tables.ts';

/** What is beyond the thresholds of `query` monitors. */
export function beyondThresholds(): PanelBuilder {
  return tablePanel({
    title: 'Beyond a threshold',
    description:
      'Metrics of `query` monitors that are beyond a threshold: how many of their series, and which one is furthest beyond.',
    sortBy: 'Severity',
    thenBy: { name: 'Beyond', descending: true },
    onlyOver: 'Beyond',
    noValue: 'Nothing is beyond a threshold.',
    columns: [
      {
        name: 'Beyond',
        expr: each('erp_query_series_over_threshold', { by: 'metric, severity' }),
        steps: noneIsGood,
        width: 75,
      },
      { label: 'severity', name: 'Severity', width: 90, words: severityWords },
      environmentColumn,
      companyColumn,
      flowColumn,
      monitorColumn,
      { label: 'metric', name: 'Metric', wraps: 240 },
      {
        name: 'Worst value',
        expr: each('erp_query_worst_series_value', { by: 'metric, severity, series, limit' }),
        width: 110,
      },
      { label: 'limit', name: 'Threshold', width: 140 },
      { label: 'series', name: 'Of which series', wraps: 200 },
    ],
  });
}
