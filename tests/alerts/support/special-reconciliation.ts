import { critical, monitorLabels } from './cases.ts';
import type { MonitorFacts } from './cases.ts';
import { arrivals, compared } from './reconciliation-cases.ts';
import type { Mismatch } from './reconciliation-cases.ts';
import type { PromtoolTest } from './scenarios.ts';
import { labelText, withLabels } from './series.ts';
import type { Values } from './series.ts';
import { anyBut, firing, never, test } from './special.ts';
import type { Reported } from './special.ts';

const reported = (alertname: string, severity: string, mismatch: Mismatch): Reported => ({
  alertname,
  severity,
  ...monitorLabels(arrivals),
  mismatch,
  responder: 'erp_partner',
});
const stale = (severity: string): Reported => ({
  alertname: 'ErpReconciliationStale',
  severity,
  ...monitorLabels(arrivals),
  responder: 'it',
});

const threshold = (mismatch: Mismatch, severity: string, value: number): Values => ({
  [withLabels('erp_reconciliation_mismatched_records_threshold', { mismatch, severity })]: value,
});

/** The same whatever the criticality of the monitor: its thresholds decide. */
function ofThresholds(monitor: MonitorFacts): PromtoolTest {
  return test(
    `thresholds decide, each for its kind of mismatch, at a monitor whose criticality is ${monitor.criticality}`,
    40,
    monitor,
    (minute) => ({
      ...compared(minute * 60, { missing_right: minute < 10 ? 2 : minute < 20 ? 3 : 6, different: 5 }),
      ...threshold('missing_right', 'warning', 2),
      ...threshold('missing_right', 'critical', 5),
      ...threshold('different', 'critical', 5),
    }),
    [
      firing(9, anyBut, []),
      firing(10, anyBut, [reported('ErpRecordsMissing', 'warning', 'missing_right')]),
      firing(19, anyBut, [reported('ErpRecordsMissing', 'warning', 'missing_right')]),
      firing(20, anyBut, [
        reported('ErpRecordsMissing', 'warning', 'missing_right'),
        reported('ErpRecordsMissing', 'critical', 'missing_right'),
      ]),
    ],
  );
}

const sample = (record: string, left: string) =>
  withLabels('erp_reconciliation_mismatch_timestamp_seconds', {
    mismatch: 'different',
    record,
    left,
    right: 'total=2.00',
    since: '2026-11-21 10:42',
    url: '',
  });

const mismatchScenarios: readonly PromtoolTest[] = [
  ofThresholds(arrivals),
  ofThresholds(critical(arrivals)),
  test(
    'each kind of mismatch is an alert of its own, whatever else is wrong',
    20,
    arrivals,
    (minute) => ({
      ...compared(minute * 60, { missing_left: 1, missing_right: 2, different: 3, duplicate: 4 }),
      ...threshold('missing_left', 'warning', 1),
    }),
    [
      firing(20, anyBut, [
        reported('ErpRecordsMissing', 'warning', 'missing_right'),
        reported('ErpRecordsDifferent', 'warning', 'different'),
        reported('ErpRecordsDuplicate', 'warning', 'duplicate'),
      ]),
    ],
  ),
  test(
    'records and texts that change, or differ between replicas, change no alert',
    30,
    arrivals,
    (minute, instance) => ({
      ...compared(minute * 60, { different: 2 }),
      [sample(`W-${minute}`, `total=${minute}.00`)]: 60,
      [sample('W-0', `seen by ${instance}`)]: 60,
    }),
    [
      {
        expr: 'count_over_time(ALERTS{alertname="ErpRecordsDifferent",alertstate="firing"}[31m])',
        eval_time: '30m',
        exp_samples: [
          {
            labels: `{${labelText({ alertstate: 'firing', ...reported('ErpRecordsDifferent', 'warning', 'different') })}}`,
            value: 31,
          },
        ],
      },
    ],
    ['a', 'b'],
  ),
  test(
    'what is not confirmed yet is not reported',
    30,
    critical(arrivals),
    (minute) => ({
      ...compared(minute * 60),
      'erp_reconciliation_candidate_records{mismatch="missing_right"}': 9,
    }),
    [never(30, anyBut)],
  ),
  test(
    'a failing run keeps the alert, since the exporter holds its reading',
    60,
    critical(arrivals),
    (minute) => ({
      ...compared(Math.min(minute, 29) * 60, { missing_right: 1 }),
      ...(minute < 30
        ? {}
        : { erp_monitor_success: 0, erp_monitor_last_success_timestamp_seconds: 1740 }),
    }),
    [firing(60, 'alertname=~"ErpRec.*"', [reported('ErpRecordsMissing', 'critical', 'missing_right')])],
  ),
];

const stateOf = (state: string): Values =>
  Object.fromEntries(
    ['ok', 'warning', 'critical', 'no_data', 'maintenance', 'closed'].map((each) => [
      withLabels('erp_monitor_state', { state: each }),
      Number(each === state),
    ]),
  );

const omittedScenarios: readonly PromtoolTest[] = [
  test(
    'mismatches that are not listed are reported while they are too many, not while they keep their limits',
    60,
    arrivals,
    (minute) => ({
      ...compared(minute * 60, { different: 30 }),
      ...threshold('different', 'warning', minute < 30 ? 40 : 20),
      ...stateOf(minute < 15 ? 'ok' : minute < 20 ? 'closed' : minute < 30 ? 'no_data' : 'warning'),
      erp_reconciliation_mismatch_samples_omitted: 10,
    }),
    [
      never(39, 'alertname="ErpSamplesOmitted"'),
      firing(40, anyBut, [
        reported('ErpRecordsDifferent', 'warning', 'different'),
        { alertname: 'ErpSamplesOmitted', severity: 'warning', ...monitorLabels(arrivals), responder: 'erp_partner' },
      ]),
    ],
  ),
];

const hour = 60;
const without = (values: Values, missing: string): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name !== `erp_reconciliation_${missing}`));

/** What is exported when a part of the window has waited since minute 0. */
const waiting = (minute: number, change: Values = {}): Values => ({
  ...compared(minute * 60),
  erp_reconciliation_unchecked_since_timestamp_seconds: 0,
  ...change,
});

const staleScenarios: readonly PromtoolTest[] = [
  test(
    'a comparison that is complete is not stale, however long settle is',
    3 * hour,
    arrivals,
    (minute) => ({
      ...compared(minute * 60),
      erp_reconciliation_verified_through_timestamp_seconds: (minute - 8 * hour) * 60,
    }),
    [never(3 * hour, anyBut)],
  ),
  test(
    'a window that is compared again within one and a half times the promise is not stale, however old its last comparison is',
    3 * hour,
    arrivals,
    (minute) => ({
      ...compared(minute * 60),
      erp_reconciliation_detection_seconds: 3600,
      erp_reconciliation_unchecked_since_timestamp_seconds: (minute - 1.5 * hour) * 60,
    }),
    [never(3 * hour, anyBut)],
  ),
  test(
    'a monitor that fails is not stale besides: its age is that of its last good run',
    3 * hour,
    arrivals,
    (minute) => ({
      ...compared(0),
      erp_monitor_success: Number(minute === 0),
      erp_monitor_last_success_timestamp_seconds: 0,
    }),
    [never(3 * hour, 'alertname="ErpReconciliationStale"')],
  ),
  test(
    'a promise of minutes is judged in minutes, whatever full_audit_every allows',
    2 * hour,
    arrivals,
    (minute) => waiting(minute),
    [
      // One and a half times 5 minutes, and 15 more.
      firing(22, anyBut, []),
      firing(23, anyBut, [stale('warning')]),
      // Three times 5 minutes and an hour, and 15 more.
      firing(90, anyBut, [stale('warning')]),
      firing(91, anyBut, [stale('warning'), stale('critical')]),
    ],
  ),
  test(
    'no promise is longer than full_audit_every',
    3 * hour,
    arrivals,
    (minute) =>
      waiting(minute, {
        erp_reconciliation_detection_seconds: 10 * 3600,
        erp_reconciliation_full_audit_interval_seconds: 3600,
      }),
    [firing(1.5 * hour + 15, anyBut, []), firing(1.5 * hour + 16, anyBut, [stale('warning')])],
  ),
  test(
    'a comparison of which nothing was ever done, so that no speed is known, is stale after an hour and 4.5 intervals',
    2 * hour,
    arrivals,
    (minute) => without(waiting(minute), 'detection_seconds'),
    [firing(hour + 4 + 15, anyBut, []), firing(hour + 5 + 15, anyBut, [stale('warning')])],
  ),
];

/** What the table of cases does not say about reconciliation. */
export const reconciliationScenarios: readonly PromtoolTest[] = [
  ...mismatchScenarios,
  ...omittedScenarios,
  ...staleScenarios,
];
