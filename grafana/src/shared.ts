import type { Words } from './panels.ts';
import type { LabelColumn, ValueColumn } from './tables.ts';
import type { Limit } from './panels.ts';
import { addressOf } from './page.ts';
import {
  each,
  limit,
  limitOfOneMonitor,
  monitorStates,
  severities,
  severityColors,
  since,
  sinceLastSyncAsRead,
  unit,
} from './promql.ts';

export { monitorStates };

/** Instants are exported in seconds, Grafana counts in milliseconds. */
export function instant(expression: string): string {
  return `${expression} * 1000`;
}
export const ago = 'dateTimeFromNow';
/** Of a column of such times, in pixels: "a few seconds ago" is the longest. */
export const agoWidth = 140;
export const minutes = 'suffix:min';
export const hours = 'suffix:h';

export const stateWords: Words = {
  [monitorStates.ok]: { text: 'OK', color: 'green' },
  [monitorStates.watch]: { text: 'Watch', color: 'orange' },
  [monitorStates.act]: { text: 'Act now', color: 'red' },
  [monitorStates.noData]: { text: 'No data', color: 'purple' },
  [monitorStates.maintenance]: { text: 'Maintenance', color: 'blue' },
};

/** Confirmed mismatches of each monitor that compares two sides, all kinds together. */
export const mismatchedRecords = `sum by (${unit}) (${each('erp_reconciliation_mismatched_records', {
  by: 'mismatch',
})})`;

/** Names a series of a monitor in a legend: what tells it apart first. */
export const monitorLegend = legendOf();
/** The same for series that differ in one label more, which comes first: the end of a long legend is cut off. */
export function legendOf(label = ''): string {
  return `${label === '' ? '' : `{{${label}}} `}{{company}} {{environment}} {{monitor}}`;
}

/** Severities in the colours that they have everywhere. */
export const severityWords: Words = {
  critical: { text: 'critical', color: severityColors.critical },
  warning: { text: 'warning', color: severityColors.warning },
};

/** There where the series of a row have an environment. */
export const environmentColumn: LabelColumn = { label: 'environment', name: 'Environment', width: 105 };

/** The columns that say where a row belongs, each a link to what it names. */
export const companyColumn: LabelColumn = {
  label: 'company',
  name: 'Company',
  width: 110,
  link: { title: 'Company', url: addressOf('erp-company', { company: 'row' }) },
};
export const flowColumn: LabelColumn = {
  label: 'flow',
  name: 'Flow',
  width: 100,
  link: { title: 'Flow', url: addressOf('erp-flow', { company: 'row', flow: 'row' }) },
};
export const monitorColumn: LabelColumn = {
  label: 'monitor',
  name: 'Monitor',
  width: 140,
  link: { title: 'Monitor', url: addressOf('erp-flow', { company: 'row', flow: 'row', monitor: 'row' }) },
};
export const errorColumn: LabelColumn = {
  label: 'error',
  name: 'Error',
  wraps: 120,
  link: { title: 'Errors of this flow', url: addressOf('erp-errors', { company: 'row', flow: 'row' }) },
};
export const knownColumn: LabelColumn = {
  label: 'known',
  name: 'Known',
  width: 65,
  words: { true: { text: 'yes', color: 'text' }, false: { text: 'no', color: 'purple' } },
};

export const lastReadingColumn: ValueColumn = {
  name: 'Last reading',
  width: agoWidth,
  expr: instant(each('erp_monitor_last_success_timestamp_seconds')),
  unit: ago,
};

const sinceLastSync = since('erp_since_last_sync_seconds');
const neverSynchronised = `(${each('erp_monitor_info', { where: 'kind="sync"' })} unless ${sinceLastSync}) * 0 - 1`;
const limitsInAlert = `max by (${unit}) (${each('erp_since_last_sync_seconds_threshold', {
  by: 'severity',
})} < on (${unit}) group_left () ${sinceLastSyncAsRead})`;

/**
 * The state of a synchronisation: 0 is normal, -1 never synchronised, else the largest limit that it is beyond, in
 * minutes. Without a limit it is always normal.
 */
export const syncState = {
  expr: `${limitsInAlert} / 60 or ${sinceLastSync} * 0 or ${neverSynchronised}`,
  unit: 'prefix:Alert > ',
  decimals: 0,
  words: {
    '0': { text: 'Normal', color: 'green' },
    '-1': { text: 'Never synchronised', color: 'purple' },
  },
  steps: [
    [null, 'purple'],
    [0, 'green'],
    [0.001, 'red'],
  ],
} as const;
export const minutesSinceLastSync = `${sinceLastSync} / 60`;

/** The limits of both severities, when one monitor is chosen; in units of `divisor`. */
export function limitsOf(metric: string, options: { divisor?: number; by?: string } = {}): Limit[] {
  const { divisor = 1, by = '' } = options;
  return severities.map((severity) => ({
    severity,
    expr: limitOfOneMonitor(`${limit(metric, severity, { by })}${divisor === 1 ? '' : ` / ${divisor}`}`),
    legend: `Threshold (${severity}): ${legendOf(by)}`,
  }));
}

export const sinceLastSyncLines = {
  title: 'Minutes since the last synchronisation',
  description:
    'In business hours: time outside the calendar does not count. Dashed: the configured thresholds.',
  unit: minutes,
  decimals: 0,
  queries: [{ expr: minutesSinceLastSync, legend: monitorLegend }],
  limits: limitsOf('erp_since_last_sync_seconds_threshold', { divisor: 60 }),
};
