import { expect, it } from 'vitest';
import { overdueJobs, stuckJobs } from '../../grafana/src/promql.ts';
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
