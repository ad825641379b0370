import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tracker, TrackerTools } from '../../../src/tickets/contract.ts';
import { zammad } from '../../../src/tickets/trackers/zammad.ts';
import { trackerSuite } from './contract-suite.ts';
import { activeInTitle } from './fakes/active.ts';
import { startZammad, type ZammadFake } from './fakes/zammad.ts';
import { sendTo } from './suite-bench.ts';

const never = new AbortController().signal;
const keys = {
  token_file: '/token',
  group: 'ERP',
  customer: 'erp@acme.example',
  rejected_states: ["won't fix"],
  critical_priority: '3 high',
};

function open(url: URL, send: TrackerTools['send'], secret = 'right', given: object = keys): Tracker {
  const own = zammad.settings.parse(given) as Parameters<typeof zammad.open>[0];
  return zammad.open(own, url, { send, secret: () => Promise.resolve(secret) });
}

describe('Zammad', () => {
  trackerSuite(async () => {
    const fake = await startZammad();
    const { model } = fake;
    return {
      url: fake.url,
      open,
      colleague: model.colleague(),
      count: (title) =>
        Promise.resolve(
          [...model.tickets.values()].filter((ticket) => ticket.title.startsWith(title)).length,
        ),
      remarks: (id) =>
        Promise.resolve(
          model
            .get(id)
            .articles.slice(1)
            .map(({ body }) => body),
        ),
      active: (id) => {
        const { title, articles } = model.get(id);
        // Zammad shows plain text as it is; whoever is no agent does not see it.
        const bad = articles.filter((one) => one.content_type !== 'text/plain' || !one.internal);
        return Promise.resolve([...activeInTitle(title), ...bad.map(({ body }) => body)]);
      },
      stop: () => fake.stop(),
    };
  });
});

describe('Zammad besides', () => {
  let fake: ZammadFake;
  beforeAll(async () => {
    fake = await startZammad();
  });
  afterAll(() => fake.stop());
  const tracker = (more: object = {}) => open(fake.url, sendTo(fake.url), 'right', { ...keys, ...more });
  const draft = (marker: string) => ({ marker, title: 'a', text: 'b', isCritical: false, company: 'acme' });
  const remark = (marker: string) => ({ marker, text: 'c' });

  it('gives critical tickets a priority', async () => {
    const plain = await tracker().create(draft('erp-p1'), never);
    expect(fake.model.get(plain.id).priority).toBe('2 normal');
    const critical = await tracker().create({ ...draft('erp-p2'), isCritical: true }, never);
    expect(fake.model.get(critical.id).priority).toBe('3 high');
  });

  it('takes a ticket of another author for none of its own, and the first of several', async () => {
    const { bridge, someone } = fake.accounts;
    fake.model.create(someone, 'a', ['erp-o1']);
    expect(await tracker().find('erp-o1', never)).toBeUndefined();
    const first = fake.model.create(bridge, 'b', ['erp-o1']);
    fake.model.create(bridge, 'c', ['erp-o1']);
    expect(await tracker().find('erp-o1', never)).toMatchObject({ id: String(first.id) });
  });

  it('takes all states of the type of a closed one for closed, and a merged ticket', async () => {
    const { id } = await tracker().create(draft('erp-s1'), never);
    for (const name of ['solved', 'merged']) {
      fake.model.setState(fake.accounts.someone, fake.model.get(id), name);
      expect(await tracker().read(id, never)).toMatchObject({ state: 'closed', touched: 'yes' });
    }
  });

  it('sees what triggers change, but not what follows from articles', async () => {
    const { id } = await tracker().create(draft('erp-t1'), never);
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'no' });
    fake.model.note(fake.accounts.system, fake.model.get(id), { type: 'updated', attribute: 'owner' });
    expect(await tracker().read(id, never)).toMatchObject({ touched: 'yes' });
  });

  it('says that somebody must mend it where a group or a state is not there', async () => {
    const count = fake.model.tickets.size;
    const grouped = tracker({ group: 'gone' });
    await expect(grouped.create(draft('erp-x'), never)).rejects.toMatchObject({ fault: 'login' });
    expect(fake.model.tickets.size).toBe(count);
    const { id } = await tracker().create(draft('erp-y'), never);
    const stated = tracker({ closed_state: 'gone' });
    await expect(stated.close(id, remark('erp-z'), never)).rejects.toMatchObject({
      fault: 'login',
      message: 'there is no state gone',
    });
    expect(fake.model.get(id).articles).toHaveLength(1);
  });
});
