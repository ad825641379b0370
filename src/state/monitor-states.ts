import type { DatabaseSync } from 'node:sqlite';
import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import { createMonitorTables } from './monitor-tables.ts';
import type { MonitorTables } from './monitor-tables.ts';
import { mostEntries } from './monitor-state.ts';
import type { MonitorState, MonitorStates, StateChanges } from './monitor-state.ts';
import { Writing } from './writing.ts';

/** A scope that was not used for this long is removed from the file: its monitor is gone. */
export const keptForMs = 60 * dayMs;
const pruneEveryMs = 3_600_000;
/** How often the file is updated with the time when a scope was last used. */
const touchEveryMs = 3_600_000;

/** A scope that is in use. The map is the truth; the file follows it as well as it can. */
interface OpenScope {
  readonly definition: string;
  readonly entries: Map<string, string>;
  touchedAt: Instant;
  /** The file does not hold what the map does: it is to be written again, whole. */
  isBehind: boolean;
  /** The state that was handed out last: the only one that may be written. */
  latest: MonitorState | undefined;
}

/** Called when the state file cannot be read or written; the states live on in the process. */
export type OnStateError = (error: Error, action: 'read' | 'write') => void;

class States implements MonitorStates {
  readonly #tables: MonitorTables | undefined;
  readonly #writing: Writing;
  readonly #onError: OnStateError;
  readonly #scopes = new Map<string, OpenScope>();
  #prunedAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(tables: MonitorTables | undefined, onError: OnStateError) {
    this.#tables = tables;
    this.#onError = onError;
    this.#writing = new Writing((error) => onError(error, 'write'));
  }

  open(scope: string, definition: string, now: Instant): MonitorState {
    let found = this.#scopes.get(scope);
    if (found?.definition !== definition) {
      if (found !== undefined) found.latest = undefined;
      found = this.#load(scope, definition, now);
      this.#scopes.set(scope, found);
    }
    this.#touch(scope, found, now);
    this.#prune(now);
    return this.#handOut(scope, found);
  }

  retain(scopes: ReadonlySet<string>): void {
    this.retry();
    for (const [name, scope] of this.#scopes) if (!scopes.has(name)) this.#letGo(name, scope);
  }

  get isBehind(): boolean {
    return this.#writing.isBroken;
  }

  retry(): void {
    const tables = this.#tables;
    if (tables === undefined || !this.isBehind) return;
    this.#writing.retry(() => {
      for (const [name, scope] of this.#scopes) {
        if (!scope.isBehind) continue;
        tables.replace(name, scope);
        scope.isBehind = false;
      }
    });
  }

  close(): void {
    this.retry();
    for (const [name, scope] of this.#scopes) this.#letGo(name, scope);
  }

  #letGo(name: string, scope: OpenScope): void {
    scope.latest = undefined;
    this.#scopes.delete(name);
  }

  /** Falls back on an empty state when the file can't be read: a monitor that starts over beats one that is stalled. */
  #load(name: string, definition: string, now: Instant): OpenScope {
    const scope: OpenScope = {
      definition,
      entries: new Map(),
      touchedAt: now,
      isBehind: this.#tables !== undefined,
      latest: undefined,
    };
    try {
      const kept = this.#tables?.load(name, definition);
      if (kept !== undefined) return { ...scope, ...kept, entries: new Map(kept.entries), isBehind: false };
    } catch (error) {
      this.#onError(error instanceof Error ? error : new Error(String(error)), 'read');
    }
    if (scope.isBehind) this.#save(name, scope, {});
    return scope;
  }

  #touch(name: string, scope: OpenScope, now: Instant): void {
    if (Math.abs(now - scope.touchedAt) < touchEveryMs) return;
    scope.touchedAt = now;
    const tables = this.#tables;
    if (tables !== undefined && !this.#writing.run(() => tables.touch(name, now))) scope.isBehind = true;
  }

  #prune(now: Instant): void {
    const tables = this.#tables;
    if (tables === undefined || Math.abs(now - this.#prunedAt) < pruneEveryMs) return;
    this.#prunedAt = now;
    this.#writing.run(() => tables.prune(now - keptForMs, new Set(this.#scopes.keys())));
  }

  #handOut(name: string, scope: OpenScope): MonitorState {
    const { entries } = scope;
    const state: MonitorState = {
      get: (key) => entries.get(key),
      *entries(prefix) {
        for (const entry of entries) if (entry[0].startsWith(prefix)) yield entry;
      },
      write: (changes) => {
        if (scope.latest === state) this.#write(name, scope, changes);
      },
    };
    scope.latest = state;
    return state;
  }

  #write(name: string, scope: OpenScope, changes: StateChanges): void {
    const set = changes.set ?? new Map<string, string>();
    const deleted = new Set([...(changes.delete ?? [])].filter((key) => !set.has(key)));
    const size = scope.entries.size;
    const added = [...set.keys()].filter((key) => !scope.entries.has(key)).length;
    const removed = [...deleted].filter((key) => scope.entries.has(key)).length;
    if (size + added - removed > mostEntries)
      throw new RangeError(`a monitor may keep ${mostEntries} entries, not ${size + added - removed}`);
    for (const key of deleted) scope.entries.delete(key);
    for (const [key, value] of set) scope.entries.set(key, value);
    this.#save(name, scope, { set, delete: deleted });
  }

  #save(name: string, scope: OpenScope, changes: StateChanges): void {
    const tables = this.#tables;
    if (tables === undefined) return;
    const { definition, entries, touchedAt, isBehind } = scope;
    scope.isBehind = !this.#writing.run(() =>
      isBehind ? tables.replace(name, { definition, entries, touchedAt }) : tables.change(name, changes),
    );
  }
}

/**
 * The states of monitors.
 *
 * @param database of `openStateFile`, which stays open until after `close`; absent: the states end with the process.
 * @param onError called for each read that failed, and for the first of several writes in a row that failed.
 */
export function createMonitorStates(
  database: DatabaseSync | undefined,
  onError: OnStateError,
): MonitorStates {
  return new States(database === undefined ? undefined : createMonitorTables(database), onError);
}
