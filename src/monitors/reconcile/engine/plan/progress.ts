import { z } from 'zod';
import type { MonitorState, StateChanges } from '../../../../state/monitor-state.ts';
import type { Instant } from '../../../../time.ts';
import type { AuditPlan, Measurements } from './planner.ts';

/** What a run hands on to the next one besides the ledger and the audit. */
export interface Progress {
  /** When the run began that compared the changes last, on the earlier one of the servers' clocks; null: none did. */
  readonly changesSeen: Instant | null;
  readonly measurements: Measurements;
  /** When the first of the latest runs began that all left something that was never compared; null: the last one left nothing. */
  readonly incompleteSince: Instant | null;
  /** How most records were compared by the last run that compared any, and why so; null: none did. */
  readonly plan: PlanUsed | null;
}

/** How records were compared, and why so. */
export interface PlanUsed {
  readonly name: AuditPlan;
  readonly reason: string;
}

const key = 'progress';
const measured = z.object({ rows: z.number(), ms: z.number(), bytes: z.number() });
const stored = z.object({
  changesSeen: z.number().nullable(),
  measurements: z.object({ rows: measured.exactOptional(), buckets: measured.exactOptional() }),
  incompleteSince: z.number().nullable().default(null),
  plan: z
    .object({ name: z.enum(['rows', 'buckets']), reason: z.string() })
    .nullable()
    .default(null),
});
const nothing: Progress = { changesSeen: null, measurements: {}, incompleteSince: null, plan: null };

/** What a state holds; nothing when it holds none, or something that cannot be read. */
export function loadProgress(state: Pick<MonitorState, 'get'>): Progress {
  try {
    return stored.parse(JSON.parse(state.get(key) ?? ''));
  } catch {
    // As if there had been no run: more is compared than must be.
    return nothing;
  }
}

export function progressChanges(progress: Progress): StateChanges {
  return { set: new Map([[key, JSON.stringify(progress)]]) };
}
