import { mask } from '../../known-errors/mask.ts';
import { RunError } from '../contract.ts';
import type { Reading, RunContext } from '../contract.ts';
import { accessOf, checkAccess, describePlans } from './access.ts';
import { promiseText } from './coverage-texts.ts';
import { NothingComparedError, runCycle } from './engine/cycle.ts';
import type { CycleResult, CycleSettings } from './engine/cycle-types.ts';
import { ClockSkewError } from './engine/plan/clocks.ts';
import { detectionMs } from './engine/plan/promise.ts';
import { TooManyRows } from './engine/types.ts';
import type { Pair, Side } from './engine/types.ts';
import { entriesOf } from './mismatch-texts.ts';
import { report } from './report.ts';
import { sidesOf, tolerancesOf } from './selections.ts';
import type { Settings } from './settings.ts';

/** With clocks further apart it is unknown whether a record should already have arrived. */
const mostSkewMs = 60_000;
/** Share of max_duration after which a run begins with no further slice. */
const budgetShare = 0.9;
/** Share of the time between two runs that all comparisons of a database may take together, since they run one after another. */
const databaseShare = 0.9;
/** Most mismatches that are stored one by one, even when max_rows is higher. */
const mostKept = 10_000;

/** The one company of the run: a query of this kind has no column `company`. */
function onlyCompany({ companies }: RunContext<Settings>): string {
  const [company] = companies;
  if (company === undefined) throw new Error('a run without a company');
  return company;
}

/** How long a run compares slices, in milliseconds. It ends by itself before it is ended, and leaves time for those beside it. */
function auditBudgetMs({ settings, intervalMs, longTasks }: RunContext<Settings>): number {
  const share =
    longTasks === 1 ? settings.duty_cycle : Math.min(settings.duty_cycle, databaseShare / longTasks);
  return Math.min(budgetShare * settings.max_duration, share * intervalMs);
}

/** The settings of the user as the engine takes them. */
function cycleSettings(run: RunContext<Settings>, sides: Pair<Side>, deadline: AbortSignal): CycleSettings {
  const { settings, state, signal, timeoutMs } = run;
  return {
    sides,
    tolerancesMs: tolerancesOf(settings),
    windowMs: settings.window,
    marginMs: settings.margin,
    rules: {
      settleMs: settings.settle,
      graceMs: { ...settings.grace, different: 0, duplicate: 0 },
      limit: Math.min(run.maxRows, mostKept),
    },
    intervalMs: run.intervalMs,
    fullAuditMs: settings.full_audit_every,
    auditBudgetMs: auditBudgetMs(run),
    presentable: mask,
    wanted: settings.plan,
    uniqueKeys: settings.unique_keys,
    mostSkewMs,
    state,
    signal,
    deadline,
    timeoutMs,
  };
}

/** An error of the engine with its reason and what to do about it; any other as it is. */
function explained(error: unknown): unknown {
  if (error instanceof ClockSkewError) return new RunError('clock', error.message, { cause: error });
  if (error instanceof TooManyRows)
    return new RunError(
      'query',
      `${error.message}: give both queries a column at (the business time), so that they are compared in parts`,
      { cause: error },
    );
  if (error instanceof NothingComparedError)
    return new RunError('timeout', `${error.message}: increase it, or find out why the servers are slow`, {
      cause: error,
    });
  return error;
}

/** As `runCycle`. @throws RunError in place of the engine's own errors. */
async function cycleOf(settings: CycleSettings): Promise<CycleResult> {
  return runCycle(settings).catch((error: unknown) => {
    throw explained(error);
  });
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

/** How long `check --connect` compares slices to measure the speed, and when it gives up. */
const probeMs = 2_000;
const probeDeadlineMs = 6_000;

/** Compares for a moment, and says how long the whole takes at that speed. */
async function measure(run: RunContext<Settings>, sides: Pair<Side>): Promise<string> {
  const begin = performance.now();
  const { settings, result } = await withDeadline(probeDeadlineMs, async (deadline) => {
    const settings = cycleSettings(run, sides, deadline);
    const auditBudgetMs = Math.min(probeMs, settings.auditBudgetMs);
    return { settings, result: await cycleOf({ ...settings, auditBudgetMs }) };
  });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const { compared, roundMs, seconds: phases } = result;
  if (roundMs === null) return `nothing could be compared within ${seconds} s`;
  const detection = detectionMs(roundMs, {
    intervalMs: settings.intervalMs,
    roundsMs: settings.auditBudgetMs,
    otherMs: (phases.changes + phases.lookup) * 1000,
  });
  return `compared ${compared} records in ${seconds} s. ${promiseText(run.settings, roundMs, detection)}`;
}

/** What `check --connect` asks the servers; see `MonitorKind.examine`. */
export async function examine(run: RunContext<Settings>): Promise<readonly string[]> {
  const sides = await sidesOf(run, onlyCompany(run));
  return [
    ...(await accessOf(run, sides)),
    `slices of the rest: ${describePlans(run.settings, sides)}`,
    await measure(run, sides),
  ];
}

/** How the run compared, and what follows from its speed. */
function detailsOf({ settings }: RunContext<Settings>, result: CycleResult): string[] {
  const { plan, roundMs } = result;
  return [
    ...(plan === null ? [] : [`Compared by ${plan.name}: ${plan.reason}.`]),
    ...(roundMs === null || result.detectionMs === null
      ? []
      : [promiseText(settings, roundMs, result.detectionMs)]),
  ];
}

/** One run of kind `reconcile`. @throws RunError, DatabaseError as `MonitorKind.observe` has it. */
export async function observe(run: RunContext<Settings>): Promise<Reading> {
  const company = onlyCompany(run);
  const result = await withDeadline(run.settings.max_duration, async (deadline) => {
    const sides = await sidesOf(run, company);
    await checkAccess(run, sides);
    return cycleOf(cycleSettings(run, sides, deadline));
  });
  const { samples, status, records } = report(run, company, result);
  return {
    samples,
    statuses: [status],
    records,
    allRecords: () => entriesOf(run, company, result.ledger),
    truncated: result.ledger.overflowedAt !== null,
    notes: result.notes,
    details: detailsOf(run, result),
  };
}
