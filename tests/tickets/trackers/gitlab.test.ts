import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tracker, TrackerTools } from '../../../src/tickets/contract.ts';
import { gitlab, withoutQuickActions } from '../../../src/tickets/trackers/gitlab.ts';
import { markdown } from '../../../src/tickets/trackers/shared/markdown.ts';
import { casesOf } from '../../helpers/nightly.ts';
import { trackerSuite } from './contract-suite.ts';
import { activeInMarkdown, activeInTitle, quickActionsIn } from './fakes/active.ts';
import { startGitLab, type GitLabFake } from './fakes/gitlab.ts';
import { sendTo } from './suite-bench.ts';

const never = new AbortController().signal;
const keys = { token_file: '/token', project: 'acme/erp', labels: ['erp'], critical_labels: ['priority::1'] };

function open(url: URL, send: TrackerTools['send'], secret = 'right', given: object = keys): Tracker {
  const own = gitlab.settings.parse(given) as Parameters<typeof gitlab.open>[0];
  return gitlab.open(own, url, { send, secret: () => Promise.resolve(secret) });
}

describe('GitLab', () => {
  trackerSuite(async () => {
    const fake = await startGitLab();
    const { model } = fake;
    const remarks = (id: string) =>
      model.get(id).notes.flatMap(({ isSystem, body }) => (isSystem ? [] : [body]));
    return {
      url: fake.url,
      open,
      colleague: model.colleague(),
      count: (title) =>
        Promise.resolve([...model.issues.values()].filter((issue) => issue.title.startsWith(title)).length),
      remarks: (id) => Promise.resolve(remarks(id)),
      active: (id) => {
        const { title, description } = model.get(id);
        const texts = [description, ...remarks(id)];
        return Promise.resolve([
          ...activeInTitle(title),
          ...texts.flatMap(activeInMarkdown),
          ...texts.flatMap(quickActionsIn),
        ]);
      },
      stop: () => fake.stop(),
    };
  });
});

describe('GitLab besides', () => {
  let fake: GitLabFake;
  beforeAll(async () => {
    fake = await startGitLab();
  });
  afterAll(() => fake.stop());
  const tracker = (given?: object) => open(fake.url, sendTo(fake.url), 'right', given);
  const draft = (marker: string) => ({ marker, title: 'a', text: 'b', isCritical: false, company: 'acme' });

  it('knows a project by its number as well', async () => {
    const { id } = await tracker({ ...keys, project: 42 }).create(draft('erp-n1'), never);
    expect(await tracker().find('erp-n1', never)).toMatchObject({ id });
  });

  it('labels tickets, critical ones with more', async () => {
    const plain = await tracker().create(draft('erp-l1'), never);
    expect([...fake.model.get(plain.id).labels]).toEqual(['erp']);
    const critical = await tracker().create({ ...draft('erp-l2'), isCritical: true }, never);
    expect([...fake.model.get(critical.id).labels]).toEqual(['erp', 'priority::1']);
  });

  it('writes no quick action, not even behind a fence within the text', async () => {
    const text = 'Order 1\n```\n/close\n/assign me';
    const { id } = await tracker().create({ ...draft('erp-q1'), text }, never);
    await tracker().comment(id, { marker: 'erp-q2', text }, never);
    const { description, notes } = fake.model.get(id);
    expect([description, ...notes.map(({ body }) => body)].flatMap(quickActionsIn)).toEqual([]);
  });

  it('takes an issue of another author for none of its own', async () => {
    const { someone, bridge } = fake.accounts;
    const text = '<!--\nerp-exporter: erp-o1\n-->';
    fake.model.create(someone, 'a', text, []);
    expect(await tracker().find('erp-o1', never)).toBeUndefined();
    const first = fake.model.create(bridge, 'b', text, []);
    fake.model.create(bridge, 'c', text, []);
    expect(await tracker().find('erp-o1', never)).toMatchObject({ id: String(first.iid) });
  });

  it('reads histories of many pages, and does not know of one without end', async () => {
    const { someone, bridge } = fake.accounts;
    const { id } = await tracker().create(draft('erp-m1'), never);
    const issue = fake.model.get(id);
    for (let count = 0; count < 150; count += 1) fake.model.note(bridge, issue, 'x');
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'no' });
    for (let count = 0; count < 5000; count += 1) fake.model.note(bridge, issue, 'x');
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'unknown' });
    fake.model.label(someone, issue, 'x');
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'yes' });
  }, 30_000);

  it('says that somebody must mend it where the project is not there', async () => {
    const other = tracker({ ...keys, project: 'acme/gone' });
    await expect(other.read('1', never)).rejects.toMatchObject({ fault: 'login' });
    await expect(other.create(draft('erp-x'), never)).rejects.toMatchObject({ fault: 'login' });
    expect(await tracker().read('999999', never)).toBeUndefined();
  });
});

describe('quick actions', () => {
  const parts = fc.constantFrom(
    '```',
    '````',
    '\n',
    '/close',
    '/assign @me',
    ' ',
    '\t',
    'text',
    '~~~',
    '/',
    '\r',
  );
  const texts = fc.array(parts, { maxLength: 30 }).map((all) => all.join(''));

  it('would be found behind three backticks in a longer fence', () => {
    expect(quickActionsIn(markdown('a\n```\n/close', 'x'))).toHaveLength(1);
  });

  it('are never found in what is written', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(quickActionsIn(markdown(withoutQuickActions(text), 'x'))).toEqual([]);
      }),
      { numRuns: casesOf(2000, 4) },
    );
  });
});
