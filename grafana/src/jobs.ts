import { answer, below } from './answer.ts';
import type { Page, Placed } from './page.ts';
import type { StatOptions, Words } from './panels.ts';
import { linesPanel, noneIsGood, noneIsVital, statesPanel, statPanel } from './panels.ts';
import { each, jobStateNumbers, jobsInState, overdueJobs, since, stuckJobs } from './promql.ts';
import {
  ago,
  companyColumn,
  environmentColumn,
  flowColumn,
  instant,
  lastReadingColumn,
  limitsOf,
  minutes,
  minutesSinceLastSync,
  monitorColumn,
  monitorLegend,
  sinceLastSyncLines,
  syncState,
} from './shared.ts';
import { tablePanel } from './tables.ts';

const byJob = { by: 'job_name' };
const series = '{{company}} {{job_name}} {{environment}}';

/** How many series, 0 included as long as there are jobs at all. */
const count = (expression: string): string =>
  `count(${expression}) or count(${each('erp_job_enabled', byJob)}) * 0`;

const figures: readonly StatOptions[] = [
  {
    title: 'Jobs failed',
    description: 'Jobs whose last run failed.',
    unit: 'none',
    queries: [{ expr: `sum(${jobsInState('failed')})` }],
    steps: noneIsVital,
  },
  {
    title: 'Jobs missing',
    description: 'Jobs that the configuration expects but the database does not have.',
    unit: 'none',
    queries: [{ expr: `sum(${jobsInState('missing')})` }],
    steps: noneIsVital,
  },
  {
    title: 'Jobs overdue',
    description:
      'Jobs whose last success is older than the lowest threshold; a disabled job is never overdue.',
    unit: 'none',
    queries: [{ expr: count(overdueJobs()) }],
    steps: noneIsGood,
  },
  {
    title: 'Jobs stuck',
    description: 'Jobs whose run has been in progress longer than the lowest threshold.',
    unit: 'none',
    queries: [{ expr: count(stuckJobs()) }],
    steps: noneIsGood,
  },
  {
    title: 'Jobs disabled',
    description: 'Jobs that exist but are not enabled.',
    unit: 'none',
    queries: [{ expr: count(`${each('erp_job_enabled', byJob)} == 0`) }],
    steps: noneIsGood,
  },
  {
    title: 'Synchronisations in alert',
    description: 'Synchronisations over a threshold, or that have never run.',
    unit: 'none',
    queries: [{ expr: `sum((${syncState.expr}) != bool 0)` }],
    steps: noneIsVital,
  },
];

const statusWords: Words = {
  success: { text: 'success', color: 'green' },
  failed: { text: 'failed', color: 'red' },
  missing: { text: 'missing', color: 'red' },
  running: { text: 'running', color: 'blue' },
  waiting: { text: 'waiting', color: 'text' },
  cancelled: { text: 'cancelled', color: 'orange' },
  unknown: { text: 'unknown', color: 'purple' },
};

const jobTable = tablePanel({
  title: 'Jobs',
  description: 'Every batch job: the state of its last run, when it last started and last succeeded.',
  sortBy: 'Last success',
  columns: [
    environmentColumn,
    companyColumn,
    { label: 'job_name', name: 'Job' },
    {
      label: 'status',
      name: 'Status',
      words: statusWords,
      width: 100,
    },
    {
      name: 'Enabled',
      expr: each('erp_job_enabled', byJob),
      words: { '1': { text: 'yes', color: 'text' }, '0': { text: 'no', color: 'orange' } },
      width: 90,
    },
    {
      name: 'Last success',
      expr: instant(each('erp_job_last_success_timestamp_seconds', byJob)),
      unit: ago,
    },
    { name: 'Last start', expr: instant(each('erp_job_last_run_timestamp_seconds', byJob)), unit: ago },
    { name: 'Duration', expr: each('erp_job_last_duration_seconds', byJob), unit: 's' },
    {
      name: 'Running since',
      expr: instant(each('erp_job_running_since_timestamp_seconds', byJob)),
      unit: ago,
    },
    {
      name: 'In this state',
      expr: `${each('erp_job_status', { by: 'job_name, status' })} == 1`,
      hidden: true,
    },
    flowColumn,
    monitorColumn,
  ],
});

const syncTable = tablePanel({
  title: 'Synchronisations',
  description:
    'Every synchronisation: Normal, or Alert > with the threshold in minutes; the last one, how many today, and records rejected.',
  sortBy: 'Minutes since',
  descending: true,
  columns: [
    environmentColumn,
    companyColumn,
    flowColumn,
    monitorColumn,
    { ...syncState, name: 'State', width: 170 },
    { name: 'Minutes since', expr: minutesSinceLastSync, unit: minutes, decimals: 0 },
    {
      name: 'Last synchronisation',
      expr: instant(each('erp_last_sync_timestamp_seconds')),
      unit: ago,
    },
    { name: 'Today', expr: each('erp_syncs_today'), width: 90 },
    { name: 'Rejected today', expr: each('erp_sync_rejects_today'), steps: noneIsGood },
    { ...lastReadingColumn, expr: `${lastReadingColumn.expr} and ${each('erp_syncs_today')}` },
  ],
});

/** The states of a job as numbers, for the coloured bands. */
const bands = {
  success: 0,
  running: 1,
  waiting: 2,
  cancelled: 3,
  failed: 4,
  missing: 5,
  unknown: 6,
} as const;
const bandOf = jobStateNumbers(bands);
const bandWords: Words = Object.fromEntries(
  Object.entries(bands).map(([state, value]) => [
    String(value),
    { text: state, color: statusWords[state]?.color ?? 'text' },
  ]),
);

const jobPanels: readonly Placed[] = [
  { panel: jobTable, x: 0, y: 0, w: 24, h: 9 },
  {
    panel: statesPanel({
      title: 'States of the jobs',
      description: 'The state of the last run of each job over time.',
      unit: 'none',
      query: { expr: bandOf, legend: series },
      words: bandWords,
    }),
    ...{ x: 0, y: 9, w: 24, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Time since the last success',
      description:
        'In business hours, by job: time outside the calendar does not count. Dashed: the configured thresholds.',
      unit: minutes,
      queries: [{ expr: `${since('erp_since_last_job_success_seconds', byJob)} / 60`, legend: series }],
      limits: limitsOf('erp_since_last_job_success_seconds_threshold', { divisor: 60 }),
    }),
    ...{ x: 0, y: 17, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Run time',
      description:
        'Duration of the last completed run of each job, and elapsed time of the run in progress. Dashed: the configured thresholds.',
      unit: minutes,
      queries: [
        { expr: `${each('erp_job_last_duration_seconds', byJob)} / 60`, legend: `Last: ${series}` },
        {
          expr: `${since('erp_since_job_start_seconds', byJob)} / 60`,
          legend: `In progress: ${series}`,
        },
      ],
      limits: limitsOf('erp_since_job_start_seconds_threshold', { divisor: 60 }),
    }),
    ...{ x: 12, y: 17, w: 12, h: 8 },
  },
];

const syncPanels: readonly Placed[] = [
  { panel: syncTable, x: 0, y: 0, w: 24, h: 6 },
  { panel: linesPanel(sinceLastSyncLines), x: 0, y: 6, w: 12, h: 8 },
  {
    panel: linesPanel({
      title: 'Synchronisations and rejects today',
      description: "Since midnight in the company's time zone, when both restart from zero.",
      unit: 'none',
      decimals: 0,
      queries: [
        { expr: each('erp_syncs_today'), legend: `Synchronisations: ${monitorLegend}` },
        { expr: each('erp_sync_rejects_today'), legend: `Rejected: ${monitorLegend}` },
      ],
    }),
    ...{ x: 12, y: 6, w: 12, h: 8 },
  },
];

/** Batch jobs and synchronisations. */
export const jobs: Page = {
  uid: 'erp-jobs',
  description: 'Batch jobs ("datamoves") and synchronisations: when they last ran, how, and for how long.',
  from: 'now-24h',
  sections: [
    {
      panels: [
        ...answer('kind=~"jobs|sync"'),
        ...below(
          figures.map((options, index) => ({ panel: statPanel(options), x: index * 4, y: 0, w: 4, h: 4 })),
        ),
      ],
    },
    { title: 'Jobs', panels: jobPanels },
    { title: 'Synchronisations', panels: syncPanels },
  ],
};
