import { answer, answerHeight, below } from './answer.ts';
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { Page, Placed } from './page.ts';
import { addressOf } from './page.ts';
import { linesPanel, noneIsGood, statPanel } from './panels.ts';
import { each } from './promql.ts';
import {
  ago,
  environmentColumn,
  flowColumn,
  instant,
  lastReadingColumn,
  mismatchedRecords,
  monitorColumn,
  sinceLastSyncLines,
  syncState,
} from './shared.ts';
import { tablePanel } from './tables.ts';

const perMonitor = '{{monitor}} {{environment}}';

const synchronisation: readonly Placed[] = [
  {
    panel: statPanel({
      title: 'Company',
      description: 'Name and project code from the configuration.',
      unit: 'none',
      queries: [
        {
          expr: 'max by (environment, company, title, project) (erp_company_info{environment=~"$environment",company=~"$company"})',
          legend: '{{title}} {{project}} {{environment}}',
        },
      ],
      text: BigValueTextMode.Name,
      size: 20,
    }),
    ...{ x: 0, y: 0, w: 9, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Last synchronisation',
      description: 'When the last synchronisation completed.',
      unit: ago,
      queries: [{ expr: instant(each('erp_last_sync_timestamp_seconds')), legend: perMonitor }],
    }),
    ...{ x: 9, y: 0, w: 5, h: 4 },
  },
  {
    panel: statPanel({
      title: 'State of the synchronisation',
      description:
        'Normal, or Alert > with the threshold in minutes that the business hours since the last synchronisation exceed. Without a threshold it is always normal.',
      unit: syncState.unit,
      decimals: syncState.decimals,
      queries: [{ expr: syncState.expr, legend: perMonitor }],
      words: syncState.words,
      steps: syncState.steps,
      tile: true,
    }),
    ...{ x: 14, y: 0, w: 5, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Last reading',
      description: 'The oldest of the last successful runs for this company: no figure here is older.',
      unit: ago,
      queries: [{ expr: instant(`min(${each('erp_monitor_last_success_timestamp_seconds')})`) }],
    }),
    ...{ x: 19, y: 0, w: 5, h: 4 },
  },
];

const today: readonly Placed[] = [
  {
    panel: statPanel({
      title: 'Synchronisations today',
      description: "Synchronisations since midnight in the company's time zone.",
      unit: 'none',
      queries: [{ expr: each('erp_syncs_today'), legend: perMonitor }],
    }),
    ...{ x: 0, y: 4, w: 6, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Rejected today',
      description: "Records rejected by today's synchronisations.",
      unit: 'none',
      queries: [{ expr: each('erp_sync_rejects_today'), legend: perMonitor }],
      steps: noneIsGood,
    }),
    ...{ x: 6, y: 4, w: 6, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Not OK today',
      description: 'Open failed records of all flows that failed today.',
      unit: 'none',
      queries: [{ expr: `sum(${each('erp_failed_records_today')})` }],
      steps: noneIsGood,
    }),
    ...{ x: 12, y: 4, w: 6, h: 4 },
  },
  {
    panel: statPanel({
      title: 'Not OK in total',
      description: 'Open failed records of all flows, whenever they failed.',
      unit: 'none',
      queries: [{ expr: `sum(${each('erp_failed_records')})` }],
      steps: noneIsGood,
    }),
    ...{ x: 18, y: 4, w: 6, h: 4 },
  },
];

const byFlow = tablePanel({
  title: 'By flow',
  description:
    'What is not OK, today and in total, what is waiting and what is late, and what differs between two sides, by flow.',
  sortBy: 'Not OK',
  descending: true,
  columns: [
    environmentColumn,
    { label: 'company', name: 'Company', hidden: true },
    {
      ...flowColumn,
      link: { title: 'Flow', url: addressOf('erp-flow', { company: 'chosen', flow: 'row' }) },
    },
    {
      ...monitorColumn,
      link: {
        title: 'Monitor',
        url: addressOf('erp-flow', { company: 'chosen', flow: 'row', monitor: 'row' }),
      },
    },
    { name: 'Not OK', expr: each('erp_failed_records'), steps: noneIsGood },
    { name: 'Not OK today', expr: each('erp_failed_records_today'), steps: noneIsGood },
    {
      name: 'Oldest',
      expr: instant(each('erp_oldest_failed_record_timestamp_seconds')),
      unit: ago,
    },
    { name: 'Waiting', expr: each('erp_waiting_records') },
    { name: 'Late', expr: each('erp_late_records'), steps: noneIsGood },
    {
      name: 'Mismatched',
      expr: mismatchedRecords,
      steps: noneIsGood,
      link: {
        title: 'Both sides',
        url: addressOf('erp-reconciliation', { company: 'chosen', flow: 'row', monitor: 'row' }),
      },
    },
    {
      ...lastReadingColumn,
      expr: `${lastReadingColumn.expr} and (${each('erp_failed_records')} or ${mismatchedRecords})`,
    },
  ],
});

/** The widget "interactions ERP-CRM" of each company, and what is behind it. */
export const company: Page = {
  uid: 'erp-company',
  description: 'The state of each company: its synchronisations, and what is not OK by flow.',
  from: 'now-24h',
  oneCompany: true,
  sections: [
    {
      title: '$company',
      repeat: 'company',
      panels: [
        ...answer(),
        ...below([...synchronisation, ...today]),
        { panel: byFlow, x: 0, y: answerHeight + 8, w: 24, h: 9 },
        { panel: linesPanel(sinceLastSyncLines), x: 0, y: answerHeight + 17, w: 24, h: 8 },
      ],
    },
  ],
};
