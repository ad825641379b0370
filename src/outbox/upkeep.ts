import type { Logger } from '../log.ts';
import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import type { OutboxCount } from './contract.ts';
import type { WatchedStore } from './watched-store.ts';

/** How long a settled entry is kept. */
export const keptMs = 90 * dayMs;
/** The most settled entries that are kept. */
export const mostSettled = 100_000;
/** How often entries are counted. */
const countEveryMs = 15_000;
const pruneEveryMs = 3_600_000;

export interface UpkeepOptions {
  readonly store: WatchedStore;
  /** Kinds that somebody carries out. */
  readonly kinds: () => Iterable<string>;
  readonly onCounts: (counts: readonly OutboxCount[]) => void;
  readonly log: Logger;
  readonly now: () => Instant;
}

/** Counts what waits, tells of what nobody carries out, and removes what is old. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #isUnderWay = false;
  #isStopped = false;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#work();
    this.#timer = setInterval(() => void this.#work(), countEveryMs).unref();
  }

  /** Tells nothing more, not even of what is under way: another store may be in force. */
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  async #work(): Promise<void> {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    const { store, onCounts, now } = this.#options;
    try {
      if (!store.isUp) await store.probe(now());
      const counts = await store.counts();
      if (!this.#isStopped) {
        onCounts(counts);
        this.#tell(counts);
        await this.#prune(now());
      }
    } catch {
      // The store has told of it.
    }
    this.#isUnderWay = false;
  }

  #tell(counts: readonly OutboxCount[]): void {
    const { kinds, log } = this.#options;
    const known = new Set(kinds());
    for (const { kind, waiting } of counts) {
      if (known.has(kind) || this.#told.has(kind)) continue;
      this.#told.add(kind);
      log.warn('outbox entries wait for nobody', { kind, waiting });
    }
    for (const kind of known) this.#told.delete(kind);
  }

  async #prune(now: Instant): Promise<void> {
    if (Math.abs(now - this.#prunedAt) < pruneEveryMs) return;
    this.#prunedAt = now;
    const removed = await this.#options.store.prune(now - keptMs, mostSettled);
    if (removed > 0) this.#options.log.info('outbox pruned', { removed });
  }
}
