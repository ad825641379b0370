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

/** What the alert about e-mails says of so many that failed and are late, of so many that are open. */
function ofMails(title: string, given: readonly number[], count: string, description: string, details: string) {
  const [failures, late, open] = given;
  return {
    ...test(
      title,
      10,
      mails,
      () => ({
        ...(failures === undefined ? {} : { erp_failed_records: failures }),
        ...(late === undefined ? {} : { 'erp_late_records{severity="warning"}': late }),
        ...(open === undefined ? {} : { erp_open_records: open }),
      }),
      [],
    ),
    alert_rule_test: [
      {
        eval_time: '10m',
        alertname: 'ErpMailsNotGenerated',
        exp_alerts: [
          {
            exp_labels: { severity: 'warning', ...monitorLabels(mails), responder: 'erp_partner' },
            exp_annotations: {
              summary: 'E-mails are not generated.',
              description: `acme: ${description} (monitor mails).`,
              record_count: count,
              details,
              runbook_url: `${runbook}erpmailsnotgenerated`,
            },
          },
        ],
      },
    ],
  };
}

const mailScenarios: readonly PromtoolTest[] = [
  ofMails('a mail that failed and is late as well counts once', [2, 2, 3], '3', '3 e-mails failed or are late', 'failed: 2\nlate: 2\n'),
  ofMails('mails are late while none has failed', [0, 1, 4], '1', '1 e-mail failed or is late', 'late: 1\n'),
  ofMails('mails are late, and nothing says how many are open', [0, 1], '1', '1 e-mail failed or is late', 'late: 1\n'),
  ofMails('a monitor may know of failed mails alone', [1], '1', '1 e-mail failed or is late', 'failed: 1\n'),
];

/** What the table of cases does not say about records. */
export const recordScenarios: readonly PromtoolTest[] = [
  ...mailScenarios,
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
    'an e-mail that waits for its retry has not failed yet',
    40,
    mails,
    (minute) => ({
      erp_failed_records: 2,
      erp_failed_records_awaiting_retry: minute < 15 ? 2 : 0,
      erp_failed_record_samples_omitted: 0,
    }),
    [
      never(16, anyBut),
      firing(17, anyBut, [
        { ...monitorLabels(mails), alertname: 'ErpMailsNotGenerated', severity: 'warning', responder: 'erp_partner' },
      ]),
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
