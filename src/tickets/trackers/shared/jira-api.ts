import { z } from 'zod';
import type { Api } from './call.ts';
import type { Listed } from './pages.ts';

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/ or https://developer.atlassian.com/server/jira/platform/rest/v2/ */
export type Deployment = 'cloud' | 'data_center';

const person = z
  .object({ accountId: z.string().nullish(), key: z.string().nullish(), name: z.string().nullish() })
  .nullish();
type Person = z.output<typeof person>;

/** By what an account is known: the cloud has no names, the data centre no account numbers. */
const idOf = (one: Person): string | undefined => one?.accountId ?? one?.key ?? one?.name ?? undefined;

const category = z.object({ key: z.string() });

const issueSchema = z.object({
  id: z.string(),
  key: z.string(),
  fields: z.object({
    status: z.object({ name: z.string(), statusCategory: category }).nullish(),
    resolution: z.object({ name: z.string() }).nullish(),
    resolutiondate: z.string().nullish(),
    labels: z.array(z.string()).nullish(),
    creator: person,
  }),
});
export type JiraIssue = z.output<typeof issueSchema>;

const changeSchema = z.object({
  author: person,
  created: z.string(),
  items: z.array(z.object({ field: z.string(), from: z.string().nullish(), to: z.string().nullish() })),
});
const commentSchema = z.object({ author: person, created: z.string(), body: z.unknown() });

/** What an account did: changes of fields, or a comment. */
export interface JiraEvent {
  readonly by: string | undefined;
  readonly created: string;
  readonly items: z.output<typeof changeSchema>['items'];
  /** Of a comment; undefined: it is none. */
  readonly body: unknown;
}

const transitionSchema = z.object({
  id: z.string(),
  name: z.string(),
  to: z.object({ name: z.string(), statusCategory: category }),
  fields: z.record(z.string(), z.unknown()).nullish(),
});
export type JiraTransition = z.output<typeof transitionSchema>;

const pageSize = 100;
const mostPages = 50;
const fields: readonly string[] = ['status', 'resolution', 'resolutiondate', 'labels', 'creator'];

interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** All items of a list that says how many it has. @param page gives those from an index on */
async function all<Item>(page: (startAt: number) => Promise<Page<Item>>): Promise<Listed<Item>> {
  const found: Item[] = [];
  for (let number = 0; number < mostPages; number += 1) {
    const { items, total } = await page(found.length);
    found.push(...items);
    if (found.length >= total) return { items: found, isWhole: true };
    if (items.length === 0) break;
  }
  return { items: found, isWhole: false };
}

/** What is asked of a Jira. @throws TrackerError from every method */
export class JiraApi {
  readonly #api: Api;
  readonly #isCloud: boolean;
  readonly #root: readonly string[];

  constructor(api: Api, deployment: Deployment) {
    this.#api = api;
    this.#isCloud = deployment === 'cloud';
    this.#root = ['rest', 'api', this.#isCloud ? '3' : '2'];
  }

  #get<Answer>(
    path: readonly string[],
    query: Readonly<Record<string, string | number>>,
    schema: z.ZodType<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    return this.#api.ask({ method: 'GET', path: [...this.#root, ...path], query, signal }, schema);
  }

  #post<Answer>(
    path: readonly string[],
    body: unknown,
    schema: z.ZodType<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    return this.#api.ask({ method: 'POST', path: [...this.#root, ...path], body, signal }, schema);
  }

  /** Who the account is. */
  async self(signal: AbortSignal): Promise<string | undefined> {
    return idOf(await this.#get(['myself'], {}, person, signal));
  }

  /** The names of a project's types of issues. */
  async issueTypes(project: string, signal: AbortSignal): Promise<readonly string[]> {
    const schema = z.object({ issueTypes: z.array(z.object({ name: z.string() })) });
    return (await this.#get(['project', project], {}, schema, signal)).issueTypes.map(({ name }) => name);
  }

  /** The first issues that JQL finds. The index may be some seconds, rarely minutes, behind. */
  async search(jql: string, maxResults: number, signal: AbortSignal): Promise<readonly JiraIssue[]> {
    const path = this.#isCloud ? ['search', 'jql'] : ['search'];
    const schema = z.object({ issues: z.array(issueSchema) });
    return (await this.#get(path, { jql, maxResults, fields: fields.join(',') }, schema, signal)).issues;
  }

  issue(idOrKey: string, signal: AbortSignal): Promise<JiraIssue | undefined> {
    const path = [...this.#root, 'issue', idOrKey];
    return this.#api.askIfThere(
      { method: 'GET', path, query: { fields: fields.join(',') }, signal },
      issueSchema,
    );
  }

  /** At most 100 issues, not from the index; those that are not there are left out. In the data centre, it is one call for each. */
  async issues(keys: readonly string[], signal: AbortSignal): Promise<readonly JiraIssue[]> {
    if (this.#isCloud) {
      const schema = z.object({ issues: z.array(issueSchema) });
      return (await this.#post(['issue', 'bulkfetch'], { issueIdsOrKeys: keys, fields }, schema, signal))
        .issues;
    }
    const found: JiraIssue[] = [];
    for (const key of keys) {
      const one = await this.issue(key, signal);
      if (one !== undefined) found.push(one);
    }
    return found;
  }

  /** The numbers of the statuses that mean that work is done, and of all. */
  async statuses(signal: AbortSignal): Promise<{ readonly all: Set<string>; readonly done: Set<string> }> {
    const schema = z.array(z.object({ id: z.string(), statusCategory: category }));
    const found = await this.#get(['status'], {}, schema, signal);
    const done = found.filter(({ statusCategory }) => statusCategory.key === 'done');
    return { all: new Set(found.map(({ id }) => id)), done: new Set(done.map(({ id }) => id)) };
  }

  async #changes(id: string, signal: AbortSignal): Promise<Listed<z.output<typeof changeSchema>>> {
    if (this.#isCloud) {
      const schema = z.object({ values: z.array(changeSchema), total: z.int() });
      return all(async (startAt) => {
        const query = { startAt, maxResults: pageSize };
        const { values, total } = await this.#get(['issue', id, 'changelog'], query, schema, signal);
        return { items: values, total };
      });
    }
    const log = z.object({ histories: z.array(changeSchema), total: z.int() });
    const query = { fields: 'status', expand: 'changelog' };
    const { changelog } = await this.#get(['issue', id], query, z.object({ changelog: log }), signal);
    const { histories, total } = changelog;
    return { items: histories, isWhole: histories.length >= total };
  }

  async comments(id: string, signal: AbortSignal): Promise<Listed<JiraEvent>> {
    const schema = z.object({ comments: z.array(commentSchema), total: z.int() });
    const { items, isWhole } = await all(async (startAt) => {
      const query = { startAt, maxResults: pageSize, orderBy: 'created' };
      const { comments, total } = await this.#get(['issue', id, 'comment'], query, schema, signal);
      return { items: comments, total };
    });
    const events = items.map(({ author, created, body }) => ({ by: idOf(author), created, items: [], body }));
    return { items: events, isWhole };
  }

  /** Changes and comments, oldest first. */
  async history(id: string, signal: AbortSignal): Promise<Listed<JiraEvent>> {
    const changes = await this.#changes(id, signal);
    const comments = await this.comments(id, signal);
    const changed = changes.items.map(({ author, created, items }) => {
      return { by: idOf(author), created, items, body: undefined };
    });
    // A change goes before a comment of the same moment: what comes with a reopening counts as later.
    const items = [...changed, ...comments.items].sort(
      (one, other) => Date.parse(one.created) - Date.parse(other.created),
    );
    return { items, isWhole: changes.isWhole && comments.isWhole };
  }

  /** @returns the id of the new issue. */
  async create(given: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string> {
    return (await this.#post(['issue'], { fields: given }, z.object({ id: z.string() }), signal)).id;
  }

  async comment(id: string, body: unknown, signal: AbortSignal): Promise<void> {
    await this.#post(['issue', id, 'comment'], { body }, z.object({ id: z.string() }), signal);
  }

  async transitions(id: string, signal: AbortSignal): Promise<readonly JiraTransition[]> {
    const schema = z.object({ transitions: z.array(transitionSchema) });
    const query = { expand: 'transitions.fields' };
    return (await this.#get(['issue', id, 'transitions'], query, schema, signal)).transitions;
  }

  async transit(id: string, body: unknown, signal: AbortSignal): Promise<void> {
    const path = [...this.#root, 'issue', id, 'transitions'];
    await this.#api.tell({ method: 'POST', path, body, signal });
  }

  isOf(issue: JiraIssue, self: string | undefined): boolean {
    return self !== undefined && idOf(issue.fields.creator) === self;
  }
}
