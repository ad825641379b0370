import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tracker, TrackerTools } from '../../../src/tickets/contract.ts';
import { jira } from '../../../src/tickets/trackers/jira.ts';
import { adf, textOfAdf } from '../../../src/tickets/trackers/shared/adf.ts';
import { trackerSuite } from './contract-suite.ts';
import { activeInAdf, activeInTitle, activeInWiki } from './fakes/active.ts';
import { startJira, type JiraFake } from './fakes/jira.ts';
import { sendTo } from './suite-bench.ts';

const never = new AbortController().signal;
const deployments = ['cloud', 'data_center'] as const;
type Deployment = (typeof deployments)[number];

const keysOf = (deployment: Deployment): object => ({
  deployment,
  ...(deployment === 'cloud' ? { email: 'bridge@acme.example' } : {}),
  token_file: '/token',
  project: 'ERP',
  labels: ['erp'],
  critical_priority: 'Highest',
});

function open(given: object, url: URL, send: TrackerTools['send'], secret = 'right'): Tracker {
  const own = jira.settings.parse(given) as Parameters<typeof jira.open>[0];
  return jira.open(own, url, { send, secret: () => Promise.resolve(secret) });
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : textOfAdf(body));

describe.each(deployments)('Jira, %s', (deployment) => {
  trackerSuite(async () => {
    const fake = await startJira(deployment);
    const { model } = fake;
    const active = deployment === 'cloud' ? activeInAdf : (text: unknown) => activeInWiki(String(text));
    const bodyOf = deployment === 'cloud' ? (text: string) => adf(text, 'x') : (text: string) => text;
    return {
      url: fake.url,
      open: (url, send, secret) => open(keysOf(deployment), url, send, secret),
      colleague: model.colleague(bodyOf),
      count: (title) =>
        Promise.resolve(
          [...model.tickets.values()].filter(({ summary }) => summary.startsWith(title)).length,
        ),
      remarks: (id) => Promise.resolve(model.get(id).comments.map(({ body }) => textOf(body))),
      active: (id) => {
        const { summary, description, comments } = model.get(id);
        const bodies = [description, ...comments.map(({ body }) => body)];
        return Promise.resolve([...activeInTitle(summary), ...bodies.flatMap(active)]);
      },
      stop: () => fake.stop(),
    };
  });
});

describe.each(deployments)('Jira besides, %s', (deployment) => {
  let fake: JiraFake;
  beforeAll(async () => {
    fake = await startJira(deployment);
  });
  afterAll(() => fake.stop());
  const tracker = (more: object = {}) => open({ ...keysOf(deployment), ...more }, fake.url, sendTo(fake.url));
  const draft = (marker: string) => ({ marker, title: 'a', text: 'b', isCritical: false, company: 'acme' });
  const remark = (marker: string) => ({ marker, text: 'c' });

  it('labels tickets, and gives critical ones a priority', async () => {
    const plain = await tracker().create(draft('erp-l1'), never);
    expect(fake.model.get(plain.id)).toMatchObject({ labels: ['erp-l1', 'erp'], priority: undefined });
    const critical = await tracker().create({ ...draft('erp-l2'), isCritical: true }, never);
    expect(fake.model.get(critical.id).priority).toBe('Highest');
  });

  it('finds a ticket that the index does not know yet among many new ones', async () => {
    for (let count = 0; count < 40; count += 1) {
      const given = { summary: `n${count}`, description: '', labels: [], priority: undefined };
      fake.model.create('someone', given);
    }
    // All older ones are in the index by now.
    await new Promise((resolve) => setTimeout(resolve, 900));
    const { id } = await tracker().create(draft('erp-i1'), never);
    for (let count = 0; count < 3; count += 1) {
      const given = { summary: `m${count}`, description: '', labels: [], priority: undefined };
      fake.model.create('someone', given);
    }
    expect(await tracker().find('erp-i1', never)).toMatchObject({ id });
  });

  it('takes a ticket of another author for none of its own', async () => {
    const given = { summary: 'a', description: '', labels: ['erp-o1'], priority: undefined };
    fake.model.create('someone', given);
    expect(await tracker().find('erp-o1', never)).toBeUndefined();
  });

  it('closes by a transition that does not decline, with a resolution where it is asked for', async () => {
    const { id } = await tracker().create(draft('erp-c1'), never);
    await tracker({ close_resolution: 'Fixed' }).close(id, remark('erp-c2'), never);
    expect(fake.model.get(id)).toMatchObject({ status: { name: 'Done' }, resolution: 'Fixed' });
    await tracker().reopen(id, remark('erp-c3'), never);
    await tracker({ close_transition: 'Decline', close_resolution: 'Fixed' }).close(
      id,
      remark('erp-c4'),
      never,
    );
    expect(fake.model.get(id)).toMatchObject({ status: { name: 'Declined' }, resolution: 'Done' });
    expect(await tracker().read(id, never)).toMatchObject({ state: 'rejected' });
  });

  it('says that somebody must mend it where the workflow has no such transition', async () => {
    const { id } = await tracker().create(draft('erp-w1'), never);
    const other = tracker({ close_transition: 'No such' });
    await expect(other.close(id, remark('erp-w2'), never)).rejects.toMatchObject({
      fault: 'login',
      message: 'the workflow lets this account make no transition No such',
    });
    expect(fake.model.get(id).comments).toEqual([]);
  });

  it('says that somebody must mend it where project or type are not there', async () => {
    const other = tracker({ project: 'GONE' });
    await expect(other.create(draft('erp-x'), never)).rejects.toMatchObject({ fault: 'login' });
    await expect(other.read('1', never)).rejects.toMatchObject({ fault: 'login' });
    const typed = tracker({ issue_type: 'Epic' });
    await expect(typed.create(draft('erp-x'), never)).rejects.toMatchObject({
      fault: 'login',
      message: 'project ERP has no issues of type Epic',
    });
    expect(await tracker().read('1', never)).toBeUndefined();
  });

  it('reads histories of many pages', async () => {
    const { id } = await tracker().create(draft('erp-m1'), never);
    const ticket = fake.model.get(id);
    for (let count = 0; count < 20; count += 1) fake.model.change('bridge', ticket, 'labels');
    for (let count = 0; count < 20; count += 1) fake.model.comment('bridge', ticket, adf('x', 'y'));
    fake.model.change('someone', ticket, 'Rank');
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'no' });
    fake.model.change('someone', ticket, 'timespent');
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'yes' });
  });

  it('does not know who has touched a ticket whose history has no end', async () => {
    const { id } = await tracker().create(draft('erp-m2'), never);
    for (let count = 0; count < 300; count += 1)
      fake.model.comment('bridge', fake.model.get(id), adf('x', 'y'));
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'unknown' });
  }, 30_000);
});

describe('a login of Jira Cloud', () => {
  it('needs a mail address', async () => {
    const given = { deployment: 'cloud', token_file: '/token', project: 'ERP' };
    const tracker = open(given, new URL('http://127.0.0.1:1'), () => Promise.reject(new Error('called')));
    await expect(tracker.find('erp-x', never)).rejects.toMatchObject({
      fault: 'login',
      message: '`email` is missing, which the cloud needs',
    });
  });
});
