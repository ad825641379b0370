/*
 * A fake, written after Zammad's published documentation, not seen from the product:
 * https://docs.zammad.org/en/latest/api/intro.html, /api/ticket/index.html, /api/ticket/articles.html, /api/ticket/tags.html and
 * /api/ticket/states.html. The documentation leaves out the history, tags of a new ticket and conditions of a search: these follow
 * https://github.com/zammad/zammad/blob/stable/app/controllers/tickets_controller.rb and app/models/history.rb.
 */
import { z } from 'zod';
import type { Colleague } from '../contract-suite.ts';
import {
  bodyAs,
  onlyQuery,
  Refusal,
  startFake,
  type FakeAnswer,
  type FakeRequest,
  type FakeServer,
} from './server.ts';

const system = 1;
const bridge = 7;
const someone = 8;

const state = (id: number, state_type_id: number, name: string) => ({ id, state_type_id, name });
const states = [
  state(1, 1, 'new'),
  state(2, 2, 'open'),
  state(4, 5, 'closed'),
  state(5, 6, 'merged'),
  state(8, 5, "won't fix"),
  state(9, 5, 'solved'),
];

const event = { type: '', attribute: null as string | null, created_by_id: 0, created_at: '' };
type Event = typeof event & { object: string; id_from?: number; id_to?: number };

interface Article {
  readonly id: number;
  readonly created_by_id: number;
  readonly subject: string | null;
  readonly body: string;
  readonly content_type: string;
  readonly internal: boolean;
}

export interface ZammadTicket {
  readonly id: number;
  readonly created_by_id: number;
  readonly tags: readonly string[];
  readonly priority: string;
  readonly articles: Article[];
  readonly history: Event[];
  title: string;
  state_id: number;
  last_close_at: string | null;
}

type NewArticle = Omit<Article, 'id' | 'created_by_id'>;

/** Tickets of the group `ERP`. */
export class ZammadModel {
  readonly tickets = new Map<number, ZammadTicket>();
  #last = 0;

  get(id: string): ZammadTicket {
    const ticket = this.tickets.get(Number(id));
    if (ticket === undefined) throw new Refusal(404, `Couldn't find Ticket with 'id'=${id}`);
    return ticket;
  }

  note(by: number, ticket: ZammadTicket, more: Partial<Event>): void {
    const at = new Date().toISOString();
    ticket.history.push({ ...event, object: 'Ticket', created_by_id: by, created_at: at, ...more });
  }

  create(by: number, title: string, tags: readonly string[], priority = '2 normal'): ZammadTicket {
    this.#last += 1;
    const lists = { articles: [], history: [], tags };
    const ticket = {
      id: this.#last,
      created_by_id: by,
      title,
      state_id: 1,
      priority,
      last_close_at: null,
      ...lists,
    };
    this.tickets.set(ticket.id, ticket);
    this.note(by, ticket, { type: 'created' });
    if (tags.length > 0) this.note(by, ticket, { type: 'added', attribute: 'tag' });
    // What Zammad does by itself.
    this.note(system, ticket, { type: 'notification' });
    this.note(system, ticket, { type: 'updated', attribute: 'escalation_at' });
    return ticket;
  }

  write(by: number, ticket: ZammadTicket, article: NewArticle): Article {
    this.#last += 1;
    const added = { ...article, id: this.#last, created_by_id: by };
    ticket.articles.push(added);
    this.note(by, ticket, { type: 'created', object: 'Ticket::Article' });
    return added;
  }

  setState(by: number, ticket: ZammadTicket, name: string): void {
    const found = states.find((one) => one.name === name);
    if (found === undefined) throw new Refusal(422, `No lookup value found for 'state': "${name}"`);
    if (found.id === ticket.state_id) return;
    this.note(by, ticket, { type: 'updated', attribute: 'state', id_from: ticket.state_id, id_to: found.id });
    ticket.state_id = found.id;
    if (found.state_type_id === 5) ticket.last_close_at = new Date().toISOString();
  }

  colleague(): Colleague {
    const act = (what: (ticket: ZammadTicket) => unknown) => (id: string) => {
      what(this.get(id));
      return Promise.resolve();
    };
    const changed = (attribute: string) => (ticket: ZammadTicket) =>
      this.note(someone, ticket, { type: 'updated', attribute });
    const plain = { subject: null, content_type: 'text/plain', internal: true };
    return {
      comment: (id, body) => act((ticket) => this.write(someone, ticket, { ...plain, body }))(id),
      assign: act(changed('owner')),
      retitle: (id, title) =>
        act((ticket) => {
          ticket.title = title;
          changed('title')(ticket);
        })(id),
      prioritise: act(changed('priority')),
      close: act((ticket) => this.setState(someone, ticket, 'closed')),
      reopen: act((ticket) => this.setState(someone, ticket, 'open')),
      reject: act((ticket) => this.setState(someone, ticket, "won't fix")),
      remove: act((ticket) => this.tickets.delete(ticket.id)),
    };
  }
}

const article = {
  subject: z.string(),
  body: z.string().min(1),
  content_type: z.enum(['text/plain', 'text/html']),
  type: z.enum(['note', 'email', 'phone', 'web']),
  internal: z.boolean(),
};
const creation = z.strictObject({
  title: z.string().min(1).max(250),
  group: z.string(),
  customer: z.string(),
  tags: z.string().optional(),
  priority: z.enum(['1 low', '2 normal', '3 high']).optional(),
  article: z.strictObject(article),
});
const update = z.strictObject({ state: z.string().optional(), article: z.strictObject(article).optional() });
const addition = z.strictObject({ ticket_id: z.int(), ...article });

const ticketOf = ({ id, created_by_id, title, state_id, last_close_at }: ZammadTicket) => {
  return { id, created_by_id, title, state_id, close_at: last_close_at, last_close_at };
};

function search(model: ZammadModel, request: FakeRequest): FakeAnswer {
  const [operator, value] = ['condition[ticket.tags][operator]', 'condition[ticket.tags][value]'];
  onlyQuery(request, [operator, value, 'sort_by', 'order_by', 'per_page', 'page', 'expand']);
  if (request.query.get(operator) !== 'contains all') throw new Refusal(422, 'Invalid condition');
  const tag = request.query.get(value) ?? '';
  const found = [...model.tickets.values()].filter(({ tags }) => tags.includes(tag));
  return { status: 200, body: found.slice(0, Number(request.query.get('per_page') ?? 50)).map(ticketOf) };
}

function create(model: ZammadModel, request: FakeRequest): FakeAnswer {
  const given = bodyAs(creation, request, 422);
  if (given.group !== 'ERP') throw new Refusal(422, `No lookup value found for 'group': "${given.group}"`);
  const ticket = model.create(bridge, given.title, given.tags?.split(',') ?? [], given.priority);
  model.write(bridge, ticket, given.article);
  return { status: 201, body: ticketOf(ticket) };
}

function change(model: ZammadModel, request: FakeRequest, id: string): FakeAnswer {
  const given = bodyAs(update, request, 422);
  const ticket = model.get(id);
  if (given.state !== undefined) model.setState(bridge, ticket, given.state);
  if (given.article !== undefined) model.write(bridge, ticket, given.article);
  return { status: 200, body: ticketOf(ticket) };
}

function answer(model: ZammadModel, request: FakeRequest): FakeAnswer {
  const [, , root = '', name = '', id = ''] = request.path;
  switch (`${request.method} ${root}`) {
    case 'GET users':
      return { status: 200, body: { id: bridge, login: 'bridge' } };
    case 'GET ticket_states':
      return { status: 200, body: states };
    case 'GET tags': {
      onlyQuery(request, ['object', 'o_id']);
      return { status: 200, body: { tags: model.get(request.query.get('o_id') ?? '').tags } };
    }
    case 'GET tickets':
      return name === 'search' ? search(model, request) : { status: 200, body: ticketOf(model.get(name)) };
    case 'POST tickets':
      return create(model, request);
    case 'PUT tickets':
      return change(model, request, name);
    case 'GET ticket_articles':
      return { status: 200, body: model.get(id).articles };
    case 'POST ticket_articles': {
      const { ticket_id, ...given } = bodyAs(addition, request, 422);
      return { status: 201, body: model.write(bridge, model.get(String(ticket_id)), given) };
    }
    case 'GET ticket_history':
      return { status: 200, body: { history: model.get(name).history, assets: {} } };
    default:
      throw new Refusal(404, 'No route matches');
  }
}

export interface ZammadFake extends FakeServer {
  readonly model: ZammadModel;
  readonly accounts: { readonly bridge: number; readonly someone: number; readonly system: number };
}

/** A fake of Zammad with the group `ERP` and the token `right`. */
export async function startZammad(): Promise<ZammadFake> {
  const model = new ZammadModel();
  const server = await startFake((request) => {
    if (request.headers.authorization !== 'Token token=right')
      throw new Refusal(401, "Can't find User for Token");
    if (request.path[0] !== 'api' || request.path[1] !== 'v1') throw new Refusal(404, 'No route matches');
    return answer(model, request);
  });
  return { ...server, model, accounts: { bridge, someone, system } };
}
