import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSend } from '../../../src/outbound/send.ts';
import { TrackerError, type Tracker, type TrackerTools } from '../../../src/tickets/contract.ts';
import { github } from '../../../src/tickets/trackers/github.ts';
import { trackerSuite } from './contract-suite.ts';
import { activeInMarkdown, activeInTitle } from './fakes/active.ts';
import { startGitHub, type GitHubFake } from './fakes/github.ts';
import { bridge, colleagueOf, someone } from './fakes/issue-model.ts';

const settings = github.settings.parse({
  token_file: '/token',
  owner: 'acme',
  repo: 'erp',
  labels: ['erp'],
  critical_labels: ['urgent'],
});
const never = new AbortController().signal;

function open(url: URL, send: TrackerTools['send'], secret = 'right', given: object = settings): Tracker {
  const own = github.settings.parse(given) as Parameters<typeof github.open>[0];
  return github.open(own, url, { send, secret: () => Promise.resolve(secret) });
}

const sendTo = (url: URL): TrackerTools['send'] =>
  createSend({ hosts: new Set([url.host]), allowsPrivate: true, timeoutMs: 30_000, mostBytes: 4_000_000 });

describe('GitHub', () => {
  trackerSuite(async () => {
    const fake = await startGitHub();
    const { model } = fake;
    return {
      url: fake.url,
      open,
      colleague: colleagueOf(model, (issue) => model.setState(someone, issue, 'closed', 'not_planned')),
      count: (title) => Promise.resolve(model.all().filter((issue) => issue.title.startsWith(title)).length),
      remarks: (id) =>
        Promise.resolve(
          model.get(id).entries.flatMap(({ kind, text }) => (kind === 'comment' ? [text] : [])),
        ),
      active: (id) => {
        const { title, body, entries } = model.get(id);
        const comments = entries.filter(({ kind }) => kind === 'comment').map(({ text }) => text);
        return Promise.resolve([...activeInTitle(title), ...[body, ...comments].flatMap(activeInMarkdown)]);
      },
      stop: () => fake.stop(),
    };
  });
});

describe('GitHub besides', () => {
  let fake: GitHubFake;
  beforeAll(async () => {
    fake = await startGitHub();
  });
  afterAll(() => fake.stop());
  const tracker = (given?: object) => open(fake.url, sendTo(fake.url), 'right', given);
  const draft = (marker: string) => ({ marker, title: 'a', text: 'b', isCritical: false, company: 'acme' });

  it('labels tickets, critical ones with more', async () => {
    const plain = await tracker().create(draft('erp-l1'), never);
    expect([...fake.model.get(plain.id).labels]).toEqual(['erp']);
    const critical = await tracker().create({ ...draft('erp-l2'), isCritical: true }, never);
    expect([...fake.model.get(critical.id).labels]).toEqual(['erp', 'urgent']);
  });

  it('takes neither a pull request nor an issue of another author for its own, and the oldest of several', async () => {
    const body = '```text\nx\n```\n\n<!--\nerp-exporter: erp-p1\n-->';
    fake.model.create(bridge, { title: 'a', body, isPull: true });
    fake.model.create(someone, { title: 'b', body });
    expect(await tracker().find('erp-p1', never)).toBeUndefined();
    const first = fake.model.create(bridge, { title: 'c', body });
    fake.model.create(bridge, { title: 'd', body });
    expect((await tracker().find('erp-p1', never))?.id).toBe(String(first.number));
  });

  it('reads lists and histories of many pages', async () => {
    const { id } = await tracker().create(draft('erp-m1'), never);
    for (let count = 0; count < 120; count += 1) fake.model.create(bridge, { title: `n${count}` });
    for (let count = 0; count < 130; count += 1) fake.model.comment(bridge, fake.model.get(id), 'x');
    expect(await tracker().find('erp-m1', never)).toMatchObject({ id, touched: 'no' });
    fake.model.comment(someone, fake.model.get(id), 'I see');
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'yes' });
  });

  it('does not know who has touched a ticket whose history has no end', async () => {
    const { id } = await tracker().create(draft('erp-m2'), never);
    for (let count = 0; count < 5001; count += 1) fake.model.comment(bridge, fake.model.get(id), 'x');
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'unknown' });
  }, 30_000);

  it('does not count who is told of a ticket as work on it', async () => {
    const { id } = await tracker().create(draft('erp-s1'), never);
    fake.model.note(someone, fake.model.get(id), 'subscribe');
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'no' });
  });

  it('takes a closed ticket that is labelled so for rejected, a duplicate for closed', async () => {
    const { id } = await tracker().create(draft('erp-r1'), never);
    fake.model.setState(someone, fake.model.get(id), 'closed', 'duplicate');
    expect(await tracker().read(id, never)).toMatchObject({ state: 'closed' });
    fake.model.label(someone, fake.model.get(id), 'wontfix');
    expect(await tracker().read(id, never)).toMatchObject({ state: 'rejected' });
  });

  it('says that somebody must mend it where the repository is not there', async () => {
    const other = tracker({ ...settings, repo: 'gone' });
    await expect(other.read('1', never)).rejects.toMatchObject({ fault: 'login' });
    await expect(other.find('erp-x', never)).rejects.toMatchObject({ fault: 'login' });
    await expect(other.create(draft('erp-x'), never)).rejects.toMatchObject({ fault: 'login' });
    expect(await tracker().read('999999', never)).toBeUndefined();
    expect(await tracker().read('../../user', never)).toBeUndefined();
  });

  it.each([
    ['a second limit', { 'retry-after': '30' }, 30_000],
    ['a limit that was reached', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }, 0],
  ])('tries again after %s, which is told by 403', async (_, headers, retryAfterMs) => {
    const send: TrackerTools['send'] = () =>
      Promise.resolve({
        status: 403,
        headers,
        body: '{"message":"You have exceeded a secondary rate limit."}',
        retryAfterMs: 'retry-after' in headers ? 30_000 : undefined,
      });
    const error: unknown = await open(fake.url, send)
      .find('erp-x', never)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrackerError);
    expect(error).toMatchObject({ fault: 'retry', retryAfterMs });
  });

  it('links issues of github.com where they are, not at the address of the API', async () => {
    const { url } = fake;
    const api = new URL('https://api.github.com');
    const forward = sendTo(url);
    const tracker = open(api, ({ url: target, ...request }, signal) => {
      expect(target.origin).toBe('https://api.github.com');
      return forward({ ...request, url: new URL(target.pathname + target.search, url) }, signal);
    });
    expect((await tracker.create(draft('erp-u1'), never)).url).toMatch(
      /^https:\/\/github\.example\/acme\/erp\/issues\/\d+$/,
    );
  });
});
