import type { Logger } from '../log.ts';
import type { Change, OutboxStore } from './contract.ts';
import { OutboxFullError } from './contract.ts';

export interface WatchedStoreOptions {
  readonly store: OutboxStore;
  readonly log: Logger;
  /** Something was stored that may be due at once. */
  readonly onStored: () => void;
}

/** A change that changes nothing of what others keep. */
const probe = (at: number, ifVersion: number): Change => ({
  documents: [{ collection: 'outbox', key: 'probe', ifVersion, value: at }],
});

/** A store, and whether it can be written. */
export class WatchedStore implements OutboxStore {
  readonly #store: OutboxStore;
  readonly #log: Logger;
  readonly #onStored: () => void;
  #isUp = true;

  constructor({ store, log, onStored }: WatchedStoreOptions) {
    this.#store = store;
    this.#log = log;
    this.#onStored = onStored;
  }

  /** Whether the last of its methods, and the last write, went well. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Writes something, so that it is known whether a store that failed can be written again. */
  async probe(now: number): Promise<void> {
    const found = await this.document('outbox', 'probe');
    await this.commit(probe(now, found?.version ?? 0), now);
  }

  async commit(change: Change, now: number): Promise<boolean> {
    const isStored = await this.#watch(this.#store.commit(change, now), true);
    if (isStored && (change.intents ?? []).length > 0) this.#onStored();
    return isStored;
  }

  lease(request: Parameters<OutboxStore['lease']>[0]): ReturnType<OutboxStore['lease']> {
    // One that finds nothing writes nothing, and would say of a full disk that all is well.
    return this.#watch(this.#store.lease(request), false);
  }

  settle(...given: Parameters<OutboxStore['settle']>): ReturnType<OutboxStore['settle']> {
    return this.#watch(this.#store.settle(...given), true);
  }

  document(...given: Parameters<OutboxStore['document']>): ReturnType<OutboxStore['document']> {
    return this.#watch(this.#store.document(...given), false);
  }

  documents(...given: Parameters<OutboxStore['documents']>): ReturnType<OutboxStore['documents']> {
    return this.#watch(this.#store.documents(...given), false);
  }

  entries(...given: Parameters<OutboxStore['entries']>): ReturnType<OutboxStore['entries']> {
    return this.#watch(this.#store.entries(...given), false);
  }

  counts(): ReturnType<OutboxStore['counts']> {
    return this.#watch(this.#store.counts(), false);
  }

  prune(...given: Parameters<OutboxStore['prune']>): ReturnType<OutboxStore['prune']> {
    return this.#watch(this.#store.prune(...given), false);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #watch<Result>(work: Promise<Result>, isWrite: boolean): Promise<Result> {
    try {
      const result = await work;
      if (isWrite && !this.#isUp) {
        this.#isUp = true;
        this.#log.info('outbox store works again');
      }
      return result;
    } catch (error) {
      // What its caller got wrong says nothing of the store.
      if (error instanceof RangeError || error instanceof OutboxFullError) throw error;
      const problem = error instanceof Error ? error.message : String(error);
      if (this.#isUp) this.#log.error('outbox store failed', { problem });
      this.#isUp = false;
      throw error;
    }
  }
}
