import type { DocChange, OutboxStore } from '../../outbox/contract.ts';
import { dayMs } from '../../time.ts';
import type { Instant } from '../../time.ts';
import { TrackerError } from '../contract.ts';
import type { Remark, TicketDraft, TicketView, Tracker } from '../contract.ts';
import { acted, readLine, readTicketDoc, storedLine, storedTicket } from './ticket.ts';
import type { Act, BuiltinLine, BuiltinTicket, Deed } from './ticket.ts';

export interface BuiltinOptions {
  readonly store: Pick<OutboxStore, 'commit' | 'document' | 'documents'>;
  /** Address of the exporter's page, without a slash at its end; '' when nobody said. */
  readonly pageUrl: () => string;
  readonly now: () => Instant;
}

/** What a person does to a ticket. */
export interface Wish {
  readonly deed: Exclude<Deed, 'create'>;
  readonly author: string;
  /** The remark, or to whom it is assigned. */
  readonly text: string;
}

/** One page of a list: the newest first. */
export interface LinePage {
  readonly items: readonly BuiltinLine[];
  /** Where the next page begins; `null`: this is the last. */
  readonly next: string | null;
}

export interface LineQuery {
  readonly isOpen: boolean;
  /** Whether its reader may see tickets about a company, and asked for them; '' for those about none. */
  readonly sees: (company: string) => boolean;
  readonly after: string;
  readonly limit: number;
}

const collections = {
  tickets: 'builtin',
  open: 'builtin-open',
  closed: 'builtin-closed',
  markers: 'builtin-marker',
  numbers: 'builtin-number',
} as const;

/** Open and closed ones together; open ones alone are never more either. */
const mostTickets = 10_000;
const keptMs = 400 * dayMs;
const pageSize = 200;
const mostAttempts = 20;
/** Ids are numbers from 1. */
const largest = 9_999_999_999;

/** Lists go by the key: the newest is to come first. */
const lineKey = (id: string): string => String(largest - Number(id)).padStart(10, '0');
const ticketKey = (id: string): string => id.padStart(10, '0');
const isId = (id: string): boolean => /^[1-9]\d{0,9}$/.test(id);
const listOf = ({ state }: Pick<BuiltinTicket, 'state'>) =>
  state === 'open' ? collections.open : collections.closed;

/** The embedded tracker: its tickets are documents of the outbox. */
export class BuiltinTracker implements Tracker {
  readonly #options: BuiltinOptions;

  constructor(options: BuiltinOptions) {
    this.#options = options;
  }

  async find(marker: string): Promise<TicketView | undefined> {
    const found = await this.#options.store.document(collections.markers, marker);
    return typeof found?.value === 'string' ? this.read(found.value) : undefined;
  }

  async create(draft: TicketDraft): Promise<TicketView> {
    const { store, now } = this.#options;
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const found = await this.find(draft.marker);
      if (found !== undefined) return found;
      const counter = await store.document(collections.numbers, 'next');
      const number = typeof counter?.value === 'number' ? counter.value : 1;
      if (number > mostTickets) await this.#requireRoom();
      const ticket = newTicket(draft, String(number), now());
      const documents: readonly DocChange[] = [
        { collection: collections.numbers, key: 'next', ifVersion: counter?.version ?? 0, value: number + 1 },
        { collection: collections.markers, key: draft.marker, ifVersion: 0, value: ticket.id },
        {
          collection: collections.tickets,
          key: ticketKey(ticket.id),
          ifVersion: 0,
          value: storedTicket(ticket),
        },
        { collection: collections.open, key: lineKey(ticket.id), ifVersion: 0, value: storedLine(ticket) },
      ];
      if (await store.commit({ documents }, now())) return this.#view(ticket);
    }
    throw new TrackerError('retry', 'tickets are changed by others all the time');
  }

  async read(id: string): Promise<TicketView | undefined> {
    const ticket = await this.ticket(id);
    return ticket === undefined ? undefined : this.#view(ticket);
  }

  comment(id: string, remark: Remark): Promise<void> {
    return this.#bridge(id, 'comment', remark);
  }

  close(id: string, remark: Remark): Promise<void> {
    return this.#bridge(id, 'close', remark);
  }

  reopen(id: string, remark: Remark): Promise<void> {
    return this.#bridge(id, 'reopen', remark);
  }

  /** A ticket with all that happened to it. */
  async ticket(id: string): Promise<BuiltinTicket | undefined> {
    if (!isId(id)) return undefined;
    const found = await this.#options.store.document(collections.tickets, ticketKey(id));
    return found === undefined ? undefined : readTicketDoc(found);
  }

  /** Does what a person wants. @returns `full` when the ticket holds no more; `absent` when it is not there. */
  change(id: string, { deed, author, text }: Wish): Promise<'done' | 'full' | 'absent'> {
    return this.#act(id, { deed, author, text, isBridge: false, marker: '' });
  }

  async list({ isOpen, sees, after, limit }: LineQuery): Promise<LinePage> {
    const collection = isOpen ? collections.open : collections.closed;
    const items: BuiltinLine[] = [];
    let behind = after;
    for (;;) {
      const page = await this.#options.store.documents(collection, {
        limit: pageSize,
        ...(behind === '' ? {} : { after: behind }),
      });
      for (const doc of page) {
        const line = readLine(doc);
        if (!sees(line.company)) continue;
        if (items.length === limit) return { items, next: lineKey(items.at(-1)?.id ?? '1') };
        items.push(line);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return { items, next: null };
      behind = last.key;
    }
  }

  /** Removes what was closed long ago, and the oldest closed ones when there are too many. */
  async prune(): Promise<void> {
    const { now } = this.#options;
    const open = await this.#lines(collections.open);
    const closed = await this.#lines(collections.closed);
    const kept = Math.max(mostTickets - open.length, 0);
    const old = closed.filter(({ closedAt }, index) => index >= kept || now() - (closedAt ?? 0) > keptMs);
    for (const { id } of old) await this.#remove(id);
  }

  /** Closed tickets make room, open ones never. @throws TrackerError when there are too many. */
  async #requireRoom(): Promise<void> {
    if ((await this.#lines(collections.open)).length >= mostTickets)
      throw new TrackerError('retry', `there are ${mostTickets} open tickets: close some of them`);
  }

  /** All lines of a list. */
  async #lines(collection: string): Promise<readonly BuiltinLine[]> {
    const lines: BuiltinLine[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.#options.store.documents(collection, {
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      lines.push(...page.map(readLine));
      after = page.at(-1)?.key;
      if (after === undefined || page.length < pageSize) return lines;
    }
  }

  async #remove(id: string): Promise<void> {
    const { store, now } = this.#options;
    const doc = await store.document(collections.tickets, ticketKey(id));
    if (doc === undefined) return;
    const { marker, state } = readTicketDoc(doc);
    if (state === 'open') return;
    const line = await store.document(collections.closed, lineKey(id));
    const mark = await store.document(collections.markers, marker);
    const documents = [
      { collection: collections.tickets, key: ticketKey(id), ifVersion: doc.version, value: undefined },
      { collection: collections.closed, key: lineKey(id), ifVersion: line?.version ?? 0, value: undefined },
      { collection: collections.markers, key: marker, ifVersion: mark?.version ?? 0, value: undefined },
    ].filter(({ ifVersion }) => ifVersion > 0);
    await store.commit({ documents }, now());
  }

  async #bridge(id: string, deed: Deed, { marker, text }: Remark): Promise<void> {
    const end = await this.#act(id, { deed, author: '', isBridge: true, marker, text });
    if (end !== 'done') throw new TrackerError('refused', `ticket ${id} is ${end}`);
  }

  async #act(id: string, act: Act): Promise<'done' | 'full' | 'absent'> {
    const { store, now } = this.#options;
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const doc = isId(id) ? await store.document(collections.tickets, ticketKey(id)) : undefined;
      if (doc === undefined) return 'absent';
      const before = readTicketDoc(doc);
      if (act.marker !== '' && before.history.some(({ marker }) => marker === act.marker)) return 'done';
      const after = acted(before, act, now());
      if (after === undefined) return 'full';
      const documents = [
        {
          collection: collections.tickets,
          key: ticketKey(id),
          ifVersion: doc.version,
          value: storedTicket(after),
        },
        ...(await this.#moved(before, after)),
      ];
      if (await store.commit({ documents }, now())) return 'done';
    }
    throw new TrackerError('retry', `ticket ${id} is changed by others all the time`);
  }

  /** Moves the line of a ticket to the list in which it belongs. */
  async #moved(before: BuiltinTicket, after: BuiltinTicket): Promise<readonly DocChange[]> {
    const { store } = this.#options;
    const key = lineKey(after.id);
    const [from, to] = [listOf(before), listOf(after)];
    const old = await store.document(from, key);
    const put = (ifVersion: number): DocChange => ({
      collection: to,
      key,
      ifVersion,
      value: storedLine(after),
    });
    if (from === to) return [put(old?.version ?? 0)];
    const remove = { collection: from, key, ifVersion: old?.version ?? 0, value: undefined };
    return [...(old === undefined ? [] : [remove]), put(0)];
  }

  #view({ id, state, isTouched, closedAt }: BuiltinTicket): TicketView {
    return {
      id,
      url: `${this.#options.pageUrl()}/tickets/${id}`,
      state,
      touched: isTouched ? 'yes' : 'no',
      closedAt: closedAt ?? undefined,
    };
  }
}

function newTicket(draft: TicketDraft, id: string, at: Instant): BuiltinTicket {
  return {
    ...draft,
    id,
    state: 'open',
    assignee: '',
    isTouched: false,
    createdAt: at,
    changedAt: at,
    closedAt: null,
    history: [{ at, author: '', isBridge: true, deed: 'create', text: '', marker: '' }],
  };
}
