import type { MonitorState } from '../../../state/monitor-state.ts';
import type { Instant } from '../../../time.ts';
import type { Ledger, LedgerRules } from './ledger/ledger.ts';
import type { AuditPlan } from './plan/planner.ts';
import type { Pair, Side } from './types.ts';

/** What one run compares, and by which rules. */
export interface CycleSettings {
  /** Both have `at`, or neither. */
  readonly sides: Pair<Side>;
  readonly tolerancesMs: readonly number[];
  readonly windowMs: number;
  readonly marginMs: number;
  readonly rules: LedgerRules;
  readonly fullAuditMs: number;
  /** What older slices may take in this run. */
  readonly auditBudgetMs: number;
  readonly wanted: 'auto' | AuditPlan;
  readonly uniqueKeys: boolean;
  /** Servers whose clocks are further apart cannot be compared. */
  readonly mostSkewMs: number;
  readonly state: MonitorState;
  /** Ends the run as failed. */
  readonly signal: AbortSignal;
  /** Ends the work of the run, which then reports what it has. */
  readonly deadline: AbortSignal;
  /** Of one statement. */
  readonly timeoutMs: number;
}

export type Phase = 'lookup' | 'changes' | 'audit';

/** What a run has found out. */
export interface CycleResult {
  readonly ledger: Ledger;
  /** Everything in the window up to there has been compared; null: not yet. */
  readonly verifiedThrough: Instant | null;
  readonly oldestAudit: Instant | null;
  readonly compared: number;
  readonly read: Pair<{ readonly rows: number; readonly bytes: number }>;
  readonly seconds: Readonly<Record<Phase, number>>;
  /** It ended at its deadline; the next one goes on. */
  readonly cut: boolean;
  /** How the last slice was compared, and why so; null when none was. */
  readonly plan: { readonly name: AuditPlan; readonly reason: string } | null;
  readonly notes: readonly string[];
}
