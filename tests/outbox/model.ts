import type { Change, Entry, Intent, Json, Lease, OutboxCount, Outcome } from '../../src/outbox/contract.ts';
import { keyKeptMs } from '../../src/outbox/store.ts';
import type { Instant } from '../../src/time.ts';

type Mutable<Thing> = { -readonly [Key in keyof Thing]: Thing[Key] };

interface Held {
  token: string | undefined;
  until: number;
}

interface Saved {
  readonly entries: Mutable<Entry>[];
  readonly documents: ReadonlyMap<string, { version: number; value: Json }>;
}

/** What a store should do, as simply as it can be said. Its clock is `now`. */
export class Model {
  now: Instant;
  readonly #mostWaiting: number;
  #entries: Mutable<Entry>[] = [];
  readonly #held = new Map<number, Held>();
  #pastKeys = new Map<string, Instant>();
  readonly #documents = new Map<string, { version: number; value: Json }>();

  constructor(now: Instant, mostWaiting: number) {
    this.now = now;
    this.#mostWaiting = mostWaiting;
  }

  /** What a change would do; undefined: it is refused. @param shift from the caller's clock to ours. */
  commit(change: Change, shift: number, ids: () => number): boolean | 'full' {
    const before = this.#save();
    if (!this.#changeDocuments(change)) {
      this.#restore(before);
      return false;
    }
    let added = 0;
    for (const intent of change.intents ?? []) added += this.#add(intent, shift, ids) ? 1 : 0;
    if (added > 0 && this.#waiting().length > this.#mostWaiting) {
      this.#restore(before);
      return 'full';
    }
    return true;
  }

  /** Ids that a lease must bring, in order; expired ones are settled. */
  lease(kinds: readonly string[], leaseMs: number, limit: number): readonly number[] {
    for (const entry of this.#waiting())
      if (entry.expires <= this.now && this.#isFree(entry)) {
        Object.assign(entry, { state: 'expired', settledAt: this.now });
        this.#held.delete(entry.id);
      }
    const due = this.#waiting()
      .filter(
        (entry) =>
          (entry.nextTry <= this.now || (entry.lastTry ?? entry.storedAt) > this.now) &&
          this.#isFree(entry) &&
          entry.expires > this.now &&
          kinds.includes(entry.kind),
      )
      .filter((entry) => !this.#waiting().some(({ id, queue }) => queue === entry.queue && id < entry.id))
      .sort((a, b) => a.nextTry - b.nextTry || a.id - b.id)
      .slice(0, limit);
    for (const entry of due) {
      entry.attempts += 1;
      entry.lastTry = this.now;
      this.#held.set(entry.id, { token: undefined, until: this.now + leaseMs });
    }
    return due.map(({ id }) => id);
  }

  /** Tells the token that the store gave. */
  took({ entry, token }: Lease): void {
    const held = this.#held.get(entry.id);
    if (held !== undefined) held.token = token;
  }

  settle(
    { entry: { id }, token }: Lease,
    outcome: Outcome,
    nextTry: Instant,
    change: Change,
    shift: number,
    ids: () => number,
  ): 'settled' | 'lost' | 'conflict' | 'full' {
    const entry = this.#entries.find((one) => one.id === id);
    if (entry?.state !== 'waiting' || this.#held.get(id)?.token !== token) return 'lost';
    const before = this.#save();
    entry.note = outcome.note;
    if (outcome.type === 'retry') entry.nextTry = nextTry + shift;
    else {
      Object.assign(entry, { state: outcome.type, settledAt: this.now });
      if (outcome.type === 'done') entry.result = outcome.result ?? null;
    }
    const done = this.commit(change, shift, ids);
    if (done === true) this.#held.delete(id);
    else this.#restore(before);
    if (done === true) return 'settled';
    return done === false ? 'conflict' : 'full';
  }

  prune(before: Instant, most: number): number {
    const settled = this.#entries
      .filter(({ state }) => state !== 'waiting')
      .sort((a, b) => (b.settledAt ?? 0) - (a.settledAt ?? 0) || b.id - a.id);
    const old = new Set(settled.filter(({ settledAt = 0 }, at) => settledAt < before || at >= most));
    for (const { key, settledAt = 0 } of old) this.#pastKeys.set(key, settledAt);
    this.#entries = this.#entries.filter((entry) => !old.has(entry));
    for (const [key, at] of this.#pastKeys) if (at < before - keyKeptMs) this.#pastKeys.delete(key);
    return old.size;
  }

  /** Newest first. */
  get entries(): readonly Entry[] {
    return [...this.#entries].sort((a, b) => b.id - a.id);
  }

  versionOf(collection: string, key: string): number {
    return this.#documents.get(`${collection} ${key}`)?.version ?? 0;
  }

  documents(collection: string): readonly { key: string; version: number; value: Json }[] {
    return [...this.#documents]
      .filter(([place]) => place.startsWith(`${collection} `))
      .map(([place, { version, value }]) => ({ key: place.slice(collection.length + 1), version, value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  get counts(): readonly OutboxCount[] {
    const names = new Set(this.#waiting().map(({ kind, action }) => `${kind} ${action}`));
    return [...names].sort().map((name) => {
      const [kind = '', action = ''] = name.split(' ');
      const waiting = this.#waiting().filter((entry) => entry.kind === kind && entry.action === action);
      return {
        kind,
        action,
        waiting: waiting.length,
        failing: waiting.filter(({ attempts }) => attempts > 0).length,
        oldestWaiting: Math.min(...waiting.map(({ notBefore, storedAt }) => Math.max(notBefore, storedAt))),
      };
    });
  }

  #waiting(): Mutable<Entry>[] {
    return this.#entries.filter(({ state }) => state === 'waiting');
  }

  #isFree({ id }: Entry): boolean {
    return (this.#held.get(id)?.until ?? 0) <= this.now;
  }

  #add(intent: Intent, shift: number, ids: () => number): boolean {
    if (this.#pastKeys.has(intent.key) || this.#entries.some(({ key }) => key === intent.key)) return false;
    this.#entries.push({
      ...intent,
      notBefore: intent.notBefore + shift,
      expires: intent.expires + shift,
      id: ids(),
      storedAt: this.now,
      state: 'waiting',
      attempts: 0,
      nextTry: intent.notBefore + shift,
      lastTry: undefined,
      note: '',
      result: null,
      settledAt: undefined,
    });
    return true;
  }

  #changeDocuments({ documents = [] }: Change): boolean {
    return documents.every(({ collection, key, ifVersion, value }) => {
      if (this.versionOf(collection, key) !== ifVersion) return false;
      if (value === undefined) this.#documents.delete(`${collection} ${key}`);
      else this.#documents.set(`${collection} ${key}`, { version: ifVersion + 1, value });
      return true;
    });
  }

  #save(): Saved {
    return { entries: this.#entries.map((entry) => ({ ...entry })), documents: new Map(this.#documents) };
  }

  #restore({ entries, documents }: Saved): void {
    this.#entries = entries;
    this.#documents.clear();
    for (const [place, document] of documents) this.#documents.set(place, document);
  }
}
