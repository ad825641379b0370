import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/outbox/sqlite-store.ts';
import { BuiltinTracker } from '../../../src/tickets/builtin/tracker.ts';

const day = 86_400_000;
const world = (file = ':memory:') => {
  const clock = { now: Date.UTC(2026, 10, 27) };
  const store = openSqliteStore(file, { leaseClock: () => 0 });
  const tracker = new BuiltinTracker({
    store,
    pageUrl: () => 'https://monitor.example',
    now: () => (clock.now += 1000),
  });
  return { clock, store, tracker };
};
const draft = (marker: string, company = 'acme') => ({
  marker,
  title: `T ${marker}`,
  text: 'It failed.',
  isCritical: false,
  company,
});
const remark = (marker: string, text = 'More.') => ({ marker, text });
const every = { isOpen: true, sees: () => true, after: '', limit: 50 };

it('creates a ticket once, however often and however many ask for it', async () => {
  const { tracker } = world();
  const views = await Promise.all(Array.from({ length: 5 }, () => tracker.create(draft('m-1'))));
  expect(new Set(views.map(({ id }) => id)).size).toBe(1);
  expect(views[0]).toMatchObject({ url: 'https://monitor.example/tickets/1', state: 'open', touched: 'no' });
  expect((await tracker.create(draft('m-2'))).id).toBe('2');
  expect(await tracker.find('m-2')).toMatchObject({ id: '2' });
  expect(await tracker.find('m-3')).toBeUndefined();
});

it('says a remark once, and knows who touched it', async () => {
  const { tracker } = world();
  const { id } = await tracker.create(draft('m-1'));
  await tracker.comment(id, remark('r-1'));
  await tracker.comment(id, remark('r-1'));
  expect((await tracker.ticket(id))?.history.map(({ deed }) => deed)).toEqual(['create', 'comment']);
  expect(await tracker.read(id)).toMatchObject({ touched: 'no' });
  await tracker.close(id, remark('r-2'));
  expect(await tracker.read(id)).toMatchObject({ state: 'closed', touched: 'no' });
  for (const deed of ['comment', 'assign', 'reopen', 'reject'] as const) {
    await tracker.reopen(id, remark(`r-${deed}`));
    expect(await tracker.read(id)).toMatchObject({ state: 'open', touched: 'no' });
    await tracker.change(id, { deed, author: 'eva', text: 'x' });
    expect(await tracker.read(id)).toMatchObject({ touched: 'yes' });
  }
  expect(await tracker.read(id)).toMatchObject({ state: 'rejected' });
  await expect(tracker.comment('99', remark('r'))).rejects.toMatchObject({ fault: 'refused' });
  expect(await tracker.read('99')).toBeUndefined();
  expect(await tracker.read('../1')).toBeUndefined();
});

it('keeps everything over a restart', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'builtin-')), 'state.db');
  const { tracker, store } = world(file);
  const { id } = await tracker.create(draft('m-1'));
  await tracker.change(id, { deed: 'comment', author: 'eva', text: 'mine' });
  await store.close();
  const again = world(file);
  expect((await again.tracker.ticket(id))?.history.at(-1)).toMatchObject({ author: 'eva', text: 'mine' });
  expect((await again.tracker.create(draft('m-2'))).id).toBe('2');
  await again.store.close();
});

it('lists the newest first, page by page, open and closed apart', async () => {
  const { tracker } = world();
  for (let count = 1; count <= 7; count += 1)
    await tracker.create(draft(`m-${count}`, count % 2 === 0 ? 'acme' : 'globex'));
  await tracker.close('3', remark('r'));
  const first = await tracker.list({ ...every, limit: 4 });
  expect(first.items.map(({ id }) => id)).toEqual(['7', '6', '5', '4']);
  const second = await tracker.list({ ...every, limit: 4, after: first.next ?? '' });
  expect(second.items.map(({ id }) => id)).toEqual(['2', '1']);
  expect(second.next).toBeNull();
  expect((await tracker.list({ ...every, isOpen: false })).items.map(({ id }) => id)).toEqual(['3']);
  const acme = await tracker.list({ ...every, sees: (company) => company === 'acme' });
  expect(acme.items.map(({ id }) => id)).toEqual(['6', '4', '2']);
});

it('is bounded: what people wrote stays, and old closed tickets go', async () => {
  const { tracker, clock } = world();
  const { id } = await tracker.create(draft('m-1'));
  await tracker.change(id, { deed: 'comment', author: 'eva', text: 'mine' });
  for (let count = 0; count < 250; count += 1) await tracker.comment(id, remark(`r-${count}`));
  const history = (await tracker.ticket(id))?.history ?? [];
  expect(history.length).toBe(200);
  expect(history.slice(0, 2).map(({ text }) => text)).toEqual(['', 'mine']);
  let end = 'done';
  for (let count = 0; count < 250 && end === 'done'; count += 1)
    end = await tracker.change(id, { deed: 'comment', author: 'eva', text: `${count}` });
  expect(end).toBe('full');
  await tracker.create(draft('m-2'));
  await tracker.close('2', remark('r'));
  clock.now += 399 * day;
  await tracker.prune();
  expect(await tracker.read('2')).toBeDefined();
  clock.now += 2 * day;
  await tracker.prune();
  expect(await tracker.read('2')).toBeUndefined();
  expect(await tracker.find('m-2')).toBeUndefined();
  expect(await tracker.read(id)).toBeDefined();
}, 30_000);

it('takes no more when 10,000 are open, until one is closed', async () => {
  const { tracker, store, clock } = world();
  const first = await tracker.create(draft('m-1'));
  const line = (id: number) => ({
    ...{ id: String(id), company: 'acme', title: 'T', isCritical: false, state: 'open', assignee: '' },
    ...{ createdAt: clock.now, changedAt: clock.now, closedAt: null },
  });
  for (let begin = 2; begin <= 10_000; begin += 1_000) {
    const ids = Array.from({ length: 1_000 }, (_, index) => begin + index).filter((id) => id <= 10_000);
    const documents = ids.map((id) => ({
      ...{ collection: 'builtin-open', key: String(9_999_999_999 - id).padStart(10, '0') },
      ...{ ifVersion: 0, value: line(id) },
    }));
    expect(await store.commit({ documents }, clock.now)).toBe(true);
  }
  const next = await store.document('builtin-number', 'next');
  const counter = { collection: 'builtin-number', key: 'next', ifVersion: next?.version ?? 0, value: 10_001 };
  expect(await store.commit({ documents: [counter] }, clock.now)).toBe(true);
  await expect(tracker.create(draft('m-2'))).rejects.toMatchObject({
    fault: 'retry',
    message: 'there are 10000 open tickets: close some of them',
  });
  // What is there already is found all the same.
  expect(await tracker.create(draft('m-1'))).toMatchObject({ id: first.id });
  await tracker.change(first.id, { deed: 'close', author: 'eva', text: '' });
  expect(await tracker.create(draft('m-2'))).toMatchObject({ id: '10001', state: 'open' });
}, 60_000);
