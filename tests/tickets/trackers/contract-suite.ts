import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFaultyProxy } from './faulty-proxy.ts';
import { draftOf, faultOf, mark, never, remarkOf, sendTo } from './suite-bench.ts';
import type { Bench, Colleague, Subject } from './suite-bench.ts';
import { faults } from './suite-faults.ts';
import { hostileTexts } from './suite-hostile.ts';

export type { Colleague, Subject } from './suite-bench.ts';

/** What every tracker that can be read does, against a server or a fake of one. @param start makes it, once */
export function trackerSuite(start: () => Promise<Subject>): void {
  let bench: Bench;
  beforeAll(async () => {
    const subject = await start();
    const proxy = await startFaultyProxy(subject.url);
    const send = sendTo(proxy.url);
    bench = { subject, proxy, tracker: subject.open(proxy.url, send) };
  }, 240_000);
  beforeEach(() => void bench.proxy.requests());
  afterAll(async () => {
    await bench.proxy.stop();
    await bench.subject.stop();
  });
  const get = (): Bench => bench;
  describe('steps', () => steps(get));
  describe('what people do', () => touches(get));
  describe('faults', () => faults(get));
  describe('hostile texts', () => hostileTexts(get));
}

function steps(bench: () => Bench): void {
  it('finds nothing where nothing was created', async () => {
    expect(await bench().tracker.find(mark(), never)).toBeUndefined();
  });

  it('creates a ticket once', async () => {
    const { tracker, subject, proxy } = bench();
    const draft = draftOf({ isCritical: true });
    const first = await tracker.create(draft, never);
    expect(first).toMatchObject({ state: 'open', touched: 'no', closedAt: undefined });
    // A ticket is linked where the tracker is reached.
    expect(new URL(first.url).host).toBe(proxy.url.host);
    expect(await tracker.create(draft, never)).toEqual(first);
    expect(await tracker.create({ ...draft, text: 'another' }, never)).toEqual(first);
    expect(await subject.count(draft.title)).toBe(1);
    expect(await tracker.find(draft.marker, never)).toEqual(first);
    expect(await tracker.read(first.id, never)).toEqual(first);
  });

  it('tells tickets of similar markers apart', async () => {
    const { tracker } = bench();
    const long = draftOf();
    const short = draftOf({ marker: long.marker.slice(0, -1) });
    const first = await tracker.create(long, never);
    expect(await tracker.find(short.marker, never)).toBeUndefined();
    expect((await tracker.create(short, never)).id).not.toBe(first.id);
  });

  it('adds a remark once', async () => {
    const { tracker, subject } = bench();
    const { id } = await tracker.create(draftOf(), never);
    const remark = remarkOf('One more order failed.');
    await tracker.comment(id, remark, never);
    await tracker.comment(id, remark, never);
    const another = remarkOf('One more order failed.');
    await tracker.comment(id, another, never);
    const remarks = await subject.remarks(id);
    expect(remarks.filter((text) => text.includes('One more order failed.'))).toHaveLength(2);
    expect(await tracker.read(id, never)).toMatchObject({ state: 'open', touched: 'no' });
  });

  it('closes and opens again, each once', async () => {
    const { tracker, subject } = bench();
    const draft = draftOf();
    const { id } = await tracker.create(draft, never);
    const closing = remarkOf('Recovered.');
    await tracker.close(id, closing, never);
    await tracker.close(id, closing, never);
    const closed = await tracker.read(id, never);
    expect(closed).toMatchObject({ state: 'closed', touched: 'no' });
    expect(Math.abs(Date.now() - (closed?.closedAt ?? Date.now()))).toBeLessThan(600_000);
    expect(await tracker.find(draft.marker, never)).toEqual(closed);
    expect(await tracker.create(draft, never)).toEqual(closed);
    const reopening = remarkOf('It is back.');
    await tracker.reopen(id, reopening, never);
    await tracker.reopen(id, reopening, never);
    expect(await tracker.read(id, never)).toMatchObject({
      state: 'open',
      touched: 'no',
      closedAt: undefined,
    });
    // What is repeated late changes nothing.
    await tracker.close(id, closing, never);
    expect(await tracker.read(id, never)).toMatchObject({ state: 'open', touched: 'no' });
    const remarks = await subject.remarks(id);
    expect(remarks.filter((text) => text.includes('Recovered.'))).toHaveLength(1);
    expect(remarks.filter((text) => text.includes('It is back.'))).toHaveLength(1);
  });
}

function touches(bench: () => Bench): void {
  const fresh = async (): Promise<string> => (await bench().tracker.create(draftOf(), never)).id;
  const touchedOf = async (id: string) => (await bench().tracker.read(id, never))?.touched;

  const acts: Readonly<
    Record<string, (colleague: Colleague) => ((id: string) => Promise<void>) | undefined>
  > = {
    'a comment': (colleague) => (id) => colleague.comment(id, 'I am on it'),
    'an assignment': (colleague) => (id) => colleague.assign(id),
    'a new title': (colleague) => (id) => colleague.retitle(id, 'Orders fail again'),
    'another priority': (colleague) => colleague.prioritise,
    'another state': (colleague) => async (id) => {
      await colleague.close(id);
      await colleague.reopen(id);
    },
  };
  it.each(Object.entries(acts))('sees %s of another author', async (_, actOf) => {
    const act = actOf(bench().subject.colleague);
    if (act === undefined) return;
    const id = await fresh();
    expect(await touchedOf(id)).toBe('no');
    await act(id);
    expect(await touchedOf(id)).toBe('yes');
    // The bridge's own words do not hide it.
    await bench().tracker.comment(id, remarkOf(), never);
    expect(await touchedOf(id)).toBe('yes');
  });

  it('forgets what was before it opened the ticket again', async () => {
    const { tracker, subject } = bench();
    const id = await fresh();
    await subject.colleague.comment(id, 'I have mended it');
    await subject.colleague.close(id);
    expect(await tracker.read(id, never)).toMatchObject({ state: 'closed', touched: 'yes' });
    await tracker.reopen(id, remarkOf('It is back.'), never);
    expect(await tracker.read(id, never)).toMatchObject({ state: 'open', touched: 'no' });
    await subject.colleague.comment(id, 'again?');
    expect(await touchedOf(id)).toBe('yes');
  });

  it('does not take the reopening of another author for its own', async () => {
    const { tracker, subject } = bench();
    const id = await fresh();
    await tracker.close(id, remarkOf(), never);
    await subject.colleague.reopen(id);
    expect(await tracker.read(id, never)).toMatchObject({ state: 'open', touched: 'yes' });
  });

  it('leaves a state that people have set as it is', async () => {
    const { tracker, subject } = bench();
    const { reject } = subject.colleague;
    if (reject === undefined) return;
    const id = await fresh();
    await reject(id);
    const rejected = await tracker.read(id, never);
    expect(rejected).toMatchObject({ state: 'rejected', touched: 'yes' });
    await tracker.close(id, remarkOf('Recovered.'), never);
    expect(await tracker.read(id, never)).toMatchObject({ state: 'rejected' });
    expect((await subject.remarks(id)).join('\n')).toContain('Recovered.');
  });

  it('says that a ticket is gone', async () => {
    const { tracker, subject } = bench();
    const { remove } = subject.colleague;
    if (remove === undefined) return;
    const draft = draftOf();
    const { id } = await tracker.create(draft, never);
    await remove(id);
    expect(await tracker.read(id, never)).toBeUndefined();
    expect(await tracker.find(draft.marker, never)).toBeUndefined();
    expect((await faultOf(tracker.comment(id, remarkOf(), never))).fault).toBe('refused');
  });
}
