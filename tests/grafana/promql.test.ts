import { describe, expect, it } from 'vitest';
import {
  blindMonitors,
  monitorState,
  monitorStates,
  overdueJobs,
  stuckJobs,
} from '../../grafana/src/promql.ts';
import { syncState } from '../../grafana/src/shared.ts';
import { describeReal } from '../helpers/real.ts';
import { constantSeries, evaluate, evaluationSeconds as now, filledIn } from './promtool.ts';

type Values = Readonly<Record<string, number>>;

/** The series of one monitor, named after what they say without the prefix `erp_`, as `late_records{severity="warning"}`. */
function monitor(name: string, values: Values, criticality = 'normal'): Values {
  const all = {
    [`monitor_info{kind="sync",criticality="${criticality}"}`]: 1,
    monitor_last_success_timestamp_seconds: now - 10,
    monitor_interval_seconds: 60,
    maintenance_active: 0,
    ...values,
  };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => {
      const [metric = '', rest = '}'] = key.split('{');
      const labels = `company="acme",flow="f",monitor="${name}"`;
      return [`erp_${metric}{${labels}${rest === '}' ? '' : ','}${rest}`, value];
    }),
  );
}

/** Values by the monitor that they are of. */
async function byMonitor(expression: string, monitors: readonly Values[]): Promise<Record<string, number>> {
  const series = constantSeries(Object.assign({}, ...monitors) as Values);
  const [results = []] = await evaluate([filledIn(expression)], series);
  return Object.fromEntries(
    results.map(({ labels, value }) => [/monitor="([^"]*)"/.exec(labels)?.[1] ?? labels, value]),
  );
}

describeReal('monitorState', ['promtool'], () => {
  const { ok, watch, act, noData, maintenance } = monitorStates;
  const job = (state: string) => ({ [`job_status{job_name="j",status="${state}"}`]: 1 });
  const mismatches = (count: number) => ({
    'reconciliation_mismatched_records{mismatch="different"}': count,
    'reconciliation_mismatched_records_threshold{mismatch="different",severity="warning"}': 3,
    'reconciliation_mismatched_records_threshold{mismatch="different",severity="critical"}': 8,
  });
  const cases: readonly (readonly [string, number, Values, string?])[] = [
    ['fine', ok, { failed_records: 0, 'late_records{severity="warning"}': 0 }],
    ['bare', ok, {}],
    ['failed', watch, { failed_records: 1 }],
    ['failed critical', act, { failed_records: 1 }, 'critical'],
    ['late', watch, { 'late_records{severity="warning"}': 1 }],
    ['late critical', act, { 'late_records{severity="warning"}': 3, 'late_records{severity="critical"}': 1 }],
    ['many', act, { failed_records: 9, 'failed_records_threshold{severity="critical"}': 8 }],
    [
      'amount',
      act,
      {
        'open_records_amount{currency="EUR"}': 1100,
        'open_records_amount_threshold{currency="EUR",severity="critical"}': 1000,
      },
    ],
    [
      'amount of two currencies',
      ok,
      {
        'open_records_amount{currency="EUR"}': 600,
        'open_records_amount{currency="CHF"}': 600,
        'open_records_amount_threshold{currency="EUR",severity="critical"}': 1000,
      },
    ],
    ['rejects', watch, { sync_rejects_today: 1 }],
    [
      'silent',
      watch,
      {
        since_last_finished_record_seconds: 99,
        'since_last_finished_record_seconds_threshold{severity="warning"}': 60,
      },
    ],
    [
      'stale sync',
      watch,
      { since_last_sync_seconds: 99, 'since_last_sync_seconds_threshold{severity="warning"}': 60 },
    ],
    [
      'sync on the limit',
      ok,
      { since_last_sync_seconds: 60, 'since_last_sync_seconds_threshold{severity="warning"}': 60 },
    ],
    [
      'daily sync, read long ago',
      ok,
      {
        since_last_sync_seconds: 7200,
        monitor_last_success_timestamp_seconds: now - 7190,
        monitor_interval_seconds: 86_400,
        'since_last_sync_seconds_threshold{severity="warning"}': 60,
      },
    ],
    ['both sides agree', ok, { 'reconciliation_mismatched_records{mismatch="different"}': 0 }, 'critical'],
    ['mismatched', watch, { 'reconciliation_mismatched_records{mismatch="different"}': 1 }],
    [
      'mismatched critical',
      act,
      { 'reconciliation_mismatched_records{mismatch="different"}': 1 },
      'critical',
    ],
    ['mismatched on the limit', ok, mismatches(3), 'critical'],
    ['mismatched beyond the limit', watch, mismatches(4), 'critical'],
    ['mismatched beyond the higher limit', act, mismatches(9)],
    [
      'mismatched otherwise than the limit says',
      watch,
      { ...mismatches(0), 'reconciliation_mismatched_records{mismatch="missing_left"}': 1 },
    ],
    ['job fine', ok, job('success')],
    ['job failed', watch, job('failed')],
    ['job missing, critical', act, job('missing'), 'critical'],
    [
      'job stuck',
      watch,
      {
        'since_job_start_seconds{job_name="j"}': 700,
        'since_job_start_seconds_threshold{severity="warning"}': 600,
        'since_job_start_seconds_threshold{severity="critical"}': 900,
      },
      'critical',
    ],
    [
      'job stuck for long',
      act,
      {
        'since_job_start_seconds{job_name="j"}': 911,
        'since_job_start_seconds_threshold{severity="critical"}': 900,
      },
    ],
    ['stale', noData, { failed_records: 1, monitor_last_success_timestamp_seconds: now - 181 }, 'critical'],
    ['maintained', maintenance, { failed_records: 1, maintenance_active: 1 }, 'critical'],
  ];

  it('shows the state of each monitor', async () => {
    const monitors = cases.map(([name, , values, criticality]) => monitor(name, values, criticality));
    const unread = Object.fromEntries(
      Object.entries(monitor('unread', {})).filter(([name]) => !name.startsWith('erp_monitor_last_success')),
    );
    expect(await byMonitor(monitorState(), [...monitors, unread])).toEqual({
      ...Object.fromEntries(cases.map(([name, state]) => [name, state])),
      unread: noData,
    });
    expect(await byMonitor(blindMonitors, [...monitors, unread])).toEqual({ stale: 181, unread: 1 });
  });

  it('shows those of the money-makers alone', async () => {
    const monitors = [monitor('a', {}), monitor('b', {}, 'critical')];
    expect(await byMonitor(monitorState('criticality="critical"'), monitors)).toEqual({ b: ok });
  });
});

describeReal('syncState', ['promtool'], () => {
  const limits = {
    'since_last_sync_seconds_threshold{severity="warning"}': 45 * 60,
    'since_last_sync_seconds_threshold{severity="critical"}': 90 * 60,
  };

  it('is normal, or the limit in minutes that was exceeded', async () => {
    const monitors = [
      monitor('fresh', { since_last_sync_seconds: 60, ...limits }),
      monitor('old', { since_last_sync_seconds: 50 * 60, ...limits }),
      monitor('very old', { since_last_sync_seconds: 91 * 60, ...limits }),
      monitor('without limit', { since_last_sync_seconds: 10 ** 6 }),
      monitor('never', limits),
    ];
    expect(await byMonitor(syncState.expr, monitors)).toEqual({
      fresh: 0,
      old: 45,
      'very old': 90,
      'without limit': 0,
      never: -1,
    });
  });
});

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
      monitor('without limit', { 'since_last_job_success_seconds{job_name="j"}': 1000 }),
      monitor('own limit', {
        'since_last_job_success_seconds{job_name="j"}': 1000,
        'since_last_job_success_seconds{job_name="k"}': 1000,
        'since_last_job_success_seconds_threshold{job_name="j",severity="warning"}': 900,
        'since_last_job_success_seconds_threshold{job_name="k",severity="warning"}': 9000,
      }),
    ];
    expect(Object.keys(await byMonitor(overdueJobs('warning'), monitors)).sort()).toEqual([
      'overdue',
      'own limit',
    ]);
    expect(await byMonitor(overdueJobs('critical'), monitors)).toEqual({});
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
    expect(Object.keys(await byMonitor(stuckJobs('warning'), monitors))).toEqual(['stuck']);
    expect(await byMonitor(stuckJobs('critical'), monitors)).toEqual({});
  });
});

describe('an expression with its variables filled in', () => {
  it('has none left, save those that the caller does not know', () => {
    expect(filledIn('a{company=~"$company|",x="$other"}[$__rate_interval]')).toBe(
      'a{company=~".*|",x="$other"}[16m]',
    );
  });
});
