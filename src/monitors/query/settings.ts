import { z } from 'zod';
import type { SettingsProblem } from '../contract.ts';
import { databaseName, queryText } from '../shared/settings.ts';
import { bound, boundsProblem } from './bounds.ts';

/** Labels that the exporter or Prometheus sets itself, or that mean something else there. */
const takenLabels: ReadonlySet<string> = new Set([
  'company',
  'flow',
  'monitor',
  'job',
  'instance',
  'le',
  'quantile',
]);

const metric = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9_]*$/,
      'is not a metric name; use lower-case letters, digits and _, starting with a letter, such as shop_open_baskets',
    )
    .refine((name) => !/_(?:count|sum|bucket)$/.test(name), {
      error: 'must not end in _count, _sum or _bucket, which belong to histograms and summaries',
    })
    .describe('Name of the metric; the name of a counter ends in _total.')
    .meta({ examples: ['shop_open_baskets'] }),
  help: z
    .string()
    .trim()
    .min(1, 'is empty; write what is measured')
    .describe('What is measured, in one sentence.')
    .meta({ examples: ['Baskets that are not paid yet.'] }),
  type: z
    .enum(['gauge', 'counter'])
    .default('gauge')
    .describe('`counter` for a value that only increases (or restarts at 0), else `gauge`.')
    .meta({ examples: ['counter'] }),
  value: z
    .string()
    .min(1)
    .describe(
      'The column that holds the value: a number, a boolean (1 or 0) or an instant (seconds since 1970).',
    )
    .meta({ examples: ['baskets'] }),
  labels: z
    .array(
      z
        .string()
        .regex(
          /^[a-z][a-z0-9_]*$/,
          'is not a label name; use lower-case letters, digits and _, starting with a letter, and rename the column with AS',
        )
        .refine((label) => !takenLabels.has(label), {
          error: 'is a label that the exporter or Prometheus sets; rename the column with AS',
        }),
    )
    .default([])
    .describe('Columns whose values become labels of the same name; together they must identify a row.')
    .meta({ examples: [['shop', 'state']] }),
  unit: z
    .string()
    .min(1)
    .optional()
    .describe('The unit, for the documentation.')
    .meta({ examples: ['baskets'] }),
  empty: z
    .number()
    .optional()
    .describe(
      'The value when a company has no row; absent: no series. Only for a metric without labels. ' +
        'A query with an aggregate and no GROUP BY always returns a row and needs no `empty`.',
    )
    .meta({ examples: [0] }),
  warning: bound
    .optional()
    .describe(
      'A series with a higher value is a warning; `{ below: 5 }`: one with a lower value. Absent: never.',
    )
    .meta({ examples: [20] }),
  critical: bound
    .optional()
    .describe('The same for what is critical. Absent: never.')
    .meta({ examples: [50] }),
});

/** The settings of kind `query`. */
export const settings = z.object({
  database: databaseName.describe('The database that `query` asks.'),
  query: queryText
    .describe('Any query; each row becomes one series of each metric.')
    .meta({ examples: ['SELECT shop, state, count(*) AS baskets FROM baskets GROUP BY shop, state'] }),
  metrics: z
    .array(metric)
    .min(1, 'is empty; declare at least one metric')
    .describe('The metrics that are made of the columns.')
    .meta({
      examples: [
        [{ name: 'shop_open_baskets', help: 'Open baskets.', value: 'baskets', labels: ['shop', 'state'] }],
      ],
    }),
});
export type Settings = z.output<typeof settings>;

/** One metric of kind `query`. */
export type MetricSettings = z.output<typeof metric>;

/** The name of the metric that exports the thresholds of another one. */
const thresholdName = (name: string): string => `${name}_threshold`;

function problemsOf(entry: MetricSettings, others: ReadonlySet<string>) {
  const { name, type, labels, empty } = entry;
  const isTotal = name.endsWith('_total');
  const contradiction = boundsProblem(entry);
  return [
    others.has(name) && { key: 'name', message: `${name} is declared twice; rename one of them` },
    contradiction !== undefined && { key: 'critical', message: contradiction },
    type === 'counter' && !isTotal && { key: 'name', message: `${name} is a counter; call it ${name}_total` },
    type === 'gauge' &&
      isTotal && { key: 'name', message: `${name} is a gauge; drop _total, or set type: counter` },
    new Set(labels).size < labels.length && { key: 'labels', message: 'has the same label twice; drop one' },
    empty !== undefined &&
      labels.length > 0 && {
        key: 'empty',
        message: 'is only for a metric without labels; remove empty or the labels',
      },
  ].filter((problem) => problem !== false);
}

/** Cross-checks of the metrics; see `MonitorKind.problems`. */
export function problems({ metrics }: Settings): SettingsProblem[] {
  const names = new Set<string>();
  const limited = metrics.filter(({ warning, critical }) => warning !== undefined || critical !== undefined);
  const thresholds = new Map(limited.map(({ name }) => [thresholdName(name), name]));
  return metrics.flatMap((entry, index) => {
    const found = problemsOf(entry, names);
    names.add(entry.name);
    const owner = thresholds.get(entry.name);
    if (owner !== undefined)
      found.push({ key: 'name', message: `is the name of the threshold of ${owner}; rename it` });
    return found.map(({ key, message }) => ({ path: ['metrics', index, key], message }));
  });
}
