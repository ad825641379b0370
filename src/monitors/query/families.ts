import type { Family } from '../contract.ts';
import { polledGauge } from '../shared/samples.ts';

/** What is exported of the metrics that have thresholds, whatever their names are. */
export const families = {
  over: polledGauge(
    'erp_query_series_over_threshold',
    'Number of series of a metric that are beyond its threshold of the severity, 0 included.',
    'series',
    ['metric', 'severity'],
  ),
  worst: polledGauge(
    'erp_query_worst_series_value',
    'Value of the series furthest beyond the threshold of the severity, with its labels and the threshold in words; absent when none is beyond.',
    '',
    ['metric', 'severity', 'series', 'limit'],
  ),
} as const satisfies Record<string, Family>;
