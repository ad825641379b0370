import type { Instant } from '../time.ts';

/** What JSON can hold. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/** Something to be done on another system: stored before it is tried. */
export interface Intent {
  /** Of two intents with one key, ever, the first is kept and the other is ignored. At most 500 characters. */
  readonly key: string;
  /** Who carries it out: `ticket`, `remedy`. */
  readonly kind: string;
  /** What is done, of a short list: `create`, `comment`, `close`, `http`, `statement`; a label of metrics. */
  readonly action: string;
  /** Intents of one queue are carried out one at a time, in the order in which they were stored. */
  readonly queue: string;
  /** Whose data it bears; '' for no company's. */
  readonly company: string;
  readonly payload: Json;
  /** Not tried before. */
  readonly notBefore: Instant;
  /** No attempt begins at or after this; it is settled as `expired` then. */
  readonly expires: Instant;
}

/**
 * - `waiting`: to be tried at `nextTry`, also after attempts that failed
 * - `done`: the other system has done it
 * - `refused`: the other system will not do it, ever
 * - `expired`: it was not done in time
 */
export type EntryState = 'waiting' | 'done' | 'refused' | 'expired';

/** An intent, and what became of it: the audit line. */
export interface Entry extends Intent {
  /** Grows in the order of storing. */
  readonly id: number;
  readonly storedAt: Instant;
  readonly state: EntryState;
  /** Attempts that have begun, with the present one. More than 1: an earlier one may have had its effect. */
  readonly attempts: number;
  readonly nextTry: Instant;
  /** When the last attempt began; undefined: none has. */
  readonly lastTry: Instant | undefined;
  /** What the last attempt brought, for people: masked, at most 500 characters; '' before there was one. */
  readonly note: string;
  /** What the other system answered for programs, such as the number of a ticket; null: nothing. */
  readonly result: Json;
  readonly settledAt: Instant | undefined;
}

/** An entry that this process alone may carry out until `until`. */
export interface Lease {
  readonly entry: Entry;
  /** Of this lease alone: a later lease of the same entry has another. */
  readonly token: string;
  readonly until: Instant;
}

/** What `OutboxStore.lease` took. */
export interface Leased {
  readonly leases: readonly Lease[];
  /** Entries that it settled as `expired`. */
  readonly expired: readonly Entry[];
}

/** What one attempt brought. */
export type Outcome =
  | { readonly type: 'done'; readonly note: string; readonly result?: Json }
  /** Tried again after a growing, jittered pause, and not before `retryAfterMs`. */
  | { readonly type: 'retry'; readonly note: string; readonly retryAfterMs?: number }
  | { readonly type: 'refused'; readonly note: string };

/** A thing that is remembered: of a ticket, of a remedy. */
export interface Doc {
  readonly key: string;
  /** 1 when new, one more at each change. */
  readonly version: number;
  readonly value: Json;
}

/** A change of one document. */
export interface DocChange {
  readonly collection: string;
  readonly key: string;
  /** The version that it must have now; 0: it must not be there. */
  readonly ifVersion: number;
  /** undefined: it is removed. */
  readonly value: Json | undefined;
}

/** What is stored at once, or not at all. */
export interface Change {
  readonly intents?: readonly Intent[];
  readonly documents?: readonly DocChange[];
}

/** Of one kind and action. */
export interface OutboxCount {
  readonly kind: string;
  readonly action: string;
  readonly waiting: number;
  /** When the oldest that waits was to be tried first (its `notBefore`, else when it was stored); undefined: none waits. */
  readonly oldestWaiting: Instant | undefined;
  /** Of those that wait, how many have failed at least once. */
  readonly failing: number;
}

export interface EntryFilter {
  readonly kind?: string;
  readonly queue?: string;
  readonly state?: EntryState;
  /** Entries whose key begins so. */
  readonly keyPrefix?: string;
  /** Entries with a lower id alone: the next page. */
  readonly before?: number;
  readonly limit: number;
}

/** The outbox cannot take more: nothing was stored. */
export class OutboxFullError extends Error {
  override readonly name = 'OutboxFullError';
}

/**
 * Where intents and documents are kept: the state file of one process, or a PostgreSQL database that replicas share. Every
 * method may reject with Error when the store cannot be reached or written; nothing has changed then, or all of it.
 *
 * `now` is the caller's clock. A store that replicas share keeps instants by its own, and reads those of a change as so much
 * before or after `now`: a replica whose clock is wrong takes nothing from the others, and what it stores is late for nobody.
 *
 * Keys, queues, companies, kinds and names of documents are texts of 1 to 500 characters (a company may be ''), without U+0000 and lone
 * surrogates; payloads, results and documents take at most 256 KiB as JSON. Else RangeError, and nothing is stored.
 */
export interface OutboxStore {
  /**
   * Stores durably: when it resolves with true, neither `kill -9` nor a power cut undoes it.
   * @returns false, and nothing is stored, when a document has another version than the change says.
   * @throws OutboxFullError when more entries wait than the store may hold.
   */
  commit(change: Change, now: Instant): Promise<boolean>;
  /**
   * Takes entries of these kinds that are due, the oldest of each queue alone, and of no queue of which an entry is leased; also those
   * that were stored or last tried later than now, for the clock was set back. Attempts are counted before they begin. A lease ends by itself after `leaseMs`, by a clock of the store that follows no step of ours.
   * Entries of any kind whose time is over are settled as `expired`.
   */
  lease(request: {
    readonly owner: string;
    /** Replicas may be of other versions or configurations: nobody takes what another alone can carry out. */
    readonly kinds: readonly string[];
    readonly now: Instant;
    readonly leaseMs: number;
    readonly limit: number;
  }): Promise<Leased>;
  /**
   * Ends a lease with what became of it, together with a change.
   * @returns `lost`, and nothing is stored, when the lease had ended and another took the entry, or it is settled; `conflict`, and
   *   nothing is stored, when a document has another version.
   */
  settle(
    lease: Lease,
    outcome: Outcome,
    nextTry: Instant,
    change: Change,
    now: Instant,
  ): Promise<'settled' | 'lost' | 'conflict'>;
  document(collection: string, key: string): Promise<Doc | undefined>;
  /** In the order of their keys. @param after only keys behind this one. */
  documents(
    collection: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly Doc[]>;
  /** Newest first. */
  entries(filter: EntryFilter): Promise<readonly Entry[]>;
  counts(): Promise<readonly OutboxCount[]>;
  /**
   * Removes entries that were settled before `settledBefore`, and the oldest settled ones beyond `mostSettled`. Their keys stay taken
   * for `keyKeptMs` more.
   * @returns how many entries were removed.
   */
  prune(settledBefore: Instant, mostSettled: number): Promise<number>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** What a handler is given besides the entry. */
export interface Attempt {
  /** Ends the attempt: the process stops, or the lease is about to end. */
  readonly signal: AbortSignal;
  readonly now: Instant;
}

/**
 * Carries out the intents of a kind. It must look whether an earlier attempt had its effect when `entry.attempts` is more than
 * 1. What it throws counts as `retry`. The change is stored together with the outcome.
 */
export type Handler = (entry: Entry, attempt: Attempt) => Promise<Handled>;

export interface Handled {
  readonly outcome: Outcome;
  readonly change?: Change;
  /** Called once both are stored: what was done in vain, because another was faster, is not counted. */
  readonly stored?: () => void;
}
