import { DatabaseError } from '../databases/contract.ts';
import type { Database } from '../databases/contract.ts';
import type { Instant } from '../time.ts';

/** A database that is up is pinged this often. */
export const pingEveryMs = 30_000;
/** Pauses between tries of a database that is down: doubled from the first to the last, jittered by up to a quarter. */
const firstPauseMs = 1_000;
export const longestPauseMs = 60_000;
/**
 * Pauses after a refused login, the last one from then on, jittered likewise: 4 logins at most in any 15 minutes, since many
 * directories lock an account after 5 wrong passwords in such a time.
 */
const loginPausesMs: readonly number[] = [60_000, 300_000, 600_000, 900_000];

/** How a database stands. `up` is `null` until the first answer or refusal. */
export interface Health {
  readonly up: boolean | null;
  readonly clockSkewSeconds: number | null;
  /** Message of the last failed try; '' while up. */
  readonly problem: string;
  /** Of what sort that problem is; for the runs that are not tried. */
  readonly reason: 'unreachable' | 'login';
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
  /** How it stood before it was opened anew. Absent: unknown. */
  readonly before?: Health | undefined;
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
  /** The last that is known is a run whose server did not answer. */
  #isSilent = false;

  constructor(database: Database, options: HealthOptions) {
    this.#database = database;
    this.#options = options;
    this.health = options.before ?? {
      up: null,
      clockSkewSeconds: null,
      problem: '',
      reason: 'unreachable',
      since: options.now(),
    };
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
  refused(problem: string, reason: Health['reason']): void {
    if (this.health.up === false || this.#stop.signal.aborted) return;
    this.#set({ up: false, problem, reason });
    if (!this.#isTrying) this.#arm(this.#pause());
  }

  /** A run lost its connection, or one of its several databases refused it: pings now, without waiting for the next turn. */
  recheck(): void {
    if (this.health.up !== false && !this.#isTrying && !this.#stop.signal.aborted) this.#arm(0);
  }

  /** The server did not answer a run: pings now, and when no session is free for that, the silence counts as the answer. */
  unanswered(): void {
    this.#isSilent = true;
    this.recheck();
  }

  /** A run got its answer. */
  answered(): void {
    this.#isSilent = false;
    if (this.health.up === null) this.#set({ up: true, problem: '' });
  }

  async #try(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    try {
      const clockSkewSeconds = await this.#ping();
      this.#failedTries = 0;
      this.#isSilent = false;
      this.#set({ up: true, problem: '', clockSkewSeconds });
    } catch (error) {
      this.#tryFailed(error);
    } finally {
      this.#isTrying = false;
      if (!this.#stop.signal.aborted) this.#arm(this.health.up === false ? this.#pause() : pingEveryMs);
    }
  }

  #tryFailed(error: unknown): void {
    if (error instanceof DatabaseError && error.kind !== 'aborted') {
      const reason = error.kind === 'login' ? 'login' : 'unreachable';
      this.#set({ up: false, problem: error.message, reason });
      return;
    }
    // Long statements that hold every slot say nothing about whether the database answers, unless one ended unanswered.
    if (this.#stop.signal.aborted || (error === noSlotInTime && !this.#isSilent)) return;
    const what =
      error === noSlotInTime
        ? 'no answer to the last statement, and no free session for a ping'
        : `no answer to a ping within ${this.#options.timeoutMs / 1000} s`;
    this.#set({ up: false, problem: what, reason: 'unreachable' });
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
    // A try may end after the watch: by then another may have taken its place.
    if (this.#stop.signal.aborted) return;
    const before = this.health;
    if (change.reason !== undefined && change.reason !== before.reason) this.#failedTries = 0;
    this.health = {
      ...before,
      ...change,
      ...(change.up === before.up ? {} : { since: this.#options.now() }),
    };
    this.#options.changed(this.health, before);
  }

  #pause(): number {
    const doubled = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failedTries);
    const slow = loginPausesMs[Math.min(this.#failedTries, loginPausesMs.length - 1)] ?? doubled;
    const pause = this.health.reason === 'login' ? slow : doubled;
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
