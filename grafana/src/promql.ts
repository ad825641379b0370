/** These labels identify a monitor, whatever the metric; series need not have an environment. */
export const unit = 'environment, company, flow, monitor';
const chosen = 'environment=~"$environment",company=~"$company",flow=~"$flow",monitor=~"$monitor"';

/** Of metrics that are about no monitor: those of the chosen environments, and those that are of none. */
export const ofEnvironment = 'environment=~"$environment|"';

export interface Selection {
  /** Labels that are kept besides those of a monitor, as `a, b`. */
  readonly by?: string;
  /** More matchers, as `a="x",b="y"`. */
  readonly where?: string;
  /** How long ago, as `1d`; absent: now. */
  readonly offset?: string;
}

function selectorOf(where: string): string {
  return where === '' ? `{${chosen}}` : `{${chosen},${where}}`;
}

function aggregated(operator: 'max' | 'min', metric: string, selection: Selection): string {
  const { by = '', where = '', offset = '' } = selection;
  const labels = by === '' ? unit : `${unit}, ${by}`;
  const shift = offset === '' ? '' : ` offset ${offset}`;
  return `${operator} by (${labels}) (${metric}${selectorOf(where)}${shift})`;
}

/**
 * The series of a monitor metric that the dashboard's variables select. The maximum is taken over everything else, so
 * that two replicas of the exporter, or two Prometheus servers behind one datasource, count once.
 */
export function each(metric: string, selection: Selection = {}): string {
  return aggregated('max', metric, selection);
}

/** The same for times that have passed since an event: the replica that knows the newest event is right. */
export function since(metric: string, selection: Selection = {}): string {
  return aggregated('min', metric, selection);
}

/** What a counter grew by within a range, such as `1h` or `$__rate_interval`. */
export function growth(counter: string, range: string, { by = '', where = '' }: Selection = {}): string {
  const labels = by === '' ? unit : `${unit}, ${by}`;
  return `max by (${labels}) (increase(${counter}${selectorOf(where)}[${range}]))`;
}

/** An expression as of the end of the time range: Prometheus evaluates it once, whatever the number of points. */
function atEnd(expression: string): string {
  return expression.replaceAll(/\{[^}]*\}(\[[^\]]*\])?/g, '$& @ end()');
}

/** As many series as have the highest values at the end of the time range: the same ones at each moment of it. */
export function highest(expression: string, count: number): string {
  return `(${expression}) and topk(${count}, ${atEnd(expression)})`;
}

/** A limit in a graph, as it is now, of one monitor: among the lines of several it would say nothing. */
export function limitOfOneMonitor(expression: string): string {
  return atEnd(`${expression} and on () (count(${each('erp_monitor_info')}) == 1)`);
}

/** Amount of what failed and what waits, by currency; amounts of different currencies are never added up. */
export const amountAtRisk = each('erp_open_records_amount', { by: 'currency' });

export type Severity = 'warning' | 'critical';
/** The colours of severities, the same in every dashboard. */
export const severityColors: Readonly<Record<Severity, string>> = { warning: 'orange', critical: 'red' };
export const severities: readonly Severity[] = ['warning', 'critical'];

/** A limit as the configuration sets it; no series where it sets none. */
export function limit(metric: string, severity: Severity, selection: Selection = {}): string {
  return each(metric, { ...selection, where: `severity="${severity}"` });
}

const lastSuccess = each('erp_monitor_last_success_timestamp_seconds');
/** How old a reading is: an age that grows at each scrape, less this, is what the monitor has really seen. */
const ageOfReading = `(time() - ${lastSuccess})`;

/** Open time since the last synchronisation in seconds, as of the last reading: what the alerts look at. */
export const sinceLastSyncAsRead = `(${since('erp_since_last_sync_seconds')} - ${ageOfReading})`;

/** Ages of jobs over the lowest of their limits: that of the monitor, or the job's own where jobs have their own. */
function overJobLimit(age: string, metric: string): string {
  const ofMonitor = since(metric, { where: 'job_name=""' });
  const ofJob = since(metric, { by: 'job_name', where: 'job_name!=""' });
  return `(${age} > on (${unit}) group_left () ${ofMonitor} or ${age} > on (${unit}, job_name) ${ofJob})`;
}

/** Jobs whose last success is older than a limit; a disabled job is never overdue. */
export function overdueJobs(): string {
  const age = `(${since('erp_since_last_job_success_seconds', { by: 'job_name' })} - on (${unit}) group_left () ${ageOfReading})`;
  const disabled = `${each('erp_job_enabled', { by: 'job_name' })} == 0`;
  return `(${overJobLimit(age, 'erp_since_last_job_success_seconds_threshold')} unless ${disabled})`;
}

/** Jobs whose next run was due for longer than a limit when the last reading saw them, and has not started. */
export function dueJobs(): string {
  const age = `(${since('erp_since_job_due_seconds', { by: 'job_name' })} - on (${unit}) group_left () ${ageOfReading})`;
  return overJobLimit(age, 'erp_since_job_due_seconds_threshold');
}

/** Jobs whose oldest queued run had waited for longer than the limit for the time since the last success. */
export function queuedJobs(): string {
  const age = `(${since('erp_since_job_queued_seconds', { by: 'job_name' })} - on (${unit}) group_left () ${ageOfReading})`;
  return overJobLimit(age, 'erp_since_last_job_success_seconds_threshold');
}

/** Jobs that are enabled and never ran, and of which nothing says when they will. */
export const neverRan = `(${each('erp_job_never_ran', { by: 'job_name' })} unless ${each('erp_job_due_timestamp_seconds', { by: 'job_name' })})`;

/** Jobs of which nobody can say whether all is well: their status is a word without a meaning, or no success is known. */
export const unknownJobs = `(${each('erp_job_status', { by: 'job_name', where: 'status="unknown"' })} == 1 or ${each('erp_job_last_success_unknown', { by: 'job_name' })})`;

const acknowledged = each('erp_job_disabled_acknowledged', { by: 'job_name' });
const disabled = `(${each('erp_job_enabled', { by: 'job_name' })} == 0)`;
/** Jobs that are disabled, without those of which the configuration says so. */
export const disabledJobs = `(${disabled} unless ${acknowledged})`;
/** 1 for each enabled job, 0 for a disabled one, -1 for one that is so on purpose. */
export const enabledJobs = `((${disabled} and ${acknowledged}) - 1 or ${each('erp_job_enabled', { by: 'job_name' })})`;

/** Jobs whose run had been in progress for longer than a limit when the last reading saw them. */
export function stuckJobs(): string {
  const age = `(${since('erp_since_job_start_seconds', { by: 'job_name' })} - on (${unit}) group_left () ${ageOfReading})`;
  return overJobLimit(age, 'erp_since_job_start_seconds_threshold');
}

const ofJob = `${unit}, job_name`;

/**
 * The state of each job as a number; where two replicas differ for a moment, the higher one.
 *
 * @param numbers by state. One pass over the series: a state each would take several times as long.
 * @param only the jobs that this selects, if it is given.
 */
export function jobStateNumbers(numbers: Readonly<Record<string, number>>, only = ''): string {
  const byState = Object.entries(numbers)
    .map(([state, number]) => `label_replace(vector(${number}), "status", "${state}", "", "")`)
    .join(' or ');
  const selected = only === '' ? '' : ` and on (${ofJob}) ${only}`;
  return `max by (${ofJob}) ((erp_job_status${selectorOf('')} == 1${selected}) * on (status) group_left () (${byState}))`;
}

/** The same of those jobs alone whose numbers are the highest at the end of the time range. */
export function highestJobStates(numbers: Readonly<Record<string, number>>, count: number): string {
  return jobStateNumbers(numbers, `topk(${count}, ${atEnd(jobStateNumbers(numbers))})`);
}

/** 1 for each job in one of the states, as `failed|missing`, else 0. */
export function jobsInState(states: string): string {
  return each('erp_job_status', { by: 'job_name', where: `status=~"${states}"` });
}

const mismatched = each('erp_reconciliation_mismatched_records', { by: 'mismatch' });
const info = each('erp_monitor_info');

const classLabels = 'error, category, known, responder';
const byError = (where = ''): string =>
  `sum by (error) (${each('erp_failed_records_by_error', { by: classLabels, where })})`;

/** Failed records of the largest kinds of error, and of all the others together; the largest first. */
export function largestErrors(count: number): string {
  const largest = `topk(${count}, ${byError('error!="other"')} > 0)`;
  const all = `sum(${byError()})`;
  const rest = `${all} - (sum(${largest}) or ${all} * 0) > 0`;
  return `sort_desc(${largest} or label_replace(${rest}, "error", "all others", "", ""))`;
}

/** Failed records by who acts first; those of nobody are named too. */
export const failedByResponder = `label_replace(sum by (responder) (${each('erp_failed_records_by_error', { by: classLabels })}), "responder", "not named", "responder", "")`;

/** Monitors whose newest good reading is older than three intervals, or that never had one. */
export const blindMonitors = `(time() - ${lastSuccess} > 3 * ${each('erp_monitor_interval_seconds')} or ${info} unless ${lastSuccess})`;

/** The catalogue's advice in the chosen language: one text, though two replicas may know different ones for a while. */
const advice =
  'topk by (environment, error) (1, max by (environment, error, action) (erp_known_error_info{language="$language"}))';

/** Series that bear an error, with the catalogue's advice as their label `action` where there is one. */
export function advised(series: string): string {
  return `${series} * on (environment, error) group_left (action) ${advice}`;
}

/** The values of `monitorState`, the more urgent the larger. */
export const monitorStates = { ok: 0, maintenance: 1, watch: 2, noData: 3, act: 4 } as const;

/** The monitors of which a replica exports one of the states, as `ok|closed`: 1 for each. */
function inState(states: string): string {
  return `max by (${unit}) (erp_monitor_state${selectorOf(`state=~"${states}"`)} == 1)`;
}

/**
 * One value of `monitorStates` for each monitor that `where` selects by its labels of `erp_monitor_info`. Where replicas
 * differ, the first state that one of them exports wins: maintenance, critical, warning, ok or closed. What one of them
 * has not seen another may have: no data is what all of them say.
 */
export function monitorState(where = ''): string {
  const { ok, maintenance, watch, noData, act } = monitorStates;
  const chain = [
    `${inState('maintenance')} * ${maintenance}`,
    `${inState('critical')} * ${act}`,
    `${inState('warning')} * ${watch}`,
    `${inState('ok|closed')} * ${ok}`,
    `${inState('no_data')} * ${noData}`,
  ].join(' or ');
  return where === '' ? `(${chain})` : `(${chain}) and ${each('erp_monitor_info', { where })}`;
}

/** Why a monitor needs a person, as a number: what is most worth looking at first. */
export const reasonToAct = [
  `(${inState('no_data')} unless ${inState('maintenance|critical|warning|ok|closed')}) * 5`,
  `(${each('erp_failed_records')} > 0) * 0 + 1`,
  `(max by (${unit}) (${jobsInState('failed|missing')}) > 0) * 0 + 2`,
  `(max by (${unit}) (${mismatched}) > 0) * 0 + 3`,
  `(max by (${unit}) (${each('erp_late_records')}) > 0) * 0 + 4`,
  `(${each('erp_sync_rejects_today')} > 0) * 0 + 6`,
  `(max by (${unit}) (${each('erp_query_series_over_threshold', { by: 'metric, severity' })}) > 0) * 0 + 8`,
  `${info} * 0 + 7`,
].join(' or ');

/** Who acts first at a monitor: at its oldest failed record, else as its configuration says. */
export const responderOf = `bottomk by (${unit}) (1, min by (${unit}, responder) (${since('erp_failed_record_timestamp_seconds', { by: 'responder' })})) or on (${unit}) ${each('erp_monitor_info', { by: 'responder' })}`;

/**
 * The alerts that fire now. Alerts on the exporter itself bear no company and are shown whatever is selected; the
 * watchdog always fires and is not shown.
 */
export function firingAlerts(where = ''): string {
  const matchers = [
    'alertstate="firing"',
    'alertname=~"Erp.+"',
    'alertname!="ErpWatchdog"',
    ofEnvironment,
    'company=~"$company|"',
    'flow=~"$flow|"',
    'monitor=~"$monitor|"',
    ...(where === '' ? [] : [where]),
  ];
  return `ALERTS{${matchers.join(',')}}`;
}
