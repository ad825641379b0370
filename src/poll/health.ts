import { DatabaseError } from '../databases/contract.ts';
import type { Database } from '../databases/contract.ts';
import type { Instant } from '../time.ts';

/** A database that is up is pinged this often. */
export const pingEveryMs = 30_000;
/** Pauses between tries of a database that is down: doubled from the first to the last, jittered by up to a quarter. */
const firstPauseMs = 1_000;
export const longestPauseMs = 60_000;

/** How a database stands. `up` is `null` until the first answer or refusal. */
export interface Health {
  readonly up: boolean | null;
  readonly clockSkewSeconds: number | null;
  /** Message of the last failed try; '' while up. */
  readonly problem: string;
  readonly since: Instant;
}

export interface HealthOptions {
  /** Wraps each try: takes one of the database's slots. */
  readonly withSlot: <T>(signal: AbortSignal, task: () => Promise<T>) => Promise<T>;
  /** What one try may take, ms. */
  readonly timeoutMs: number;
  readonly now: () => Instant;
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly changed: (health: Health, before: Health) => void;
}

/**
 * Watches one database. While it is up, a ping now and then measures its clock. While it is down, only this watch tries
 * it, one try at a time and with a growing pause, so that it costs the runs of its monitors nothing but a look at `health`.
 */
export class DatabaseHealth {
  health: Health;
  readonly #database: Database;
  readonly #options: HealthOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #failedTries = 0;
  #isTrying = false;

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
    if (!this.#isTrying) this.#arm(this.#pause());
  }

  /** A run lost its connection, or one of its several databases refused it: pings now, without waiting for the next turn. */
  recheck(): void {
    if (this.health.up !== false && !this.#isTrying && !this.#stop.signal.aborted) this.#arm(0);
  }

  /** A run got its answer. */
  answered(): void {
    if (this.health.up === null) this.#set({ up: true, problem: '' });
  }

  async #try(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    try {
      const clockSkewSeconds = await this.#ping();
      this.#failedTries = 0;
      this.#set({ up: true, problem: '', clockSkewSeconds });
    } catch (error) {
      this.#tryFailed(error);
    } finally {
      this.#isTrying = false;
      if (!this.#stop.signal.aborted) this.#arm(this.health.up === false ? this.#pause() : pingEveryMs);
    }
  }

  #tryFailed(error: unknown): void {
    if (error instanceof DatabaseError && error.kind !== 'aborted')
      this.#set({ up: false, problem: error.message });
    // Long statements that hold every slot say nothing about whether the database answers.
    else if (error !== noSlotInTime && !this.#stop.signal.aborted)
      this.#set({ up: false, problem: `no answer to a ping within ${this.#options.timeoutMs / 1000} s` });
  }

  /** Waits for a slot, then for the answer, each at most `timeoutMs`. @returns the clock skew in seconds. */
  async #ping(): Promise<number> {
    const wait = new AbortController();
    const waitTimer = setTimeout(() => wait.abort(noSlotInTime), this.#options.timeoutMs);
    try {
      return await this.#options.withSlot(AbortSignal.any([this.#stop.signal, wait.signal]), () => {
        clearTimeout(waitTimer);
        return this.#pingInTime();
      });
    } finally {
      clearTimeout(waitTimer);
    }
  }

  async #pingInTime(): Promise<number> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#options.timeoutMs);
    try {
      const signal = AbortSignal.any([this.#stop.signal, limit.signal]);
      return (await this.#database.ping(signal)).clockSkewSeconds;
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

/** The reason with which a ping gives up waiting for a slot. */
const noSlotInTime = new Error('no slot for a ping');
