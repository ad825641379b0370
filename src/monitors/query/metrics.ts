import type { ColumnSpec, DeclaredFamily, Family, MonitorQuery } from '../contract.ts';
import { columnTypes } from '../shared/column-types.ts';
import { companyColumn } from '../shared/row-companies.ts';
import { polledHelp, thresholdOf } from '../shared/samples.ts';
import { boundsOf } from './bounds.ts';
import type { SeverityBound } from './bounds.ts';
import type { MetricSettings, Settings } from './settings.ts';

/** A metric of the settings with the family that is made of it. */
export interface Metric {
  readonly settings: MetricSettings;
  readonly family: Family;
  /** Exports `bounds`, of which there may be none. */
  readonly threshold: Family;
  readonly bounds: readonly SeverityBound[];
}

/** The metrics of a monitor, in the order of its settings. */
export function metricsOf({ metrics }: Settings): Metric[] {
  return metrics.map((entry) => {
    const { name, help: measured, type, labels, unit } = entry;
    const family = {
      name,
      help: polledHelp(measured),
      type,
      labels,
      ...(unit === undefined ? {} : { unit }),
    };
    const help = `Value of ${name} beyond which an alert fires, as configured; absent when there is no limit.`;
    return { settings: entry, family, threshold: thresholdOf(family, help), bounds: boundsOf(entry) };
  });
}

/** The families that the settings declare, each with the place of its name. */
export function declaredFamilies(given: Settings): DeclaredFamily[] {
  return metricsOf(given).flatMap(({ family, threshold, bounds }, index) =>
    [family, ...(bounds.length > 0 ? [threshold] : [])].map((each) => ({
      family: each,
      path: ['metrics', index, 'name'],
    })),
  );
}

/** What the query returns: the settings name the columns. */
export const columns: readonly ColumnSpec[] = [
  {
    name: '(value)',
    types: columnTypes.figure,
    required: true,
    description: 'each column that `value` of a metric names; NULL makes no series',
  },
  {
    name: '(label)',
    types: columnTypes.text,
    required: true,
    description: 'each column that `labels` of a metric names',
  },
  companyColumn,
];

/** Every column that a metric names, once; one that is a value here and a label there must do as a value. */
function columnsOf({ metrics }: Settings): ColumnSpec[] {
  const columns = new Map<string, ColumnSpec>([[companyColumn.name, companyColumn]]);
  for (const { name, labels } of metrics)
    for (const label of labels)
      columns.set(label, {
        name: label,
        types: columnTypes.text,
        required: true,
        description: `a label of ${name}`,
      });
  for (const { name, value } of metrics)
    columns.set(value.toLowerCase(), {
      name: value,
      types: columnTypes.figure,
      required: true,
      description: `the value of ${name}`,
    });
  return [...columns.values()];
}

/** The one query of such a monitor. */
export function queryOf(given: Settings): MonitorQuery {
  return { key: 'query', database: given.database, sql: given.query, columns: columnsOf(given) };
}
