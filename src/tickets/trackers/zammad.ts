import { z } from 'zod';
import { TrackerError, type TicketState, type TicketView, type TrackerKind } from '../contract.ts';
import { createApi, type Api } from './shared/call.ts';
import { hasMarker, markerLine } from './shared/marker.ts';
import { plain, plainTitle, shorten } from './shared/markup.ts';
import { there, touchedBy, trackerOf, type Steps } from './shared/steps.ts';
import { instantOf } from './shared/time.ts';

const name = z.string().min(1);

const settings = z.strictObject({
  token_file: z
    .string()
    .describe(
      'File with the access token (permission `ticket.agent`) of the account that writes the tickets.',
    )
    .meta({ examples: ['/run/secrets/zammad'] }),
  group: name.describe('Group of new tickets.').meta({ examples: ['ERP'] }),
  customer: name
    .describe('Mail address or login of the customer of new tickets.')
    .meta({ examples: ['erp@acme.example'] }),
  open_state: name.default('open').describe('Name of the state of a ticket that is opened again.'),
  closed_state: name
    .default('closed')
    .describe('Name of the state of a ticket that is done. All states of its type count as done.'),
  rejected_states: z
    .array(name)
    .default([])
    .describe('Names of the states that say that nothing will be done.')
    .meta({ examples: [["won't fix"]] }),
  critical_priority: name
    .optional()
    .describe('Name of the priority of critical tickets. Absent: as of all others.')
    .meta({ examples: ['3 high'] }),
});
type Settings = z.output<typeof settings>;

const ticketSchema = z.object({
  id: z.int(),
  state_id: z.int(),
  created_by_id: z.int(),
  close_at: z.string().nullish(),
  last_close_at: z.string().nullish(),
});
type Ticket = z.output<typeof ticketSchema>;

const stateSchema = z.object({ id: z.int(), state_type_id: z.int(), name: z.string() });
type State = z.output<typeof stateSchema>;

const articleSchema = z.object({ created_by_id: z.int(), subject: z.string().nullish() });

const eventSchema = z.object({
  type: z.string(),
  attribute: z.string().nullish(),
  created_by_id: z.int(),
  id_from: z.int().nullish(),
  id_to: z.int().nullish(),
});
type Event = z.output<typeof eventSchema>;

const mostCharacters = 100_000;
/** Tickets that have one marker by an accident of two writers. */
const mostFound = 10;
/** States into which a ticket comes by other ways, which close it as well. */
const gone: readonly string[] = ['merged', 'removed'];
/** What is noted when people are told of a ticket, and the times that follow from its articles. */
const passiveTypes: readonly string[] = [
  'notification',
  'email',
  'reminder_reached',
  'escalation',
  'escalation_warning',
];
const isPassive = ({ type, attribute }: Event): boolean =>
  passiveTypes.includes(type) || /_(?:at|in_min)$/.test(attribute ?? '');

/** What states mean. */
class States {
  readonly #all: readonly State[];
  readonly #settings: Settings;

  /** @throws TrackerError when the configuration names one that is not there */
  constructor(all: readonly State[], given: Settings) {
    this.#all = all;
    this.#settings = given;
    for (const wanted of [given.open_state, given.closed_state, ...given.rejected_states])
      if (!all.some((state) => state.name === wanted))
        throw new TrackerError('login', `there is no state ${wanted}`);
  }

  meaningOf(id: number | null | undefined): TicketState {
    const state = this.#all.find((one) => one.id === id);
    const { closed_state, rejected_states } = this.#settings;
    if (state === undefined) return 'open';
    if (rejected_states.includes(state.name)) return 'rejected';
    const done = this.#all.find((one) => one.name === closed_state);
    return state.state_type_id === done?.state_type_id || gone.includes(state.name) ? 'closed' : 'open';
  }
}

class Zammad implements Steps {
  readonly #api: Api;
  readonly #settings: Settings;
  readonly #url: URL;

  constructor(api: Api, given: Settings, url: URL) {
    this.#api = api;
    this.#settings = given;
    this.#url = url;
  }

  #get<Answer>(path: readonly string[], schema: z.ZodType<Answer>, signal: AbortSignal): Promise<Answer> {
    return this.#api.ask({ method: 'GET', path: ['api', 'v1', ...path], signal }, schema);
  }

  async #self(signal: AbortSignal): Promise<number> {
    return (await this.#get(['users', 'me'], z.object({ id: z.int() }), signal)).id;
  }

  async #states(signal: AbortSignal): Promise<States> {
    return new States(await this.#get(['ticket_states'], z.array(stateSchema), signal), this.#settings);
  }

  async #view(ticket: Ticket, self: number, signal: AbortSignal): Promise<TicketView> {
    const states = await this.#states(signal);
    const id = String(ticket.id);
    const { history } = await this.#get(
      ['ticket_history', id],
      z.object({ history: z.array(eventSchema) }),
      signal,
    );
    const events = history
      .filter((event) => !isPassive(event))
      .map(({ created_by_id, attribute, id_from, id_to }) => ({
        isOurs: created_by_id === self,
        isReopening:
          attribute === 'state' && states.meaningOf(id_from) !== 'open' && states.meaningOf(id_to) === 'open',
      }));
    const state = states.meaningOf(ticket.state_id);
    return {
      id,
      url: `${this.#url.href.replace(/\/$/, '')}/#ticket/zoom/${id}`,
      state,
      // The whole history comes in one answer.
      touched: touchedBy(events, true),
      closedAt: state === 'open' ? undefined : instantOf(ticket.last_close_at ?? ticket.close_at),
    };
  }

  /**
   * By the tag. A condition without words to look for is answered from the database, so that what was created a moment ago is
   * found; the documentation tells only of `query`, which asks the index. What comes back is checked, as unknown parameters are
   * ignored.
   */
  async find(marker: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const self = await this.#self(signal);
    const query = {
      'condition[ticket.tags][operator]': 'contains all',
      'condition[ticket.tags][value]': marker,
      sort_by: 'created_at',
      order_by: 'asc',
      per_page: mostFound,
      page: 1,
      expand: 'true',
    };
    const path = ['api', 'v1', 'tickets', 'search'];
    const found = await this.#api.ask({ method: 'GET', path, query, signal }, z.array(ticketSchema));
    const ours = found.filter(({ created_by_id }) => created_by_id === self);
    for (const ticket of ours)
      if (await this.#bears(ticket.id, marker, signal)) return this.#view(ticket, self, signal);
    return undefined;
  }

  async #bears(id: number, marker: string, signal: AbortSignal): Promise<boolean> {
    const query = { object: 'Ticket', o_id: id };
    const schema = z.object({ tags: z.array(z.string()) });
    const { tags } = await this.#api.ask(
      { method: 'GET', path: ['api', 'v1', 'tags'], query, signal },
      schema,
    );
    return tags.includes(marker);
  }

  #ticket(id: string, signal: AbortSignal): Promise<Ticket | undefined> {
    return this.#api.askIfThere({ method: 'GET', path: ['api', 'v1', 'tickets', id], signal }, ticketSchema);
  }

  async read(id: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const found = await this.#ticket(id, signal);
    return found && this.#view(found, await this.#self(signal), signal);
  }

  /** An internal note: plain text, in which nothing is read. People see little of its subject, which holds the marker. */
  #article(text: string, marker: string): Readonly<Record<string, unknown>> {
    return {
      subject: markerLine(marker),
      // A body must not be empty.
      body: shorten(plain(text), mostCharacters).trim() || '–',
      content_type: 'text/plain',
      type: 'note',
      internal: true,
    };
  }

  async add(draft: Parameters<Steps['add']>[0], signal: AbortSignal): Promise<string> {
    const { group, customer, critical_priority } = this.#settings;
    const body = {
      title: plainTitle(draft.title, 200),
      group,
      customer,
      tags: draft.marker,
      priority: draft.isCritical ? critical_priority : undefined,
      article: this.#article(draft.text, draft.marker),
    };
    const path = ['api', 'v1', 'tickets'];
    try {
      return String(
        (await this.#api.ask({ method: 'POST', path, body, signal }, z.object({ id: z.int() }))).id,
      );
    } catch (error) {
      // A group or customer that is not there is answered as a bad text would be; somebody mends it.
      if (
        error instanceof TrackerError &&
        error.fault === 'refused' &&
        error.message.includes('No lookup value')
      )
        throw new TrackerError('login', error.message, { cause: error });
      throw error;
    }
  }

  async hasRemark(id: string, marker: string, signal: AbortSignal): Promise<boolean> {
    there(await this.#ticket(id, signal), id);
    const self = await this.#self(signal);
    const articles = await this.#get(['ticket_articles', 'by_ticket', id], z.array(articleSchema), signal);
    return articles.some(
      ({ created_by_id, subject }) => created_by_id === self && hasMarker(subject, marker),
    );
  }

  async write(...[id, remark, state, signal]: Parameters<Steps['write']>): Promise<void> {
    const article = this.#article(remark.text, remark.marker);
    const ticket = there(await this.#ticket(id, signal), id);
    const isOpen = (await this.#states(signal)).meaningOf(ticket.state_id) === 'open';
    if (state === undefined || isOpen === (state === 'open')) {
      const body = { ticket_id: ticket.id, ...article };
      await this.#api.tell({ method: 'POST', path: ['api', 'v1', 'ticket_articles'], body, signal });
      return;
    }
    // State and note are one transaction.
    const { open_state, closed_state } = this.#settings;
    const body = { state: state === 'open' ? open_state : closed_state, article };
    await this.#api.tell({ method: 'PUT', path: ['api', 'v1', 'tickets', id], body, signal });
  }
}

/** Zammad: https://docs.zammad.org/en/latest/api/intro.html. */
export const zammad: TrackerKind<Settings> = {
  type: 'zammad',
  title: 'Zammad',
  provenance:
    'written after the published documentation of its API v1 and, for tags and history, its source; not tried on the product',
  settings,
  open: (given, url, tools) => {
    const api = createApi(tools, url, async () => ({
      Authorization: `Token token=${await tools.secret(given.token_file)}`,
    }));
    return trackerOf(new Zammad(api, given, url));
  },
};
