import type { MonitorState } from '../../../state/monitor-state.ts';
import type { Instant } from '../../../time.ts';
import type { Ledger, LedgerRules } from './ledger/ledger.ts';
import type { AuditPlan } from './plan/planner.ts';
import type { PlanUsed } from './plan/progress.ts';
import type { Coverage } from './plan/promise.ts';
import type { Pair, Side } from './types.ts';

/** What one run compares, and by which rules. */
export interface CycleSettings {
  /** Both have `at`, or neither. */
  readonly sides: Pair<Side>;
  readonly tolerancesMs: readonly number[];
  readonly windowMs: number;
  readonly marginMs: number;
  readonly rules: LedgerRules;
  /** Longest time between the beginnings of two runs. */
  readonly intervalMs: number;
  /** Everything is to be compared again within this time, however long a round takes. */
  readonly fullAuditMs: number;
  /** How long a run may take until it compares no further slice. */
  readonly auditBudgetMs: number;
  /** What of a text that differs may be stored and shown. */
  readonly presentable: (text: string) => string;
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
export interface CycleResult extends Coverage {
  readonly ledger: Ledger;
  /** When it began, on the earlier one of the servers' clocks. */
  readonly now: Instant;
  /** Whether the window is one of business times; else it is one of keys, or the whole table. */
  readonly byTime: boolean;
  readonly compared: number;
  readonly read: Pair<{ readonly rows: number; readonly bytes: number }>;
  readonly seconds: Readonly<Record<Phase, number>>;
  /** It ended at its deadline; the next one goes on. */
  readonly cut: boolean;
  /** How most records were compared, and why so, by this run or the last one that compared any; null when none did. */
  readonly plan: PlanUsed | null;
  readonly notes: readonly string[];
}
