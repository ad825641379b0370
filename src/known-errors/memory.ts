import type { DatabaseSync } from 'node:sqlite';
import { createWriting } from '../state/writing.ts';
import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import { createStore } from './store.ts';
import type { SeenClass, Store } from './store.ts';

/** A class of errors that was not seen for so long is new when it comes back. */
export const forgottenAfterMs = 30 * dayMs;
/** For so long a class is new. */
export const newForMs = dayMs;

const writeEveryMs = 60_000;
const pruneEveryMs = 3_600_000;
/** Far more classes of errors than people can tell apart; beyond it the ones that were seen longest ago are forgotten. */
const mostClasses = 20_000;
const mostSources = 20_000;

/** Which classes of errors were seen when, across restarts. */
export interface ErrorMemory {
  /**
   * Whether a source, such as a monitor for a company, is looked at for the first time: true at the instant of its first
   * call, false from then on. To be asked at each run that succeeded, also one that saw no error.
   */
  isFirstRun(source: string, now: Instant): boolean;
  /**
   * Notes that a class of errors is open in a flow.
   *
   * @param error id of a known error, or `unknown-` and a fingerprint.
   * @param baseline a class that was never seen counts as old, since its source is looked at for the first time.
   * @returns since when the class is new; null when it is not, or no longer.
   */
  seen(flow: string, error: string, now: Instant, baseline: boolean): Instant | null;
  /** Writes what is not written yet; to be called before the file is closed. */
  flush(): void;
}

interface Remembered {
  seen: SeenClass;
  /** When it was last written, or the writing of it tried. */
  writtenAt: Instant;
}

const keyOf = (flow: string, error: string): string => JSON.stringify([flow, error]);

class Memory implements ErrorMemory {
  readonly #store: Store | undefined;
  readonly #writing: (write: () => void) => boolean;
  readonly #classes = new Map<string, Remembered>();
  readonly #sources = new Map<string, Instant>();
  #prunedAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(store: Store | undefined, onError: (error: Error) => void) {
    this.#store = store;
    this.#writing = createWriting(onError);
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
    if (this.#sources.size > mostSources && oldest !== undefined) {
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
      ? // A clock that was put back must not make anything new in the future.
        { ...before.seen, since: Math.min(before.seen.since, now), lastSeen: now }
      : { flow, error, since: now, lastSeen: now, baseline };
    const isDue = !isKnown || Math.abs(now - before.writtenAt) >= writeEveryMs;
    // Taken out first, so that the map stays in the order in which classes were last seen.
    this.#classes.delete(key);
    this.#classes.set(key, { seen, writtenAt: isDue ? now : before.writtenAt });
    if (isDue) this.#write((store) => store.saveClass(seen));
    this.#bound();
    return !seen.baseline && now - seen.since < newForMs ? seen.since : null;
  }

  flush(): void {
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
    while (this.#classes.size > mostClasses) {
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
    if (store !== undefined) this.#writing(() => action(store));
  }
}

/**
 * The memory of errors.
 *
 * @param database of `openStateFile`; absent: what is remembered ends with the process.
 * @param onError told of the first of several writes in a row that failed.
 * @throws Error when the file cannot be read.
 */
export function createErrorMemory(
  database: DatabaseSync | undefined,
  onError: (error: Error) => void,
): ErrorMemory {
  return new Memory(database === undefined ? undefined : createStore(database), onError);
}
