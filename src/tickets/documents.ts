import type { Intent, OutboxStore } from '../outbox/contract.ts';
import type { Instant } from '../time.ts';
import { readState, stored, ticketCollection } from './state.ts';
import type { TicketState } from './state.ts';

/** A state with the version that it has in the store; 0: it is not there. */
export interface Versioned {
  readonly state: TicketState | undefined;
  readonly version: number;
}

type Store = Pick<OutboxStore, 'commit' | 'document' | 'documents'>;

/** How often a change begins anew because somebody else was faster. */
const mostAttempts = 20;
/** Documents that are read at once. */
const pageSize = 200;

/** Others change the same ticket without end. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

export async function readTicket(store: Pick<OutboxStore, 'document'>, key: string): Promise<Versioned> {
  const found = await store.document(ticketCollection, key);
  return found === undefined
    ? { state: undefined, version: 0 }
    : { state: readState(found), version: found.version };
}

/** The change of a document, as a commit has it. @param state undefined: it is forgotten. */
export function changeOf(key: string, ifVersion: number, state: TicketState | undefined) {
  const value = state === undefined ? undefined : stored(state);
  return { collection: ticketCollection, key, ifVersion, value };
}

/**
 * Changes what is known of a key, together with what is to be done: both are stored, or neither.
 *
 * @param change what is stored; undefined or the same state without an intent: nothing is. @throws ConflictError, OutboxFullError, and what
 *   the store throws.
 */
export async function updateTicket(
  store: Store,
  key: string,
  now: () => Instant,
  change: (
    before: TicketState | undefined,
  ) => { readonly state: TicketState | undefined; readonly intents: readonly Intent[] } | undefined,
): Promise<void> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { state, version } = await readTicket(store, key);
    const changed = change(state);
    if (changed === undefined || (changed.state === state && changed.intents.length === 0)) return;
    const documents = [changeOf(key, version, changed.state)];
    if (await store.commit({ intents: changed.intents, documents }, now())) return;
  }
  throw new ConflictError(`ticket ${key} is changed by others all the time`);
}

/** Every ticket that is known. */
export async function* allTickets(store: Pick<OutboxStore, 'documents'>) {
  let after: string | undefined;
  for (;;) {
    const page = await store.documents(ticketCollection, {
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    for (const doc of page) yield { key: doc.key, state: readState(doc) };
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.key;
  }
}
