/*
 * A fake, written after GitLab's published documentation, not seen from the product: https://docs.gitlab.com/api/issues/,
 * https://docs.gitlab.com/api/notes/, https://docs.gitlab.com/api/resource_state_events/ and
 * https://docs.gitlab.com/api/resource_label_events/.
 */
import { z } from 'zod';
import type { Colleague } from '../contract-suite.ts';
import {
  bodyAs,
  onlyQuery,
  pageOf,
  Refusal,
  startFake,
  type FakeAnswer,
  type FakeRequest,
  type FakeServer,
} from './server.ts';

const bridge = 7;
const someone = 8;
const account = (id: number) => ({ id, username: id === bridge ? 'bridge' : 'someone' });

interface Note {
  readonly id: number;
  readonly author: number;
  readonly at: string;
  readonly body: string;
  /** Written by GitLab itself about a change. */
  readonly isSystem: boolean;
}
interface Event {
  readonly id: number;
  readonly user: number;
  readonly at: string;
  readonly what: string;
}
export interface GitLabIssue {
  readonly iid: number;
  readonly author: number;
  readonly description: string;
  readonly notes: Note[];
  readonly states: Event[];
  readonly labelEvents: Event[];
  readonly labels: Set<string>;
  title: string;
  state: 'opened' | 'closed';
  closedAt: string | null;
}

/** Issues of one project. */
export class GitLabModel {
  readonly issues = new Map<number, GitLabIssue>();
  #last = 0;

  #next(): number {
    this.#last += 1;
    return this.#last;
  }

  get(iid: string): GitLabIssue {
    const issue = this.issues.get(Number(iid));
    if (issue === undefined) throw new Refusal(404, '404 Not found');
    return issue;
  }

  create(author: number, title: string, description: string, labels: readonly string[]): GitLabIssue {
    const iid = this.#next();
    const lists = { notes: [], states: [], labelEvents: [], labels: new Set<string>() };
    const issue: GitLabIssue = { iid, author, title, description, state: 'opened', closedAt: null, ...lists };
    this.issues.set(iid, issue);
    for (const label of labels) this.label(author, issue, label);
    return issue;
  }

  note(author: number, issue: GitLabIssue, body: string, isSystem = false): Note {
    const note = { id: this.#next(), author, at: new Date().toISOString(), body, isSystem };
    issue.notes.push(note);
    return note;
  }

  label(user: number, issue: GitLabIssue, label: string): void {
    issue.labels.add(label);
    issue.labelEvents.push({ id: this.#next(), user, at: new Date().toISOString(), what: label });
  }

  setState(user: number, issue: GitLabIssue, state: GitLabIssue['state']): void {
    if (issue.state === state) return;
    const at = new Date().toISOString();
    issue.state = state;
    issue.closedAt = state === 'closed' ? at : null;
    issue.states.push({ id: this.#next(), user, at, what: state === 'closed' ? 'closed' : 'reopened' });
  }

  colleague(): Colleague {
    const act = (what: (issue: GitLabIssue) => unknown) => (id: string) => {
      what(this.get(id));
      return Promise.resolve();
    };
    return {
      comment: (id, text) => act((issue) => this.note(someone, issue, text))(id),
      assign: act((issue) => this.note(someone, issue, 'assigned to @someone', true)),
      retitle: (id, title) =>
        act((issue) => {
          issue.title = title;
          this.note(someone, issue, 'changed title', true);
        })(id),
      prioritise: act((issue) => this.label(someone, issue, 'priority::1')),
      close: act((issue) => this.setState(someone, issue, 'closed')),
      reopen: act((issue) => this.setState(someone, issue, 'opened')),
      reject: act((issue) => {
        this.label(someone, issue, 'wontfix');
        this.setState(someone, issue, 'closed');
      }),
      remove: act((issue) => this.issues.delete(issue.iid)),
    };
  }
}

const issueOf = (issue: GitLabIssue) => ({
  id: issue.iid + 1000,
  iid: issue.iid,
  web_url: `https://gitlab.example/acme/erp/-/issues/${issue.iid}`,
  title: issue.title,
  description: issue.description,
  state: issue.state,
  closed_at: issue.closedAt,
  author: account(issue.author),
  labels: [...issue.labels],
});
const noteOf = ({ id, author, at, body, isSystem }: Note) => ({
  id,
  author: account(author),
  created_at: at,
  body,
  system: isSystem,
});
const eventOf = ({ id, user, at }: Event) => ({ id, user: account(user), created_at: at });

const creation = z.strictObject({
  title: z.string().min(1).max(255),
  description: z.string().max(1_048_576).optional(),
  labels: z.string().optional(),
});
const update = z.strictObject({ state_event: z.enum(['close', 'reopen']) });
const note = z.strictObject({ body: z.string().min(1).max(1_000_000) });
const size = ['per_page', 100] as const;

function onIssues(model: GitLabModel, request: FakeRequest): FakeAnswer {
  if (request.method === 'POST') {
    const { title, description = '', labels = '' } = bodyAs(creation, request, 400);
    const issue = model.create(bridge, title, description, labels.split(',').filter(Boolean));
    return { status: 201, body: issueOf(issue) };
  }
  onlyQuery(request, ['author_id', 'scope', 'order_by', 'sort', 'per_page', 'page']);
  const { query } = request;
  const found = [...model.issues.values()]
    .reverse()
    .filter(({ author }) => author === Number(query.get('author_id') ?? author));
  const sorted = query.get('sort') === 'asc' ? found.toReversed() : found;
  return { status: 200, body: pageOf(sorted, request, size).map(issueOf) };
}

function onIssue(model: GitLabModel, request: FakeRequest, iid: string, part: string): FakeAnswer {
  const issue = model.get(iid);
  switch (`${request.method} ${part}`) {
    case 'GET ':
      return { status: 200, body: issueOf(issue) };
    case 'PUT ': {
      const { state_event } = bodyAs(update, request, 400);
      model.setState(bridge, issue, state_event === 'close' ? 'closed' : 'opened');
      return { status: 200, body: issueOf(issue) };
    }
    case 'GET notes': {
      onlyQuery(request, ['sort', 'order_by', 'per_page', 'page']);
      // Newest first, unless asked otherwise.
      const notes = request.query.get('sort') === 'asc' ? issue.notes : issue.notes.toReversed();
      return { status: 200, body: pageOf(notes, request, size).map(noteOf) };
    }
    case 'POST notes':
      return { status: 201, body: noteOf(model.note(bridge, issue, bodyAs(note, request, 400).body)) };
    case 'GET resource_state_events': {
      onlyQuery(request, ['per_page', 'page']);
      const events = pageOf(issue.states, request, size);
      return { status: 200, body: events.map((event) => ({ ...eventOf(event), state: event.what })) };
    }
    case 'GET resource_label_events': {
      onlyQuery(request, ['per_page', 'page']);
      const events = pageOf(issue.labelEvents, request, size);
      return { status: 200, body: events.map((event) => ({ ...eventOf(event), action: 'add' })) };
    }
    default:
      throw new Refusal(404, '404 Not Found');
  }
}

export interface GitLabFake extends FakeServer {
  readonly model: GitLabModel;
  readonly accounts: { readonly bridge: number; readonly someone: number };
}

/** A fake of GitLab with one project, number 42 or `acme/erp`, and the token `right`. */
export async function startGitLab(): Promise<GitLabFake> {
  const model = new GitLabModel();
  const server = await startFake((request) => {
    if (request.headers['private-token'] !== 'right') throw new Refusal(401, '401 Unauthorized');
    const [api, version, root, project, part, iid, more = ''] = request.path;
    if (api !== 'api' || version !== 'v4') throw new Refusal(404, '404 Not Found');
    if (root === 'user') return { status: 200, body: account(bridge) };
    if (root !== 'projects' || (project !== '42' && project !== 'acme/erp'))
      throw new Refusal(404, '404 Project Not Found');
    if (part === undefined) return { status: 200, body: { id: 42, path_with_namespace: 'acme/erp' } };
    if (part !== 'issues') throw new Refusal(404, '404 Not Found');
    return iid === undefined ? onIssues(model, request) : onIssue(model, request, iid, more);
  });
  return { ...server, model, accounts: { bridge, someone } };
}
