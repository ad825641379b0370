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
const withoutAudit = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(([name]) => name !== 'erp_reconciliation_oldest_audit_timestamp_seconds'),
  );

/** What a run exports before all of the window has been compared for the first time. */
function neverComplete(minute: number): Values {
  const { erp_reconciliation_verified_through_timestamp_seconds: _, ...others } = compared(minute * 60);
  return withoutAudit(others);
}

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
    'a comparison that is not complete may be an hour and three intervals behind',
    1.5 * hour,
    arrivals,
    (minute) => ({
      ...withoutAudit(compared(minute * 60)),
      erp_reconciliation_verified_through_timestamp_seconds: minute * 60 - 3600 - 3 * 60,
    }),
    [never(1.5 * hour, anyBut)],
  ),
  test(
    'a monitor that fails is not stale besides: its age is that of its last good run',
    3 * hour,
    arrivals,
    (minute) => ({
      ...withoutAudit(compared(0)),
      erp_monitor_success: Number(minute === 0),
      erp_monitor_last_success_timestamp_seconds: 0,
    }),
    [never(3 * hour, 'alertname="ErpReconciliationStale"')],
  ),
  test(
    'a window that is not compared again within one and a half times the limit is stale, within three times critical',
    // An audit that stands still at minute 0, with a limit of an hour.
    4 * hour,
    arrivals,
    (minute) => ({
      ...compared(minute * 60),
      erp_reconciliation_oldest_audit_timestamp_seconds: 0,
      erp_reconciliation_full_audit_interval_seconds: 3600,
    }),
    [
      firing(1.5 * hour + 15, anyBut, []),
      firing(1.5 * hour + 16, anyBut, [stale('warning')]),
      firing(3 * hour + 15, anyBut, [stale('warning')]),
      firing(3 * hour + 16, anyBut, [stale('warning'), stale('critical')]),
    ],
  ),
  test(
    'a first comparison has two days, by keys alone as well, where no time is known up to which it came',
    3 * hour,
    arrivals,
    (minute) => neverComplete(minute),
    [never(3 * hour, anyBut)],
  ),
];

/** What the table of cases does not say about reconciliation. */
export const reconciliationScenarios: readonly PromtoolTest[] = [
  ...mismatchScenarios,
  ...omittedScenarios,
  ...staleScenarios,
];

/** The same over days, with a scrape each ten minutes: promtool needs minutes for so long a time otherwise. */
export const longReconciliationScenarios: readonly PromtoolTest[] = [
  test(
    'a comparison that begins anew and is not complete after two days is stale',
    50 * hour,
    arrivals,
    (minute) => (minute < hour ? compared(minute * 60) : neverComplete(minute)),
    [never(49 * hour + 10, anyBut), firing(49 * hour + 20, anyBut, [stale('warning')])],
    ['a'],
    10,
  ),
];
