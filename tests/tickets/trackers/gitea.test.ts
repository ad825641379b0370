import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeReal } from '../../helpers/real.ts';
import type { Tracker, TrackerTools } from '../../../src/tickets/contract.ts';
import { gitea } from '../../../src/tickets/trackers/gitea.ts';
import { trackerSuite } from './contract-suite.ts';
import { activeInMarkdown, activeInTitle } from './fakes/active.ts';
import { startGitea, type GiteaFake } from './fakes/gitea.ts';
import { bridge, colleagueOf, someone } from './fakes/issue-model.ts';
import { startRealGitea } from './gitea-server.ts';
import { sendTo } from './suite-bench.ts';

const never = new AbortController().signal;
const keys = {
  token_file: '/token',
  owner: 'acme',
  repo: 'erp',
  labels: ['erp'],
  critical_labels: ['urgent'],
};

const openWith =
  (right: string) =>
  (url: URL, send: TrackerTools['send'], secret = right, given: object = keys): Tracker => {
    const own = gitea.settings.parse(given) as Parameters<typeof gitea.open>[0];
    return gitea.open(own, url, { send, secret: () => Promise.resolve(secret) });
  };

describe('Gitea, as it is documented', () => {
  trackerSuite(async () => {
    const fake = await startGitea();
    const { model } = fake;
    return {
      url: fake.url,
      open: openWith('right'),
      colleague: colleagueOf(model, (issue) => {
        model.label(someone, issue, 'wontfix');
        model.setState(someone, issue, 'closed', null);
      }),
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

describe('Gitea besides', () => {
  let fake: GiteaFake;
  beforeAll(async () => {
    fake = await startGitea();
  });
  afterAll(() => fake.stop());
  const tracker = (given?: object) => openWith('right')(fake.url, sendTo(fake.url), 'right', given);
  const draft = (marker: string) => ({ marker, title: 'a', text: 'b', isCritical: false, company: 'acme' });

  it('labels tickets, critical ones with more, also with labels of the organisation', async () => {
    const own = { ...keys, critical_labels: ['urgent', 'shared'] };
    const plain = await tracker(own).create(draft('erp-l1'), never);
    expect([...fake.model.get(plain.id).labels]).toEqual(['erp']);
    const critical = await tracker(own).create({ ...draft('erp-l2'), isCritical: true }, never);
    expect([...fake.model.get(critical.id).labels]).toEqual(['erp', 'urgent', 'shared']);
  });

  it('says that somebody must mend it where a label or the repository is not there', async () => {
    const count = fake.model.all().length;
    const labelled = tracker({ ...keys, labels: ['no such label'] });
    await expect(labelled.create(draft('erp-l3'), never)).rejects.toMatchObject({
      fault: 'login',
      message: 'the repository has no label no such label',
    });
    const other = tracker({ ...keys, repo: 'gone' });
    await expect(other.read('1', never)).rejects.toMatchObject({ fault: 'login' });
    await expect(other.create(draft('erp-l3'), never)).rejects.toMatchObject({ fault: 'login' });
    expect(fake.model.all()).toHaveLength(count);
  });

  it('reads all pages of a server that gives shorter ones than were asked for', async () => {
    const { id } = await tracker().create(draft('erp-m1'), never);
    for (let count = 0; count < 20; count += 1) fake.model.create(bridge, { title: `n${count}` });
    for (let count = 0; count < 20; count += 1) fake.model.comment(bridge, fake.model.get(id), 'x');
    fake.model.comment(someone, fake.model.get(id), 'I see');
    expect(await tracker().find('erp-m1', never)).toMatchObject({ id, touched: 'yes' });
  });

  it('sees a reference from elsewhere as work on the ticket', async () => {
    const { id } = await tracker().create(draft('erp-m2'), never);
    fake.model.note(someone, fake.model.get(id), 'subscribe');
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'yes' });
  });
});

describeReal('Gitea itself', ['gitea'], () => {
  trackerSuite(async () => {
    const real = await startRealGitea();
    return { ...real.subject, open: openWith(real.token) };
  });
});
