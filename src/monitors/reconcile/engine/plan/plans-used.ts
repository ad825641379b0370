import type { AuditPlan } from './planner.ts';
import type { PlanUsed } from './progress.ts';
import { recordsByPlan } from './scan.ts';
import type { ScannedPart } from './scan.ts';

/** Counts by which plan the records of a run are compared. */
export class PlansUsed {
  readonly #records: Record<AuditPlan, number> = { rows: 0, buckets: 0 };
  #last: PlanUsed | null = null;
  #reasons: Partial<Record<AuditPlan, string>> = {};

  /** @param reason why the part was compared by its plan. */
  add({ plan, statistics }: Pick<ScannedPart, 'plan' | 'statistics'>, reason: string): void {
    const records = recordsByPlan(statistics);
    this.#records.rows += records.rows;
    this.#records.buckets += records.buckets;
    this.#last = { name: plan, reason };
    this.#reasons = { ...this.#reasons, [plan]: reason };
  }

  /** The plan by which most records were compared: rows, where most buckets differed. Null when no part was. */
  get most(): PlanUsed | null {
    const { rows, buckets } = this.#records;
    if (this.#last === null || rows + buckets === 0) return this.#last;
    const name = rows >= buckets ? 'rows' : 'buckets';
    return { name, reason: this.#reasons[name] ?? 'most buckets differed, so that their rows were read' };
  }
}
