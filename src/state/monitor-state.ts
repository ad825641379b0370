import type { Instant } from '../time.ts';

/** What changes in a `MonitorState`; a key that is in both is set. */
export interface StateChanges {
  readonly set?: ReadonlyMap<string, string>;
  readonly delete?: Iterable<string>;
}

/** What a monitor keeps from one run to the next, and over a restart: texts by key. */
export interface MonitorState {
  get(key: string): string | undefined;
  /** Those whose key begins with `prefix`, in no order. */
  entries(prefix: string): Iterable<readonly [string, string]>;
  /**
   * All of it or nothing. What a run writes that was replaced by another one is dropped.
   * @throws RangeError when there would be more than `mostEntries`; nothing is changed then.
   */
  write(changes: StateChanges): void;
}

/** The most entries that one monitor may keep for the companies of a run. They are all held in memory. */
export const mostEntries = 20_000;

/** The states of all monitors. */
export interface MonitorStates {
  /**
   * The state of a scope, for one run. What was kept under another definition is dropped. States of the scope that were
   * handed out before can no longer be written.
   *
   * @param scope the monitor and the companies of the run, as text.
   * @param definition text of everything that gives the entries their meaning.
   */
  open(scope: string, definition: string, now: Instant): MonitorState;
  /** Lets go of scopes that are not among these: a file keeps them for a while, without one they are gone. */
  retain(scopes: ReadonlySet<string>): void;
  /** Whether something could not be written to the file. */
  readonly isBehind: boolean;
  /** Writes what could not be written before. */
  retry(): void;
  /** Tries once more to write what could not be written; nothing can be written after it. */
  close(): void;
}
