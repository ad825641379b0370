import type { Config } from '../config/config.ts';
import { routesOf } from './matching.ts';
import { nobody } from './route.ts';
import type { Matcher } from './route.ts';
import type { RoutingTree } from './routes.ts';

/** While an alert that fits `source` fires, those that fit `target` and have the same labels `equal` are not notified. */
export interface Inhibition {
  /** Why, for the reader of the file. */
  readonly reason: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

const is = (label: string, ...values: readonly string[]): Matcher => ({ label, negated: false, values });

/**
 * Alerts of which the first say all that the others would: of those, one alert is notified. A warning hides nothing critical: it may go
 * to others, or wait for a digest.
 *
 * @param equal what they are both about, besides the monitor.
 */
function onBehalf(
  reason: string,
  sources: readonly string[],
  targets: readonly string[],
  ...equal: readonly string[]
): readonly Inhibition[] {
  const source = [is('alertname', ...sources)];
  const target = [is('alertname', ...targets)];
  const same = ['environment', 'company', 'monitor', ...equal];
  return [
    { reason, source, target, equal: [...same, 'severity'] },
    {
      reason,
      source: [...source, is('severity', 'critical')],
      target: [...target, is('severity', 'warning')],
      equal: same,
    },
  ];
}

const ofDatabase = 'A monitor always fails while its database is down.';

/** Alerts that need no mail of their own while another one fires, whatever the configuration is. */
export const inhibitions: readonly Inhibition[] = [
  {
    reason: 'Many failures are notified as one.',
    source: [is('alertname', 'ErpMassFailure')],
    target: [is('alertname', 'ErpRecordFailed')],
    equal: ['environment', 'company', 'monitor'],
  },
  {
    reason: ofDatabase,
    source: [is('alertname', 'ErpDatabaseDown')],
    target: [is('alertname', 'ErpMonitorFailing')],
    equal: ['environment', 'database'],
  },
  ...onBehalf(
    'A monitor whose canary sees nothing fails for that reason.',
    ['ErpMonitorBlind'],
    ['ErpMonitorFailing'],
  ),
  ...onBehalf(
    'Records that are late e-mails are notified as such.',
    ['ErpMailsNotGenerated'],
    ['ErpRecordsLate'],
  ),
  ...onBehalf(
    'A count of mismatches holds those that are not listed.',
    ['ErpRecordsMissing', 'ErpRecordsDifferent', 'ErpRecordsDuplicate'],
    ['ErpSamplesOmitted'],
  ),
  ...onBehalf(
    'A job that fails, hangs, is disabled or gone is not in time for that reason.',
    ['ErpJobFailed', 'ErpJobStuck', 'ErpJobDisabled', 'ErpJobMissing'],
    ['ErpJobOverdue', 'ErpJobLate', 'ErpJobNeverRan'],
    'job_name',
  ),
  {
    // No wider: with several exporters, the alerts of one that is up must be notified.
    reason: 'No monitor runs while the exporter is down.',
    source: [is('alertname', 'ErpExporterDown'), is('severity', 'critical')],
    target: [is('alertname', 'ErpMonitorStale')],
    equal: ['environment'],
  },
  {
    reason: 'Where both thresholds of one metric are exceeded, the critical one is notified.',
    source: [is('severity', 'critical')],
    target: [is('severity', 'warning')],
    equal: [
      'alertname',
      'environment',
      'company',
      'flow',
      'monitor',
      'record',
      'job_name',
      'currency',
      'mismatch',
      'metric',
      'database',
      'endpoint',
    ],
  },
];

/** Monitors of several databases have all of them in the label, which then equals that of no database: `shop,erp`. */
function ofSeveralDatabases({ monitors }: Config): readonly Inhibition[] {
  const lists = monitors.map(({ databases }) => databases).filter(({ length }) => length > 1);
  return [...new Set(lists.flat())].sort().map((database) => {
    const labels = lists.filter((list) => list.includes(database)).map((list) => list.join(','));
    return {
      reason: ofDatabase,
      source: [is('alertname', 'ErpDatabaseDown'), is('database', database)],
      target: [is('alertname', 'ErpMonitorFailing'), is('database', ...new Set(labels))],
      equal: ['environment'],
    };
  });
}

/** Whether somebody is notified of a cause that concerns no company; what it holds up must not be hidden for the sake of silence. */
function isNotified({ source }: Inhibition, { environment }: Config, tree: RoutingTree): boolean {
  const named = source.flatMap(({ label, values }) => (label === 'alertname' ? values : []));
  if (!named.includes('ErpDatabaseDown') && !named.includes('ErpExporterDown')) return true;
  const labels = { environment, alertname: named[0] ?? '', severity: 'critical', responder: 'it' };
  return routesOf(tree, labels).some(({ receiver }) => receiver !== nobody);
}

/** The inhibitions of a configuration, those for one reason together. */
export function inhibitionsOf(config: Config, tree: RoutingTree): readonly Inhibition[] {
  return inhibitions
    .flatMap((inhibition) =>
      inhibition.reason === ofDatabase ? [inhibition, ...ofSeveralDatabases(config)] : [inhibition],
    )
    .filter((inhibition) => isNotified(inhibition, config, tree));
}
