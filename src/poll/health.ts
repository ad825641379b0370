import { DatabaseError } from '../databases/contract.ts';
import type { Database } from '../databases/contract.ts';
import type { Instant } from '../time.ts';

/** A database that answers is asked for its clock this often. */
export const pingEveryMs = 30_000;
/** Pauses between tries of a dead database: doubled from the first to the last, jittered by up to a quarter. */
const firstPauseMs = 1_000;
export const longestPauseMs = 60_000;

/** How a database stands. `up` is `null` until the first answer or refusal. */
export interface Health {
  readonly up: boolean | null;
  readonly clockSkewSeconds: number | null;
  /** What the last failed try said; '' while up. */
  readonly problem: string;
  readonly since: Instant;
}

export interface HealthOptions {
  /** Wraps each try: takes a place in the database's budget. */
  readonly withPlace: <T>(signal: AbortSignal, task: () => Promise<T>) => Promise<T>;
  /** What one try may take, ms. */
  readonly timeoutMs: number;
  readonly now: () => Instant;
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly changed: (health: Health, before: Health) => void;
}

/**
 * Watches one database. While it answers, a ping now and then measures its clock. Once it is dead, only this watch tries
 * it, once at a time and with a growing pause, so that it costs the runs of its monitors nothing but a look at `health`.
 */
export class DatabaseHealth {
  health: Health;
  readonly #database: Database;
  readonly #options: HealthOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #failedTries = 0;
  #trying = false;

  constructor(database: Database, options: HealthOptions) {
    this.#database = database;
    this.#options = options;
    this.health = { up: null, clockSkewSeconds: null, problem: '', since: options.now() };
  }

  start(): void {
    void this.#try();
  }

  /** Ends the watch; a try under way is cancelled. */
  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  /** A run was refused a connection: the watch takes over at once. */
  refused(problem: string): void {
    if (this.health.up === false || this.#stop.signal.aborted) return;
    this.#set({ up: false, problem });
    if (!this.#trying) this.#arm(this.#pause());
  }

  /** A run lost its connection, or one of several databases failed it: do not wait for the next ping to know. */
  doubt(): void {
    if (this.health.up !== false && !this.#trying && !this.#stop.signal.aborted) this.#arm(0);
  }

  /** A run got its answer. */
  answered(): void {
    if (this.health.up === null) this.#set({ up: true, problem: '' });
  }

  async #try(): Promise<void> {
    if (this.#trying) return;
    this.#trying = true;
    try {
      const skew = await this.#ping();
      this.#failedTries = 0;
      this.#set({ up: true, problem: '', clockSkewSeconds: skew });
    } catch (error) {
      // No answer because all places were taken by long statements says nothing about the database.
      if (error instanceof DatabaseError && error.kind !== 'aborted')
        this.#set({ up: false, problem: error.message });
      else if (error !== waitedForPlace && !this.#stop.signal.aborted)
        this.#set({ up: false, problem: `no answer to a ping within ${this.#options.timeoutMs / 1000} s` });
    } finally {
      this.#trying = false;
      if (!this.#stop.signal.aborted) this.#arm(this.health.up === false ? this.#pause() : pingEveryMs);
    }
  }

  async #ping(): Promise<number> {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(waitedForPlace), this.#options.timeoutMs);
    try {
      return await this.#options.withPlace(
        AbortSignal.any([this.#stop.signal, patience.signal]),
        async () => {
          clearTimeout(timer);
          const limit = new AbortController();
          const limitTimer = setTimeout(() => limit.abort(), this.#options.timeoutMs);
          try {
            const { clockSkewSeconds } = await this.#database.ping(
              AbortSignal.any([this.#stop.signal, limit.signal]),
            );
            return clockSkewSeconds;
          } finally {
            clearTimeout(limitTimer);
          }
        },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  #set(change: Partial<Health>): void {
    const before = this.health;
    this.health = {
      ...before,
      ...change,
      ...(change.up === before.up ? {} : { since: this.#options.now() }),
    };
    this.#options.changed(this.health, before);
  }

  #pause(): number {
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failedTries);
    this.#failedTries += 1;
    return pause * (1 - this.#options.random() / 4);
  }

  #arm(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#try(), delayMs);
  }
}

/** The reason with which a ping gives up waiting for a place. */
const waitedForPlace = new Error('no place for a ping');
