import type { Figure } from './answer.ts';
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { noneIsGood, noneIsVital } from './panels.ts';
import {
  disabledJobs,
  dueJobs,
  each,
  jobsInState,
  neverRan,
  overdueJobs,
  queuedJobs,
  stuckJobs,
  unknownJobs,
} from './promql.ts';

/** How many series, 0 included as long as there are jobs at all. */
const count = (expression: string): string =>
  `count(${expression}) or count(${each('erp_job_enabled', { by: 'job_name' })}) * 0`;

/** How many jobs are in each kind of trouble. */
export const jobFigures: readonly Figure[] = [
  {
    w: 3,
    title: 'Jobs failed',
    description: 'Jobs whose last run failed.',
    unit: 'none',
    queries: [{ expr: `sum(${jobsInState('failed')})` }],
    steps: noneIsVital,
  },
  {
    w: 3,
    title: 'Jobs missing',
    description: 'Jobs that the configuration expects but the database does not have.',
    unit: 'none',
    queries: [{ expr: `sum(${jobsInState('missing')})` }],
    steps: noneIsVital,
  },
  {
    w: 3,
    title: 'Never ran',
    description: 'Jobs that are enabled but never ran, and of which nothing says when they will.',
    unit: 'none',
    queries: [{ expr: count(neverRan) }],
    steps: noneIsGood,
  },
  {
    w: 3,
    title: 'Jobs overdue',
    description:
      'Jobs whose last success is older than the lowest threshold; a disabled job is never overdue.',
    unit: 'none',
    queries: [{ expr: count(overdueJobs()) }],
    steps: noneIsGood,
  },
  {
    w: 4,
    title: 'Not started',
    description:
      'Jobs whose next run was due, or whose queued run has waited, for longer than the lowest threshold.',
    unit: 'none',
    queries: [
      { expr: count(dueJobs()), legend: 'due' },
      { expr: count(queuedJobs()), legend: 'queued' },
    ],
    steps: noneIsGood,
    text: BigValueTextMode.ValueAndName,
  },
  {
    w: 3,
    title: 'Jobs stuck',
    description: 'Jobs whose run has been in progress longer than the lowest threshold.',
    unit: 'none',
    queries: [{ expr: count(stuckJobs()) }],
    steps: noneIsGood,
  },
  {
    w: 3,
    title: 'State unknown',
    description:
      'Jobs whose status is a word that `statuses` does not explain, or of which no success is known although they have a threshold for it. `erp-exporter check --connect` names the words.',
    unit: 'none',
    queries: [{ expr: count(unknownJobs) }],
    steps: [
      [null, 'green'],
      [1, 'purple'],
    ],
  },
  {
    w: 2,
    title: 'Disabled',
    description:
      'Jobs that exist but are not enabled, without those that the configuration lists as disabled.',
    unit: 'none',
    queries: [{ expr: count(disabledJobs) }],
    steps: noneIsGood,
  },
];
