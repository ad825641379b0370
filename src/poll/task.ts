import type { Config, MonitorConfig } from '../config/config.ts';
import { createHash } from 'node:crypto';
import { DatabaseError } from '../databases/contract.ts';
import type { Database } from '../databases/contract.ts';
import { RunError } from '../monitors/contract.ts';
import type { ErrorClass, Reading, Run } from '../monitors/contract.ts';
import type { MonitorState, MonitorStates } from '../state/monitor-state.ts';
import { startOfDay } from '../time.ts';
import type { Instant } from '../time.ts';
import { acceptReading } from './accept.ts';
import { recordUrl } from './record-url.ts';
import { expectedIntervalSeconds } from '../calendar/schedule.ts';
import type { Failure } from './snapshot.ts';

/** What runs at once: a monitor and the companies that one run of it serves. */
export interface Unit {
  readonly key: string;
  readonly monitor: MonitorConfig;
  readonly companies: readonly string[];
}

/** The units of a configuration: one per monitor and company, or one per monitor whose queries tell companies apart. */
export function unitsOf(config: Config): Unit[] {
  return config.monitors.flatMap((monitor) => {
    const groups = monitor.shared ? [monitor.companies] : monitor.companies.map((company) => [company]);
    return groups.map((companies) => ({
      key: JSON.stringify([monitor.name, ...(monitor.shared ? [] : companies)]),
      monitor,
      companies,
    }));
  });
}

/** What is known of errors, by flow; see src/known-errors/. */
export interface ErrorKnowledge {
  classify(error: { readonly flow: string; readonly code: string; readonly message: string }): ErrorClass;
  /** Since when those of `errors` are new that are; `source` tells the monitor and company that they were seen at. */
  note(source: string, flow: string, errors: readonly string[], now: Instant): ReadonlyMap<string, Instant>;
}

/** The unit's scope in `MonitorStates`. */
export function scopeOf({ monitor, companies }: Unit): string {
  return JSON.stringify([monitor.name, ...companies]);
}

/**
 * Stands for everything that gives meaning to what a unit keeps: what is to be compared, and where. A hash, for it ends up
 * in a file and SQL is nobody's business.
 */
export function definitionOf({ monitor }: Unit, config: Config): string {
  const { kind, settings } = monitor;
  const places = monitor.databases.map((name) => {
    const found = config.databases.get(name);
    // A new password or another limit does not make it another database.
    return [name, found?.driver, found?.host, found?.port, found?.database, found?.timezone];
  });
  const whole = [kind.kind, kind.definition?.(settings) ?? settings, places];
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex');
}

/** What a unit is run with. */
export interface UnitContext {
  readonly config: Config;
  readonly database: (name: string) => Database;
  readonly errors: ErrorKnowledge;
  readonly states: MonitorStates;
  readonly now: Instant;
  /** Ends the run; statements under way are cancelled on the server. */
  readonly signal: AbortSignal;
}

/** What a kind is given for one run of a unit. */
export function runOf(unit: Unit, context: UnitContext): Run<Readonly<Record<string, unknown>>> {
  const { monitor, companies } = unit;
  const { config, now } = context;
  const zone = (company: string) => config.companies.get(company)?.timezone ?? config.timezone;
  let state: MonitorState | undefined;
  return {
    settings: monitor.settings,
    companies,
    criticality: monitor.criticality,
    database: context.database,
    calendar: monitor.calendar,
    now,
    today: (company) => startOfDay(now, zone(company)),
    timezone: zone,
    recordUrl: (record) => recordUrl(monitor.recordUrl, record),
    classify: ({ code, message }) => context.errors.classify({ flow: monitor.flow, code, message }),
    noteErrors: (company, errors) =>
      context.errors.note(JSON.stringify([monitor.name, company]), monitor.flow, errors, now),
    // Opened at the first use: most kinds keep nothing.
    get state() {
      state ??= context.states.open(scopeOf(unit), definitionOf(unit, config), now);
      return state;
    },
    signal: context.signal,
    maxRows: monitor.maxRows,
    timeoutMs: monitor.timeoutMs,
    intervalMs: expectedIntervalSeconds(monitor.schedule) * 1000,
  };
}

/**
 * Runs a unit once: the canary, the kind's own queries, the check of what came out.
 *
 * @throws RunError or DatabaseError.
 */
export async function runUnit(unit: Unit, context: UnitContext): Promise<Reading> {
  const { monitor } = unit;
  const run = runOf(unit, context);
  await checkCanary(unit, run);
  return acceptReading(await monitor.kind.observe(run), monitor.maxSeries);
}

/** @throws RunError `blind` when the canary returns no row: then "nothing failed" would be hearsay. */
async function checkCanary({ monitor, companies }: Unit, run: Run<unknown>): Promise<void> {
  const [name] = monitor.databases;
  if (monitor.canary === undefined || name === undefined) return;
  const company = companies[0] ?? '';
  const parameters = {
    now: new Date(run.now),
    today: new Date(run.today(company)),
    ...(companies.length === 1 ? { company } : {}),
  };
  const options = { signal: run.signal, maxRows: 1, timeoutMs: run.timeoutMs };
  const rows = run.database(name).query(monitor.canary, parameters, options)[Symbol.asyncIterator]();
  const { done } = await rows.next();
  await rows.return?.();
  if (done !== true) return;
  throw new RunError(
    'blind',
    'the canary returned no row: the login may see nothing (row-level security, a renamed or pruned table), ' +
      'so that an empty result of the other queries would prove nothing',
  );
}

/** The reason and the words for whatever a run threw. */
export function failureOf(error: unknown, timedOutAfterMs: number | null): Failure {
  if (timedOutAfterMs !== null)
    return {
      reason: 'timeout',
      message: `no result within the time-out of ${timedOutAfterMs / 1000} s; the statement was cancelled on the server`,
    };
  if (error instanceof RunError) return { reason: error.reason, message: error.message };
  if (error instanceof DatabaseError) {
    const { kind, message } = error;
    if (kind === 'lost') return { reason: 'unreachable', message };
    if (kind === 'aborted') return { reason: 'internal', message };
    return { reason: kind, message };
  }
  return {
    reason: 'internal',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}
