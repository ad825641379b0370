import type { Figure } from './answer.ts';
import { answer, answerHeight, below, inARow } from './answer.ts';
import { amount } from './money.ts';
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { Page } from './page.ts';
import { addressOf } from './page.ts';
import { noneIsGood, noneIsVital } from './panels.ts';
import { each, since } from './promql.ts';
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
import {
  amountsOfMismatches as amounts,
  candidates,
  cost,
  history,
  mismatched,
  oldestAudit,
  verifiedThrough,
} from './reconciliation-history.ts';
import { tablePanel } from './tables.ts';

const kinds = {
  missing_left: { text: 'missing left', color: 'red' },
  missing_right: { text: 'missing right', color: 'red' },
  different: { text: 'different', color: 'orange' },
  duplicate: { text: 'duplicate', color: 'purple' },
} as const;

/** The columns of this page narrow the page itself. */
const ownMonitorColumn = {
  ...monitorColumn,
  link: {
    title: 'This comparison',
    url: addressOf('erp-reconciliation', { company: 'row', flow: 'row', monitor: 'row' }),
  },
};

const figures: readonly Figure[] = [
  {
    w: 8,
    title: 'Open, by kind',
    description:
      'Confirmed mismatches: older than settle and grace, seen in two runs, and looked up by key on both sides. missing_right: the right side lacks them.',
    unit: 'none',
    queries: [{ expr: `sum by (mismatch) (${mismatched})`, legend: '{{mismatch}}' }],
    steps: noneIsVital,
    text: BigValueTextMode.ValueAndName,
  },
  {
    w: 5,
    title: 'Amount affected',
    description:
      'The amounts of missing and duplicate records and the differences of those that differ, by currency. A dash: none is open, or no amount is known.',
    unit: amount,
    decimals: 2,
    queries: [{ expr: `sum by (currency) (${amounts})`, legend: '{{currency}}' }],
    text: BigValueTextMode.ValueAndName,
  },
  {
    w: 3,
    title: 'Candidates',
    description: 'Mismatches not confirmed yet: most of them are records in transit.',
    unit: 'none',
    queries: [{ expr: `sum(${candidates})` }],
  },
  {
    w: 3,
    title: 'Oldest',
    description: 'Business time of the oldest confirmed mismatch. A dash: there is none.',
    unit: ago,
    queries: [
      {
        expr: instant(
          `min(${since('erp_reconciliation_oldest_mismatch_timestamp_seconds', { by: 'mismatch' })})`,
        ),
      },
    ],
  },
  {
    w: 3,
    title: 'Verified through',
    description:
      'Business time up to which every record of every reconciliation has been compared. It follows the clock at a distance of settle plus the interval.',
    unit: ago,
    queries: [{ expr: instant(`min(${verifiedThrough})`) }],
  },
  {
    w: 2,
    title: 'Not listed',
    description: 'Confirmed mismatches without a row in the table below: those beyond `samples`.',
    unit: 'none',
    queries: [{ expr: `sum(${each('erp_reconciliation_mismatch_samples_omitted')})` }],
  },
];

const records = tablePanel({
  title: 'Records',
  description:
    'The oldest confirmed mismatches with the values of each side; where both have the record, only the fields that differ. "Since" is in the time zone of the company. A record is a link where its monitor has a record_url.',
  sortBy: 'Business time',
  noValue: 'No confirmed mismatch.',
  columns: [
    {
      name: 'Business time',
      expr: instant(
        since('erp_reconciliation_mismatch_timestamp_seconds', {
          by: 'mismatch, record, left, right, since, url',
        }),
      ),
      unit: ago,
      width: agoWidth,
    },
    { label: 'since', name: 'Since', width: 150 },
    environmentColumn,
    companyColumn,
    flowColumn,
    { label: 'mismatch', name: 'Kind', width: 120, words: kinds },
    {
      label: 'record',
      name: 'Record',
      width: 140,
      // The address is encoded already: without `raw` Grafana would do so again.
      link: { title: 'The record', url: '${__data.fields.url:raw}', elsewhere: true },
    },
    { label: 'url', name: 'Address', forLinks: true },
    { label: 'left', name: 'Left says' },
    { label: 'right', name: 'Right says' },
    ownMonitorColumn,
  ],
});

const comparisons = tablePanel({
  title: 'Comparisons',
  description:
    'What is compared with what, and how far. "Oldest comparison": when the least recently compared part of the window was compared; empty while some of it never was.',
  sortBy: 'Open',
  descending: true,
  noValue: 'No monitor of kind reconcile.',
  columns: [
    { name: 'Open', expr: mismatchedRecords, steps: noneIsGood, width: 80 },
    environmentColumn,
    companyColumn,
    flowColumn,
    ownMonitorColumn,
    { label: 'left', name: 'Left', width: 140 },
    { label: 'right', name: 'Right', width: 140 },
    { label: 'plan', name: 'Plan', width: 100 },
    { name: 'Compared', expr: each('erp_reconciliation_compared_records'), decimals: 0 },
    { name: 'Verified through', expr: instant(verifiedThrough), unit: ago },
    { name: 'Oldest comparison', expr: instant(oldestAudit), unit: ago },
    {
      name: 'Always 1',
      expr: each('erp_reconciliation_info', { by: 'left, right, plan' }),
      hidden: true,
    },
  ],
});

/** What is on one side and not, or not so, on the other; how far it has been compared; what that costs. */
export const reconciliation: Page = {
  uid: 'erp-reconciliation',
  description:
    'What is missing on one side, differs or exists twice, since when and for how much; how far both sides have been compared.',
  from: 'now-24h',
  sections: [
    {
      panels: [
        ...answer('kind="reconcile"'),
        ...below(inARow(figures)),
        { panel: records, x: 0, y: answerHeight + 4, w: 24, h: 10 },
        { panel: comparisons, x: 0, y: answerHeight + 14, w: 24, h: 6 },
      ],
    },
    history,
    cost,
  ],
};
