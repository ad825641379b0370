import { z } from 'zod';
import type { TrackerKind } from '../contract.ts';
import { createApi } from './shared/call.ts';
import { IssuesApi, issuesSettings, type Dialect } from './shared/issues-api.ts';
import { trackerOf } from './shared/steps.ts';
import { linked } from './shared/web-url.ts';

const settings = z.strictObject(issuesSettings);
type Settings = z.output<typeof settings>;

/** GitHub's own API has a host of its own. */
const publicApi = 'api.github.com';

const dialectOf = (url: URL): Dialect => ({
  prefix: [],
  // The list is read from the database; the search would find a new issue only later.
  mine: (login) => ({ creator: login, state: 'all', sort: 'created', direction: 'desc' }),
  size: ['per_page', 100],
  fullPage: 100,
  reopening: 'reopened',
  commenting: 'commented',
  // People who are told of an issue have not worked on it.
  passive: ['mentioned', 'subscribed', 'unsubscribed'],
  closing: { state: 'closed', state_reason: 'completed' },
  link: (told) => (url.hostname === publicApi ? told : linked(told, url)),
  labels: (names) => Promise.resolve(names),
});

/** GitHub and GitHub Enterprise Server: https://docs.github.com/en/rest/issues. */
export const github: TrackerKind<Settings> = {
  type: 'github',
  title: 'GitHub issues (`url`: `https://api.github.com`, of an Enterprise Server `https://HOST/api/v3`)',
  provenance:
    'written after the published documentation of its REST API, version 2022-11-28, not tried on the product',
  settings,
  open: (given, url, tools) => {
    const api = createApi(tools, url, async () => ({
      Accept: 'application/vnd.github+json',
      'X-GitHub-Api-Version': '2022-11-28',
      Authorization: `Bearer ${await tools.secret(given.token_file)}`,
    }));
    return trackerOf(new IssuesApi(api, given, dialectOf(url)));
  },
};
