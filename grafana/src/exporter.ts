import { answer, below } from './answer.ts';
import type { Page, Placed } from './page.ts';
import { exporterProcess } from './process.ts';
import type { StatOptions } from './panels.ts';
import { linesPanel, noneIsGood, noneIsVital, statPanel } from './panels.ts';
import { blindMonitors, each, growth, limitOfOneMonitor, ofEnvironment, unit } from './promql.ts';
import {
  ago,
  companyColumn,
  environmentColumn,
  flowColumn,
  instant,
  minutes,
  monitorColumn,
  monitorLegend,
} from './shared.ts';
import { tablePanel } from './tables.ts';

const failed = 'erp_monitor_failures_total';
const runs = 'erp_monitor_runs_total';
const rate = '$__rate_interval';
/** How many series, 0 included as long as there are monitors at all. */
const count = (expression: string): string =>
  `count(${expression}) or count(${each('erp_monitor_info')}) * 0`;

/** The series of a metric of databases, each once, whichever replica exports it. */
const eachDatabase = (metric: string): string =>
  `max by (environment, database, driver) (${metric}{${ofEnvironment}})`;

const figures: readonly StatOptions[] = [
  {
    title: 'Exporters',
    description: 'Exporters that answer. More than one is fine: their figures count once.',
    unit: 'none',
    queries: [{ expr: `count(max by (instance) (erp_exporter_build_info{${ofEnvironment}}))` }],
    steps: [
      [null, 'red'],
      [1, 'green'],
    ],
    noValue: 'None',
  },
  {
    title: 'Configuration',
    description: 'Whether every exporter has loaded its configuration file successfully.',
    unit: 'none',
    queries: [{ expr: `min(max by (instance) (erp_config_last_reload_successful{${ofEnvironment}}))` }],
    words: { '1': { text: 'Valid', color: 'green' }, '0': { text: 'Not valid', color: 'red' } },
  },
  {
    title: 'Databases down',
    description: 'Databases that did not answer when last tried.',
    unit: 'none',
    queries: [{ expr: `sum(${eachDatabase('erp_database_up')} == bool 0)` }],
    steps: noneIsVital,
  },
  {
    title: 'Monitors failing',
    description: 'Monitors whose last run failed. Their last good reading is kept for the time of `hold`.',
    unit: 'none',
    queries: [{ expr: `sum(${each('erp_monitor_success')} == bool 0)` }],
    steps: noneIsGood,
  },
  {
    title: 'Monitors without data',
    description: 'Monitors without a successful run for three intervals, or ever.',
    unit: 'none',
    queries: [{ expr: count(blindMonitors) }],
    steps: noneIsVital,
  },
  {
    title: 'Success of the runs',
    description: 'Share of the completed runs in the time range that succeeded.',
    unit: 'percentunit',
    decimals: 2,
    queries: [
      {
        expr: `1 - (sum(${growth(failed, '$__range', { by: 'reason' })}) or sum(${growth(runs, '$__range')}) * 0) / sum(${growth(runs, '$__range')})`,
      },
    ],
  },
];

const monitorTable = tablePanel({
  title: 'Monitors',
  description: 'Every monitor: whether its last run succeeded, how old its data is, how long it takes.',
  sortBy: 'Last run',
  columns: [
    {
      name: 'Last run',
      expr: each('erp_monitor_success'),
      words: { '1': { text: 'good', color: 'green' }, '0': { text: 'failed', color: 'red' } },
      width: 90,
    },
    environmentColumn,
    companyColumn,
    flowColumn,
    monitorColumn,
    { name: 'Data of', expr: instant(each('erp_monitor_last_success_timestamp_seconds')), unit: ago },
    { name: 'Interval', expr: each('erp_monitor_interval_seconds'), unit: 's', width: 90 },
    { name: 'Duration', expr: each('erp_monitor_duration_seconds'), unit: 's', width: 90 },
    {
      name: 'Calendar',
      expr: each('erp_monitor_open'),
      words: { '1': { text: 'open', color: 'text' }, '0': { text: 'closed', color: 'blue' } },
      width: 90,
    },
    {
      name: 'Maintenance',
      expr: each('erp_maintenance_active'),
      words: { '1': { text: 'yes', color: 'blue' }, '0': { text: 'no', color: 'text' } },
      width: 110,
    },
    {
      name: 'Truncated',
      expr: each('erp_monitor_truncated'),
      words: {
        '1': { text: 'yes: counts are at least', color: 'orange' },
        '0': { text: 'no', color: 'text' },
      },
    },
    {
      name: 'Failed runs, 1 h',
      expr: `sum by (${unit}) (${growth(failed, '1h', { by: 'reason' })})`,
      decimals: 0,
      steps: noneIsGood,
    },
  ],
});

const monitors: readonly Placed[] = [
  { panel: monitorTable, x: 0, y: 0, w: 24, h: 10 },
  {
    panel: linesPanel({
      title: 'Failed runs by reason',
      description: 'Failed runs by reason; `blind` is a canary that returned no row.',
      unit: 'none',
      bars: true,
      stacked: true,
      queries: [
        { expr: `sum by (reason) (${growth(failed, rate, { by: 'reason' })})`, legend: '{{reason}}' },
      ],
    }),
    ...{ x: 0, y: 10, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Runs',
      description: 'Completed runs, and scheduled runs skipped because the previous one was still running.',
      unit: 'none',
      queries: [
        { expr: `sum(${growth(runs, rate)})`, legend: 'Completed' },
        { expr: `sum(${growth('erp_monitor_skipped_runs_total', rate)})`, legend: 'Skipped' },
      ],
    }),
    ...{ x: 12, y: 10, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Duration of the runs',
      description: 'Duration of the last run of each monitor, excluding queueing.',
      unit: 's',
      queries: [{ expr: each('erp_monitor_duration_seconds'), legend: monitorLegend }],
    }),
    ...{ x: 0, y: 18, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Age of the data',
      description:
        'Time since the last successful run of each monitor. Dashed: three intervals, after which it counts as without data.',
      unit: minutes,
      queries: [
        {
          expr: `(time() - ${each('erp_monitor_last_success_timestamp_seconds')}) / 60`,
          legend: monitorLegend,
        },
      ],
      limits: [
        {
          severity: 'warning',
          expr: limitOfOneMonitor(`3 * ${each('erp_monitor_interval_seconds')} / 60`),
          legend: `Three intervals: ${monitorLegend}`,
        },
      ],
    }),
    ...{ x: 12, y: 18, w: 12, h: 8 },
  },
];

const databases: readonly Placed[] = [
  {
    panel: tablePanel({
      title: 'Databases',
      description: 'Whether each database answered when last tried, and its clock skew.',
      sortBy: 'State',
      columns: [
        {
          name: 'State',
          expr: eachDatabase('erp_database_up'),
          words: { '1': { text: 'up', color: 'green' }, '0': { text: 'down', color: 'red' } },
          width: 70,
        },
        environmentColumn,
        { label: 'database', name: 'Database', wraps: 130 },
        { label: 'driver', name: 'Driver', width: 80 },
        {
          name: 'Clock skew',
          width: 110,
          expr: eachDatabase('erp_database_clock_skew_seconds'),
          unit: 's',
          decimals: 2,
        },
      ],
    }),
    ...{ x: 0, y: 0, w: 8, h: 8 },
  },
  {
    panel: linesPanel({
      narrow: true,
      title: 'Databases up',
      description: 'How many databases answer, and how many do not.',
      unit: 'none',
      decimals: 0,
      queries: [
        { expr: `sum(${eachDatabase('erp_database_up')})`, legend: 'Up' },
        { expr: `sum(${eachDatabase('erp_database_up')} == bool 0)`, legend: 'Down' },
      ],
    }),
    ...{ x: 8, y: 0, w: 8, h: 8 },
  },
  {
    panel: linesPanel({
      narrow: true,
      title: 'Clock skew of the databases',
      description:
        'Difference between the clock of the database and that of the exporter, in either direction.',
      unit: 's',
      queries: [
        {
          expr: `max by (environment, database) (abs(erp_database_clock_skew_seconds{${ofEnvironment}}))`,
          legend: '{{database}} {{environment}}',
        },
      ],
    }),
    ...{ x: 16, y: 0, w: 8, h: 8 },
  },
];

/** Whether the exporter itself can be trusted. */
export const exporter: Page = {
  uid: 'erp-exporter',
  description: 'Health of the exporter itself: runs, failures, databases, its own process.',
  from: 'now-6h',
  sections: [
    {
      panels: [
        ...answer(),
        ...below(
          figures.map((options, index) => ({ panel: statPanel(options), x: index * 4, y: 0, w: 4, h: 4 })),
        ),
      ],
    },
    { title: 'Monitors', panels: monitors },
    { title: 'Databases', panels: databases },
    { title: 'The process', panels: exporterProcess },
  ],
};
