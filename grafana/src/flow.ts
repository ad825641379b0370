import type { Figure } from './answer.ts';
import { answer, answerHeight, below, inARow } from './answer.ts';
import { amount } from './money.ts';
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { Page, Placed, Section } from './page.ts';
import { barsPanel, linesPanel, noneIsGood, noneIsVital, statPanel } from './panels.ts';
import {
  advised,
  amountAtRisk,
  each,
  failedByResponder,
  largestErrors,
  severities,
  since,
  unit,
} from './promql.ts';
import {
  ago,
  agoWidth,
  companyColumn,
  environmentColumn,
  errorColumn,
  flowColumn,
  hours,
  instant,
  knownColumn,
  legendOf,
  limitsOf,
  minutes,
  monitorColumn,
  monitorLegend,
} from './shared.ts';
import { tablePanel } from './tables.ts';
import { beyondThresholds } from './thresholds.ts';

const figures: readonly Figure[] = [
  {
    w: 3,
    title: 'Failed',
    description: 'Records that have failed and are still open.',
    unit: 'none',
    queries: [{ expr: `sum(${each('erp_failed_records')})` }],
    steps: noneIsGood,
  },
  {
    w: 3,
    title: 'Failed today',
    description: "Open failed records that failed since the company's midnight.",
    unit: 'none',
    queries: [{ expr: `sum(${each('erp_failed_records_today')})` }],
    steps: noneIsGood,
  },
  {
    w: 3,
    title: 'Awaiting retry',
    description:
      'Failed records that the integration is still expected to send again by itself: no alert is about them yet. They have "retry awaited" for a first responder.',
    unit: 'none',
    queries: [{ expr: `sum(${each('erp_failed_records_awaiting_retry')})` }],
  },
  {
    w: 3,
    title: 'Oldest failure',
    description: 'When the oldest open failed record failed. A dash: nothing has failed.',
    unit: ago,
    noValue: '–',
    queries: [{ expr: instant(`min(${each('erp_oldest_failed_record_timestamp_seconds')})`) }],
  },
  {
    w: 4,
    title: 'Late',
    description:
      'Records that have waited longer, in business hours, than the threshold of the severity. A dash: no threshold is set.',
    unit: 'none',
    queries: [
      { expr: `sum(${each('erp_late_records', { where: 'severity="warning"' })})`, legend: 'warning' },
      { expr: `sum(${each('erp_late_records', { where: 'severity="critical"' })})`, legend: 'critical' },
    ],
    steps: noneIsVital,
    text: BigValueTextMode.ValueAndName,
  },
  {
    w: 3,
    title: 'Oldest waiting',
    description: 'When the oldest waiting record began to wait. A dash: none is waiting.',
    unit: ago,
    queries: [{ expr: instant(`min(${each('erp_oldest_waiting_record_timestamp_seconds')})`) }],
  },
  {
    w: 5,
    title: 'Amount failed',
    description: 'Total amount of the open failed records, by currency.',
    unit: amount,
    decimals: 2,
    queries: [
      {
        expr: `sum by (currency) (${each('erp_failed_records_amount', { by: 'currency' })})`,
        legend: '{{currency}}',
      },
    ],
    text: BigValueTextMode.ValueAndName,
  },
];

function sampleRows(): string {
  const labels = 'record, since, error, code, call, category, known, responder, message, url, retry';
  const listed = each('erp_failed_record_timestamp_seconds', { by: labels });
  // Until its retry is over it is nobody's turn.
  const samples = `label_replace(${listed}, "responder", "retry awaited", "retry", "waiting")`;
  return instant(`(${advised(samples)} or on (${unit}, record) ${samples})`);
}

const samples = tablePanel({
  title: 'Open failures',
  description:
    'The oldest open failed records of each monitor with call, code, message and what to do; "Not listed" counts the others. A record is a link where its monitor has a record_url.',
  sortBy: 'Failed',
  noValue: 'Nothing has failed.',
  columns: [
    { name: 'Failed', expr: sampleRows(), unit: ago, width: agoWidth },
    { label: 'since', name: 'Since', forLinks: true },
    environmentColumn,
    { ...companyColumn, width: 105 },
    flowColumn,
    {
      label: 'record',
      name: 'Record',
      width: 125,
      // The address is encoded already: without `raw` Grafana would do so again.
      link: { title: 'The record', url: '${__data.fields.url:raw}', elsewhere: true },
    },
    { label: 'url', name: 'Address', forLinks: true },
    { label: 'call', name: 'Call', width: 200, wraps: true },
    { label: 'code', name: 'Code', width: 95, wraps: true },
    { label: 'message', name: 'Message', width: 170, wraps: true },
    { ...errorColumn, width: 110 },
    { label: 'action', name: 'What to do', wraps: 240 },
    { label: 'responder', name: 'First responder', width: 120 },
    { label: 'retry', name: 'Retry', forLinks: true },
    { ...knownColumn, forLinks: true },
    { label: 'category', name: 'Category', forLinks: true },
    { ...monitorColumn, forLinks: true },
  ],
});

const overTime: readonly Placed[] = [
  {
    panel: linesPanel({
      title: 'Failed records',
      description: 'Open failed records by monitor. Dashed: the configured thresholds.',
      unit: 'none',
      decimals: 0,
      queries: [{ expr: each('erp_failed_records'), legend: monitorLegend }],
      limits: limitsOf('erp_failed_records_threshold'),
    }),
    ...{ x: 0, y: 0, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Waiting and late records',
      description:
        'Waiting records by monitor, and how many of them are over the threshold of each severity.',
      unit: 'none',
      decimals: 0,
      queries: [
        { expr: each('erp_waiting_records'), legend: `Waiting: ${monitorLegend}` },
        ...severities.map((severity) => ({
          expr: `sum(${each('erp_late_records', { where: `severity="${severity}"` })})`,
          legend: `Late (${severity})`,
          severity,
        })),
      ],
    }),
    ...{ x: 12, y: 0, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Age of the oldest waiting record',
      description:
        'In business hours, by monitor: time outside the calendar does not count. Dashed: the configured thresholds.',
      unit: minutes,
      queries: [{ expr: `${since('erp_since_oldest_waiting_record_seconds')} / 60`, legend: monitorLegend }],
      limits: limitsOf('erp_since_oldest_waiting_record_seconds_threshold', { divisor: 60 }),
    }),
    ...{ x: 0, y: 8, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Age of the oldest failed record',
      description: 'Elapsed time, by monitor, whatever the business hours.',
      unit: hours,
      queries: [
        {
          expr: `(time() - ${each('erp_oldest_failed_record_timestamp_seconds')}) / 3600`,
          legend: monitorLegend,
        },
      ],
    }),
    ...{ x: 12, y: 8, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Amount at risk',
      description:
        'Total amount of the failed and waiting records, by monitor and currency. Dashed: the configured thresholds.',
      unit: amount,
      decimals: 0,
      queries: [{ expr: amountAtRisk, legend: legendOf('currency') }],
      limits: limitsOf('erp_open_records_amount_threshold', { by: 'currency' }),
    }),
    ...{ x: 0, y: 16, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Silence',
      description:
        'Business hours since a record was last transferred. Dashed: the configured thresholds. Only monitors with a query for finished records.',
      unit: minutes,
      queries: [{ expr: `${since('erp_since_last_finished_record_seconds')} / 60`, legend: monitorLegend }],
      limits: limitsOf('erp_since_last_finished_record_seconds_threshold', { divisor: 60 }),
    }),
    ...{ x: 12, y: 16, w: 12, h: 8 },
  },
];

const reasons: Section = {
  title: 'Why, and who acts first',
  panels: [
    {
      panel: barsPanel({
        title: 'By error',
        description: 'Open failed records of the six largest kinds of error, and of all others together.',
        unit: 'none',
        query: { expr: largestErrors(6), legend: '{{error}}' },
      }),
      ...{ x: 0, y: 0, w: 12, h: 9 },
    },
    {
      panel: barsPanel({
        title: 'By first responder',
        description: 'Open failed records by who acts first.',
        unit: 'none',
        query: { expr: `sort_desc(${failedByResponder})`, legend: '{{responder}}' },
      }),
      ...{ x: 12, y: 0, w: 8, h: 9 },
    },
    {
      panel: statPanel({
        title: 'Not listed',
        description: 'Open failed records that have no row under "Open failures".',
        unit: 'none',
        queries: [{ expr: `sum(${each('erp_failed_record_samples_omitted')})` }],
      }),
      ...{ x: 20, y: 0, w: 4, h: 9 },
    },
  ],
};

/** The records of a flow: failed, late, why, since when, what to do. */
export const flow: Page = {
  uid: 'erp-flow',
  description:
    'The records of a flow: what failed and why, what is late, how old it is, who acts first. Figures of its queries.',
  from: 'now-24h',
  language: true,
  sections: [
    {
      panels: [
        ...answer('kind=~"records|query"'),
        ...below(inARow(figures)),
        { panel: samples, x: 0, y: answerHeight + 4, w: 24, h: 12 },
      ],
    },
    reasons,
    { title: 'Figures of queries', panels: [{ panel: beyondThresholds(), x: 0, y: 0, w: 24, h: 6 }] },
    { title: 'Over time', panels: overTime },
  ],
};
