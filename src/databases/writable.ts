import type { DatabaseSettings } from './contract.ts';
import type { Parameters, Row } from './values.ts';

/** What a statement did. */
export interface Executed {
  /** Its rows; of a statement that returns none, none. At most 10,000: more is an error, and the transaction is undone. */
  readonly rows: readonly Row[];
  /** How many rows it changed. */
  readonly changed: number;
}

/** Within a transaction: named parameters `:name` are bound by the driver, never pasted. */
export type Execute = (sql: string, parameters: Parameters) => Promise<Executed>;

/**
 * A connection that may write: of the outbox, or of a remedy. It is never one of those that monitors read by. All methods throw
 * `DatabaseError` alone, whatever `work` does not throw itself.
 */
export interface WritableDatabase {
  /**
   * Runs `work` in one transaction (read committed, or stricter), which it commits when `work` has resolved and undoes when it
   * throws. A `DatabaseError` of kind `lost` may mean that it was committed. Deadlocks are not tried again here.
   * @param options.timeoutMs of each statement, held by the server too where it can.
   */
  transaction<Result>(
    work: (execute: Execute) => Promise<Result>,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Result>;
  /** Undoes on the server what still runs, then closes every session. Resolves within 2 s. */
  close(): Promise<void>;
}

/** What a driver exports as `openWritable`. It connects lazily, at the first use. */
export type OpenWritableDatabase = (settings: DatabaseSettings) => WritableDatabase;
