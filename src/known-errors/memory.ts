import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import { openStore } from './store.ts';
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
  /** Writes what is not written yet, and closes the file. */
  close(): void;
}

interface Remembered {
  seen: SeenClass;
  /** When it was last written, or the writing of it tried. */
  writtenAt: Instant;
}

const keyOf = (flow: string, error: string): string => JSON.stringify([flow, error]);

class Memory implements ErrorMemory {
  readonly #store: Store | undefined;
  readonly #onError: (error: Error) => void;
  readonly #classes = new Map<string, Remembered>();
  readonly #sources = new Map<string, Instant>();
  #prunedAt: Instant = Number.NEGATIVE_INFINITY;
  #isBroken = false;

  constructor(store: Store | undefined, onError: (error: Error) => void) {
    this.#store = store;
    this.#onError = onError;
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

  close(): void {
    for (const { seen, writtenAt } of this.#classes.values())
      if (seen.lastSeen !== writtenAt) this.#write((store) => store.saveClass(seen));
    this.#store?.close();
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

  /** A full disk must not stop the monitors: it is told once, and what is remembered lives on in the process. */
  #write(action: (store: Store) => void): void {
    if (this.#store === undefined) return;
    try {
      action(this.#store);
      this.#isBroken = false;
    } catch (error) {
      if (!this.#isBroken) this.#onError(error instanceof Error ? error : new Error(String(error)));
      this.#isBroken = true;
    }
  }
}

/**
 * Opens the memory of errors.
 *
 * @param path of a SQLite file, which is created when there is none; `:memory:` for one that ends with the process.
 * @param onError told of the first of several writes in a row that failed.
 * @throws Error that names the file, when it cannot be opened, is damaged or not ours.
 */
export function openErrorMemory(path: string, onError: (error: Error) => void): ErrorMemory {
  return new Memory(path === ':memory:' ? undefined : openStore(path), onError);
}
