import { z } from 'zod';
import { TrackerError } from '../contract.ts';
import type { Remark, TicketDraft, TicketView, TrackerKind, TrackerTools } from '../contract.ts';
import { createApi, type Api } from './shared/call.ts';
import { hasMarker, markerLine } from './shared/marker.ts';
import { plain, plainTitle } from './shared/markup.ts';
import { collect } from './shared/pages.ts';
import { there, touchedBy, trackerOf, type Steps } from './shared/steps.ts';
import { instantOf } from './shared/time.ts';

const statusName = z.string().min(1).toLowerCase();

const settings = z.strictObject({
  token_file: z
    .string()
    .min(1)
    .describe(
      'File with an authentication token of the login that writes the tickets; where `user` is given, with its password.',
    )
    .meta({ examples: ['/run/secrets/rt'] }),
  user: z
    .string()
    .min(1)
    .optional()
    .describe('The login, where `token_file` holds its password. Absent: it holds a token.')
    .meta({ examples: ['erp-exporter'] }),
  queue: z
    .string()
    .regex(/^[^'"\\]+$/, { error: 'must not hold quotes or backslashes' })
    .describe('Name of the queue.')
    .meta({ examples: ['ERP links'] }),
  critical_priority: z
    .int()
    .optional()
    .describe("Priority of critical tickets. Absent: the queue's own.")
    .meta({ examples: [100] }),
  open_status: statusName
    .default('open')
    .describe('Status of a ticket that is opened again.')
    .meta({ examples: ['open'] }),
  closed_statuses: z
    .array(statusName)
    .min(1)
    .default(['resolved'])
    .describe('Statuses of tickets that are done; the first is set.')
    .meta({ examples: [['resolved']] }),
  rejected_statuses: z
    .array(statusName)
    .default(['rejected'])
    .describe('Statuses that say that nothing will be done.')
    .meta({ examples: [['rejected']] }),
});
type Settings = z.output<typeof settings>;

const person = z.object({ id: z.string() });
const ticketSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  Status: z.string().toLowerCase(),
  Creator: person,
  Resolved: z.string().nullish(),
  LastUpdated: z.string().nullish(),
});
type Ticket = z.output<typeof ticketSchema>;
const createdAnswer = z.object({ id: z.union([z.string(), z.number()]).transform(String) });
const ticketsAnswer = z.object({ items: z.array(createdAnswer) });
const transactionSchema = z.object({
  id: z.union([z.string(), z.number()]),
  Type: z.string(),
  Creator: person,
  Created: z.string(),
  Data: z.string().nullish(),
  NewValue: z.string().nullish(),
});
type Transaction = z.output<typeof transactionSchema>;
const historyAnswer = z.object({ items: z.array(transactionSchema) });

const pageSize = 100;
const mostTitleCharacters = 200;
/** The ticket is written after its transaction, in whole seconds. */
const slackMs = 2000;
/** What Request Tracker notes of itself: its rules, and the mails that they sent. */
const itself: readonly string[] = ['RT_System', 'Nobody'];
const mailTypes: readonly string[] = ['EmailRecord', 'CommentEmailRecord', 'SystemError'];
/** The status of what was deleted: it is still read by its number. */
const deleted = 'deleted';

/** A link of the ticket, so that neither its title nor its text shows the marker, and nobody edits it by accident. */
const linkOf = (marker: string): string => `erp-exporter:${marker}`;

class RequestTracker implements Steps {
  readonly #api: Api;
  readonly #settings: Settings;
  readonly #url: string;

  constructor(api: Api, given: Settings, url: URL) {
    this.#api = api;
    this.#settings = given;
    this.#url = url.href.replace(/\/$/, '');
  }

  #path(...parts: readonly string[]): readonly string[] {
    return ['REST', '2.0', ...parts];
  }

  async #ticket(id: string, signal: AbortSignal): Promise<Ticket | undefined> {
    const call = { method: 'GET', path: this.#path('ticket', id), signal } as const;
    const found = await this.#api.askIfThere(call, ticketSchema);
    return found?.Status === deleted ? undefined : found;
  }

  async #history(id: string, signal: AbortSignal): Promise<readonly Transaction[]> {
    const fields = 'Type,Creator,Created,Data,NewValue';
    const page = async (number: number): Promise<readonly Transaction[]> => {
      const query = { fields, orderby: 'id', per_page: pageSize, page: number };
      const call = { method: 'GET', path: this.#path('ticket', id, 'history'), query, signal } as const;
      return (await this.#api.ask(call, historyAnswer)).items;
    };
    // Those that the login may not see are missing from their page: only an empty one is the last.
    return (await collect(page, 1, (one) => one.id)).items;
  }

  #stateOf({ Status }: Ticket): TicketView['state'] {
    if (this.#settings.rejected_statuses.includes(Status)) return 'rejected';
    return this.#settings.closed_statuses.includes(Status) ? 'closed' : 'open';
  }

  /** Tickets are the bridge's own: who created them is its login. */
  async #touched({ id, Creator, LastUpdated }: Ticket, signal: AbortSignal): Promise<TicketView['touched']> {
    const history = await this.#history(id, signal);
    const events = history
      .filter((one) => !itself.includes(one.Creator.id) && !mailTypes.includes(one.Type))
      .map((one) => ({
        isOurs: one.Creator.id === Creator.id,
        isReopening: one.Type === 'Status' && one.NewValue?.toLowerCase() === this.#settings.open_status,
      }));
    const latest = Math.max(...history.map(({ Created }) => instantOf(Created) ?? 0));
    // Else it was changed by what the login may not see, such as a comment without ShowTicketComments.
    return touchedBy(events, (instantOf(LastUpdated) ?? 0) <= latest + slackMs);
  }

  async read(id: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const found = await this.#ticket(id, signal);
    if (found === undefined) return undefined;
    const state = this.#stateOf(found);
    return {
      id: found.id,
      url: `${this.#url}/Ticket/Display.html?id=${encodeURIComponent(found.id)}`,
      state,
      touched: await this.#touched(found, signal),
      // The time stays when the ticket is opened again.
      closedAt: state === 'open' ? undefined : instantOf(found.Resolved),
    };
  }

  async find(marker: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const conditions = [
      `Queue = '${this.#settings.queue}'`,
      `Creator = '__CurrentUser__'`,
      `RefersTo = '${linkOf(marker)}'`,
    ];
    const query = { query: conditions.join(' AND '), orderby: 'id', per_page: 1 };
    const call = { method: 'GET', path: this.#path('tickets'), query, signal } as const;
    const [first] = (await this.#api.ask(call, ticketsAnswer)).items;
    return first && this.read(first.id, signal);
  }

  async add({ title, text, marker, isCritical }: TicketDraft, signal: AbortSignal): Promise<string> {
    const body = {
      Queue: this.#settings.queue,
      Subject: plainTitle(title, mostTitleCharacters),
      Content: plain(text),
      ContentType: 'text/plain',
      RefersTo: linkOf(marker),
      Priority: isCritical ? this.#settings.critical_priority : undefined,
    };
    const call = { method: 'POST', path: this.#path('ticket'), body, signal } as const;
    return (await this.#api.ask(call, createdAnswer)).id;
  }

  async hasRemark(id: string, marker: string, signal: AbortSignal): Promise<boolean> {
    const found = there(await this.#ticket(id, signal), id);
    const history = await this.#history(found.id, signal);
    // The subject of a comment; those of others are theirs.
    return history.some(({ Creator, Data }) => Creator.id === found.Creator.id && hasMarker(Data, marker));
  }

  async #setStatus(found: Ticket, state: 'open' | 'closed', signal: AbortSignal): Promise<void> {
    const isOpen = this.#stateOf(found) === 'open';
    if (isOpen === (state === 'open')) return;
    const wanted = state === 'open' ? this.#settings.open_status : this.#settings.closed_statuses[0];
    const path = this.#path('ticket', found.id);
    await this.#api.tell({ method: 'PUT', path, body: { Status: wanted }, signal });
    // It answers 200 with a sentence, whether it did it or not.
    if (there(await this.#ticket(found.id, signal), found.id).Status !== wanted)
      throw new TrackerError(
        'login',
        `the login may not set the status ${wanted}, or the queue has none such`,
      );
  }

  async write(
    id: string,
    { marker, text }: Remark,
    state: 'open' | 'closed' | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const found = there(await this.#ticket(id, signal), id);
    if (state !== undefined) await this.#setStatus(found, state, signal);
    // A comment is not sent to requestors, as a reply would be.
    const path = this.#path('ticket', found.id, 'comment');
    const body = { Subject: markerLine(marker), Content: plain(text), ContentType: 'text/plain' };
    await this.#api.tell({ method: 'POST', path, body, signal });
  }
}

/** The header of the login. */
async function authorizationOf(
  { token_file, user }: Settings,
  secret: TrackerTools['secret'],
): Promise<string> {
  const value = await secret(token_file);
  return user === undefined
    ? `token ${value}`
    : `Basic ${Buffer.from(`${user}:${value}`).toString('base64')}`;
}

export const rt: TrackerKind<Settings> = {
  type: 'rt',
  title: 'Request Tracker',
  provenance: 'tried on Request Tracker 5.0',
  settings,
  open: (given, url, { send, secret }) => {
    const headers = async () => ({ Authorization: await authorizationOf(given, secret) });
    return trackerOf(new RequestTracker(createApi({ send }, url, headers), given, url));
  },
};
