import type { Parameters, Row } from '../databases/values.ts';
import type { Instant } from '../time.ts';

/** One statement, with named parameters `:name`. */
export interface Step {
  readonly sql: string;
  readonly parameters: Parameters;
}

/** What a step brought: the rows of a SELECT, how many rows another one changed. */
export interface StepResult {
  readonly rows: readonly Row[];
  readonly changed: number;
}

/**
 * The steps of one transaction, one after another. A generator, for SQLite must run it without a pause: while it waited,
 * everything else that writes to the file would be refused.
 */
export type Work<Result> = Generator<Step, Result, StepResult>;

/** What the clocks of a store say, in milliseconds. */
export interface StoreClock {
  /** The instant of the store. */
  readonly now: Instant;
  /** What leases are measured by: it follows no step of anybody's clock, and need not be an instant. */
  readonly leases: number;
}

/**
 * - `read`: of one moment
 * - `lease`: takes entries, beside others that do the same
 * - `change`: one after another, durable when it resolves
 */
export type WorkKind = 'read' | 'lease' | 'change';

/** What carries out the statements of a store. They are such that SQLite and PostgreSQL read them alike. */
export interface Engine {
  /** Stands before the name of a table: of its schema. */
  readonly prefix: string;
  /** Ends the SELECT of rows that are to be changed. */
  readonly lockRows: string;
  /** Runs `work` in one transaction, undone when it throws. @param now of the caller. */
  run<Result>(kind: WorkKind, now: Instant, work: (clock: StoreClock) => Work<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** The rows of a SELECT. */
export function* select(sql: string, parameters: Parameters): Work<readonly Row[]> {
  return (yield { sql, parameters }).rows;
}

/** How many rows a statement changed. */
export function* change(sql: string, parameters: Parameters): Work<number> {
  return (yield { sql, parameters }).changed;
}
