import { ExactSum } from '../../decimal.ts';
import type { MonitorStateName } from '../../judgement.ts';
import type { Company } from '../../config/config.ts';
import type { DatabaseStatus, Snapshot } from '../../poll/snapshot.ts';
import type { Instant } from '../../time.ts';
import { linesOf, rankOf } from './lines.ts';
import type { FiguredLine } from './lines.ts';
import { lateCount } from './figures.ts';
import type {
  CompanyCard,
  DatabaseLine,
  Fact,
  MonitorLine,
  Money,
  Need,
  OverviewView,
  Totals,
} from './types.ts';
import type { Viewer } from './viewer.ts';

/** Money-makers first, then what is wrong, then the oldest trouble. */
function byUrgency(
  one: Pick<MonitorLine, 'state' | 'criticality' | 'since' | 'monitor'>,
  other: Pick<MonitorLine, 'state' | 'criticality' | 'since' | 'monitor'>,
): number {
  const money = (line: Pick<MonitorLine, 'criticality'>) => (line.criticality === 'critical' ? 0 : 1);
  return (
    rankOf(one.state) - rankOf(other.state) ||
    money(one) - money(other) ||
    (one.since ?? Infinity) - (other.since ?? Infinity) ||
    one.monitor.localeCompare(other.monitor, 'en')
  );
}

/**
 * Adds up a family by currency, without those of 0. The value of a sample is the double nearest to an exact sum, whose shortest
 * text is that sum.
 */
function amountsOf(lines: readonly FiguredLine[], family: string): Money[] {
  const sums = new Map<string, ExactSum>();
  for (const { labels, value } of lines.flatMap(({ samples }) => samples.all(family))) {
    const currency = labels['currency'] ?? '';
    const sum = sums.get(currency) ?? new ExactSum();
    sums.set(currency, sum);
    sum.add(String(value));
  }
  return [...sums]
    .map(([currency, sum]) => ({ currency, amount: sum.toString() }))
    .filter(({ amount }) => Number(amount) !== 0);
}

const sumOf = (lines: readonly FiguredLine[], family: string): number =>
  lines.reduce((sum, { samples }) => sum + (samples.sum(family) ?? 0), 0);

/** What is open at a company, in all. */
function totalsOf(lines: readonly FiguredLine[]): Totals {
  const mismatched = sumOf(lines, 'erp_reconciliation_mismatched_records');
  return {
    failed: sumOf(lines, 'erp_failed_records'),
    notOkToday: sumOf(lines, 'erp_failed_records_today') + sumOf(lines, 'erp_sync_rejects_today'),
    late: lines.reduce((sum, { samples }) => sum + (lateCount(samples) ?? 0), 0),
    mismatched,
    atRisk: amountsOf(lines, 'erp_open_records_amount'),
    mismatchedValue: amountsOf(lines, 'erp_reconciliation_amount'),
  };
}

function lastSync(lines: readonly FiguredLine[]): Instant | null {
  const times = lines
    .map(({ samples }) => samples.instant('erp_last_sync_timestamp_seconds'))
    .filter((at) => at !== null);
  return times.length === 0 ? null : Math.max(...times);
}

function syncsToday(lines: readonly FiguredLine[]): number | null {
  const counts = lines.map(({ samples }) => samples.sum('erp_syncs_today')).filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

/** When the oldest of the data was read; `null` when a part of it never was. */
export function oldestData(lines: readonly FiguredLine[]): Instant | null {
  const times = lines.map(({ line }) => line.dataFrom);
  const known = times.filter((at) => at !== null);
  return known.length < times.length || known.length === 0 ? null : Math.min(...known);
}

/** How a company stands. @param lines those of the company; one at least. */
export function cardOf(company: Company, lines: readonly FiguredLine[]): CompanyCard {
  const monitors = lines.map(({ line }) => line).sort(byUrgency);
  const worst = monitors[0];
  const responders = [...new Set(monitors.flatMap((line) => line.responders))];
  return {
    company: company.name,
    title: company.title,
    project: company.project,
    timezone: company.timezone,
    state: worst?.state ?? 'no_data',
    stateFact: worst?.stateFact ?? ({ message: 'state.never_read', values: {} } satisfies Fact),
    isMoneyMaker: monitors.some(({ criticality }) => criticality === 'critical'),
    lastSync: lastSync(lines),
    syncsToday: syncsToday(lines),
    totals: totalsOf(lines),
    responders,
    dataFrom: oldestData(lines),
    monitors,
  };
}

function needOf({ title, timezone }: CompanyCard, line: MonitorLine): Need {
  const { company, flow, monitor, state, since, responders } = line;
  return { company, title, timezone, flow, monitor, state, since, responders };
}

/** How far a clock may be off; ErpDatabaseClockSkew has the same limit. */
const mostSkewSeconds = 60;

function databaseState({ up, clockSkewSeconds, problem }: DatabaseStatus): MonitorStateName {
  if (!up) return problem === '' ? 'no_data' : 'critical';
  return Math.abs(clockSkewSeconds ?? 0) > mostSkewSeconds ? 'warning' : 'ok';
}

function databaseLine(database: DatabaseStatus): DatabaseLine {
  const { name, driver, clockSkewSeconds, problem } = database;
  return { name, driver, state: databaseState(database), clockSkewSeconds, problem };
}

/** Databases serve many companies, and their errors may name any: they are shown to those alone who see every company. */
function databasesFor(snapshot: Snapshot, viewer: Viewer): DatabaseLine[] {
  const seesAll = snapshot.companies.every(({ name }) => viewer.sees(name));
  return seesAll ? [...snapshot.databases.values()].map(databaseLine) : [];
}

/** The cards of the companies that a reader sees, each with a monitor at least; the money-makers and what is wrong come first. */
function cardsOf(snapshot: Snapshot, viewer: Viewer, now: Instant): CompanyCard[] {
  const lines = linesOf(snapshot, now, (company) => viewer.sees(company));
  const byCompany = Map.groupBy(lines, ({ line }) => line.company);
  return snapshot.companies
    .flatMap((company) => {
      const own = byCompany.get(company.name);
      return own === undefined ? [] : [cardOf(company, own)];
    })
    .sort(
      (one, other) =>
        rankOf(one.state) - rankOf(other.state) ||
        Number(other.isMoneyMaker) - Number(one.isMoneyMaker) ||
        one.title.localeCompare(other.title, 'en', { numeric: true }),
    );
}

/** What `/` shows: whether everything is all right, and each company. */
export function overviewOf(
  snapshot: Snapshot,
  viewer: Viewer,
  { now, timezone }: { readonly now: Instant; readonly timezone: string },
): OverviewView {
  const companies = cardsOf(snapshot, viewer, now);
  const lines = companies
    .flatMap((card) => card.monitors.map((line) => ({ card, line })))
    .sort((one, other) => byUrgency(one.line, other.line));
  const ofStates = (...states: readonly MonitorStateName[]): Need[] =>
    lines.filter(({ line }) => states.includes(line.state)).map(({ card, line }) => needOf(card, line));
  return {
    environment: snapshot.environment,
    now,
    timezone,
    needs: ofStates('critical', 'warning'),
    unknown: ofStates('no_data'),
    companies,
    databases: databasesFor(snapshot, viewer),
  };
}
