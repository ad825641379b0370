import { critical, monitorLabels, orders } from './cases.ts';
import type { MonitorFacts } from './cases.ts';
import { runbook } from './scenarios.ts';
import type { PromtoolTest } from './scenarios.ts';
import { labelText } from './series.ts';
import { anyBut, firing, inEnvironments, never, test } from './special.ts';
import type { Reported } from './special.ts';

const failed = (labels: string) =>
  `erp_failed_record_timestamp_seconds{${labels},error="tls",known="true",responder="it"}`;
const reportedFailed = (record: string, severity: string): Reported => ({
  alertname: 'ErpRecordFailed',
  severity,
  ...monitorLabels(orders),
  record,
  error: 'tls',
  known: 'true',
  responder: 'it',
});
const mass = (severity: string): Reported => ({
  alertname: 'ErpMassFailure',
  severity,
  ...monitorLabels(orders),
  responder: 'erp_partner',
});

const mails: MonitorFacts = { ...orders, flow: 'confirmations', monitor: 'mails', sends: 'mail' };

/** ErpRecordsLate, of which so many records are named. */
function lateAlert(severity: 'warning' | 'critical', count: number, named: number) {
  const lines = Array.from({ length: named }, (_, index) => [
    `record_${index + 1}: W-${index}`,
    `since_${index + 1}: t${index}`,
  ]).flat();
  const more = count > named ? [`more: ${count - named}`] : [];
  return {
    exp_labels: { severity, ...monitorLabels(orders), responder: 'erp_partner' },
    exp_annotations: {
      summary: 'Records have been waiting too long.',
      description: `acme: ${count} records of flow orders have been waiting too long (monitor web_orders).`,
      record_count: String(count),
      details: `${[...lines, ...more].join('\n')}\n`,
      runbook_url: `${runbook}erprecordslate`,
    },
  };
}

/** What the table of cases does not say about records. */
export const recordScenarios: readonly PromtoolTest[] = [
  test(
    'a second failed record is a second alert, and a critical monitor has no warning beside',
    30,
    critical(orders),
    (minute) => ({
      [failed('record="W-1",message="a"')]: Number.NaN,
      ...(minute < 20 ? {} : { [failed('record="W-2",message="b"')]: 1200 }),
    }),
    [
      firing(19, 'alertname="ErpRecordFailed"', [reportedFailed('W-1', 'critical')]),
      firing(20, 'alertname="ErpRecordFailed"', [
        reportedFailed('W-1', 'critical'),
        reportedFailed('W-2', 'critical'),
      ]),
    ],
  ),
  test(
    'a message that changes, or differs between replicas, changes no alert',
    30,
    orders,
    (minute, instance) => ({ [failed(`record="W-1",message="attempt ${minute} of ${instance}"`)]: 60 }),
    [
      {
        expr: 'count_over_time(ALERTS{alertname="ErpRecordFailed",alertstate="firing"}[31m])',
        eval_time: '30m',
        exp_samples: [
          { labels: `{${labelText({ alertstate: 'firing', ...reportedFailed('W-1', 'warning') })}}`, value: 26 },
        ],
      },
    ],
    ['a', 'b'],
  ),
  inEnvironments(
    test(
      'a record of one environment is no record of the other, and one that waits for its retry is no alert',
      30,
      critical(orders),
      (minute, instance) => ({
        erp_failed_records: 1,
        ...(instance === 'a' && minute >= 15 ? {} : { [failed('record="W-1"')]: 60 }),
        [failed('record="W-2",retry="waiting"')]: 60,
      }),
      [
        firing(14, 'alertname="ErpRecordFailed"', [
          { ...reportedFailed('W-1', 'critical'), environment: 'a' },
          { ...reportedFailed('W-1', 'critical'), environment: 'b' },
        ]),
        firing(15, 'alertname="ErpRecordFailed"', [{ ...reportedFailed('W-1', 'critical'), environment: 'b' }]),
      ],
      ['a', 'b'],
    ),
  ),
  test(
    'a record whose retry was waited for in vain is one alert, at once and without a gap; one that was repaired is none',
    40,
    critical(orders),
    (minute) => ({
      erp_failed_records: minute < 20 ? 2 : 1,
      erp_failed_records_awaiting_retry: minute < 15 ? 2 : minute < 20 ? 1 : 0,
      erp_failed_record_samples_omitted: 0,
      [failed(`record="W-1",retry="${minute < 15 ? 'waiting' : 'over'}"`)]: 60 + minute,
      ...(minute < 20 ? { [failed('record="W-2",retry="waiting"')]: 60 } : {}),
    }),
    [
      never(14, anyBut),
      firing(15, anyBut, [reportedFailed('W-1', 'critical')]),
      {
        expr: 'count_over_time(ALERTS{alertname="ErpRecordFailed"}[41m])',
        eval_time: '40m',
        exp_samples: [
          { labels: `{${labelText({ alertstate: 'firing', ...reportedFailed('W-1', 'critical') })}}`, value: 26 },
        ],
      },
      firing(40, anyBut, [reportedFailed('W-1', 'critical')]),
    ],
  ),
  test(
    'many that wait for their retry are a mass failure at once',
    10,
    critical(orders),
    () => ({ erp_failed_records: 30, erp_failed_records_awaiting_retry: 30, erp_failed_record_samples_omitted: 0 }),
    [firing(1, anyBut, [mass('critical')])],
  ),
  test(
    'an e-mail that failed is one alert, with its error and who acts first',
    30,
    mails,
    (minute) => ({
      erp_failed_records: 1,
      erp_open_records: 1,
      erp_failed_record_samples_omitted: 0,
      [failed(`record="M-1",retry="${minute < 15 ? 'waiting' : 'over'}"`)]: 60,
    }),
    [
      never(19, anyBut),
      firing(30, anyBut, [{ ...reportedFailed('M-1', 'warning'), ...monitorLabels(mails), responder: 'it' }]),
    ],
  ),
  test(
    'failures beyond the samples are reported as well',
    30,
    orders,
    () => ({ erp_failed_records: 3, erp_failed_record_samples_omitted: 3 }),
    [firing(10, anyBut, [{ ...mass('warning'), alertname: 'ErpRecordFailed' }])],
  ),
  test(
    'what is late stays late until the next run, also in closed hours, and is not late before it',
    120,
    orders,
    (minute) => ({
      // Waits since minute -25 and is seen in time at minute 0, then at minute 60 as late; closed from minute 65 on.
      'erp_late_records{severity="warning"}': Number(minute >= 60),
      'erp_since_oldest_waiting_record_seconds_threshold{severity="warning"}': 1800,
      erp_since_oldest_waiting_record_seconds: (Math.min(minute, 65) + 25) * 60,
      erp_monitor_interval_seconds: 7200,
      erp_monitor_last_success_timestamp_seconds: minute < 60 ? 0 : 3600,
    }),
    [
      never(61, anyBut),
      firing(62, anyBut, [{ ...mass('warning'), alertname: 'ErpRecordsLate' }]),
      firing(120, anyBut, [{ ...mass('warning'), alertname: 'ErpRecordsLate' }]),
    ],
  ),
  {
    ...test(
      'one record is reported as one, and summer time as it was then',
      30,
      orders,
      () => ({
        'erp_late_records{severity="warning"}': 1,
        'erp_since_oldest_waiting_record_seconds_threshold{severity="warning"}': 60,
        erp_since_oldest_waiting_record_seconds: 61,
        erp_oldest_waiting_record_timestamp_seconds: 0,
        erp_oldest_waiting_record_utc_offset_seconds: 7200,
      }),
      [],
    ),
    alert_rule_test: [
      {
        eval_time: '10m',
        alertname: 'ErpRecordsLate',
        exp_alerts: [
          {
            exp_labels: { severity: 'warning', ...monitorLabels(orders), responder: 'erp_partner' },
            exp_annotations: {
              summary: 'Records have been waiting too long.',
              description: 'acme: 1 record of flow orders has been waiting too long (monitor web_orders).',
              record_count: '1',
              details: 'since: 1970-01-01 02:00',
              runbook_url: `${runbook}erprecordslate`,
            },
          },
        ],
      },
    ],
  },
  {
    ...test(
      'of late records the ten oldest over the limit of the severity are named, and how many there are besides',
      30,
      orders,
      () => ({
        'erp_late_records{severity="warning"}': 23,
        'erp_late_records{severity="critical"}': 2,
        'erp_since_oldest_waiting_record_seconds_threshold{severity="warning"}': 60,
        'erp_since_oldest_waiting_record_seconds_threshold{severity="critical"}': 120,
        erp_since_oldest_waiting_record_seconds: 121,
        ...Object.fromEntries(
          Array.from({ length: 12 }, (_, index) => [
            `erp_late_record_timestamp_seconds{record="W-${index}",since="t${index}",severity="${index < 2 ? 'critical' : 'warning'}"}`,
            1_795_300_000 + index,
          ]),
        ),
      }),
      [],
      ['a', 'b'],
    ),
    alert_rule_test: [
      {
        eval_time: '10m',
        alertname: 'ErpRecordsLate',
        exp_alerts: [lateAlert('critical', 2, 2), lateAlert('warning', 23, 10)],
      },
    ],
  },
  test(
    'a failing run keeps the alert, since the exporter holds its reading',
    60,
    critical(orders),
    (minute) => ({
      [failed('record="W-1"')]: 60,
      ...(minute < 30
        ? {}
        : { erp_monitor_success: 0, erp_monitor_last_success_timestamp_seconds: 1740 }),
    }),
    [firing(60, 'alertname="ErpRecordFailed"', [reportedFailed('W-1', 'critical')])],
  ),
  test(
    'a threshold for warnings replaces the 20',
    30,
    orders,
    (minute) => ({
      'erp_failed_records_threshold{severity="warning"}': 30,
      'erp_failed_records_threshold{severity="critical"}': 50,
      erp_failed_records: minute < 10 ? 30 : minute < 20 ? 31 : 51,
    }),
    [
      firing(9, anyBut, []),
      firing(10, anyBut, [mass('warning')]),
      firing(20, anyBut, [mass('warning'), mass('critical')]),
    ],
  ),
  test(
    'a mass failure at a critical monitor is critical, so that it can stand for its records',
    30,
    critical(orders),
    (minute) => ({
      'erp_failed_records_threshold{severity="warning"}': 5,
      erp_failed_records: minute < 10 ? 5 : 6,
    }),
    [firing(9, anyBut, []), firing(10, 'severity="critical"', [mass('critical')])],
  ),
  test(
    'maintenance of another monitor silences nothing',
    30,
    critical(orders),
    () => ({
      [failed('record="W-1"')]: 60,
      [`erp_maintenance_active{other="1"}`]: 0,
    }),
    [firing(10, anyBut, [reportedFailed('W-1', 'critical')])],
  ),
  test(
    'a flow of which no record ever got through is silent',
    30,
    orders,
    () => ({ 'erp_since_last_finished_record_seconds_threshold{severity="warning"}': 3600 }),
    [firing(10, anyBut, [{ ...mass('warning'), alertname: 'ErpFlowSilent' }])],
  ),
];
