/*
 * A fake, written after Gitea's published API documentation (Swagger, version 1.25): https://docs.gitea.com/api/1.25/.
 * The same suite runs against Gitea itself where GITEA_BINARY names it.
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

export interface GiteaFake extends FakeServer {
  readonly model: IssueModel;
}

const labels: readonly string[] = ['erp', 'urgent', 'wontfix'];
/** Of an organisation, the second place of labels. */
const ownersLabels: readonly string[] = ['shared'];
const labelList = (names: readonly string[], from: number) =>
  names.map((name, index) => ({ id: from + index, name }));

const time = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, 'Z');
const user = (login: string) => ({ login, id: login.length });

function issueOf(issue: Issue) {
  return {
    number: issue.number,
    html_url: `http://gitea.example/acme/erp/issues/${issue.number}`,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    closed_at: issue.closedAt === undefined ? null : time(issue.closedAt),
    user: user(issue.by),
    labels: [...issue.labels].map((name) => ({ name })),
    pull_request: issue.isPull ? {} : null,
  };
}

const types: Readonly<Record<Entry['kind'], string>> = {
  comment: 'comment',
  close: 'close',
  reopen: 'reopen',
  label: 'label',
  assign: 'assignees',
  rename: 'change_title',
  subscribe: 'issue_ref',
};
const eventOf = ({ id, kind, by, at, text }: Entry) => ({
  id,
  type: types[kind],
  user: user(by),
  created_at: time(at),
  body: text,
});

const creation = z.strictObject({
  title: z.string().min(1),
  body: z.string().optional(),
  labels: z.array(z.int()).optional(),
});
const update = z.strictObject({ state: z.enum(['open', 'closed']) });
const comment = z.strictObject({ body: z.string().min(1) });

function create(model: IssueModel, request: FakeRequest): FakeAnswer {
  const given = bodyAs(creation, request, 422);
  const all = [...labelList(labels, 1), ...labelList(ownersLabels, 101)];
  const names = (given.labels ?? []).map((id) => {
    const label = all.find((one) => one.id === id);
    if (label === undefined) throw new Refusal(404, 'label does not exist');
    return label.name;
  });
  return { status: 201, body: issueOf(model.create(bridge, { ...given, labels: names })) };
}

function list(model: IssueModel, request: FakeRequest): FakeAnswer {
  onlyQuery(request, ['created_by', 'state', 'type', 'limit', 'page']);
  const { query } = request;
  const [author, state] = [query.get('created_by'), query.get('state') ?? 'open'];
  const found = model
    .all()
    .filter((issue) => (author === null || issue.by === author) && (state === 'all' || issue.state === state))
    .filter(({ isPull }) => query.get('type') !== 'issues' || !isPull);
  // The server's own bound is below what is asked for.
  return { status: 200, body: pageOf(found, request, ['limit', 7]).map(issueOf) };
}

function onIssue(model: IssueModel, request: FakeRequest): FakeAnswer {
  const [number = '', part] = request.path.slice(6);
  const issue = model.get(number);
  switch (`${request.method} ${part ?? ''}`) {
    case 'GET ':
      return { status: 200, body: issueOf(issue) };
    case 'PATCH ':
      model.setState(bridge, issue, bodyAs(update, request, 422).state, null);
      return { status: 201, body: issueOf(issue) };
    case 'GET timeline': {
      onlyQuery(request, ['limit', 'page']);
      const page = pageOf(issue.entries, request, ['limit', 7]).map(eventOf);
      // An empty list of Go.
      return { status: 200, body: page.length === 0 ? null : page };
    }
    case 'POST comments': {
      const entry = model.comment(bridge, issue, bodyAs(comment, request, 422).body);
      return { status: 201, body: eventOf(entry) };
    }
    default:
      throw new Refusal(404, 'The target couldn’t be found.');
  }
}

/** A fake of Gitea with one repository, `acme/erp`, and the token `right`. */
export async function startGitea(): Promise<GiteaFake> {
  const model = new IssueModel();
  const server = await startFake((request) => {
    if (request.headers.authorization !== 'token right') throw new Refusal(401, 'user does not exist');
    const [api, version, root, owner, repo, part, number] = request.path;
    if (api !== 'api' || version !== 'v1') throw new Refusal(404, 'Not Found');
    if (root === 'user' && owner === undefined) return { status: 200, body: user(bridge) };
    if (root === 'orgs' && owner === 'acme' && repo === 'labels')
      return { status: 200, body: pageOf(labelList(ownersLabels, 101), request, ['limit', 50]) };
    if (root !== 'repos' || owner !== 'acme' || repo !== 'erp') throw new Refusal(404, 'Not Found');
    if (part === undefined) return { status: 200, body: { full_name: 'acme/erp' } };
    if (part === 'labels') return { status: 200, body: pageOf(labelList(labels, 1), request, ['limit', 2]) };
    if (part !== 'issues') throw new Refusal(404, 'Not Found');
    if (number !== undefined) return onIssue(model, request);
    return request.method === 'GET' ? list(model, request) : create(model, request);
  });
  return { ...server, model };
}
