import { z } from 'zod';
import { TrackerError, type TicketState, type TicketView, type TrackerKind } from '../contract.ts';
import { createApi, type Api } from './shared/call.ts';
import { hasMarker } from './shared/marker.ts';
import { hiddenMarker, markdown } from './shared/markdown.ts';
import { plainTitle } from './shared/markup.ts';
import { collect, type Listed } from './shared/pages.ts';
import { there, touchedBy, trackerOf, type Steps } from './shared/steps.ts';
import { instantOf } from './shared/time.ts';
import { linked, webUrl } from './shared/web-url.ts';

const names = z.array(z.string().min(1));

const settings = z.strictObject({
  token_file: z
    .string()
    .describe('File with the access token (scope `api`) of the account that writes the tickets.')
    .meta({ examples: ['/run/secrets/gitlab'] }),
  project: z
    .union([z.string().min(1), z.int().positive()])
    .describe('Number or path of the project.')
    .meta({ examples: ['acme/erp-tickets'] }),
  labels: names
    .default([])
    .describe('Labels of every new ticket.')
    .meta({ examples: [['erp']] }),
  critical_labels: names
    .default([])
    .describe('Labels that critical tickets get as well.')
    .meta({ examples: [['priority::1']] }),
  rejected_labels: names
    .default(['wontfix'])
    .describe('A closed ticket with one of these labels counts as one about which nothing will be done.'),
});
type Settings = z.output<typeof settings>;

const person = z.object({ id: z.int() }).nullish();

const issueSchema = z.object({
  iid: z.int(),
  web_url: webUrl,
  description: z.string().nullish(),
  state: z.enum(['opened', 'closed']),
  closed_at: z.string().nullish(),
  author: person,
  labels: z.array(z.string()),
});
type Issue = z.output<typeof issueSchema>;

/** A note has a body; an event of the state a state; one of labels neither. */
const eventSchema = z.object({
  id: z.int(),
  created_at: z.string(),
  author: person,
  user: person,
  state: z.string().nullish(),
  body: z.string().nullish(),
});
type Event = z.output<typeof eventSchema>;

const pageSize = 100;
/**
 * What of an issue's history is told where. Those of the state come first: what happened in the same millisecond as a reopening counts
 * as later.
 */
const histories = ['resource_state_events', 'notes', 'resource_label_events'] as const;

/**
 * Commands are looked for at the beginning of a line, by a pattern that takes three backticks for the end of any block of code.
 * A character between the slash and the name lets none be one.
 */
export function withoutQuickActions(text: string): string {
  return text.replaceAll(/^(\s*)\/(?=\S)/gm, '$1/\u2060');
}

class GitLab implements Steps {
  readonly #api: Api;
  readonly #settings: Settings;
  readonly #url: URL;
  readonly #project: readonly (string | number)[];

  constructor(api: Api, given: Settings, url: URL) {
    this.#api = api;
    this.#settings = given;
    this.#url = url;
    this.#project = ['api', 'v4', 'projects', given.project];
  }

  async #self(signal: AbortSignal): Promise<number> {
    const path = ['api', 'v4', 'user'];
    return (await this.#api.ask({ method: 'GET', path, signal }, z.object({ id: z.int() }))).id;
  }

  #events(id: string, history: (typeof histories)[number], signal: AbortSignal): Promise<Listed<Event>> {
    const path = [...this.#project, 'issues', id, history];
    const order = history === 'notes' ? { sort: 'asc', order_by: 'created_at' } : {};
    const page = (number: number) => {
      const query = { ...order, per_page: pageSize, page: number };
      return this.#api.ask({ method: 'GET', path, query, signal }, z.array(eventSchema));
    };
    return collect(page, pageSize, ({ id: key }) => key);
  }

  async #touched(id: string, self: number, signal: AbortSignal): Promise<TicketView['touched']> {
    const parts: Listed<Event>[] = [];
    for (const history of histories) parts.push(await this.#events(id, history, signal));
    const events = parts
      .flatMap(({ items }) => items)
      .sort((one, other) => (instantOf(one.created_at) ?? 0) - (instantOf(other.created_at) ?? 0))
      .map(({ author, user, state }) => ({
        isOurs: (author ?? user)?.id === self,
        isReopening: state === 'reopened',
      }));
    const isWhole = parts.every((part) => part.isWhole);
    return touchedBy(events, isWhole);
  }

  #stateOf({ state, labels }: Issue): TicketState {
    if (state === 'opened') return 'open';
    return this.#settings.rejected_labels.some((label) => labels.includes(label)) ? 'rejected' : 'closed';
  }

  async #view(issue: Issue, self: number, signal: AbortSignal): Promise<TicketView> {
    const id = String(issue.iid);
    const state = this.#stateOf(issue);
    return {
      id,
      url: linked(issue.web_url, this.#url),
      state,
      touched: await this.#touched(id, self, signal),
      closedAt: state === 'open' ? undefined : instantOf(issue.closed_at),
    };
  }

  async find(marker: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const self = await this.#self(signal);
    const path = [...this.#project, 'issues'];
    // A list by author is read from the database; a search may be answered from an index that is late.
    const given = { author_id: self, scope: 'all', order_by: 'created_at', sort: 'desc' };
    const page = (number: number) => {
      const query = { ...given, per_page: pageSize, page: number };
      return this.#api.ask({ method: 'GET', path, query, signal }, z.array(issueSchema));
    };
    const { items } = await collect(page, pageSize, ({ iid }) => iid);
    const found = items
      .filter(({ author, description }) => author?.id === self && hasMarker(description, marker))
      .sort((one, other) => one.iid - other.iid)[0];
    return found && this.#view(found, self, signal);
  }

  async #issue(id: string, signal: AbortSignal): Promise<Issue | undefined> {
    const path = [...this.#project, 'issues', id];
    const found = await this.#api.askIfThere({ method: 'GET', path, signal }, issueSchema);
    // A project that is not there, or that the token may not see, is answered in the same way.
    if (found === undefined) await this.#api.tell({ method: 'GET', path: this.#project, signal });
    return found;
  }

  async read(id: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const found = await this.#issue(id, signal);
    return found && this.#view(found, await this.#self(signal), signal);
  }

  #text(text: string, marker: string): string {
    return markdown(withoutQuickActions(text), hiddenMarker(marker));
  }

  async add(draft: Parameters<Steps['add']>[0], signal: AbortSignal): Promise<string> {
    const { labels, critical_labels } = this.#settings;
    const all = [...new Set([...labels, ...(draft.isCritical ? critical_labels : [])])];
    const body = {
      title: plainTitle(draft.title, 200),
      description: this.#text(draft.text, draft.marker),
      ...(all.length === 0 ? {} : { labels: all.join(',') }),
    };
    const path = [...this.#project, 'issues'];
    return String(
      (await this.#api.ask({ method: 'POST', path, body, signal }, z.object({ iid: z.int() }))).iid,
    );
  }

  async hasRemark(id: string, marker: string, signal: AbortSignal): Promise<boolean> {
    there(await this.#issue(id, signal), id);
    const self = await this.#self(signal);
    const { items } = await this.#events(id, 'notes', signal);
    return items.some(({ author, body }) => author?.id === self && hasMarker(body, marker));
  }

  async write(...[id, remark, state, signal]: Parameters<Steps['write']>): Promise<void> {
    const path = [...this.#project, 'issues', id];
    const wanted = state === 'open' ? 'opened' : state;
    if (wanted !== undefined && there(await this.#issue(id, signal), id).state !== wanted) {
      const body = { state_event: wanted === 'closed' ? 'close' : 'reopen' };
      const now = await this.#api.ask({ method: 'PUT', path, body, signal }, issueSchema);
      if (now.state !== wanted)
        throw new TrackerError('login', 'the account may not change the state of this ticket');
    }
    const body = { body: this.#text(remark.text, remark.marker) };
    await this.#api.tell({ method: 'POST', path: [...path, 'notes'], body, signal });
  }
}

/** GitLab: https://docs.gitlab.com/api/issues/. */
export const gitlab: TrackerKind<Settings> = {
  type: 'gitlab',
  title: 'GitLab',
  provenance: 'written after the published documentation of its REST API v4, not tried on the product',
  settings,
  open: (given, url, tools) => {
    const api = createApi(tools, url, async () => ({
      'PRIVATE-TOKEN': await tools.secret(given.token_file),
    }));
    return trackerOf(new GitLab(api, given, url));
  },
};
