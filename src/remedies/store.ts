import type { z } from 'zod';
import type { Doc, DocChange, Entry, Json, OutboxStore } from '../outbox/contract.ts';
import type { Instant } from '../time.ts';
import {
  collections,
  emptyState,
  noPauses,
  onlyKey,
  pausesSchema,
  recordSchema,
  stateSchema,
} from './memory.ts';
import type { Pauses, RecordMemory, RemedyState } from './memory.ts';
import type { Plan } from './planner.ts';

/** What is stored, with the versions that a change of it must find. */
export interface Stored {
  readonly records: ReadonlyMap<string, RecordMemory>;
  readonly state: RemedyState;
  readonly pauses: Pauses;
  /** Of attempts under way, by their keys. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly versions: ReadonlyMap<string, number>;
}

const pageSize = 500;

/** A document as its schema has it; one that another version of this program wrote otherwise is an error: nothing is tried then. */
function read<Schema extends z.ZodType>(schema: Schema, doc: Doc | undefined, absent: z.output<Schema>) {
  return doc === undefined ? absent : schema.parse(doc.value);
}

async function allRecords(store: OutboxStore): Promise<readonly Doc[]> {
  const docs: Doc[] = [];
  for (;;) {
    const after = docs.at(-1)?.key;
    const page = await store.documents(collections.records, {
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    docs.push(...page);
    if (page.length < pageSize) return docs;
  }
}

export async function readPauses(store: OutboxStore): Promise<Pauses> {
  return read(pausesSchema, await store.document(collections.pauses, onlyKey), noPauses);
}

/** Reads all that a plan needs. The state comes first: whoever changes the records changes it too, or finds another version. */
export async function readStored(store: OutboxStore): Promise<Stored> {
  const state = await store.document(collections.state, onlyKey);
  const pauses = await readPauses(store);
  const docs = await allRecords(store);
  const records = new Map(docs.map(({ key, value }) => [key, recordSchema.parse(value)]));
  const entries = new Map<string, Entry>();
  for (const { tries } of records.values())
    for (const { key, endedAt } of tries) {
      if (endedAt !== null) continue;
      const found = await store.entries({ keyPrefix: key, limit: 20 });
      const entry = found.find((each) => each.key === key);
      if (entry !== undefined) entries.set(key, entry);
    }
  return {
    records,
    state: read(stateSchema, state, emptyState),
    pauses,
    entries,
    versions: new Map([
      ...docs.map(({ key, version }) => [key, version] as const),
      [onlyKey, state?.version ?? 0] as const,
    ]),
  };
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/**
 * Stores a plan, whole. The state is written with it, also where it has not changed: of two replicas that plan by the same
 * state one alone succeeds.
 * @returns false, and nothing is stored, when something has changed since it was read.
 */
export async function storePlan(
  store: OutboxStore,
  { records, state, intents }: Plan,
  versions: Stored['versions'],
  now: Instant,
): Promise<boolean> {
  if (records.size === 0 && intents.length === 0) return true;
  const documents: DocChange[] = [...records].map(([key, memory]) => ({
    collection: collections.records,
    key,
    ifVersion: versions.get(key) ?? 0,
    value: memory === undefined ? undefined : asJson(memory),
  }));
  const whole = { collection: collections.state, key: onlyKey, ifVersion: versions.get(onlyKey) ?? 0 };
  return store.commit({ intents, documents: [...documents, { ...whole, value: asJson(state) }] }, now);
}

/** Somebody stops or lets go on: one remedy, or all of them (undefined). Other changes meanwhile are kept. */
export async function changePauses(
  store: OutboxStore,
  change: (pauses: Pauses) => Pauses,
  now: Instant,
): Promise<Pauses> {
  for (let attempts = 0; attempts < 10; attempts += 1) {
    const doc = await store.document(collections.pauses, onlyKey);
    const after = change(read(pausesSchema, doc, noPauses));
    const document = {
      collection: collections.pauses,
      key: onlyKey,
      ifVersion: doc?.version ?? 0,
      value: asJson(after),
    };
    if (await store.commit({ documents: [document] }, now)) return after;
  }
  throw new Error('remedies were stopped or resumed by others at the same time: try again');
}
