import { expect, it } from 'vitest';
import {
  disabledJobs,
  dueJobs,
  enabledJobs,
  highestJobStates,
  neverRan,
  overdueJobs,
  queuedJobs,
  stuckJobs,
  unknownJobs,
} from '../../grafana/src/promql.ts';
import { describeReal } from '../helpers/real.ts';
import type { Values } from './monitor-series.ts';
import { byMonitor, monitor } from './monitor-series.ts';
import { evaluationSeconds as now } from './promtool.ts';

describeReal('jobs', ['promtool'], () => {
  const overdue = {
    'since_last_job_success_seconds{job_name="j"}': 1000,
    'since_last_job_success_seconds_threshold{severity="warning"}': 900,
  };

  it('are overdue when enabled and older than their limit at the last reading', async () => {
    const monitors = [
      monitor('overdue', { ...overdue, 'job_enabled{job_name="j"}': 1 }),
      monitor('switched off', { ...overdue, 'job_enabled{job_name="j"}': 0 }),
      monitor('read before', { ...overdue, monitor_last_success_timestamp_seconds: now - 150 }),
      monitor('critical alone', {
        'since_last_job_success_seconds{job_name="j"}': 1000,
        'since_last_job_success_seconds_threshold{severity="critical"}': 900,
      }),
      monitor('below the higher limit', {
        ...overdue,
        'since_last_job_success_seconds_threshold{severity="critical"}': 9000,
      }),
      monitor('without limit', { 'since_last_job_success_seconds{job_name="j"}': 1000 }),
      monitor('own limit', {
        'since_last_job_success_seconds{job_name="j"}': 1000,
        'since_last_job_success_seconds{job_name="k"}': 1000,
        'since_last_job_success_seconds_threshold{job_name="j",severity="warning"}': 900,
        'since_last_job_success_seconds_threshold{job_name="k",severity="warning"}': 9000,
      }),
    ];
    expect(Object.keys(await byMonitor(overdueJobs(), monitors)).sort()).toEqual([
      'below the higher limit',
      'critical alone',
      'overdue',
      'own limit',
    ]);
  });

  it('are stuck when they had run for longer than their limit at the last reading', async () => {
    const running = (since: number, more: Values = {}) => ({
      'since_job_start_seconds{job_name="j"}': since,
      'since_job_start_seconds_threshold{severity="warning"}': 600,
      ...more,
    });
    const monitors = [
      monitor('stuck', running(700)),
      monitor('running', running(500)),
      monitor('read before', running(700, { monitor_last_success_timestamp_seconds: now - 150 })),
    ];
    expect(Object.keys(await byMonitor(stuckJobs(), monitors))).toEqual(['stuck']);
  });
});

describeReal('jobs that nobody may overlook', ['promtool'], () => {
  const j = 'job_name="j"';
  const since = (metric: string, seconds: number, limits: Values): Values => ({
    [`${metric}{${j}}`]: seconds,
    ...limits,
  });

  it('are late when their next run was due for longer than a limit at the last reading', async () => {
    const limits = { 'since_job_due_seconds_threshold{severity="warning"}': 600 };
    const monitors = [
      monitor('late', since('since_job_due_seconds', 700, limits)),
      monitor('at the limit', since('since_job_due_seconds', 600, limits)),
      monitor('not late when read', {
        ...since('since_job_due_seconds', 700, limits),
        monitor_last_success_timestamp_seconds: now - 150,
      }),
      monitor('to come', since('since_job_due_seconds', 0, limits)),
      monitor('without limit', since('since_job_due_seconds', 700, {})),
      monitor(
        'own limit',
        since('since_job_due_seconds', 700, {
          [`since_job_due_seconds_threshold{${j},severity="critical"}`]: 60,
        }),
      ),
    ];
    expect(Object.keys(await byMonitor(dueJobs(), monitors)).sort()).toEqual(['late', 'own limit']);
  });

  it('are late when a queued run waits for longer than the limit of the last success', async () => {
    const limits = { 'since_last_job_success_seconds_threshold{severity="warning"}': 600 };
    const monitors = [
      monitor('late', since('since_job_queued_seconds', 700, limits)),
      monitor('in time', since('since_job_queued_seconds', 500, limits)),
    ];
    expect(Object.keys(await byMonitor(queuedJobs(), monitors))).toEqual(['late']);
  });

  it('never ran, unless their first run is to come', async () => {
    const never = { [`job_never_ran{${j}}`]: 1 };
    const monitors = [
      monitor('never', never),
      monitor('to come', { ...never, [`job_due_timestamp_seconds{${j}}`]: now + 60 }),
      monitor('ran', { [`job_enabled{${j}}`]: 1 }),
    ];
    expect(Object.keys(await byMonitor(neverRan, monitors))).toEqual(['never']);
  });

  it('are unknown by the word of their status or for want of a success', async () => {
    const monitors = [
      monitor('word', { [`job_status{${j},status="unknown"}`]: 1 }),
      monitor('success', { [`job_last_success_unknown{${j}}`]: 1 }),
      monitor('known', { [`job_status{${j},status="unknown"}`]: 0 }),
    ];
    expect(Object.keys(await byMonitor(unknownJobs, monitors)).sort()).toEqual(['success', 'word']);
  });

  it('are disabled, unless the configuration says that they are so on purpose', async () => {
    const acknowledged = { [`job_disabled_acknowledged{${j}}`]: 1 };
    const monitors = [
      monitor('disabled', { [`job_enabled{${j}}`]: 0 }),
      monitor('on purpose', { [`job_enabled{${j}}`]: 0, ...acknowledged }),
      monitor('enabled all the same', { [`job_enabled{${j}}`]: 1, ...acknowledged }),
      monitor('enabled', { [`job_enabled{${j}}`]: 1 }),
    ];
    expect(Object.keys(await byMonitor(disabledJobs, monitors))).toEqual(['disabled']);
    expect(await byMonitor(enabledJobs, monitors)).toEqual({
      disabled: 0,
      'on purpose': -1,
      'enabled all the same': 1,
      enabled: 1,
    });
  });

  it('are in bands where their state is the most urgent', async () => {
    const states = { success: 0, failed: 6 };
    const inState = (now: string): Values =>
      Object.fromEntries(
        Object.keys(states).map((one) => [`job_status{${j},status="${one}"}`, one === now ? 1 : 0]),
      );
    const monitors = [
      monitor('a', inState('success')),
      monitor('b', inState('failed')),
      monitor('c', inState('failed')),
    ];
    expect(await byMonitor(highestJobStates(states, 2), monitors)).toEqual({ b: 6, c: 6 });
    expect(await byMonitor(highestJobStates(states, 9), monitors)).toEqual({ a: 0, b: 6, c: 6 });
  });
});
