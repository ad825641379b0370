import type { ComparisonOptions } from '../../../databases/comparison/contract.ts';
import { DatabaseError } from '../../../databases/contract.ts';
import type { Instant } from '../../../time.ts';
import { gridWidth, markCompared, oldestComparedAt } from './plan/audit.ts';
import type { Audit } from './plan/audit.ts';
import { auditChanges, loadAudit } from './plan/audit-state.ts';
import { axisOf, readClocks } from './plan/clocks.ts';
import type { CycleAxis, CycleBounds } from './plan/clocks.ts';
import { compare } from './join/compare.ts';
import type { CycleResult, CycleSettings, Phase } from './cycle-types.ts';
import { KeyLookups } from './ledger/key-lookups.ts';
import { advance } from './ledger/ledger.ts';
import type { Ledger } from './ledger/ledger.ts';
import { ledgerChanges, loadLedger } from './ledger/ledger-state.ts';
import { commonDigest } from './plan/planner.ts';
import { PlansUsed } from './plan/plans-used.ts';
import { loadProgress, progressChanges } from './plan/progress.ts';
import type { Progress } from './plan/progress.ts';
import { coverageOf } from './plan/promise.ts';
import { newestLeg, roundLegs } from './plan/round.ts';
import type { Leg } from './plan/round.ts';
import { comparedRows, Scanner } from './plan/scan.ts';
import type { Key, Statistics } from './types.ts';
import { TooManyRows } from './types.ts';

/** Keys that one part of a scan may name before it is cut. */
const mostKeysOfPart = 20_000;
const tooManyChanges = 'More rows have changed than one run compares; the audit will compare the rest.';
/** The finest grid of an audit, in milliseconds and in keys. */
const leastSliceMs = 600_000n;
const leastSliceKeys = 16_384n;

/** What each run may spend on older slices in any case, if its budget is not shorter. */
const leastAuditMs = 1_000;

/** The deadline came before the clocks of both servers were read. */
export class NothingComparedError extends Error {
  override readonly name = 'NothingComparedError';
}

/** One run, from its clocks to its result. */
class CycleRunner {
  readonly #settings: CycleSettings;
  readonly #options: ComparisonOptions;
  readonly #before: Ledger;
  readonly #lookups: KeyLookups;
  readonly #seconds: Record<Phase, number> = { lookup: 0, changes: 0, audit: 0 };
  readonly #read = { left: { rows: 0, bytes: 0 }, right: { rows: 0, bytes: 0 } };
  readonly #notes = new Set<string>();
  readonly #plans = new PlansUsed();
  readonly #began = performance.now();
  /** What the run may spend on older slices, known once it comes to them. */
  #roundsMs: number;
  #compared = 0;
  #progress: Progress;

  constructor(settings: CycleSettings) {
    this.#settings = settings;
    this.#options = {
      signal: AbortSignal.any([settings.signal, settings.deadline]),
      timeoutMs: settings.timeoutMs,
    };
    this.#lookups = new KeyLookups(settings.sides, settings, this.#options);
    this.#roundsMs = Math.min(settings.auditBudgetMs, leastAuditMs);
    this.#before = loadLedger(settings.state);
    this.#progress = loadProgress(settings.state);
  }

  async run(): Promise<CycleResult> {
    const { state, rules, windowMs } = this.#settings;
    const { now, cutoff, axis } = await this.#begin();
    const window = axis.by === 'at' ? { from: BigInt(cutoff - windowMs), to: BigInt(cutoff) } : axis.window;
    const width = gridWidth(window, axis.by === 'at' ? leastSliceMs : leastSliceKeys);
    let audit = loadAudit(state, window, width, now);
    const cut = await this.#untilDeadline(async () => {
      await this.#timed('lookup', () => this.#lookups.lookUp(this.#before.entries.keys()));
      await this.#changes(now, cutoff);
      const scanner = this.#scanner(axis);
      for await (const next of this.#slices(scanner, audit, { axis, now, cutoff })) audit = next;
    });
    const { ledger } = advance(
      this.#before,
      {
        now,
        mismatches: this.#lookups.mismatches.values(),
        resolved: this.#lookups.well,
        comparedSince: oldestComparedAt(audit),
      },
      rules,
    );
    const { incompleteSince } = this.#progress;
    this.#progress = {
      ...this.#progress,
      incompleteSince: oldestComparedAt(audit) === null ? Math.min(incompleteSince ?? now, now) : null,
      plan: this.#plans.most ?? this.#progress.plan,
    };
    this.#save(ledger, audit);
    return this.#result(ledger, audit, { axis, now, cutoff }, cut);
  }

  async #begin(): Promise<CycleBounds> {
    const { sides, rules, marginMs, mostSkewMs } = this.#settings;
    try {
      const clocks = await readClocks(sides, { settleMs: rules.settleMs, mostSkewMs }, this.#options);
      return { ...clocks, axis: await axisOf(sides, marginMs, this.#options) };
    } catch (error) {
      if (!this.#isCut(error)) throw error;
      throw new NothingComparedError('max_duration ended before anything was compared', { cause: error });
    }
  }

  /** Whether an error means that the deadline has come. */
  #isCut(error: unknown): boolean {
    const { signal, deadline } = this.#settings;
    return error instanceof DatabaseError && error.kind === 'aborted' && deadline.aborted && !signal.aborted;
  }

  /** @returns whether the deadline ended the work. */
  async #untilDeadline(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return false;
    } catch (error) {
      if (!this.#isCut(error)) throw error;
      this.#notes.add('The run ended at max_duration; the next one continues where it stopped.');
      return true;
    }
  }

  async #timed<Result>(phase: Phase, work: () => Promise<Result>): Promise<Result> {
    const begin = performance.now();
    try {
      return await work();
    } finally {
      this.#seconds[phase] += (performance.now() - begin) / 1000;
    }
  }

  #count(statistics: Statistics): void {
    const { left, right } = statistics;
    this.#compared += comparedRows(statistics);
    this.#read.left.rows += left.rows;
    this.#read.left.bytes += left.bytes;
    this.#read.right.rows += right.rows;
    this.#read.right.bytes += right.bytes;
  }

  /** What is new or has changed since the last run: rows by `changed_at`, where both sides have it. */
  async #changes(now: Instant, cutoff: Instant): Promise<void> {
    const { sides, marginMs, rules, windowMs, tolerancesMs } = this.#settings;
    const { left, right } = sides;
    const both = left.selection.changedAt !== undefined && right.selection.changedAt !== undefined;
    if (!both) return;
    const { changesSeen } = this.#progress;
    // A clock may have been put back since.
    const from = Math.min(changesSeen ?? now, now) - rules.settleMs - marginMs;
    const keys = new Set<Key>();
    try {
      const statistics = await this.#timed('changes', () =>
        compare(
          'hash',
          left,
          right,
          { left: { changedFrom: from }, right: { changedFrom: from } },
          left.selection.at !== undefined ? { from: cutoff - windowMs, to: cutoff } : undefined,
          { ...this.#options, tolerancesMs },
          ({ key }) => keys.add(key),
        ),
      );
      this.#count(statistics);
    } catch (error) {
      if (!(error instanceof TooManyRows)) throw error;
      this.#notes.add(tooManyChanges);
    }
    if (keys.size > mostKeysOfPart) this.#notes.add(tooManyChanges);
    await this.#timed('lookup', () => this.#lookups.lookUp([...keys].slice(0, mostKeysOfPart)));
    this.#progress = { ...this.#progress, changesSeen: now };
  }

  #scanner(axis: CycleAxis): Scanner {
    const { sides, tolerancesMs, wanted, uniqueKeys } = this.#settings;
    return new Scanner(
      {
        sides,
        axis,
        tolerancesMs,
        digest: commonDigest(sides, tolerancesMs),
        wanted,
        uniqueKeys,
        mostKeys: mostKeysOfPart,
        options: this.#options,
      },
      this.#progress.measurements,
    );
  }

  /** Compares what is new, then older slices until the budget is spent; yields the audit after each part. */
  async *#slices(scanner: Scanner, audit: Audit, run: CycleBounds): AsyncGenerator<Audit> {
    let latest = audit;
    if (run.axis.by === 'at') {
      const { rules, marginMs } = this.#settings;
      const newest = newestLeg(latest, run.cutoff, rules.settleMs + marginMs);
      for await (const next of this.#span(scanner, latest, newest, 'changes', run)) {
        latest = next;
        yield latest;
      }
    }
    const end = this.#roundsEnd();
    for (const leg of roundLegs(latest, run.now, { ...this.#settings, roundsMs: this.#roundsMs }))
      for await (const next of this.#span(scanner, latest, leg, 'audit', run)) {
        latest = next;
        yield latest;
        if (performance.now() > end || this.#lookups.mismatches.size > this.#settings.rules.limit) return;
      }
  }

  /** Until when older slices are compared: until the budget of the run is spent, but for a moment in any case. */
  #roundsEnd(): number {
    const { auditBudgetMs } = this.#settings;
    const begin = performance.now();
    this.#roundsMs = Math.max(this.#began + auditBudgetMs - begin, Math.min(auditBudgetMs, leastAuditMs));
    return begin + this.#roundsMs;
  }

  /** Compares one leg, part by part, each followed by the look-up of what seems wrong in it. */
  async *#span(
    scanner: Scanner,
    audit: Audit,
    leg: Leg,
    phase: Phase,
    { now }: CycleBounds,
  ): AsyncGenerator<Audit> {
    const parts = scanner.scan(leg, leg.direction);
    let latest = audit;
    for (;;) {
      const begin = performance.now();
      const { value: part } = await this.#timed(phase, () => parts.next());
      if (part === undefined) return;
      this.#count(part.statistics);
      this.#plans.add(part, scanner.reason);
      await this.#timed('lookup', () => this.#lookups.lookUp(part.keys));
      this.#progress = { ...this.#progress, measurements: scanner.measurements };
      if (part.isWhole) latest = markCompared(latest, part.span, now, performance.now() - begin);
      else
        this.#notes.add(
          `More than ${mostKeysOfPart} records seemed to differ in one part; some were not looked up.`,
        );
      yield latest;
    }
  }

  #save(ledger: Ledger, audit: Audit): void {
    const { state } = this.#settings;
    const changes = [
      ledgerChanges(this.#before, ledger),
      auditChanges(state, audit),
      progressChanges(this.#progress),
    ];
    state.write({
      set: new Map(changes.flatMap(({ set }) => [...(set ?? [])])),
      delete: changes.flatMap((change) => [...(change.delete ?? [])]),
    });
  }

  #result(ledger: Ledger, audit: Audit, { axis, now, cutoff }: CycleBounds, cut: boolean): CycleResult {
    const { intervalMs, fullAuditMs } = this.#settings;
    const byTime = axis.by === 'at';
    const { incompleteSince, plan } = this.#progress;
    return {
      ...coverageOf(audit, {
        now,
        cutoff: byTime ? cutoff : null,
        intervalMs,
        fullAuditMs,
        roundsMs: this.#roundsMs,
        otherMs: (this.#seconds.changes + this.#seconds.lookup) * 1000,
        incompleteSince,
      }),
      ledger,
      now,
      byTime,
      compared: this.#compared,
      read: this.#read,
      seconds: this.#seconds,
      cut,
      plan,
      notes: [...this.#notes],
    };
  }
}

/**
 * One run of a comparison: the clocks of both servers, what is known to be wrong, what is new, then older slices. Only
 * what was looked up by its key counts; see `verify`.
 *
 * @throws DatabaseError as the driver threw it, ClockSkewError, NothingComparedError, TooManyRows; nothing is kept of the run then.
 */
export async function runCycle(settings: CycleSettings): Promise<CycleResult> {
  return new CycleRunner(settings).run();
}
