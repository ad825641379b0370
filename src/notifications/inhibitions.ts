import type { Matcher } from './route.ts';

/** While an alert that fits `source` fires, those that fit `target` and have the same labels `equal` are not notified. */
export interface Inhibition {
  /** Why, for the reader of the file. */
  readonly reason: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

const is = (label: string, ...values: readonly string[]): Matcher => ({ label, negated: false, values });

/** Alerts that need no mail of their own while another one fires; the same for every configuration. */
export const inhibitions: readonly Inhibition[] = [
  {
    reason: 'Many failures are notified as one.',
    source: [is('alertname', 'ErpMassFailure')],
    target: [is('alertname', 'ErpRecordFailed')],
    equal: ['company', 'monitor'],
  },
  {
    reason: 'A monitor always fails while its database is down.',
    source: [is('alertname', 'ErpDatabaseDown')],
    target: [is('alertname', 'ErpMonitorFailing')],
    equal: ['database'],
  },
  {
    // The severity too, here and below: a warning may go to others, or wait for a digest, and must not hide what is critical.
    reason: 'A monitor whose canary sees nothing fails for that reason.',
    source: [is('alertname', 'ErpMonitorBlind')],
    target: [is('alertname', 'ErpMonitorFailing')],
    equal: ['company', 'monitor', 'severity'],
  },
  {
    reason: 'E-mails that are not generated are notified as such, late ones included.',
    source: [is('alertname', 'ErpMailsNotGenerated')],
    target: [is('alertname', 'ErpRecordsLate')],
    equal: ['company', 'monitor', 'severity'],
  },
  {
    // No wider: with several exporters, the alerts of one that is up must be notified.
    reason: 'No monitor runs while the exporter is down.',
    source: [is('alertname', 'ErpExporterDown'), is('severity', 'critical')],
    target: [is('alertname', 'ErpMonitorStale')],
    equal: [],
  },
  {
    reason: 'Where both thresholds of one metric are exceeded, the critical one is notified.',
    source: [is('severity', 'critical')],
    target: [is('severity', 'warning')],
    equal: [
      'alertname',
      'company',
      'flow',
      'monitor',
      'record',
      'job_name',
      'currency',
      'mismatch',
      'database',
      'endpoint',
    ],
  },
];
