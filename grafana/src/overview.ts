import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { Page, Placed, Section } from './page.ts';
import { addressOf } from './page.ts';
import { linesPanel, noneIsGood, statPanel } from './panels.ts';
import { amountAtRisk, each, firingAlerts, monitorState } from './promql.ts';
import { alertsTable, changesTable, newErrorsTable } from './news.ts';
import {
  ago,
  companyColumn,
  flowColumn,
  instant,
  lastReadingColumn,
  minutes,
  minutesSinceLastSync,
  mismatchedRecords,
  monitorColumn,
  stateWords,
} from './shared.ts';
import { tablePanel } from './tables.ts';

const moneyMakers = statPanel({
  title: 'Money-makers',
  description:
    'Every monitor configured as critical. Act now: something failed or is over a critical threshold. Watch: over a warning threshold, or rejects today. No data: no successful run for three intervals. Maintenance: in a maintenance window. Click for the records.',
  unit: 'none',
  tile: true,
  text: BigValueTextMode.ValueAndName,
  queries: [{ expr: monitorState('criticality="critical"'), legend: '{{company}} · {{monitor}}' }],
  words: stateWords,
  link: {
    title: 'Records',
    url: addressOf('erp-flow', { company: 'series', flow: 'series', monitor: 'series' }),
  },
  noValue: 'No data',
});

const firingBySeverity = (severity: string): string =>
  `count(${firingAlerts(`severity="${severity}"`)}) or count(ALERTS{alertname="ErpWatchdog"}) * 0`;

const figures: readonly Placed[] = [
  {
    panel: statPanel({
      title: 'Amount at risk',
      description:
        'Total amount of the failed and waiting records, by currency; currencies are never added up.',
      unit: 'locale',
      decimals: 2,
      queries: [{ expr: `sum by (currency) (${amountAtRisk})`, legend: '{{currency}}' }],
      text: BigValueTextMode.ValueAndName,
    }),
    ...{ x: 12, y: 0, w: 6, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Alerts',
      description:
        'Alerts firing now. A dash instead of 0 means that Prometheus does not evaluate the rules: its watchdog alert is missing.',
      unit: 'none',
      queries: [
        { expr: firingBySeverity('critical'), legend: 'critical' },
        { expr: firingBySeverity('warning'), legend: 'warning' },
      ],
      steps: noneIsGood,
      text: BigValueTextMode.ValueAndName,
    }),
    ...{ x: 18, y: 0, w: 6, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Failed',
      description: 'Records that have failed and are still open.',
      unit: 'none',
      queries: [{ expr: `sum(${each('erp_failed_records')})` }],
      steps: noneIsGood,
    }),
    ...{ x: 12, y: 4, w: 2, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Late',
      description:
        'Records that have waited longer, in business hours, than the lowest threshold of their monitor. A dash: no monitor has a threshold.',
      unit: 'none',
      queries: [{ expr: `sum(${each('erp_late_records')})` }],
      steps: noneIsGood,
    }),
    ...{ x: 14, y: 4, w: 2, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Mismatched',
      description:
        'Records that are missing on one side, differ or exist twice. A dash: no monitor compares two sides. Click for the records.',
      unit: 'none',
      queries: [{ expr: `sum(${mismatchedRecords})` }],
      steps: noneIsGood,
      link: {
        title: 'Records',
        url: addressOf('erp-reconciliation', { company: 'chosen', flow: 'chosen', monitor: 'chosen' }),
      },
    }),
    ...{ x: 16, y: 4, w: 3, h: 4 },
  },
  {
    panel: statPanel({
      title: 'New errors',
      description:
        'Kinds of error that were first seen within the last 24 hours. Often the first sign of an update of the ERP or of the shop.',
      unit: 'none',
      queries: [
        {
          expr: `count(count by (error) (${each('erp_new_error_timestamp_seconds', { by: 'error' })})) or count(${each('erp_failed_records')}) * 0`,
        },
      ],
      steps: noneIsGood,
    }),
    ...{ x: 19, y: 4, w: 2, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Oldest reading',
      description: 'The oldest of the last successful runs: no figure on this page is older.',
      unit: ago,
      queries: [{ expr: instant(`min(${each('erp_monitor_last_success_timestamp_seconds')})`) }],
    }),
    ...{ x: 21, y: 4, w: 3, h: 4 },
  },
];

const attention = tablePanel({
  title: 'What needs a person',
  description: 'Every monitor that is not OK, worst first. Click a name for the details.',
  sortBy: 'State',
  descending: true,
  onlyOver: 'State',
  noValue: 'Nothing needs a person.',
  columns: [
    { name: 'State', expr: monitorState(), words: stateWords, width: 110 },
    companyColumn,
    flowColumn,
    monitorColumn,
    { name: 'Failed', expr: each('erp_failed_records'), steps: noneIsGood, width: 90 },
    {
      name: 'Oldest failure',
      expr: instant(each('erp_oldest_failed_record_timestamp_seconds')),
      unit: ago,
    },
    { name: 'Waiting', expr: each('erp_waiting_records'), width: 90 },
    { name: 'Late', expr: each('erp_late_records'), steps: noneIsGood, width: 90 },
    {
      name: 'Mismatched',
      expr: mismatchedRecords,
      steps: noneIsGood,
      width: 110,
      link: {
        title: 'Both sides',
        url: addressOf('erp-reconciliation', { company: 'row', flow: 'row', monitor: 'row' }),
      },
    },
    { name: 'Since last sync', expr: minutesSinceLastSync, unit: minutes, decimals: 0 },
    {
      name: 'Jobs failed',
      expr: `sum by (company, flow, monitor) (${each('erp_job_status', { by: 'job_name', where: 'status=~"failed|missing"' })})`,
      steps: noneIsGood,
    },
    lastReadingColumn,
  ],
});

const changes: Section = {
  title: 'What changed',
  panels: [
    {
      panel: linesPanel({
        title: 'Failed records by flow',
        description: 'Open failed records over time.',
        unit: 'none',
        decimals: 0,
        stacked: true,
        queries: [{ expr: `sum by (flow) (${each('erp_failed_records')})`, legend: '{{flow}}' }],
      }),
      ...{ x: 0, y: 0, w: 12, h: 8 },
    },
    {
      panel: linesPanel({
        title: 'Amount at risk by currency',
        description: 'Total amount of the failed and waiting records over time.',
        unit: 'locale',
        decimals: 0,
        queries: [{ expr: `sum by (currency) (${amountAtRisk})`, legend: '{{currency}}' }],
      }),
      ...{ x: 12, y: 0, w: 12, h: 8 },
    },
    { panel: changesTable(), x: 0, y: 8, w: 10, h: 8 },
    { panel: newErrorsTable(), x: 10, y: 8, w: 14, h: 8 },
    { panel: alertsTable(), x: 0, y: 16, w: 24, h: 8 },
  ],
};

/** Are the money-makers all right, what is at risk, what changed. */
export const overview: Page = {
  uid: 'erp-overview',
  description: 'Are the money-makers healthy, what is at risk, what changed?',
  from: 'now-24h',
  sections: [
    {
      panels: [
        { panel: moneyMakers, x: 0, y: 0, w: 12, h: 8 },
        ...figures,
        { panel: attention, x: 0, y: 8, w: 24, h: 9 },
      ],
    },
    changes,
  ],
};
