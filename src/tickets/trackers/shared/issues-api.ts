import { z } from 'zod';
import { TrackerError, type TicketState, type TicketView } from '../../contract.ts';
import type { Api } from './call.ts';
import { hasMarker } from './marker.ts';
import { plainTitle, shorten } from './markup.ts';
import { hiddenMarker, markdown } from './markdown.ts';
import { collect, type Listed } from './pages.ts';
import { there, touchedBy, type HistoryEvent, type Steps } from './steps.ts';
import { instantOf } from './time.ts';
import { webUrl } from './web-url.ts';

/** The keys that trackers of this kind have in common. */
export const issuesSettings = {
  token_file: z
    .string()
    .describe('File with the access token of the account that writes the tickets.')
    .meta({ examples: ['/run/secrets/tickets'] }),
  owner: z
    .string()
    .min(1)
    .describe('Account or organisation of the repository.')
    .meta({ examples: ['acme'] }),
  repo: z
    .string()
    .min(1)
    .describe('Name of the repository.')
    .meta({ examples: ['erp-tickets'] }),
  labels: z
    .array(z.string().min(1))
    .default([])
    .describe('Labels of every new ticket. They must be there already.')
    .meta({ examples: [['erp']] }),
  critical_labels: z
    .array(z.string().min(1))
    .default([])
    .describe('Labels that critical tickets get as well.')
    .meta({ examples: [['urgent']] }),
  rejected_labels: z
    .array(z.string().min(1))
    .default(['wontfix'])
    .describe('A closed ticket with one of these labels counts as one about which nothing will be done.'),
} as const;

/** Settings of a tracker of this kind, as far as they are common. */
export interface IssuesSettings {
  readonly owner: string;
  readonly repo: string;
  readonly labels: readonly string[];
  readonly critical_labels: readonly string[];
  readonly rejected_labels: readonly string[];
}

/** In what GitHub and Gitea differ. */
export interface Dialect {
  /** Before `repos` and `user`. */
  readonly prefix: readonly string[];
  /** Parameters that list the issues of an account, whatever their state, newest first. */
  readonly mine: (login: string) => Readonly<Record<string, string>>;
  /** The parameter that says how many items a page has, and how many are asked for. */
  readonly size: readonly [name: string, items: number];
  /** A page with fewer items is the last. */
  readonly fullPage: number;
  readonly reopening: string;
  readonly commenting: string;
  /** Kinds of events that change nothing. */
  readonly passive: readonly string[];
  readonly closing: Readonly<Record<string, string>>;
  /** Where people open an issue. @param told by the API */
  readonly link: (told: string) => string;
  /** What a new issue has as `labels`. */
  readonly labels: (names: readonly string[], signal: AbortSignal) => Promise<unknown>;
}

const person = z.object({ login: z.string() }).nullish();

const issueSchema = z.object({
  number: z.int(),
  html_url: webUrl,
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  state_reason: z.string().nullish(),
  closed_at: z.string().nullish(),
  user: person,
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])).nullish(),
  pull_request: z.unknown().optional(),
});
type Issue = z.output<typeof issueSchema>;

/** An event of a timeline: GitHub says `event` and `actor`, Gitea `type` and `user`. Assignments also say who assigned. */
const eventSchema = z.object({
  id: z.union([z.int(), z.string()]).nullish(),
  event: z.string().nullish(),
  type: z.string().nullish(),
  actor: person,
  user: person,
  assigner: person,
  created_at: z.string().nullish(),
  body: z.string().nullish(),
});
type Event = z.output<typeof eventSchema>;

/** Gitea writes an empty list as null. */
function listOf<Item>(item: z.ZodType<Item>) {
  return z
    .array(item)
    .nullable()
    .transform((items) => items ?? []);
}

const kindOf = ({ event, type }: Event): string => event ?? type ?? '';
const authorOf = ({ assigner, actor, user }: Event): string | undefined => (assigner ?? actor ?? user)?.login;
const isNumber = (id: string): boolean => /^[1-9]\d{0,15}$/.test(id);
const same = (one: string | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase();

/** Issues of a repository. */
export class IssuesApi implements Steps {
  readonly #api: Api;
  readonly #settings: IssuesSettings;
  readonly #dialect: Dialect;
  readonly #repo: readonly string[];

  constructor(api: Api, settings: IssuesSettings, dialect: Dialect) {
    this.#api = api;
    this.#settings = settings;
    this.#dialect = dialect;
    const { owner, repo } = settings;
    this.#repo = [...dialect.prefix, 'repos', owner, repo];
  }

  async #self(signal: AbortSignal): Promise<string> {
    const path = [...this.#dialect.prefix, 'user'];
    return (await this.#api.ask({ method: 'GET', path, signal }, z.object({ login: z.string() }))).login;
  }

  /** @param given the parameters of the list */
  #pages<Item>(
    path: readonly string[],
    given: Readonly<Record<string, string>>,
    item: z.ZodType<Item>,
    signal: AbortSignal,
  ): (number: number) => Promise<readonly Item[]> {
    const [name, items] = this.#dialect.size;
    return (number) => {
      const query = { ...given, [name]: items, page: number };
      return this.#api.ask({ method: 'GET', path, query, signal }, listOf(item));
    };
  }

  #timeline(id: string, signal: AbortSignal): Promise<Listed<Event>> {
    const page = this.#pages([...this.#repo, 'issues', id, 'timeline'], {}, eventSchema, signal);
    // Mentions from elsewhere have no id on GitHub.
    const key = (event: Event) =>
      event.id ?? `${kindOf(event)} ${event.created_at ?? ''} ${authorOf(event) ?? ''}`;
    return collect(page, this.#dialect.fullPage, key);
  }

  #stateOf({ state, state_reason, labels }: Issue): TicketState {
    if (state === 'open') return 'open';
    const names = (labels ?? []).map((label) => (typeof label === 'string' ? label : label.name));
    const isRejected = this.#settings.rejected_labels.some((one) => names.includes(one));
    return isRejected || state_reason === 'not_planned' ? 'rejected' : 'closed';
  }

  async #view(issue: Issue, self: string, signal: AbortSignal): Promise<TicketView> {
    const { items, isWhole } = await this.#timeline(String(issue.number), signal);
    const { passive, reopening } = this.#dialect;
    const events = items
      .filter((event) => !passive.includes(kindOf(event)))
      .map((event): HistoryEvent => ({
        isOurs: same(authorOf(event), self),
        isReopening: kindOf(event) === reopening,
      }));
    const state = this.#stateOf(issue);
    return {
      id: String(issue.number),
      url: this.#dialect.link(issue.html_url),
      state,
      touched: touchedBy(events, isWhole),
      closedAt: state === 'open' ? undefined : instantOf(issue.closed_at),
    };
  }

  async find(marker: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const self = await this.#self(signal);
    const page = this.#pages([...this.#repo, 'issues'], this.#dialect.mine(self), issueSchema, signal);
    const { items } = await collect(page, this.#dialect.fullPage, ({ number }) => number);
    const found = items
      .filter((issue) => issue.pull_request === undefined || issue.pull_request === null)
      .filter((issue) => same(issue.user?.login, self) && hasMarker(issue.body, marker))
      .sort((one, other) => one.number - other.number)[0];
    return found && this.#view(found, self, signal);
  }

  async #issue(id: string, signal: AbortSignal): Promise<Issue | undefined> {
    if (!isNumber(id)) return undefined;
    const path = [...this.#repo, 'issues', id];
    const found = await this.#api.askIfThere({ method: 'GET', path, signal }, issueSchema);
    // A repository that is not there, or that the token may not see, is answered in the same way.
    if (found === undefined) await this.#api.tell({ method: 'GET', path: this.#repo, signal });
    return found;
  }

  async read(id: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const found = await this.#issue(id, signal);
    return found && this.#view(found, await this.#self(signal), signal);
  }

  async add(draft: Parameters<Steps['add']>[0], signal: AbortSignal): Promise<string> {
    const { labels, critical_labels } = this.#settings;
    const names = [...new Set([...labels, ...(draft.isCritical ? critical_labels : [])])];
    const body = {
      title: plainTitle(draft.title, 200),
      body: markdown(draft.text, hiddenMarker(draft.marker)),
      ...(names.length === 0 ? {} : { labels: await this.#dialect.labels(names, signal) }),
    };
    const path = [...this.#repo, 'issues'];
    return String(
      (await this.#api.ask({ method: 'POST', path, body, signal }, z.object({ number: z.int() }))).number,
    );
  }

  async hasRemark(id: string, marker: string, signal: AbortSignal): Promise<boolean> {
    there(await this.#issue(id, signal), id);
    const self = await this.#self(signal);
    const { items } = await this.#timeline(id, signal);
    return items.some(
      (event) =>
        kindOf(event) === this.#dialect.commenting &&
        same(authorOf(event), self) &&
        hasMarker(event.body, marker),
    );
  }

  async write(...[id, remark, state, signal]: Parameters<Steps['write']>): Promise<void> {
    const path = [...this.#repo, 'issues', id];
    const issue = there(await this.#issue(id, signal), id);
    if (state !== undefined && issue.state !== state) {
      const body = state === 'closed' ? this.#dialect.closing : { state };
      const now = await this.#api.ask({ method: 'PATCH', path, body, signal }, issueSchema);
      if (now.state !== state)
        throw new TrackerError('login', `the account may not change the state of ticket ${shorten(id, 20)}`);
    }
    const body = { body: markdown(remark.text, hiddenMarker(remark.marker)) };
    await this.#api.tell({ method: 'POST', path: [...path, 'comments'], body, signal });
  }
}
