import { remedyFamilies, stateFamily, statusFamilies, ticketFamilies } from '../exporter-families.ts';
import { quote, selectorOf } from '../prometheus/quote.ts';
import type { Period } from './period.ts';

/** Whose series are asked for. */
export interface Subject {
  readonly company: string;
  /** As `Config.environment`: '' for none. */
  readonly environment: string;
  /** What the series have besides their own labels, as `prometheus.labels` says. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The label that tells the parts of an answer apart. */
export const figureLabel = 'figure';

const named = (figure: string, expression: string): string =>
  `label_replace(${expression}, ${quote(figureLabel)}, ${quote(figure)}, "", "")`;

const pick = ({ company, environment, labels }: Subject): string =>
  selectorOf({ environment, ...labels, company });

/** How monitors stood, and which jobs had failed or were missing. Replicas that see the same count once. */
export function statesExpression(subject: Subject): string {
  const picked = pick(subject);
  return [
    named('state', `max by (flow, monitor, state) (${stateFamily.name}{${picked}} == 1)`),
    named(
      'job',
      `max by (flow, monitor, job_name, status) (erp_job_status{${picked},status=~"failed|missing"} == 1)`,
    ),
  ].join(' or ');
}

/**
 * Which alerts fired, and since when their conditions held. Rules take away every label that Prometheus adds, such as `job`, but
 * `environment`.
 */
export function alertsExpression({ company, environment, labels }: Subject): string {
  const own = selectorOf({ environment: labels['environment'] ?? environment, company });
  const ours = `${own},alertname=~"Erp.+",severity=~"warning|critical"`;
  const by = 'max by (alertname, flow, monitor, job_name)';
  return [
    named('firing', `${by} (ALERTS{${ours},alertstate="firing"})`),
    named('since', `${by.replace('max', 'min')} (ALERTS_FOR_STATE{${ours}})`),
  ].join(' or ');
}

/** When rules were evaluated: the watchdog always fires. */
export const evaluatedExpression = 'max(ALERTS{alertname="ErpWatchdog",alertstate="firing"})';

/** Failed records that were listed and are not any more, where it is known at the end how many there are; 0 where none is gone. */
function clearedExpression(picked: string, window: string): string {
  const record = 'erp_failed_record_timestamp_seconds';
  const by = 'by (flow, monitor, record)';
  return [
    `count by (flow) ((max ${by} (present_over_time(${record}{${picked}}[${window}]))`,
    ` unless on (flow, monitor, record) max ${by} (${record}{${picked}}))`,
    ` and on (flow, monitor) max by (flow, monitor) (erp_failed_records{${picked}}))`,
    ` or on (flow) 0 * max by (flow) (erp_failed_records{${picked}})`,
  ].join('');
}

/** Whether there are series of the same company that the labels do not pick. */
function foreignParts(subject: Subject, window: string): readonly string[] {
  const { company, environment, labels } = subject;
  if (Object.keys(labels).every((name) => name === 'environment')) return [];
  const all = selectorOf({ environment: labels['environment'] ?? environment, company });
  const { name } = statusFamilies.info;
  const over = (picked: string) => `present_over_time(${name}{${picked}}[${window}])`;
  return [named('foreign', `count(${over(all)} unless ${over(pick(subject))})`)];
}

/** Largest values and counts over a whole period, to be asked for at its end. */
export function figuresExpression(subject: Subject, { from, to }: Period): string {
  const picked = pick(subject);
  const window = `${(to - from) / 60_000}m`;
  const most = (figure: string, by: string, metric: string, over = 'max_over_time') =>
    named(figure, `max by (${by}) (${over}(${metric}{${picked}}[${window}]))`);
  // Each process counts what it did itself.
  const more = (figure: string, by: string, metric: string) =>
    named(figure, `round(sum by (${by}) (increase(${metric}{${picked}}[${window}])))`);
  return [
    named(
      'error',
      `topk by (flow) (20, max by (flow, error, responder) (max_over_time(erp_failed_records_by_error{${picked}}[${window}]) > 0))`,
    ),
    most('open', 'flow, currency', 'erp_open_records_amount'),
    most('mismatch', 'flow, currency', 'erp_reconciliation_amount'),
    most('failed', 'flow', 'erp_failed_records'),
    most('late', 'flow', 'erp_late_records'),
    most('truncated', 'monitor', statusFamilies.truncated.name),
    most('syncs', 'flow, monitor', 'erp_last_sync_timestamp_seconds', 'changes'),
    most('pause', 'flow, monitor', 'erp_since_last_sync_seconds'),
    more('ticket', 'flow, change', ticketFamilies.changes.name),
    more('remedy', 'flow, result', remedyFamilies.tries.name),
    most('exhausted', 'flow', remedyFamilies.exhausted.name),
    named('cleared', `(${clearedExpression(picked, window)})`),
    ...foreignParts(subject, window),
  ].join(' or ');
}
