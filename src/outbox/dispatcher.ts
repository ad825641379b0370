import type { Logger } from '../log.ts';
import type { Instant } from '../time.ts';
import { attemptOf } from './attempt.ts';
import type { AttemptResult } from './attempt.ts';
import type { Entry, Handled, Handler, Lease, OutboxStore } from './contract.ts';
import { pauseAfter, requestMs } from './pause.ts';

/** What came of attempts and entries, as it is counted. */
export interface DispatchEvents {
  /** An attempt has ended. */
  attempted(entry: Entry, result: AttemptResult): void;
  /** An entry will not be tried again. */
  settled(entry: Entry, state: 'done' | 'refused' | 'expired'): void;
}

export interface DispatcherOptions {
  readonly store: OutboxStore;
  /** By kind; asked before each lease. */
  readonly handlers: () => ReadonlyMap<string, Handler>;
  /** Of this process alone. */
  readonly owner: string;
  readonly events: DispatchEvents;
  readonly log: Logger;
  readonly now: () => Instant;
  readonly random: () => number;
  /** How many are carried out at once, each of another queue. */
  readonly most?: number;
  readonly leaseMs?: number;
  /** An attempt ends so long before its lease: the outcome is to be stored by then, also when that fails at first. */
  readonly marginMs?: number;
  /** How often to look for what is due, when nothing tells. */
  readonly pollMs?: number;
}

const defaults = { most: 8, leaseMs: 120_000, marginMs: 20_000, pollMs: 2000 } as const;

/** How long attempts may take to end when the process stops. */
const stopMs = 1500;
/** Pauses while the store fails, in milliseconds. */
const firstStorePauseMs = 500;
const longestStorePauseMs = 30_000;
/** A handler that found that a document had changed meanwhile begins again so soon. */
const conflictPauseMs = 500;

const conflictNote = 'what it was decided by has changed meanwhile';

/** What is stored of an attempt. */
interface Settlement extends Handled {
  readonly nextTry: Instant;
}

/**
 * Carries out what is due: several queues at once, one entry of each. Nothing is renewed: an attempt is ended before its lease
 * is over. Whatever happens to the process, an entry is tried again by the next one that takes it.
 */
export class Dispatcher {
  readonly #options: Required<DispatcherOptions>;
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  /** Something may have become due since the look under way began. */
  #again = false;
  /** Failures of the store in a row. */
  #storeFailures = 0;

  constructor(options: DispatcherOptions) {
    this.#options = { ...defaults, ...options };
  }

  start(): void {
    this.poke();
  }

  /** Looks now for what is due: something has been stored. */
  poke(): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = this.#look();
  }

  /** Ends every attempt, and gives back what has ended in time. Resolves within 2 s. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    let cut: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      cut = setTimeout(resolve, stopMs);
    });
    await Promise.race([late, this.#settleAll()]);
    clearTimeout(cut);
  }

  async #settleAll(): Promise<void> {
    await this.#looking;
    await Promise.all(this.#running);
  }

  async #look(): Promise<void> {
    const pause = await this.#take();
    this.#looking = undefined;
    if (this.#stopping.signal.aborted) return;
    if (this.#again && this.#storeFailures === 0) this.poke();
    else this.#timer = setTimeout(() => this.poke(), pause).unref();
  }

  /** Takes what is due, and begins with it. @returns after how long to look again. */
  async #take(): Promise<number> {
    const { store, handlers, owner, events, log, now, most, leaseMs, pollMs } = this.#options;
    this.#again = false;
    const limit = most - this.#running.size;
    // Whoever ends looks again.
    if (limit <= 0) return pollMs;
    const begun = performance.now();
    try {
      const kinds = [...handlers().keys()];
      const { leases, expired } = await store.lease({ owner, kinds, now: now(), leaseMs, limit });
      this.#storeWorks();
      for (const entry of expired) {
        log.warn('outbox entry expired', describe(entry));
        events.settled(entry, 'expired');
      }
      const endsAt = begun + leaseMs;
      for (const lease of leases) this.#run(lease, endsAt);
      return pollMs;
    } catch {
      return this.#storeFails();
    }
  }

  /** @param endsAt when the lease is over, as `performance.now()` counts. */
  #run(lease: Lease, endsAt: number): void {
    const running = this.#carryOut(lease, endsAt).finally(() => {
      this.#running.delete(running);
      this.poke();
    });
    this.#running.add(running);
  }

  async #carryOut(lease: Lease, endsAt: number): Promise<void> {
    const { handlers, events, log, now, random, marginMs } = this.#options;
    const { entry } = lease;
    const { result, ...handled } = await attemptOf(entry, {
      handler: handlers().get(entry.kind),
      now,
      stopping: this.#stopping.signal,
      limitMs: endsAt - marginMs - performance.now(),
    });
    const { outcome } = handled;
    const retryAfterMs = outcome.type === 'retry' ? (outcome.retryAfterMs ?? 0) : 0;
    const pause = result === 'interrupted' ? requestMs : pauseAfter(entry.attempts, retryAfterMs, random());
    events.attempted(entry, result);
    log[outcome.type === 'done' ? 'info' : 'warn']('outbox attempt', {
      ...describe(entry),
      result,
      note: outcome.note,
    });
    await this.#settle(lease, { ...handled, nextTry: now() + pause }, endsAt);
  }

  /** Stores what came of an attempt; tries again while the lease lasts, for else all of it is to be done again. */
  async #settle(lease: Lease, settlement: Settlement, endsAt: number): Promise<void> {
    const { store, events, log, now } = this.#options;
    const { outcome, nextTry, change = {}, stored } = settlement;
    try {
      const settled = await store.settle(lease, outcome, nextTry, change, now());
      this.#storeWorks();
      if (settled === 'conflict')
        await this.#settle(lease, this.#repeatOf(conflictNote, conflictPauseMs), endsAt);
      else if (settled === 'lost') log.warn('outbox lease lost', describe(lease.entry));
      else {
        if (outcome.type !== 'retry') events.settled(lease.entry, outcome.type);
        stored?.();
      }
    } catch (error) {
      if (error instanceof RangeError) {
        const pause = pauseAfter(lease.entry.attempts, 0, this.#options.random());
        await this.#settle(lease, this.#repeatOf(`not stored: ${error.message}`, pause), endsAt);
        return;
      }
      const pause = this.#storeFails();
      if (performance.now() + pause >= endsAt || this.#stopping.signal.aborted) return;
      await this.#wait(pause);
      await this.#settle(lease, settlement, endsAt);
    }
  }

  #repeatOf(note: string, pause: number): Settlement {
    return { outcome: { type: 'retry', note }, nextTry: this.#options.now() + pause };
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const { signal } = this.#stopping;
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    });
  }

  #storeWorks(): void {
    this.#storeFailures = 0;
  }

  /** The store itself tells of it. @returns how long to leave it alone. */
  #storeFails(): number {
    this.#storeFailures += 1;
    const grown = Math.min(firstStorePauseMs * 2 ** (this.#storeFailures - 1), longestStorePauseMs);
    return grown * (0.8 + 0.4 * this.#options.random());
  }
}

function describe({ id, kind, action, queue, company, attempts }: Entry) {
  return { id, kind, action, queue, company, attempts };
}
