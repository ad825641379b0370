import { answer, answerHeight, below } from './answer.ts';
import { newErrorsTable } from './news.ts';
import type { Page, Section } from './page.ts';
import type { StatOptions } from './panels.ts';
import { barsPanel, linesPanel, noneIsGood, statPanel } from './panels.ts';
import { advised, each, failedByResponder } from './promql.ts';
import { environmentColumn, knownColumn } from './shared.ts';
import { tablePanel } from './tables.ts';

const classLabels = 'error, category, known, responder';
const classes = each('erp_failed_records_by_error', { by: classLabels });
const ofKnown = (known: boolean): string =>
  `sum(${each('erp_failed_records_by_error', { by: classLabels, where: `known="${known}"` })}) or sum(${each('erp_failed_records')}) * 0`;

const figures: readonly StatOptions[] = [
  {
    title: 'Failed with a known error',
    description: 'Open failed records whose error is in the catalogue, with what to do and who acts first.',
    unit: 'none',
    queries: [{ expr: ofKnown(true) }],
    steps: noneIsGood,
  },
  {
    title: 'Failed with an unknown error',
    description: 'Open failed records whose error is not in the catalogue.',
    unit: 'none',
    queries: [{ expr: ofKnown(false) }],
    steps: [
      [null, 'green'],
      [1, 'purple'],
    ],
  },
  {
    title: 'Kinds',
    description: 'Different kinds of error among the open failed records.',
    unit: 'none',
    queries: [{ expr: `count(count by (error) (${classes} > 0)) or sum(${each('erp_failed_records')}) * 0` }],
  },
  {
    title: 'New kinds',
    description: 'Kinds of error that are open and were first seen within the last 24 hours.',
    unit: 'none',
    queries: [
      {
        expr: `count(count by (error) (${each('erp_new_error_timestamp_seconds', { by: 'error' })})) or sum(${each('erp_failed_records')}) * 0`,
      },
    ],
    steps: noneIsGood,
  },
];

const kindLabels = `environment, ${classLabels}`;
const kinds = `sum by (${kindLabels}) (${classes} > 0)`;

const classTable = tablePanel({
  title: 'Kinds of error',
  description:
    'Open failed records by kind of error, of all chosen companies, with the advice of the catalogue. Unknown kinds have a fingerprint; "other" are those beyond the largest kinds.',
  sortBy: 'Records',
  descending: true,
  noValue: 'Nothing has failed.',
  columns: [
    {
      name: 'Records',
      expr: `(${advised(kinds)}) or on (${kindLabels}) ${kinds}`,
      width: 80,
    },
    {
      name: 'Companies',
      expr: `count by (${kindLabels}) (max by (company, ${kindLabels}) (${classes} > 0))`,
      width: 95,
    },
    { label: 'error', name: 'Error', width: 190, wraps: true },
    { label: 'category', name: 'Category', width: 140 },
    { label: 'action', name: 'What to do', wraps: 300 },
    { label: 'responder', name: 'First responder', width: 130 },
    knownColumn,
    environmentColumn,
  ],
});

const overTime: Section = {
  title: 'Over time',
  panels: [
    {
      panel: linesPanel({
        title: 'By category, over time',
        description: 'Open failed records by category of their error.',
        unit: 'none',
        decimals: 0,
        stacked: true,
        queries: [{ expr: `sum by (category) (${classes})`, legend: '{{category}}' }],
      }),
      ...{ x: 0, y: 0, w: 12, h: 11 },
    },
    {
      panel: linesPanel({
        title: 'By first responder, over time',
        description: 'Open failed records by who acts first.',
        unit: 'none',
        decimals: 0,
        stacked: true,
        queries: [{ expr: failedByResponder, legend: '{{responder}}' }],
      }),
      ...{ x: 12, y: 0, w: 12, h: 11 },
    },
  ],
};

/** Why records fail: by kind, what is new, who acts first. */
export const errors: Page = {
  uid: 'erp-errors',
  description: 'Why records fail: by kind of error, what is new, what to do and who acts first.',
  from: 'now-7d',
  language: true,
  sections: [
    {
      panels: [
        ...answer('kind="records"'),
        ...below(
          figures.map((options, index) => ({ panel: statPanel(options), x: index * 6, y: 0, w: 6, h: 4 })),
        ),
        { panel: newErrorsTable(), x: 0, y: answerHeight + 4, w: 16, h: 8 },
        {
          panel: barsPanel({
            title: 'By first responder',
            description: 'Open failed records by who acts first.',
            unit: 'none',
            query: { expr: `sort_desc(${failedByResponder})`, legend: '{{responder}}' },
          }),
          ...{ x: 16, y: answerHeight + 4, w: 8, h: 8 },
        },
        { panel: classTable, x: 0, y: answerHeight + 12, w: 24, h: 11 },
      ],
    },
    overTime,
  ],
};
