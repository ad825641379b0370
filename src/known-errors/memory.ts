import type { DatabaseSync } from 'node:sqlite';
import { Writing } from '../state/writing.ts';
import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import { createStore } from './store.ts';
import type { SeenClass, Store } from './store.ts';

/** A class of errors that was not seen for this long counts as new when it returns, in milliseconds. */
export const forgottenAfterMs = 30 * dayMs;
/** How long a class counts as new, in milliseconds. */
export const newForMs = dayMs;

const writeEveryMs = 60_000;
const pruneEveryMs = 3_600_000;
/** Maximum number of classes, far more than people can distinguish; beyond it the least recently seen ones are forgotten. */
const maxClasses = 20_000;
const maxSources = 20_000;

/** When each class of errors was seen, kept across restarts. */
export interface ErrorMemory {
  /**
   * Whether this is the first run of a source, such as a monitor for a company: true at the instant of its first call, false
   * afterwards. Call it at each successful run, also at one that found no error.
   */
  isFirstRun(source: string, now: Instant): boolean;
  /**
   * Records that a class of errors is open in a flow.
   *
   * @param error id of a known error, or `unknown-` and a fingerprint.
   * @param baseline it is the first run of the source, so a class that was never seen does not count as new.
   * @returns since when the class is new; null when it is not new, or no longer.
   */
  seen(flow: string, error: string, now: Instant, baseline: boolean): Instant | null;
  /** Whether something could not be written to the file. */
  readonly isBehind: boolean;
  /** Writes what could not be written before. */
  retry(): void;
  /** Writes pending changes; call it before the file is closed. */
  flush(): void;
}

interface Remembered {
  seen: SeenClass;
  /** When it was last written, or the last attempt failed. */
  writtenAt: Instant;
}

const keyOf = (flow: string, error: string): string => JSON.stringify([flow, error]);

class Memory implements ErrorMemory {
  readonly #store: Store | undefined;
  readonly #writing: Writing;
  readonly #classes = new Map<string, Remembered>();
  readonly #sources = new Map<string, Instant>();
  #prunedAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(store: Store | undefined, onError: (error: Error) => void) {
    this.#store = store;
    this.#writing = new Writing(onError);
    for (const seen of store?.classes ?? [])
      this.#classes.set(keyOf(seen.flow, seen.error), { seen, writtenAt: seen.lastSeen });
    for (const { source, firstRun } of store?.sources ?? []) this.#sources.set(source, firstRun);
  }

  isFirstRun(source: string, now: Instant): boolean {
    const firstRun = this.#sources.get(source);
    if (firstRun !== undefined) return firstRun === now;
    this.#sources.set(source, now);
    this.#write((store) => store.saveSource(source, now));
    const [oldest] = this.#sources.keys();
    if (this.#sources.size > maxSources && oldest !== undefined) {
      this.#sources.delete(oldest);
      this.#write((store) => store.deleteSource(oldest));
    }
    return true;
  }

  seen(flow: string, error: string, now: Instant, baseline: boolean): Instant | null {
    this.#prune(now);
    const key = keyOf(flow, error);
    const before = this.#classes.get(key);
    const isKnown = before !== undefined && now - before.seen.lastSeen < forgottenAfterMs;
    const seen: SeenClass = isKnown
      ? // A clock that was set back must not make a class new in the future.
        { ...before.seen, since: Math.min(before.seen.since, now), lastSeen: now }
      : { flow, error, since: now, lastSeen: now, baseline };
    const isDue = !isKnown || Math.abs(now - before.writtenAt) >= writeEveryMs;
    // Deleted first, so that the map stays in the order in which classes were last seen.
    this.#classes.delete(key);
    this.#classes.set(key, { seen, writtenAt: isDue ? now : before.writtenAt });
    if (isDue) this.#write((store) => store.saveClass(seen));
    this.#bound();
    return !seen.baseline && now - seen.since < newForMs ? seen.since : null;
  }

  get isBehind(): boolean {
    return this.#writing.isBroken;
  }

  retry(): void {
    const store = this.#store;
    if (store === undefined || !this.isBehind) return;
    const classes = [...this.#classes.values()].map(({ seen }) => seen);
    const sources = [...this.#sources].map(([source, firstRun]) => ({ source, firstRun }));
    this.#writing.retry(() => store.replace(classes, sources));
  }

  flush(): void {
    this.retry();
    for (const { seen, writtenAt } of this.#classes.values())
      if (seen.lastSeen !== writtenAt) this.#write((store) => store.saveClass(seen));
  }

  #prune(now: Instant): void {
    if (Math.abs(now - this.#prunedAt) < pruneEveryMs) return;
    this.#prunedAt = now;
    for (const { seen } of [...this.#classes.values()])
      if (now - seen.lastSeen >= forgottenAfterMs) this.#forget(seen);
  }

  #bound(): void {
    while (this.#classes.size > maxClasses) {
      const [oldest] = this.#classes.values();
      if (oldest === undefined) return;
      this.#forget(oldest.seen);
    }
  }

  #forget({ flow, error }: SeenClass): void {
    this.#classes.delete(keyOf(flow, error));
    this.#write((store) => store.deleteClass(flow, error));
  }

  #write(action: (store: Store) => void): void {
    const store = this.#store;
    // What is not written now is written by a retry, with everything else.
    if (store !== undefined) this.#writing.run(() => action(store));
  }
}

/**
 * Creates the memory of errors.
 *
 * @param database from `openStateFile`; absent: the memory ends with the process.
 * @param onError called for the first of consecutive failed writes.
 * @throws Error when the file cannot be read.
 */
export function createErrorMemory(
  database: DatabaseSync | undefined,
  onError: (error: Error) => void,
): ErrorMemory {
  return new Memory(database === undefined ? undefined : createStore(database), onError);
}
