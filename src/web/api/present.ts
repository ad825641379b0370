import type { z } from 'zod';
import { ExactSum, isDecimal } from '../../decimal.ts';
import type { Instant } from '../../time.ts';
import type {
  CompanyCard,
  DatabaseLine,
  ErrorDetail,
  ErrorLine,
  Fact,
  JobLine,
  LookupView,
  Money,
  MonitorLine,
  MonitorView,
  Need,
  OverviewView,
  RecordLine,
  RecordPage,
} from '../view/types.ts';
import { recordCursor } from './cursor.ts';
import type { answers, parts } from './schema.ts';

type Part<Name extends keyof typeof parts> = z.output<(typeof parts)[Name]>;
type Answer<Name extends keyof typeof answers> = z.output<(typeof answers)[Name]>;

const orNull = (text: string): string | null => (text === '' ? null : text);

/** A time as programs read it, in UTC; RFC 3339 has the years 0 to 9999. */
export function timeOf(at: Instant | null): string | null {
  const date = new Date(at ?? NaN);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? date.toISOString() : null;
}

/** JSON has no infinity, and the page has: `limit ∞`. */
const numberOf = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
const knownNumber = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

function moneyOf({ amount, currency }: Money): Part<'Money'>[] {
  if (!isDecimal(amount)) return [];
  const sum = new ExactSum();
  sum.add(amount);
  return [{ amount: sum.toString(), currency: orNull(currency) }];
}

function factOf({ message, values, at, duration }: Fact): Part<'Fact'> {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? numberOf(value) : value,
  ]);
  return {
    message,
    values: Object.fromEntries(entries) as Part<'Fact'>['values'],
    ...(at === undefined ? {} : { at: timeOf(at) }),
    ...(duration === undefined ? {} : { duration_seconds: duration / 1000 }),
  };
}

function needOf({ company, title, flow, monitor, state, since, responders }: Need): Part<'Need'> {
  return { company, title, flow, monitor, state, since: timeOf(since), responders: [...responders] };
}

function databaseOf({ name, driver, state, clockSkewSeconds, problem }: DatabaseLine): Part<'Database'> {
  return { name, driver, state, clock_skew_seconds: knownNumber(clockSkewSeconds), problem: orNull(problem) };
}

function lineOf(line: MonitorLine): Part<'MonitorLine'> {
  const { company, monitor, flow, kind, criticality, state, text, failure } = line;
  return {
    company,
    monitor,
    flow,
    kind,
    criticality,
    state,
    state_fact: factOf(line.stateFact),
    text,
    figures: line.figures.map(factOf),
    since: timeOf(line.since),
    responders: [...line.responders],
    data_from: timeOf(line.dataFrom),
    interval_seconds: line.everySeconds,
    duration_seconds: line.durationSeconds,
    failure: failure === null ? null : { reason: failure.reason, message: failure.message },
    notes: [...line.notes],
    is_truncated: line.isTruncated,
  };
}

function jobOf(line: JobLine): Part<'Job'> {
  return {
    job: line.job,
    status: line.status,
    is_enabled: line.isEnabled,
    last_run: timeOf(line.lastRun),
    last_success: timeOf(line.lastSuccess),
    last_duration_seconds: knownNumber(line.lastDurationSeconds),
    running_since: timeOf(line.runningSince),
    due: timeOf(line.due),
    failures_in_a_row: line.failuresInARow,
  };
}

function recordOf(line: RecordLine): Part<'Record'> {
  const { company, monitor, flow, record, state, sides, money } = line;
  const side = (title: string | undefined, value: string) =>
    title === undefined ? null : { title, value: orNull(value) };
  return {
    company,
    monitor,
    flow,
    record,
    state,
    is_awaiting_retry: line.isAwaitingRetry,
    since: timeOf(line.since),
    money: money === null ? null : (moneyOf(money)[0] ?? null),
    code: orNull(line.code),
    call: orNull(line.call),
    message: orNull(line.error),
    trace: orNull(line.trace),
    url: orNull(line.url),
    left: side(sides?.left, line.left),
    right: side(sides?.right, line.right),
    error: orNull(line.errorClass),
    ...knownOf(line),
  };
}

function knownOf(
  line: Pick<RecordLine, 'category' | 'isKnown' | 'responder' | 'title' | 'meaning' | 'action'>,
) {
  const { category, isKnown, responder, title, meaning, action } = line;
  return {
    category: orNull(category),
    is_known: isKnown,
    responder: orNull(responder),
    title,
    meaning,
    action,
  };
}

function recordListOf({ items, total, next, query }: RecordPage): Part<'RecordList'> {
  return {
    items: items.map(recordOf),
    total,
    next_cursor: next === null ? null : recordCursor(query.order, next),
  };
}

/** A company as the API tells it. */
export function presentCompany(card: CompanyCard): Answer<'Company'> {
  const { company, title, project, timezone, state, totals } = card;
  return {
    company,
    title,
    project: orNull(project),
    timezone,
    state,
    state_fact: factOf(card.stateFact),
    is_money_maker: card.isMoneyMaker,
    last_sync: timeOf(card.lastSync),
    syncs_today: card.syncsToday,
    failed: totals.failed,
    not_ok_today: totals.notOkToday,
    late: totals.late,
    mismatched: totals.mismatched,
    at_risk: totals.atRisk.flatMap(moneyOf),
    mismatched_value: totals.mismatchedValue.flatMap(moneyOf),
    responders: [...card.responders],
    data_from: timeOf(card.dataFrom),
    monitors: card.monitors.map(lineOf),
  };
}

/** What `/` shows, without the monitors: each company has its own address. */
export function presentOverview(view: OverviewView): Answer<'Overview'> {
  return {
    environment: orNull(view.environment),
    needs: view.needs.map(needOf),
    unknown: view.unknown.map(needOf),
    companies: view.companies.map(({ company, title, state }) => ({ company, title, state })),
    databases: view.databases.map(databaseOf),
  };
}

/** A monitor at a company, with its jobs, open records and statements. */
export function presentMonitor({ line, jobs, records, statements }: MonitorView): Answer<'Monitor'> {
  return {
    ...lineOf(line),
    jobs: jobs.map(jobOf),
    records: records === null ? null : recordListOf(records),
    statements:
      statements === null ? null : statements.map(({ key, database, sql }) => ({ key, database, sql })),
  };
}

/** A class of errors. */
export function presentError(line: ErrorLine): Part<'ErrorLine'> {
  return {
    error: line.errorClass,
    ...knownOf(line),
    is_new: line.isNew,
    count: line.count,
    value: line.value.flatMap(moneyOf),
    first_since: timeOf(line.firstSince),
    last_since: timeOf(line.lastSince),
    companies: [...line.companies],
    flows: [...line.flows],
    example: orNull(line.example),
    trace: orNull(line.trace),
  };
}

/** A class of errors, with the entry that makes it known. */
export function presentErrorDetail(detail: ErrorDetail): Answer<'Error'> {
  return { ...presentError(detail), suggestion: orNull(detail.suggestion) };
}

/** Where a record is open. */
export function presentLookup({ record, found, isCut, dataFrom }: LookupView): Answer<'Lookup'> {
  return { record, found: found.map(recordOf), is_cut: isCut, data_from: timeOf(dataFrom) };
}

/** What is told of the last run of a monitor. */
interface LastRun {
  readonly lastRun: Instant | null;
  readonly lastSuccess: Instant | null;
  readonly durationSeconds: number;
  readonly failure: { readonly reason: string; readonly message: string } | null;
}

/** What became of a refresh. @param run undefined when the monitor is gone by now. */
export function presentRefresh(outcome: 'read' | 'running', run: LastRun | undefined): Answer<'Refresh'> {
  const failure = run?.failure ?? null;
  return {
    outcome,
    last_run: timeOf(run?.lastRun ?? null),
    last_success: timeOf(run?.lastSuccess ?? null),
    duration_seconds: run?.durationSeconds ?? null,
    failure: failure === null ? null : { reason: failure.reason, message: failure.message },
  };
}
