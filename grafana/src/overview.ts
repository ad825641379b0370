import { answerPanel, stateColumn, whoAndWhat } from './answer.ts';
import { amount } from './money.ts';
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { Page, Placed, Section } from './page.ts';
import { addressOf } from './page.ts';
import { linesPanel, noneIsGood, statPanel } from './panels.ts';
import { amountAtRisk, each, firingAlerts, unit } from './promql.ts';
import { alertsTable, changesTable, newErrorsTable } from './news.ts';
import {
  ago,
  agoWidth,
  companyColumn,
  environmentColumn,
  flowColumn,
  instant,
  mismatchedRecords,
  monitorColumn,
} from './shared.ts';
import { tablePanel } from './tables.ts';

const firingBySeverity = (severity: string): string =>
  `count(${firingAlerts(`severity="${severity}"`)}) or count(ALERTS{alertname="ErpWatchdog"}) * 0`;

const figures: readonly Placed[] = [
  {
    panel: statPanel({
      title: 'Amount at risk',
      description:
        'Total amount of the failed and waiting records, by currency; currencies are never added up.',
      unit: amount,
      decimals: 2,
      queries: [{ expr: `sum by (currency) (${amountAtRisk})`, legend: '{{currency}}' }],
      text: BigValueTextMode.ValueAndName,
    }),
    ...{ x: 8, y: 0, w: 8, h: 4 },
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
    ...{ x: 16, y: 0, w: 8, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Failed',
      description: 'Records that have failed and are still open.',
      unit: 'none',
      queries: [{ expr: `sum(${each('erp_failed_records')})` }],
      steps: noneIsGood,
    }),
    ...{ x: 8, y: 4, w: 3, h: 4 },
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
    ...{ x: 11, y: 4, w: 3, h: 4 },
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
    ...{ x: 14, y: 4, w: 4, h: 4 },
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
    ...{ x: 18, y: 4, w: 3, h: 4 },
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
    stateColumn(''),
    environmentColumn,
    companyColumn,
    flowColumn,
    monitorColumn,
    ...whoAndWhat,
    { name: 'Failed', expr: each('erp_failed_records'), steps: noneIsGood, width: 70 },
    {
      name: 'Oldest failure',
      width: agoWidth,
      expr: instant(each('erp_oldest_failed_record_timestamp_seconds')),
      unit: ago,
    },
    { name: 'Late', expr: each('erp_late_records'), steps: noneIsGood, width: 70 },
    {
      name: 'Mismatched',
      expr: mismatchedRecords,
      steps: noneIsGood,
      width: 105,
      link: {
        title: 'Both sides',
        url: addressOf('erp-reconciliation', { company: 'row', flow: 'row', monitor: 'row' }),
      },
    },
    {
      name: 'Jobs failed',
      width: 95,
      expr: `sum by (${unit}) (${each('erp_job_status', { by: 'job_name', where: 'status=~"failed|missing"' })})`,
      steps: noneIsGood,
    },
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
        unit: amount,
        decimals: 0,
        queries: [{ expr: `sum by (currency) (${amountAtRisk})`, legend: '{{currency}}' }],
      }),
      ...{ x: 12, y: 0, w: 12, h: 8 },
    },
    { panel: changesTable(), x: 0, y: 8, w: 8, h: 8 },
    { panel: newErrorsTable(), x: 8, y: 8, w: 16, h: 8 },
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
        { panel: answerPanel(), x: 0, y: 0, w: 8, h: 8 },
        ...figures,
        { panel: attention, x: 0, y: 8, w: 24, h: 9 },
      ],
    },
    changes,
  ],
};
