import fc from 'fast-check';
import { expect } from 'vitest';
import { OutboxFullError } from '../../src/outbox/contract.ts';
import type { Change, DocChange, Intent, Lease, Outcome } from '../../src/outbox/contract.ts';
import type { Instant } from '../../src/time.ts';
import type { StoreUnderTest } from './contract-suite.ts';
import { Model } from './model.ts';

/** One step of a random course. `owner` says by whose clock. */
export type Command =
  | { readonly type: 'commit'; readonly owner: number; readonly change: RandomChange }
  | {
      readonly type: 'lease';
      readonly owner: number;
      readonly kinds: readonly string[];
      readonly leaseMs: number;
      readonly limit: number;
    }
  | {
      readonly type: 'settle';
      readonly owner: number;
      readonly which: number;
      readonly outcome: Outcome;
      readonly pause: number;
      readonly change: RandomChange;
    }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'prune'; readonly age: number; readonly most: number };

interface RandomChange {
  readonly intents: readonly (Omit<Intent, 'notBefore' | 'expires'> & { delay: number; life: number })[];
  readonly documents: readonly { key: string; off: 0 | 1; value: number | undefined }[];
}

const change: fc.Arbitrary<RandomChange> = fc.record({
  intents: fc.array(
    fc.record({
      key: fc.integer({ min: 0, max: 25 }).map((at) => `key ${at}`),
      kind: fc.constantFrom('ticket', 'remedy'),
      action: fc.constantFrom('create', 'comment'),
      queue: fc.constantFrom('a', 'b', 'c'),
      company: fc.constantFrom('', 'acme'),
      payload: fc.constantFrom<Intent['payload'][]>(null, 'a "text" with \u0000 and é😀', { list: [1, 2.5] }),
      delay: fc.constantFrom(0, 0, 0, 1500),
      life: fc.constantFrom(3000, 20_000, 60_000),
    }),
    { maxLength: 3 },
  ),
  documents: fc.array(
    fc.record({
      key: fc.constantFrom('d1', 'd2', 'd3'),
      // Mostly the version that is there.
      off: fc.constantFrom<(0 | 1)[]>(0, 0, 0, 1),
      value: fc.constantFrom(1, 2, undefined),
    }),
    { maxLength: 2 },
  ),
});

const outcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome[]>(
  { type: 'done', note: 'HTTP 201', result: { id: 7 } },
  { type: 'done', note: 'found' },
  { type: 'retry', note: 'HTTP 500' },
  { type: 'refused', note: 'HTTP 422' },
);

const owner = fc.constantFrom(0, 1);
const leasing = fc.record({
  type: fc.constant('lease' as const),
  owner,
  kinds: fc.constantFrom<string[][]>(['ticket', 'remedy'], ['ticket'], ['remedy', 'other'], []),
  leaseMs: fc.constantFrom(1000, 5000),
  limit: fc.integer({ min: 1, max: 3 }),
});

export const commands = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('commit' as const), owner, change }),
    leasing,
    leasing,
    fc.record({
      type: fc.constant('settle' as const),
      owner,
      which: fc.nat({ max: 20 }),
      outcome,
      pause: fc.constantFrom(0, 2000),
      change,
    }),
    fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(1, 999, 1000, 5000, 30_000) }),
    fc.record({
      type: fc.constant('prune' as const),
      age: fc.constantFrom(0, 5000, 1_000_000),
      most: fc.constantFrom(0, 2, 100),
    }),
  ),
  { minLength: 5, maxLength: 40 },
);

/** Runs commands on a store and a model side by side, and compares what they say at every step. */
export class Course {
  readonly #tested: StoreUnderTest;
  readonly #model: Model;
  readonly #leases: Lease[] = [];

  constructor(tested: StoreUnderTest, mostWaiting: number) {
    this.#tested = tested;
    this.#model = new Model(tested.now(), mostWaiting);
  }

  async run(command: Command): Promise<void> {
    const { store } = this.#tested;
    if (command.type === 'wait') {
      await this.#tested.advance(command.ms);
      this.#model.now = this.#tested.now();
    } else if (command.type === 'prune') {
      const before = this.#model.now - command.age;
      expect(await store.prune(before, command.most)).toBe(this.#model.prune(before, command.most));
    } else if (command.type === 'lease') await this.#lease(command);
    else if (command.type === 'commit') await this.#commit(command);
    else await this.#settle(command);
    await this.#compare();
  }

  /** The clock of an owner, and from there to the store's. */
  #clockOf(owner: number): { readonly now: Instant; readonly shift: number } {
    const skew = this.#tested.skews[owner] ?? 0;
    return { now: this.#model.now + skew, shift: -skew };
  }

  #changeOf({ intents, documents }: RandomChange, now: Instant): Change {
    return {
      intents: intents.map(({ delay, life, ...intent }) => ({
        ...intent,
        notBefore: now + delay,
        expires: now + life,
      })),
      documents: documents.map(({ key, off, value }): DocChange => ({
        collection: 'docs',
        key,
        ifVersion: this.#model.versionOf('docs', key) + off,
        value,
      })),
    };
  }

  async #commit({ owner, change }: Extract<Command, { type: 'commit' }>): Promise<void> {
    const { now, shift } = this.#clockOf(owner);
    const given = this.#changeOf(change, now);
    const answer = await this.#tested.store.commit(given, now).catch(fullOr);
    expect(answer).toBe(this.#model.commit(given, shift, await this.#ids()));
  }

  async #lease({ owner, kinds, leaseMs, limit }: Extract<Command, { type: 'lease' }>): Promise<void> {
    const { now } = this.#clockOf(owner);
    const before = this.#model.entries.filter(({ state }) => state === 'expired').length;
    const { leases, expired } = await this.#tested.store.lease({
      owner: `owner ${owner}`,
      ...{ kinds, now, leaseMs, limit },
    });
    expect(leases.map(({ entry }) => entry.id)).toEqual(this.#model.lease(kinds, leaseMs, limit));
    expect(expired).toHaveLength(
      this.#model.entries.filter(({ state }) => state === 'expired').length - before,
    );
    for (const lease of leases) {
      expect(lease.entry).toEqual(this.#model.entries.find(({ id }) => id === lease.entry.id));
      expect(lease.until).toBe(now + leaseMs);
      this.#model.took(lease);
    }
    this.#leases.unshift(...leases);
  }

  async #settle({
    owner,
    which,
    outcome,
    pause,
    change,
  }: Extract<Command, { type: 'settle' }>): Promise<void> {
    const lease = this.#leases[which % Math.max(this.#leases.length, 1)];
    if (lease === undefined) return;
    const { now, shift } = this.#clockOf(owner);
    const given = this.#changeOf(change, now);
    const answer = await this.#tested.store.settle(lease, outcome, now + pause, given, now).catch(fullOr);
    expect(answer).toBe(this.#model.settle(lease, outcome, now + pause, given, shift, await this.#ids()));
  }

  /** The ids that the store gave to entries that the model does not know yet, in order: nobody says which they are. */
  async #ids(): Promise<() => number> {
    const known = new Set(this.#model.entries.map(({ id }) => id));
    const fresh = (await this.#tested.store.entries({ limit: 1000 }))
      .map(({ id }) => id)
      .filter((id) => !known.has(id))
      .reverse();
    return () => fresh.shift() ?? -1;
  }

  async #compare(): Promise<void> {
    const { store } = this.#tested;
    expect(await store.entries({ limit: 1000 })).toEqual(this.#model.entries);
    expect(await store.documents('docs', { limit: 100 })).toEqual(this.#model.documents('docs'));
    expect(await store.counts()).toEqual(this.#model.counts);
  }
}

function fullOr(error: unknown): 'full' {
  if (error instanceof OutboxFullError) return 'full';
  throw error;
}
