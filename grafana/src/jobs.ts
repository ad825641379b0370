import { answer, below, inARow } from './answer.ts';
import { jobFigures } from './job-figures.ts';
import type { Page, Placed } from './page.ts';
import type { Words } from './panels.ts';
import { linesPanel, neutral, noneIsGood, noneIsVital, statesPanel, statPanel } from './panels.ts';
import { each, enabledJobs, highestJobStates, jobStateNumbers, since } from './promql.ts';
import {
  ago,
  agoWidth,
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
const series = '{{company}} {{environment}} {{job_name}}';

const syncsInAlert = statPanel({
  title: 'In alert',
  description: 'Synchronisations over a threshold, or that have never run.',
  unit: 'none',
  queries: [{ expr: `sum((${syncState.expr}) != bool 0)` }],
  steps: noneIsVital,
});

const statusWords: Words = {
  success: { text: 'success', color: 'green' },
  failed: { text: 'failed', color: 'red' },
  missing: { text: 'missing', color: 'red' },
  running: { text: 'running', color: 'blue' },
  waiting: { text: 'waiting', color: 'light-blue' },
  cancelled: { text: 'cancelled', color: 'orange' },
  unknown: { text: 'unknown', color: 'purple' },
};

/** The states of a job as numbers, for the order of the table and the coloured bands: the more urgent the larger. */
const stateNumbers = {
  success: 0,
  waiting: 1,
  running: 2,
  cancelled: 3,
  unknown: 4,
  missing: 5,
  failed: 6,
} as const;
const wordsOfNumbers: Words = Object.fromEntries(
  Object.entries(stateNumbers).map(([state, value]) => [
    String(value),
    { text: state, color: statusWords[state]?.color ?? 'text' },
  ]),
);

const jobTable = tablePanel({
  title: 'Jobs',
  description:
    'Every batch job, the most urgent first: the state of its last run, when it last started and last succeeded, and when its next run is due.',
  sortBy: 'Status',
  descending: true,
  thenBy: { name: 'Last success', descending: false },
  columns: [
    environmentColumn,
    companyColumn,
    { label: 'job_name', name: 'Job' },
    { name: 'Status', expr: jobStateNumbers(stateNumbers), words: wordsOfNumbers, width: 100 },
    {
      name: 'Enabled',
      expr: enabledJobs,
      words: {
        '1': { text: 'yes', color: 'text' },
        '0': { text: 'no', color: 'orange' },
        '-1': { text: 'no, on purpose', color: 'text' },
      },
      width: 120,
    },
    {
      name: 'Last success',
      expr: `${instant(each('erp_job_last_success_timestamp_seconds', byJob))} or ${each('erp_job_never_ran', byJob)} * 0`,
      unit: ago,
      width: agoWidth,
      words: { '0': { text: 'never ran', color: 'purple' } },
      steps: neutral,
    },
    {
      name: 'Next run due',
      expr: instant(each('erp_job_due_timestamp_seconds', byJob)),
      unit: ago,
      width: agoWidth,
    },
    {
      name: 'Last start',
      expr: instant(each('erp_job_last_run_timestamp_seconds', byJob)),
      unit: ago,
      width: agoWidth,
    },
    { name: 'Duration', expr: each('erp_job_last_duration_seconds', byJob), unit: 's', width: 90 },
    {
      name: 'Running since',
      expr: instant(each('erp_job_running_since_timestamp_seconds', byJob)),
      unit: ago,
      width: agoWidth,
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

/** More would have no room for their names. */
const mostBands = 12;

const jobPanels: readonly Placed[] = [
  { panel: jobTable, x: 0, y: 0, w: 24, h: 9 },
  {
    panel: statesPanel({
      title: 'States of the jobs',
      description:
        'The state of the last run over time, of the jobs whose state is the most urgent at its end, no more than twelve.',
      unit: 'none',
      query: { expr: highestJobStates(stateNumbers, mostBands), legend: series },
      words: wordsOfNumbers,
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
  { panel: syncsInAlert, x: 0, y: 0, w: 3, h: 6 },
  { panel: syncTable, x: 3, y: 0, w: 21, h: 6 },
  { panel: linesPanel(sinceLastSyncLines), x: 0, y: 6, w: 12, h: 8 },
  {
    panel: linesPanel({
      title: 'Synchronisations and rejects today',
      description: "Since midnight in the company's time zone, when both restart from zero.",
      unit: 'none',
      decimals: 0,
      queries: [
        { expr: each('erp_syncs_today'), legend: `Syncs: ${monitorLegend}` },
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
      panels: [...answer('kind=~"jobs|sync"'), ...below(inARow(jobFigures))],
    },
    { title: 'Jobs', panels: jobPanels },
    { title: 'Synchronisations', panels: syncPanels },
  ],
};
