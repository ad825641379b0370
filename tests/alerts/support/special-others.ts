import { critical, crmSync, datamoves, described, monitorLabels, orders, ruleAnnotations } from './cases.ts';
import { runbook } from './scenarios.ts';
import type { PromtoolTest } from './scenarios.ts';
import { labelText } from './series.ts';
import { anyBut, firing, inEnvironments, never, test } from './special.ts';
import type { Reported } from './special.ts';
import { targetLabels } from './world.ts';

const syncStale: Reported = {
  alertname: 'ErpSyncStale',
  severity: 'warning',
  ...monitorLabels(crmSync),
  responder: 'erp_partner',
};
const limit = { 'erp_since_last_sync_seconds_threshold{severity="warning"}': 2700 };

/** What the table of cases does not say about syncs. */
export const scheduleScenarios: readonly PromtoolTest[] = [
  test(
    'an age does not grow in closed hours, and goes on when they end',
    300,
    crmSync,
    (minute) => {
      // Synced at minute 0; closed from minute 40 to 240.
      const open = minute < 40 ? minute : Math.max(40, minute - 200);
      return {
        ...limit,
        erp_since_last_sync_seconds: open * 60,
        erp_last_sync_timestamp_seconds: 0,
        erp_monitor_open: Number(minute < 40 || minute >= 240),
      };
    },
    [never(245, anyBut), firing(248, anyBut, [syncStale])],
  ),
  test(
    'a monitor that runs twice a day says nothing of the time since its last run',
    800,
    crmSync,
    (minute) => {
      const lastRun = minute < 720 ? 0 : 720;
      // The sync runs at each half hour until minute 600 and never again; the monitor sees it at its runs.
      const seenSync = lastRun === 0 ? -10 : 600;
      return {
        ...limit,
        erp_since_last_sync_seconds: (minute - seenSync) * 60,
        erp_last_sync_timestamp_seconds: seenSync * 60,
        erp_monitor_interval_seconds: 43_200,
        erp_monitor_last_success_timestamp_seconds: lastRun * 60,
      };
    },
    [never(721, anyBut), firing(722, anyBut, [syncStale])],
  ),
  test('a sync without a limit never alerts, not even when it never ran', 200, crmSync, () => ({}), [
    never(200, anyBut),
  ]),
  test(
    'a job that was never seen enabled is reported, and one whose disabling is acknowledged is not',
    200,
    { ...crmSync, kind: 'jobs' },
    () => ({
      'erp_job_enabled{job_name="old"}': 0,
      'erp_job_disabled_acknowledged{job_name="old"}': 1,
      'erp_job_enabled{job_name="forgotten"}': 0,
    }),
    [
      firing(200, anyBut, [
        {
          alertname: 'ErpJobDisabled',
          severity: 'warning',
          ...monitorLabels(crmSync),
          job_name: 'forgotten',
          responder: 'erp_partner',
        },
      ]),
    ],
  ),
];

const ofJob = (alertname: string, job_name: string, severity = 'warning'): Reported => ({
  alertname,
  severity,
  ...monitorLabels(datamoves),
  job_name,
  responder: 'erp_partner',
});

/** What the table of cases does not say about batch jobs. */
export const jobScenarios: readonly PromtoolTest[] = [
  test(
    'each job is held against its own limits where jobs have some, and against none where it has none',
    60,
    datamoves,
    () => ({
      ...Object.fromEntries(
        ['hourly', 'nightly', 'free'].flatMap((job) => [
          [`erp_since_last_job_success_seconds{job_name="${job}"}`, 10_000],
          [`erp_since_job_start_seconds{job_name="${job}"}`, 10_000],
          [`erp_since_job_due_seconds{job_name="${job}"}`, 10_000],
          [`erp_job_never_ran{job_name="${job}"}`, 1],
        ]),
      ),
      'erp_since_last_job_success_seconds_threshold{job_name="hourly",severity="warning"}': 7200,
      'erp_since_last_job_success_seconds_threshold{job_name="nightly",severity="warning"}': 93_600,
      'erp_since_job_start_seconds_threshold{job_name="hourly",severity="critical"}': 3600,
      'erp_since_job_start_seconds_threshold{job_name="nightly",severity="critical"}': 20_000,
      'erp_since_job_due_seconds_threshold{job_name="nightly",severity="warning"}': 900,
    }),
    [
      firing(59, anyBut, [
        ofJob('ErpJobOverdue', 'hourly'),
        ofJob('ErpJobLate', 'nightly'),
        ofJob('ErpJobStuck', 'hourly', 'critical'),
      ]),
      firing(60, 'alertname="ErpJobNeverRan"', [
        ofJob('ErpJobNeverRan', 'hourly'),
        ofJob('ErpJobNeverRan', 'nightly'),
      ]),
    ],
  ),
  test(
    'a run that was queued too long ago is late, although the job goes on succeeding',
    30,
    datamoves,
    (minute) => ({
      'erp_since_last_job_success_seconds{job_name="stock-in"}': 60,
      'erp_since_job_queued_seconds{job_name="stock-in"}': minute * 60,
      'erp_since_last_job_success_seconds_threshold{severity="warning"}': 600,
    }),
    [never(12, anyBut), firing(13, anyBut, [ofJob('ErpJobLate', 'stock-in')])],
  ),
  test(
    'a job whose last success nothing tells is unknown',
    20,
    datamoves,
    () => ({ 'erp_job_last_success_unknown{job_name="stock-in"}': 1 }),
    [firing(20, anyBut, [ofJob('ErpJobUnknown', 'stock-in')])],
  ),
  test(
    'a job with a limit of one severity is stuck in that one alone, and says nothing of the time since the last run',
    200,
    critical(datamoves),
    (minute) => ({
      // Runs since minute 0; the monitor sees it at minute 20 and at minute 120.
      'erp_since_job_start_seconds{job_name="stock-in"}': minute * 60,
      'erp_since_job_start_seconds_threshold{severity="critical"}': 3600,
      erp_monitor_interval_seconds: 6000,
      erp_monitor_last_success_timestamp_seconds: (minute < 120 ? 20 : 120) * 60,
    }),
    [
      never(121, anyBut),
      firing(122, anyBut, [
        {
          alertname: 'ErpJobStuck',
          severity: 'critical',
          ...monitorLabels(datamoves),
          job_name: 'stock-in',
          responder: 'erp_partner',
        },
      ]),
    ],
  ),
];

const skipped: Reported = {
  alertname: 'ErpRunsSkipped',
  severity: 'warning',
  database: 'shop',
  responder: 'it',
};

/** What the table of cases does not say about monitors. */
export const monitorScenarios: readonly PromtoolTest[] = [
  test(
    'runs that are skipped are one alert per database',
    200,
    orders,
    (minute) => ({
      erp_monitor_skipped_runs_total: Math.max(0, Math.min(minute, 90) - 30),
    }),
    [
      firing(46, anyBut, []),
      firing(60, anyBut, [skipped]),
      firing(140, anyBut, [skipped]),
      firing(165, anyBut, []),
    ],
  ),
  test('a monitor that skips at both replicas is one alert', 100, orders, (minute) => ({ erp_monitor_skipped_runs_total: minute }), [
    firing(60, anyBut, [skipped]),
  ], ['a', 'b']),
  test(
    'a monitor that fails at one replica alone does not fail, but is no longer watched twice',
    60,
    orders,
    (_, instance) => ({ erp_monitor_success: Number(instance === 'a') }),
    [firing(60, anyBut, [{ alertname: 'ErpRedundancyLost', severity: 'warning', instance: 'b', responder: 'it' }])],
    ['a', 'b'],
  ),
  test(
    'a single failed run is not reported',
    60,
    orders,
    (minute) => ({ erp_monitor_success: Number(minute !== 30) }),
    [never(60, anyBut)],
  ),
  test(
    'a monitor that fails in the first hour of an exporter, of which it counts all reasons from 0 on, is not blind',
    60,
    orders,
    () => ({
      erp_monitor_success: 0,
      'erp_monitor_failures_total{reason="blind"}': 0,
      'erp_monitor_failures_total{reason="unreachable"}': 1,
    }),
    [
      firing(40, anyBut, [
        {
          alertname: 'ErpMonitorFailing',
          severity: 'warning',
          ...monitorLabels(orders),
          database: 'shop',
          responder: 'it',
        },
      ]),
    ],
  ),
  test(
    'a failing monitor is not stale besides',
    60,
    orders,
    () => ({ erp_monitor_success: 0, erp_monitor_last_success_timestamp_seconds: 0 }),
    [
      firing(40, anyBut, [
        {
          alertname: 'ErpMonitorFailing',
          severity: 'warning',
          ...monitorLabels(orders),
          database: 'shop',
          responder: 'it',
        },
      ]),
    ],
  ),
];

const exporterDown = (severity: string): Reported => ({ alertname: 'ErpExporterDown', severity, responder: 'it' });
const down = (minute: number) => (minute >= 10 && minute < 30 ? null : {});
const dayMinutes = 24 * 60;
const inB = { environment: 'b' };

/** What is tested of the exporters of several environments, which are targets of one job. */
const environmentScenarios: readonly PromtoolTest[] = [
  inEnvironments(
    test(
      'the only exporter of an environment is down, whatever runs in another one',
      40,
      orders,
      (minute, instance) => (instance === 'a' ? {} : down(minute)),
      [
        firing(14, anyBut, []),
        firing(15, anyBut, [{ ...exporterDown('critical'), ...inB }]),
        firing(29, anyBut, [{ ...exporterDown('critical'), ...inB }]),
        firing(30, anyBut, []),
      ],
      ['a', 'b'],
    ),
  ),
  inEnvironments(
    test('an exporter with an environment that is the only one of all is down once', 40, orders, down, [
      firing(15, anyBut, [{ ...exporterDown('critical'), environment: 'a' }]),
      firing(30, anyBut, []),
    ]),
  ),
  {
    name: 'an exporter that comes under another address and does not answer is down',
    interval: '1m',
    input_series: [
      { series: `up{${labelText(targetLabels('a'))}}`, values: '1x10 stale' },
      { series: `erp_exporter_build_info{version="1",environment="b",${labelText(targetLabels('a'))}}`, values: '1x10 stale' },
      { series: `up{${labelText(targetLabels('b'))}}`, values: '_x10 0x30' },
    ],
    promql_expr_test: [firing(15, anyBut, []), firing(16, anyBut, [exporterDown('critical')]), firing(40, anyBut, [exporterDown('critical')])],
  },
];

/** What is tested of the exporter's end over days. */
export const longExporterScenarios: readonly PromtoolTest[] = [
  inEnvironments(
    test(
      'the only exporter of an environment stays down for days, though another environment is well',
      5 * dayMinutes,
      orders,
      (minute, instance) => (instance === 'b' && minute >= dayMinutes ? null : {}),
      [
        firing(dayMinutes - 10, anyBut, []),
        firing(dayMinutes + 20, 'alertname="ErpExporterDown"', [{ ...exporterDown('critical'), ...inB }]),
        firing(5 * dayMinutes, 'alertname="ErpExporterDown"', [{ ...exporterDown('critical'), ...inB }]),
      ],
      ['a', 'b'],
      10,
    ),
  ),
];

const neverThere: PromtoolTest = {
  name: 'an exporter that was never there is down',
  interval: '1m',
  input_series: [{ series: `other_metric{${labelText(targetLabels('a'))}}`, values: '1x20' }],
  promql_expr_test: [firing(4, anyBut, []), firing(5, anyBut, [exporterDown('critical')])],
};

/** That an alert of this name says exactly this at a minute. */
function saying(minute: number, labels: Reported, summary: string, texts: Readonly<Record<string, string>>) {
  const { alertname, ...others } = labels;
  const runbook_url = `${runbook}${alertname.toLowerCase()}`;
  const exp_annotations = { summary, ...ruleAnnotations(alertname, texts), runbook_url };
  return { eval_time: `${minute}m`, alertname, exp_alerts: [{ exp_labels: others, exp_annotations }] };
}

const redundancy: Reported = {
  alertname: 'ErpRedundancyLost',
  severity: 'warning',
  instance: 'b',
  responder: 'it',
};
const upAt = (value: number) => ({ 'erp_database_up{database="erp",driver="postgres"}': value });

/** What is tested of several exporters that see different things. */
const redundancyScenarios: readonly PromtoolTest[] = [
  test(
    'a replica without its database is a warning while the other has it, and ends when it returns',
    80,
    orders,
    (minute, instance) => upAt(Number(instance === 'a' || minute < 10 || minute >= 50)),
    [
      firing(24, anyBut, []),
      firing(25, anyBut, [redundancy]),
      firing(59, anyBut, [redundancy]),
      firing(60, anyBut, []),
    ],
    ['a', 'b'],
  ),
  test(
    'a database that no replica reaches is down, not a loss of redundancy',
    60,
    orders,
    () => upAt(0),
    [
      firing(40, anyBut, [
        { alertname: 'ErpDatabaseDown', severity: 'critical', database: 'erp', responder: 'it' },
      ]),
    ],
    ['a', 'b'],
  ),
  test(
    'an exporter of another environment is no replica',
    60,
    orders,
    (_, instance) => ({
      [`erp_database_up{database="erp",driver="postgres",environment="${instance}"}`]: Number(instance === 'a'),
    }),
    [
      firing(40, anyBut, [
        {
          alertname: 'ErpDatabaseDown',
          severity: 'critical',
          environment: 'b',
          database: 'erp',
          responder: 'it',
        },
      ]),
    ],
    ['a', 'b'],
  ),
  test(
    'the loss of a replica is bridged while its data are away for some minutes',
    60,
    orders,
    (minute, instance) =>
      instance === 'b' && minute >= 40 && minute < 44 ? null : upAt(Number(instance === 'a')),
    [firing(39, anyBut, [redundancy]), firing(42, anyBut, [redundancy])],
    ['a', 'b'],
  ),
];

/** What is tested of the exporter's end, and of the watchdog. */
export const exporterScenarios: readonly PromtoolTest[] = [
  ...redundancyScenarios,
  ...environmentScenarios,
  {
    ...test('an exporter that goes away is reported after five minutes, and ends when it returns', 40, orders, down, [
      firing(14, anyBut, []),
      firing(15, anyBut, [exporterDown('critical')]),
      firing(29, anyBut, [exporterDown('critical')]),
      firing(30, anyBut, []),
    ]),
    alert_rule_test: [
      saying(
        15,
        exporterDown('critical'),
        'The exporter does not answer.',
        {
          description:
            'The exporter does not answer: alerts that are firing now may resolve although nothing was repaired.',
          details: 'jobs: erp',
        },
      ),
      saying(
        15,
        { alertname: 'ErpWatchdog', severity: 'info', responder: 'it' },
        'Alerting works.',
        described(
          'This alert is always active. If it stops arriving, no other alert would arrive either.',
          'Deze melding is altijd actief. Komt ze niet meer aan, dan komt ook geen andere aan.',
          'Dieser Alarm ist immer aktiv. Kommt er nicht mehr an, kommt auch kein anderer an.',
          'Cette alerte est toujours active. Si elle n’arrive plus, aucune autre n’arrive non plus.',
        ),
      ),
    ],
  },
  neverThere,
  {
    ...test(
      'a replica that goes away is a warning',
      40,
      orders,
      (minute, instance) => (instance === 'a' ? {} : down(minute)),
      [firing(14, anyBut, []), firing(15, anyBut, [exporterDown('warning')]), firing(30, anyBut, [])],
      ['a', 'b'],
    ),
    alert_rule_test: [
      saying(
        15,
        exporterDown('warning'),
        'One of several exporters does not answer.',
        {
          record_count: '1',
          ...described(
          '1 of several exporters does not answer; the others keep working.',
          '1 van meerdere exporters antwoordt niet; de andere gaan door.',
          '1 von mehreren Exportern antwortet nicht; die anderen laufen weiter.',
          '1 exporteur sur plusieurs ne répond pas\u00a0; les autres continuent.',
        ) },
      ),
    ],
  },
  test(
    'two replicas that go away are one alert',
    40,
    orders,
    down,
    [firing(15, anyBut, [exporterDown('critical')])],
    ['a', 'b'],
  ),
  test('a restart of three minutes is not reported', 40, orders, (minute) => (minute > 9 && minute < 13 ? null : {}), [
    never(40, anyBut),
  ]),
  test('the watchdog is always there', 40, orders, down, [
    {
      expr: 'count_over_time(ALERTS{alertname="ErpWatchdog",alertstate="firing"}[41m])',
      eval_time: '40m',
      exp_samples: [
        {
          labels: '{alertname="ErpWatchdog",alertstate="firing",severity="info",responder="it"}',
          value: 41,
        },
      ],
    },
  ]),
];
