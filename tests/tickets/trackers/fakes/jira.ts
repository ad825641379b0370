/*
 * A fake, written after Atlassian's published documentation, not seen from the product:
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/ (Cloud, v3, with
 * https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/ about its late index) and
 * https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/ (Data Center, v2).
 */
import { z } from 'zod';
import { activeInAdf } from './active.ts';
import {
  JiraModel,
  statuses,
  transitions,
  type Account,
  type Change,
  type Comment,
  type JiraTicket,
} from './jira-model.ts';
import {
  bodyAs,
  onlyQuery,
  Refusal,
  startFake,
  type FakeAnswer,
  type FakeRequest,
  type FakeServer,
} from './server.ts';

export interface JiraFake extends FakeServer {
  readonly model: JiraModel;
}

/** What the cloud's index is behind; every other issue longer, so that it has gaps. */
const lateMs = 400;
/** Pages are shorter than what is asked for. */
const mostOnPage = 5;

const time = (at: Date): string => at.toISOString().replace('Z', '+0000');

const bulk = z.strictObject({
  issueIdsOrKeys: z.array(z.string()).min(1).max(100),
  fields: z.array(z.string()),
});
const transit = z.strictObject({
  transition: z.strictObject({ id: z.string() }),
  fields: z.strictObject({ resolution: z.strictObject({ name: z.string() }) }).optional(),
});

class Jira {
  readonly model = new JiraModel();
  readonly #isCloud: boolean;

  constructor(isCloud: boolean) {
    this.#isCloud = isCloud;
  }

  #account(name: Account) {
    return this.#isCloud
      ? { accountId: `712020:${name}`, displayName: name }
      : { key: `JIRAUSER-${name}`, name };
  }

  /** A text of the API's version: a document, or wiki markup. */
  #text() {
    if (!this.#isCloud) return z.string().max(32_767);
    return z.unknown().refine((doc) => activeInAdf(doc).length === 0, { error: 'INVALID_INPUT' });
  }

  #issueOf(ticket: JiraTicket) {
    const fields = {
      status: ticket.status,
      resolution: ticket.resolution === null ? null : { name: ticket.resolution },
      resolutiondate: ticket.resolvedAt === undefined ? null : time(ticket.resolvedAt),
      labels: ticket.labels,
      creator: this.#account(ticket.creator),
    };
    return { id: ticket.id, key: ticket.key, fields };
  }

  #changeOf({ by, at, field, from, to }: Change) {
    return { author: this.#account(by), created: time(at), items: [{ field, from, to }] };
  }

  #commentOf({ id, by, at, body }: Comment) {
    return { id, author: this.#account(by), created: time(at), body };
  }

  #page<Item>(items: readonly Item[], { query }: FakeRequest): { items: readonly Item[]; total: number } {
    const startAt = Number(query.get('startAt') ?? 0);
    return { items: items.slice(startAt, startAt + mostOnPage), total: items.length };
  }

  #search(request: FakeRequest): FakeAnswer {
    onlyQuery(request, ['jql', 'maxResults', 'fields']);
    const jql = request.query.get('jql') ?? '';
    const [, label, order] =
      /^project = "ERP" (?:AND labels = "([A-Za-z0-9-]+)" )?ORDER BY key (ASC|DESC)$/.exec(jql) ?? [];
    if (order === undefined) throw new Refusal(400, `Error in the JQL Query: ${jql}`);
    const isIndexed = ({ createdAt, number }: JiraTicket): boolean =>
      !this.#isCloud || Date.now() - createdAt >= lateMs * (1 + (number % 2));
    const found = [...this.model.tickets.values()]
      .filter((ticket) => isIndexed(ticket) && (label === undefined || ticket.labels.includes(label)))
      .sort((one, other) => (order === 'ASC' ? 1 : -1) * (one.number - other.number));
    return {
      status: 200,
      body: {
        issues: found
          .slice(0, Number(request.query.get('maxResults') ?? 50))
          .map((one) => this.#issueOf(one)),
      },
    };
  }

  #bulk(request: FakeRequest): FakeAnswer {
    const { issueIdsOrKeys } = bodyAs(bulk, request, 400);
    const all = [...this.model.tickets.values()];
    const found = all.filter(({ id, key }) => issueIdsOrKeys.includes(id) || issueIdsOrKeys.includes(key));
    return { status: 200, body: { issues: found.map((one) => this.#issueOf(one)), issueErrors: [] } };
  }

  #create(request: FakeRequest): FakeAnswer {
    const fields = z.strictObject({
      project: z.strictObject({ key: z.literal('ERP') }),
      issuetype: z.strictObject({ name: z.enum(['Task', 'Bug']) }),
      summary: z
        .string()
        .min(1)
        .max(255)
        .regex(/^[^\n\r]*$/),
      description: this.#text(),
      labels: z.array(z.string().regex(/^\S{1,255}$/)),
      priority: z.strictObject({ name: z.enum(['Highest', 'Medium']) }).optional(),
    });
    const given = bodyAs(z.strictObject({ fields }), request, 400).fields;
    const { id, key } = this.model.create('bridge', { ...given, priority: given.priority?.name });
    return { status: 201, body: { id, key, self: '' } };
  }

  #transit(ticket: JiraTicket, request: FakeRequest): FakeAnswer {
    const { transition, fields } = bodyAs(transit, request, 400);
    const chosen = this.#transitions(ticket).find(({ id }) => id === transition.id);
    if (chosen === undefined)
      throw new Refusal(400, 'It seems that you have tried to perform an illegal operation.');
    if (fields !== undefined && !('resolution' in chosen.fields))
      throw new Refusal(
        400,
        "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown.",
      );
    this.model.move('bridge', ticket, chosen.to, fields?.resolution.name ?? null);
    return { status: 204 };
  }

  #transitions(ticket: JiraTicket) {
    const isDone = ticket.status.statusCategory.key === 'done';
    return transitions.filter(({ to }) => (to.statusCategory.key === 'done') !== isDone);
  }

  #read(ticket: JiraTicket, request: FakeRequest): FakeAnswer {
    onlyQuery(request, ['fields', 'expand']);
    const histories = ticket.changes.map((change) => this.#changeOf(change));
    const isWhole = !this.#isCloud && request.query.get('expand') === 'changelog';
    const changelog = isWhole ? { changelog: { histories, total: histories.length } } : {};
    return { status: 200, body: { ...this.#issueOf(ticket), ...changelog } };
  }

  #onIssue(request: FakeRequest): FakeAnswer {
    const [idOrKey = '', part] = request.path.slice(4);
    const ticket = this.model.get(idOrKey);
    switch (`${request.method} ${part ?? ''}`) {
      case 'GET ':
        return this.#read(ticket, request);
      case 'GET changelog': {
        if (!this.#isCloud) throw new Refusal(404, 'null for uri');
        onlyQuery(request, ['startAt', 'maxResults']);
        const { items, total } = this.#page(ticket.changes, request);
        return { status: 200, body: { values: items.map((one) => this.#changeOf(one)), total } };
      }
      case 'GET comment': {
        onlyQuery(request, ['startAt', 'maxResults', 'orderBy']);
        const { items, total } = this.#page(ticket.comments, request);
        return { status: 200, body: { comments: items.map((one) => this.#commentOf(one)), total } };
      }
      case 'POST comment': {
        const { body } = bodyAs(z.strictObject({ body: this.#text() }), request, 400);
        return { status: 201, body: this.#commentOf(this.model.comment('bridge', ticket, body)) };
      }
      case 'GET transitions':
        onlyQuery(request, ['expand']);
        return { status: 200, body: { transitions: this.#transitions(ticket) } };
      case 'POST transitions':
        return this.#transit(ticket, request);
      default:
        throw new Refusal(404, 'null for uri');
    }
  }

  readonly answer = (request: FakeRequest): FakeAnswer => {
    const basic = Buffer.from('bridge@acme.example:right').toString('base64');
    const right = this.#isCloud ? `Basic ${basic}` : 'Bearer right';
    if (request.headers.authorization !== right) throw new Refusal(401, 'Client must be authenticated');
    const [rest, api, version, root, name] = request.path;
    if (rest !== 'rest' || api !== 'api' || version !== (this.#isCloud ? '3' : '2'))
      throw new Refusal(404, 'Not Found');
    switch (`${request.method} ${root ?? ''} ${name ?? ''}`.trim()) {
      case 'GET myself':
        return { status: 200, body: this.#account('bridge') };
      case 'GET status':
        return { status: 200, body: statuses };
      case 'GET project ERP':
        return { status: 200, body: { key: 'ERP', issueTypes: [{ name: 'Bug' }, { name: 'Task' }] } };
      case this.#isCloud ? 'GET search jql' : 'GET search':
        return this.#search(request);
      case 'POST issue':
        return this.#create(request);
      case this.#isCloud ? 'POST issue bulkfetch' : '':
        return this.#bulk(request);
      default:
        if (root === 'issue') return this.#onIssue(request);
        throw new Refusal(404, 'No project could be found with key');
    }
  };
}

/** A fake of Jira with one project, `ERP`. Login: the token `right`, in the cloud with `bridge@acme.example`. */
export async function startJira(deployment: 'cloud' | 'data_center'): Promise<JiraFake> {
  const jira = new Jira(deployment === 'cloud');
  return { ...(await startFake(jira.answer)), model: jira.model };
}
