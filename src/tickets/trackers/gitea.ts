import { z } from 'zod';
import { TrackerError, type TrackerKind } from '../contract.ts';
import { createApi, type Api } from './shared/call.ts';
import { IssuesApi, issuesSettings, type Dialect } from './shared/issues-api.ts';
import { collect } from './shared/pages.ts';
import { trackerOf } from './shared/steps.ts';
import { linked } from './shared/web-url.ts';

const settings = z.strictObject(issuesSettings);
type Settings = z.output<typeof settings>;

const prefix: readonly string[] = ['api', 'v1'];
const pageSize = 50;
const labelList = z.array(z.object({ id: z.int(), name: z.string() }));

/** Gitea wants the numbers of labels: those of the repository, or of its organisation. @throws TrackerError */
async function labelIds(
  api: Api,
  { owner, repo }: Settings,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const places = [
    [...prefix, 'repos', owner, repo, 'labels'],
    [...prefix, 'orgs', owner, 'labels'],
  ];
  const ids = new Map<string, number>();
  for (const path of places) {
    if (names.every((name) => ids.has(name))) break;
    const page = async (number: number) => {
      const query = { limit: pageSize, page: number };
      return (await api.askIfThere({ method: 'GET', path, query, signal }, labelList)) ?? [];
    };
    const { items } = await collect(page, 1, ({ id }) => id);
    for (const { id, name } of items) if (!ids.has(name)) ids.set(name, id);
  }
  return names.map((name) => {
    const id = ids.get(name);
    if (id === undefined) throw new TrackerError('login', `the repository has no label ${name}`);
    return id;
  });
}

function dialectOf(api: Api, given: Settings, url: URL): Dialect {
  return {
    prefix,
    // Without words to look for, this is read from the database, not from the index.
    mine: (login) => ({ created_by: login, state: 'all', type: 'issues' }),
    size: ['limit', pageSize],
    // A server may give shorter pages than asked for; only an empty one is the last.
    fullPage: 1,
    reopening: 'reopen',
    commenting: 'comment',
    passive: [],
    closing: { state: 'closed' },
    link: (told) => linked(told, url),
    labels: (names, signal) => labelIds(api, given, names, signal),
  };
}

/** Gitea and Forgejo: https://docs.gitea.com/api. */
export const gitea: TrackerKind<Settings> = {
  type: 'gitea',
  title: 'Gitea or Forgejo',
  provenance: 'tried on Gitea 1.25',
  settings,
  open: (given, url, tools) => {
    const api = createApi(tools, url, async () => ({
      Authorization: `token ${await tools.secret(given.token_file)}`,
    }));
    return trackerOf(new IssuesApi(api, given, dialectOf(api, given, url)));
  },
};
