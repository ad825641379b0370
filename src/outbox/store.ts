import { randomUUID } from 'node:crypto';
import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import { OutboxFullError } from './contract.ts';
import type {
  Change,
  Doc,
  DocChange,
  Entry,
  EntryFilter,
  Intent,
  Lease,
  Leased,
  OutboxCount,
  OutboxStore,
  Outcome,
} from './contract.ts';
import { change, select } from './engine.ts';
import type { Engine, Work } from './engine.ts';
import { checkChange, docOf, entryOf, storedInstant, storedJson, storedNote } from './rows.ts';
import { sqlOf } from './sql.ts';
import type { Sql } from './sql.ts';

/** The most entries that may wait. */
export const mostWaiting = 10_000;
/** How long the key of a removed entry stays taken. */
export const keyKeptMs = 400 * dayMs;
/** The most keys of removed entries that are kept; the oldest go first. */
export const mostPastKeys = 500_000;
/** Expired entries that one call settles. */
const mostExpired = 100;

/** Thrown within a transaction to undo it. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly why: 'lost' | 'conflict';

  constructor(why: 'lost' | 'conflict') {
    super(why);
    this.why = why;
  }
}

/** The store, whatever carries out its statements. */
export class SqlStore implements OutboxStore {
  readonly #engine: Engine;
  readonly #sql: Sql;
  readonly #mostWaiting: number;

  constructor(engine: Engine, limits: { readonly mostWaiting?: number } = {}) {
    this.#engine = engine;
    this.#sql = sqlOf(engine);
    this.#mostWaiting = limits.mostWaiting ?? mostWaiting;
  }

  async commit(changes: Change, now: Instant): Promise<boolean> {
    checkChange(changes);
    try {
      await this.#engine.run('change', now, (clock) => this.#apply(changes, clock.now, clock.now - now));
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  async lease({ owner, kinds, now, leaseMs, limit }: Parameters<OutboxStore['lease']>[0]): Promise<Leased> {
    const token = randomUUID();
    const sql = this.#sql;
    return this.#engine.run('lease', now, function* (clock) {
      const times = { now: storedInstant(clock.now), leases: storedInstant(clock.leases) };
      const expired = (yield* select(sql.findExpired, { ...times, limit: mostExpired })).map(entryOf);
      for (const { id } of expired) yield* change(sql.expire, { id, now: times.now });
      const due = sql.due(kinds, { ...times, limit });
      const found = kinds.length === 0 ? [] : yield* select(due.sql, due.parameters);
      const leases: Lease[] = [];
      for (const entry of found.map(entryOf)) {
        const until = storedInstant(times.leases + leaseMs);
        yield* change(sql.take, { id: entry.id, owner, token, until, now: times.now });
        const taken = { ...entry, attempts: entry.attempts + 1, lastTry: times.now };
        leases.push({ entry: taken, token, until: now + leaseMs });
      }
      const settled = { state: 'expired', settledAt: times.now } as const;
      return { leases, expired: expired.map((entry) => ({ ...entry, ...settled })) };
    });
  }

  async settle(
    { entry: { id }, token }: Lease,
    outcome: Outcome,
    nextTry: Instant,
    changes: Change,
    now: Instant,
  ): Promise<'settled' | 'lost' | 'conflict'> {
    checkChange(changes);
    const [sql, apply] = [this.#sql, this.#apply.bind(this)];
    const result = storedJson('a result', outcome.type === 'done' ? (outcome.result ?? null) : null);
    const given = { id, token, note: storedNote(outcome.note) };
    try {
      await this.#engine.run('change', now, function* (clock) {
        const shift = clock.now - now;
        const changed =
          outcome.type === 'retry'
            ? yield* change(sql.giveBack, { ...given, next: storedInstant(nextTry + shift) })
            : yield* change(sql.settle, {
                ...given,
                state: outcome.type,
                result,
                now: storedInstant(clock.now),
              });
        if (changed === 0) throw new Refusal('lost');
        yield* apply(changes, clock.now, shift);
      });
      return 'settled';
    } catch (error) {
      if (error instanceof Refusal) return error.why;
      throw error;
    }
  }

  async document(collection: string, key: string): Promise<Doc | undefined> {
    const rows = await this.#read(select(this.#sql.document, { collection, key }));
    return rows.map(docOf)[0];
  }

  async documents(
    collection: string,
    { after = '', limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly Doc[]> {
    return (await this.#read(select(this.#sql.documents, { collection, after, limit }))).map(docOf);
  }

  async entries(filter: EntryFilter): Promise<readonly Entry[]> {
    const { sql, parameters } = this.#sql.entries(filter);
    return (await this.#read(select(sql, parameters))).map(entryOf);
  }

  async counts(): Promise<readonly OutboxCount[]> {
    const rows = await this.#read(select(this.#sql.counts, {}));
    return rows.map((row) => ({
      kind: String(row['kind']),
      action: String(row['action']),
      waiting: Number(row['waiting']),
      oldestWaiting: Number(row['oldest']),
      failing: Number(row['failing']),
    }));
  }

  async prune(settledBefore: Instant, mostSettled: number): Promise<number> {
    const sql = this.#sql;
    return this.#engine.run('change', settledBefore, function* () {
      const old = { before: storedInstant(settledBefore), most: mostSettled };
      yield* change(sql.keepKeys, old);
      const removed = yield* change(sql.removeSettled, old);
      const forgotten = { before: storedInstant(settledBefore - keyKeptMs), most: mostPastKeys };
      yield* change(sql.forgetKeys, forgotten);
      return removed;
    });
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #read<Result>(work: Work<Result>): Promise<Result> {
    return this.#engine.run('read', 0, () => work);
  }

  /** @param shift what is added to an instant of the caller. */
  *#apply({ intents = [], documents = [] }: Change, now: Instant, shift: number): Work<void> {
    for (const document of documents)
      if (!(yield* this.#changeDocument(document))) throw new Refusal('conflict');
    let added = 0;
    for (const intent of intents) added += yield* this.#add(intent, now, shift);
    if (added === 0) return;
    const [row] = yield* select(this.#sql.countWaiting, {});
    if (Number(row?.['waiting']) > this.#mostWaiting)
      throw new OutboxFullError(`the outbox is full: ${this.#mostWaiting} entries wait`);
  }

  *#add({ payload, notBefore, expires, ...intent }: Intent, now: Instant, shift: number): Work<number> {
    const { key, kind, action, queue, company } = intent;
    return yield* change(this.#sql.add, {
      ...{ key, kind, action, queue, company },
      payload: storedJson('the payload of an intent', payload),
      not_before: storedInstant(notBefore + shift),
      expires: storedInstant(expires + shift),
      now: storedInstant(now),
    });
  }

  *#changeDocument({ collection, key, ifVersion, value }: DocChange): Work<boolean> {
    const place = { collection, key };
    if (value === undefined) {
      if (ifVersion > 0)
        return (yield* change(this.#sql.removeDocument, { ...place, version: ifVersion })) > 0;
      return (yield* select(this.#sql.document, place)).length === 0;
    }
    const given = { ...place, value: storedJson('a document', value) };
    if (ifVersion === 0) return (yield* change(this.#sql.addDocument, given)) > 0;
    return (yield* change(this.#sql.changeDocument, { ...given, version: ifVersion })) > 0;
  }
}
