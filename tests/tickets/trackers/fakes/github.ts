/*
 * A fake, written after GitHub's published documentation, not seen from the product:
 * https://docs.github.com/en/rest/issues/issues, /comments and /timeline, and
 * https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api (headers), API version 2022-11-28.
 */
import { z } from 'zod';
import { bridge, IssueModel, type Entry, type Issue } from './issue-model.ts';
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

export interface GitHubFake extends FakeServer {
  readonly model: IssueModel;
}

/** Its times have no milliseconds. */
const time = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, 'Z');
const actor = (login: string) => ({ login, id: login.length, type: 'User' });

function issueOf(issue: Issue) {
  return {
    number: issue.number,
    html_url: `https://github.example/acme/erp/issues/${issue.number}`,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.reason,
    closed_at: issue.closedAt === undefined ? null : time(issue.closedAt),
    user: actor(issue.by),
    labels: [...issue.labels].map((name) => ({ name })),
    ...(issue.isPull ? { pull_request: { url: 'https://github.example/pulls' } } : {}),
  };
}

const events: Readonly<Record<Entry['kind'], string>> = {
  comment: 'commented',
  close: 'closed',
  reopen: 'reopened',
  label: 'labeled',
  assign: 'assigned',
  rename: 'renamed',
  subscribe: 'subscribed',
};

function eventOf({ id, kind, by, at, text }: Entry) {
  const common = { id, event: events[kind], actor: actor(by), created_at: time(at) };
  if (kind === 'comment') return { ...common, user: actor(by), body: text };
  // The actor of an assignment may be the one who is assigned.
  return kind === 'assign' ? { ...common, assignee: actor(by), assigner: actor(by) } : common;
}

const creation = z.strictObject({
  title: z.string().min(1).max(256),
  body: z.string().max(65_536).optional(),
  labels: z.array(z.string()).optional(),
});
const update = z.strictObject({
  state: z.enum(['open', 'closed']).optional(),
  state_reason: z.enum(['completed', 'not_planned', 'duplicate', 'reopened']).optional(),
});
const comment = z.strictObject({ body: z.string().min(1).max(65_536) });

function checkHeaders({ headers }: FakeRequest): void {
  if ((headers['user-agent'] ?? '') === '')
    throw new Refusal(403, 'Request forbidden by administrative rules.');
  if (headers.authorization !== 'Bearer right') throw new Refusal(401, 'Bad credentials');
  if (headers.accept !== 'application/vnd.github+json') throw new Refusal(415, 'Unsupported Media Type');
  if (headers['x-github-api-version'] !== '2022-11-28') throw new Refusal(400, 'not a supported version');
}

function list(model: IssueModel, request: FakeRequest): FakeAnswer {
  onlyQuery(request, ['creator', 'labels', 'state', 'sort', 'direction', 'per_page', 'page']);
  const { query } = request;
  const [creator, state] = [query.get('creator'), query.get('state') ?? 'open'];
  const found = model
    .all()
    .filter(
      (issue) => (creator === null || issue.by === creator) && (state === 'all' || issue.state === state),
    );
  const sorted = query.get('direction') === 'asc' ? found.toReversed() : found;
  return { status: 200, body: pageOf(sorted, request, ['per_page', 100]).map(issueOf) };
}

function onIssue(model: IssueModel, request: FakeRequest): FakeAnswer {
  const [number = '', part] = request.path.slice(4);
  const issue = model.get(number);
  switch (`${request.method} ${part ?? ''}`) {
    case 'GET ':
      return { status: 200, body: issueOf(issue) };
    case 'PATCH ': {
      const { state = issue.state, state_reason } = bodyAs(update, request, 422);
      model.setState(bridge, issue, state, state_reason ?? (state === 'open' ? 'reopened' : 'completed'));
      return { status: 200, body: issueOf(issue) };
    }
    case 'GET timeline':
      onlyQuery(request, ['per_page', 'page']);
      return { status: 200, body: pageOf(issue.entries, request, ['per_page', 100]).map(eventOf) };
    case 'POST comments': {
      const entry = model.comment(bridge, issue, bodyAs(comment, request, 422).body);
      return { status: 201, body: { id: entry.id, body: entry.text, user: actor(bridge) } };
    }
    default:
      throw new Refusal(404, 'Not Found');
  }
}

/** A fake of GitHub with one repository, `acme/erp`, and the token `right`. */
export async function startGitHub(): Promise<GitHubFake> {
  const model = new IssueModel();
  const server = await startFake((request) => {
    checkHeaders(request);
    const [root, owner, repo, issues, number] = request.path;
    if (root === 'user' && owner === undefined) return { status: 200, body: actor(bridge) };
    if (root !== 'repos' || owner !== 'acme' || repo !== 'erp') throw new Refusal(404, 'Not Found');
    if (issues === undefined) return { status: 200, body: { full_name: 'acme/erp' } };
    if (issues !== 'issues') throw new Refusal(404, 'Not Found');
    if (number !== undefined) return onIssue(model, request);
    if (request.method === 'GET') return list(model, request);
    return { status: 201, body: issueOf(model.create(bridge, bodyAs(creation, request, 422))) };
  });
  return { ...server, model };
}
