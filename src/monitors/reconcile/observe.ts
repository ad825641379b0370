import type { KeyMeasure, Measure, Part, Selection } from '../../databases/comparison/contract.ts';
import type { Column } from '../../databases/contract.ts';
import { ClockSkewError } from './engine/plan/clocks.ts';
import { NothingComparedError, runCycle } from './engine/cycle.ts';
import type { CycleResult } from './engine/cycle-types.ts';
import { commonDigest } from './engine/plan/planner.ts';
import { TooManyRows } from './engine/types.ts';
import type { Side } from './engine/types.ts';
import { RunError } from '../contract.ts';
import type { MonitorKind, RunContext } from '../contract.ts';
import { families, queries } from './families.ts';
import { report } from './report.ts';
import { ownColumns, problems, settings } from './settings.ts';
import type { Settings } from './settings.ts';
import { codesOf, sideNames, sideSql } from './sides.ts';
import type { SideName } from './sides.ts';

/** Tables of fewer rows may be read whole at each run. */
const largeTable = 100_000;
/** Clocks that are further apart make "not yet there" a guess. */
const mostSkewMs = 60_000;
/** Most mismatches that are kept one by one, however many rows a query may hand out. */
const mostKept = 10_000;
/** What a run may take beyond `max_duration`, to end its statement and write down what it has. */
const endingMs = 5_000;
/** How long what the servers said of their indexes is believed. */
const accessForMs = 24 * 3_600_000;

function keyMeasure({ key }: Settings): KeyMeasure {
  if (key.type === 'integer') return { type: 'integer' };
  if (key.type === 'guid') return { type: 'text', trim: true, fold: true, guid: true };
  return { type: 'text', trim: key.trim, fold: key.case === 'lower', guid: false };
}

function measureOf(given: Settings, name: string, side: SideName): Measure {
  const how = given.compare[name];
  if (how?.type === 'money') return { type: 'money', digits: how.digits };
  if (how?.type === 'status') return { type: 'status', ...codesOf(how, side) };
  return { type: how?.type ?? 'integer' };
}

/** @throws RunError `columns` when a column that is needed is missing. */
function checkColumns(given: Settings, side: SideName, columns: readonly Column[]): void {
  const present = new Set(columns.map(({ name }) => name.toLowerCase()));
  for (const needed of ['record', ...Object.keys(given.compare)])
    if (!present.has(needed.toLowerCase()))
      throw new RunError(
        'columns',
        `${side}: the result has no column ${needed}: name one so with AS ${needed}; it has ${columns.map(({ name }) => name).join(', ')}`,
      );
}

/** The columns of a side that mean something, as far as it has them. */
async function sideOf(run: RunContext<Settings>, name: SideName, company: string): Promise<Side> {
  const given = run.settings;
  const database = run.database(given[name].database);
  const sql = sideSql(given[name]);
  const parameters = { company, now: new Date(run.now), today: new Date(run.today(company)) };
  const columns = await database.describe(sql, parameters, run.signal);
  checkColumns(given, name, columns);
  const has = (column: string) => columns.some((each) => each.name.toLowerCase() === column);
  const [, at, changedAt, amount, currency] = ownColumns;
  const selection: Selection = {
    sql,
    columns,
    parameters,
    key: { column: 'record', measure: keyMeasure(given) },
    fields: Object.keys(given.compare).map((column) => ({
      column,
      measure: measureOf(given, column, name),
    })),
    ...(has(at) ? { at } : {}),
    ...(has(changedAt) ? { changedAt } : {}),
    ...(has(amount) ? { amount } : {}),
    ...(has(currency) ? { currency } : {}),
  };
  return { comparison: database.comparison, selection };
}

/** A time that one side lacks says nothing of the other one. */
function withoutTime({ comparison, selection: { at: _, ...selection } }: Side): Side {
  return { comparison, selection };
}

async function sidesOf(run: RunContext<Settings>, company: string): Promise<Record<SideName, Side>> {
  const left = await sideOf(run, 'left', company);
  const right = await sideOf(run, 'right', company);
  const bothTimed = left.selection.at !== undefined && right.selection.at !== undefined;
  return bothTimed ? { left, right } : { left: withoutTime(left), right: withoutTime(right) };
}

/** The parts that each run reads of a side besides slices, each with the column that should lead to it. */
function partsRead(
  run: RunContext<Settings>,
  { left, right }: Record<SideName, Side>,
): { column: string; part: Part }[] {
  const { settle, margin } = run.settings;
  const from = run.now - 2 * (settle + margin);
  const has = (column: 'at' | 'changedAt') =>
    left.selection[column] !== undefined && right.selection[column] !== undefined;
  return [
    ...(has('at') ? [{ column: 'at', part: { at: { from, to: run.now } } }] : []),
    ...(has('changedAt') ? [{ column: 'changed_at', part: { changedFrom: from } }] : []),
  ];
}

/**
 * Asks the servers how they would read what is new, and what has changed.
 *
 * @returns a line for each side and part.
 * @throws RunError `query` when a large table would be read whole, unless that is allowed.
 */
async function accessOf(run: RunContext<Settings>, sides: Record<SideName, Side>): Promise<string[]> {
  const options = { signal: run.signal, timeoutMs: run.timeoutMs };
  const parts = partsRead(run, sides);
  if (parts.length === 0)
    return ['neither at nor changed_at is on both sides, so that what is new is found by slices alone'];
  const texts: string[] = [];
  for (const name of sideNames)
    for (const { column, part } of parts) {
      const { comparison, selection } = sides[name];
      const { indexed, scannedRows, text } = await comparison.access(selection, part, options);
      texts.push(`${name}, by ${column}: ${text}`);
      if (indexed === false && scannedRows > largeTable && !run.settings.allow_full_scan)
        throw new RunError(
          'query',
          `${name}: no index leads to what is new (${text}, about ${Math.round(scannedRows)} rows), so that each run would ` +
            `read the whole table: create an index on the column behind ${column}, or set allow_full_scan: true`,
        );
    }
  return texts;
}

/** How far apart two instants may lie, by field; 0 for what has no tolerance. */
function tolerancesOf({ compare }: Settings): readonly number[] {
  return Object.values(compare).map((how) => (how.type === 'instant' ? how.tolerance : 0));
}

/** By which plans slices can be compared, in words; see `choosePlan`. */
function describePlans(given: Settings, sides: Record<SideName, Side>): string {
  const rows =
    given.key.type === 'integer' ? 'rows, merged in the order of the key' : 'rows, joined by the key';
  const digest = commonDigest(sides, tolerancesOf(given));
  if (given.plan === 'rows' || digest === undefined) return rows;
  const buckets = `buckets with digest ${digest}`;
  if (given.plan === 'buckets') return buckets;
  return `${rows}, or ${buckets}, whichever the first runs find to be faster`;
}

/** As `accessOf`, once a day: what a server says of its indexes seldom changes. */
async function checkAccess(run: RunContext<Settings>, sides: Record<SideName, Side>): Promise<void> {
  const checkedAt = Number(run.state.get('access') ?? Number.NaN);
  if (Math.abs(run.now - checkedAt) < accessForMs) return;
  await accessOf(run, sides);
  run.state.write({ set: new Map([['access', String(run.now)]]) });
}

/** The company of a run of a kind that serves one only. */
function onlyCompany({ companies }: RunContext<Settings>): string {
  const [company] = companies;
  if (company === undefined) throw new Error('a run without a company');
  return company;
}

async function cycleOf(
  run: RunContext<Settings>,
  sides: Record<SideName, Side>,
  deadline: AbortSignal,
): Promise<CycleResult> {
  const given = run.settings;
  try {
    return await runCycle({
      sides,
      tolerancesMs: tolerancesOf(given),
      windowMs: given.window,
      marginMs: given.margin,
      rules: {
        settleMs: given.settle,
        graceMs: { ...given.grace, different: 0, duplicate: 0 },
        limit: Math.min(run.maxRows, mostKept),
      },
      fullAuditMs: given.full_audit_every,
      auditBudgetMs: Math.min(given.max_duration, given.duty_cycle * run.intervalMs),
      wanted: given.plan,
      uniqueKeys: given.unique_keys,
      mostSkewMs,
      state: run.state,
      signal: run.signal,
      deadline,
      timeoutMs: run.timeoutMs,
    });
  } catch (error) {
    if (error instanceof ClockSkewError) throw new RunError('clock', error.message, { cause: error });
    if (error instanceof TooManyRows)
      throw new RunError(
        'query',
        `${error.message}: give both queries a column at (the business time), so that they are compared piece by piece`,
        { cause: error },
      );
    if (error instanceof NothingComparedError)
      throw new RunError('timeout', `${error.message}: lengthen it, or find out why the servers are slow`, {
        cause: error,
      });
    throw error;
  }
}

async function withDeadline<Result>(
  ms: number,
  work: (deadline: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), ms);
  try {
    return await work(deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** What people call a side says nothing of its records. */
function withoutTitle({ title: _, ...side }: Settings['left']): Omit<Settings['left'], 'title'> {
  return side;
}

/** Records that should be on both sides: which are missing, differ or are there twice, since when, worth how much. */
export const reconcile: MonitorKind<typeof settings> = {
  kind: 'reconcile',
  description:
    'Records that should be alike on two sides: how many are missing, differ or are there twice, since when, worth how much.',
  settings,
  exclusive: true,
  oneCompany: true,
  documentedFamilies: Object.values(families),
  families: () => Object.values(families),
  queries,
  problems,
  runTimeoutMs: ({ max_duration }) => max_duration + endingMs,
  definition: ({ left, right, key, compare }) => [withoutTitle(left), withoutTitle(right), key, compare],
  async examine(run) {
    const sides = await sidesOf(run, onlyCompany(run));
    return [...(await accessOf(run, sides)), `slices of the rest: ${describePlans(run.settings, sides)}`];
  },
  async observe(run) {
    const company = onlyCompany(run);
    const result = await withDeadline(run.settings.max_duration, async (deadline) => {
      const sides = await sidesOf(run, company);
      await checkAccess(run, sides);
      return cycleOf(run, sides, deadline);
    });
    const { samples, status, records } = report(run, company, result);
    return {
      samples,
      statuses: [status],
      records,
      truncated: result.ledger.overflowedAt !== null,
      notes: result.notes,
      details: result.plan === null ? [] : [`Compared by ${result.plan.name}: ${result.plan.reason}.`],
    };
  },
};
