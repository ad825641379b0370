import type { Colleague } from '../contract-suite.ts';
import { Refusal } from './server.ts';

/** As in Jira: `new` and `indeterminate` are to be done. */
export const statuses = [
  { id: '10000', name: 'To Do', statusCategory: { key: 'new' } },
  { id: '3', name: 'In Progress', statusCategory: { key: 'indeterminate' } },
  { id: '10001', name: 'Done', statusCategory: { key: 'done' } },
  { id: '10002', name: 'Declined', statusCategory: { key: 'done' } },
] as const;
export type Status = (typeof statuses)[number];
const [toDo, , done, declined] = statuses;

/** The one that closes as rejected comes first, to be passed over. */
export const transitions = [
  { id: '11', name: 'Decline', to: declined, fields: {} },
  { id: '21', name: 'Finish', to: done, fields: { resolution: { required: true } } },
  { id: '31', name: 'Back to work', to: toDo, fields: {} },
] as const;

export type Account = 'bridge' | 'someone';

export interface Change {
  readonly by: Account;
  readonly at: Date;
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}
export interface Comment {
  readonly id: string;
  readonly by: Account;
  readonly at: Date;
  readonly body: unknown;
}
export interface JiraTicket {
  readonly id: string;
  readonly key: string;
  readonly number: number;
  readonly creator: Account;
  readonly createdAt: number;
  readonly description: unknown;
  readonly labels: readonly string[];
  readonly priority: string | undefined;
  readonly changes: Change[];
  readonly comments: Comment[];
  summary: string;
  status: Status;
  resolution: string | null;
  resolvedAt: Date | undefined;
}

/** Issues of the project ERP. */
export class JiraModel {
  readonly tickets = new Map<string, JiraTicket>();
  #last = 0;

  get(idOrKey: string): JiraTicket {
    const found = this.tickets.get(idOrKey) ?? [...this.tickets.values()].find(({ key }) => key === idOrKey);
    if (found === undefined)
      throw new Refusal(404, 'Issue does not exist or you do not have permission to see it.');
    return found;
  }

  create(
    creator: Account,
    given: Pick<JiraTicket, 'summary' | 'description' | 'labels' | 'priority'>,
  ): JiraTicket {
    this.#last += 1;
    const ticket: JiraTicket = {
      ...given,
      id: String(20_000 + this.#last),
      key: `ERP-${this.#last}`,
      number: this.#last,
      creator,
      createdAt: Date.now(),
      changes: [],
      comments: [],
      status: toDo,
      resolution: null,
      resolvedAt: undefined,
    };
    this.tickets.set(ticket.id, ticket);
    return ticket;
  }

  comment(by: Account, ticket: JiraTicket, body: unknown): Comment {
    const comment = { id: String(ticket.comments.length + 1), by, at: new Date(), body };
    ticket.comments.push(comment);
    return comment;
  }

  change(
    by: Account,
    ticket: JiraTicket,
    field: string,
    from: string | null = null,
    to: string | null = null,
  ): void {
    ticket.changes.push({ by, at: new Date(), field, from, to });
  }

  move(by: Account, ticket: JiraTicket, to: Status, resolution: string | null): void {
    if (ticket.status === to) return;
    this.change(by, ticket, 'status', ticket.status.id, to.id);
    ticket.status = to;
    ticket.resolution = to.statusCategory.key === 'done' ? (resolution ?? 'Done') : null;
    ticket.resolvedAt = ticket.resolution === null ? undefined : new Date();
  }

  /** @param bodyOf makes a comment's body of a text */
  colleague(bodyOf: (text: string) => unknown): Colleague {
    const act = (what: (ticket: JiraTicket) => unknown) => (id: string) => {
      what(this.get(id));
      return Promise.resolve();
    };
    return {
      comment: (id, text) => act((ticket) => this.comment('someone', ticket, bodyOf(text)))(id),
      assign: act((ticket) => this.change('someone', ticket, 'assignee', null, 'someone')),
      retitle: (id, title) =>
        act((ticket) => {
          ticket.summary = title;
          this.change('someone', ticket, 'summary');
        })(id),
      prioritise: act((ticket) => this.change('someone', ticket, 'priority', '3', '1')),
      close: act((ticket) => this.move('someone', ticket, done, null)),
      reopen: act((ticket) => this.move('someone', ticket, toDo, null)),
      reject: act((ticket) => this.move('someone', ticket, done, "Won't Do")),
      remove: act((ticket) => this.tickets.delete(ticket.id)),
    };
  }
}
