import { DOMParser } from '@xmldom/xmldom';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StatusPage } from '../../../src/config/config.ts';
import { records } from '../../../src/monitors/records/index.ts';
import type { Reading } from '../../../src/monitors/contract.ts';
import type { SnapshotStore } from '../../../src/poll/snapshot.ts';
import { createApp } from '../../../src/web/app.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { StatusBoard } from '../../../src/web/status/board.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { appOptions, entranceOf } from '../app-options.ts';
import { hour, minute, now, recordsReading, snapshotOf, taskOf, tasksOfEachKind } from '../world.ts';
import { statusPageOf } from './page.ts';

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

let fine: Reading;
let wrong: Reading;
beforeAll(async () => {
  fine = await recordsReading({ failed: [] });
  wrong = await recordsReading({
    failed: [{ record: 'secret-1', since: new Date(now - hour), error: 'secret' }],
  });
});

const read = (reading: Reading | null) =>
  taskOf('orders', records, ['acme'], reading, reading === null ? { lastRun: null } : {});

/** A public view whose clock is moved by hand. */
function boardOf(snapshot: SnapshotStore, first: StatusPage = statusPageOf('a')) {
  const world = { now, page: first as StatusPage | undefined };
  const board = new StatusBoard({ snapshot, page: () => world.page, now: () => world.now });
  return { world, board };
}

/** What is answered at a path. @param grant who may do what; nobody comes with a token here. */
async function answersOf(snapshot: SnapshotStore, page: StatusPage, moments: readonly (() => void)[] = []) {
  const { world, board } = boardOf(snapshot, page);
  for (const happens of moments) {
    happens();
    world.now += minute / 2;
    board.look();
  }
  const options = appOptions('', {
    entrance: entranceOf({ visitors: [] }),
    now: () => world.now,
    status: board,
  });
  open.push(...(await listen(createApp({ ...options, snapshot }), [{ host: '127.0.0.1', port: 0 }])));
  const url = `http://${open.at(-1)?.address ?? ''}`;
  return async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };
}

const paths = ['/status', '/status.json', '/status.rss'];

describe('the public view', () => {
  it('shows a state and what was written for it, and nothing of records or names', async () => {
    const snapshot = snapshotOf([read(fine)], { acme: 'ACME NV' });
    const ask = await answersOf(snapshot, statusPageOf('a'), [
      () => undefined,
      () => snapshot.setTask(read(wrong)),
    ]);
    for (const path of paths) {
      const { status, text } = await ask(path);
      expect(status, path).toBe(200);
      expect(text, path).toContain('We are at it a');
      expect(text, path).toContain('Sales a');
      expect(text, path).not.toMatch(/secret|acme|flow-orders|records|1\.2\.3|erp-exporter(?!-language)/i);
    }
    expect(JSON.parse((await ask('/status.json')).text)).toMatchObject({
      time: new Date(now + minute).toISOString(),
      companies: [
        { name: { en: 'Shop a' }, flows: [{ state: 'warning', since: expect.any(String) as string }] },
      ],
      changes: [{ state: 'warning', at: new Date(now + minute).toISOString() }],
    });
  });

  it.each([
    ['en', 'Warning', 'Changes of state'],
    ['nl', 'Waarschuwing', 'Wijzigingen van toestand'],
    ['de', 'Warnung', 'Änderungen des Zustands'],
    ['fr', 'Avertissement', 'Changements d'],
  ])('speaks %s', async (language, state, heading) => {
    const ask = await answersOf(snapshotOf([read(wrong)], { acme: 'A' }), statusPageOf('a'));
    const { text } = await ask(`/status?lang=${language}`);
    expect(text).toContain(`<html lang="${language}">`);
    expect(text).toContain(state);
    expect(text).toContain(heading);
  });

  it('is not there unless it is configured', async () => {
    const options = appOptions('', {});
    open.push(...(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }])));
    for (const path of paths)
      expect((await fetch(`http://${open[0]?.address ?? ''}${path}`)).status, path).toBe(404);
  });

  it('says nothing of a company that it does not name', async () => {
    const tasks = [...(await tasksOfEachKind('acme', 'aaa')), ...(await tasksOfEachKind('globex', 'ggg'))];
    const snapshot = snapshotOf(tasks, { acme: 'Title aaa', globex: 'Title ggg' }, ['aaa', 'ggg']);
    const ask = await answersOf(snapshot, statusPageOf('shown', 'acme', 'flow-records-acme'));
    for (const path of paths) {
      const { text } = await ask(path);
      expect(text, path).toContain('shown');
      expect(text, path).not.toMatch(/aaa|ggg|globex|acme/);
    }
  });
});

describe('the feed', () => {
  it.each([
    ['markup', ']]></description><script>alert(1)</script>&amp;"\''],
    ['marks that turn the text', '\u202Egnp.exe\u2066'],
    ['a word of 10 kB', 'x'.repeat(10_000)],
    ['emoji', '🦄'.repeat(40)],
  ])('is RSS 2.0 that holds %s as text', async (_, word) => {
    const snapshot = snapshotOf([read(fine)], { acme: 'A' });
    const ask = await answersOf(snapshot, statusPageOf(word), [
      () => undefined,
      () => snapshot.setTask(read(wrong)),
      () => snapshot.setTask(read(fine)),
    ]);
    const { type, text } = await ask('/status.rss');
    expect(type).toBe('application/rss+xml; charset=utf-8');
    const problems: string[] = [];
    const document = new DOMParser({ onError: (_level, message) => void problems.push(message) });
    const tree = document.parseFromString(text, 'application/xml');
    expect(problems).toEqual([]);
    const all = (name: string) =>
      [...tree.getElementsByTagName(name)].map(({ textContent }) => textContent ?? '');
    expect(all('title')).toEqual([
      `Title ${word}`,
      `Shop ${word}, Sales ${word}: Normal`,
      `Shop ${word}, Sales ${word}: Warning`,
    ]);
    expect(all('description')[2]).toBe(`We are at it ${word}`);
    for (const date of all('pubDate')) expect(new Date(date).toUTCString()).toBe(date);
    expect(new Set(all('guid')).size).toBe(2);
    expect(all('script')).toEqual([]);
    const { text: html } = await ask('/status');
    expect(html).not.toContain('<script>');
  });
});

describe('changes of state', () => {
  it('are told once, and keep their id', () => {
    const snapshot = snapshotOf([read(fine)], { acme: 'A' });
    const { world, board } = boardOf(snapshot);
    expect(board.look()?.changes).toEqual([]);
    snapshot.setTask(read(wrong));
    world.now += minute;
    const [first] = board.look()?.changes ?? [];
    expect(first).toMatchObject({ state: 'warning', at: now + minute });
    world.now += 10;
    expect(board.look()?.changes).toEqual([first]);
    world.now += minute;
    expect(board.look()?.changes).toEqual([first]);
  });

  it('begin with the first run: what was never read had no state', () => {
    const snapshot = snapshotOf([read(null)], { acme: 'A' });
    const { world, board } = boardOf(snapshot);
    expect(board.look()?.companies[0]?.flows[0]?.state).toBe('no_data');
    snapshot.setTask(read(wrong));
    world.now += minute;
    expect(board.look()?.companies[0]?.flows[0]).toMatchObject({ state: 'warning', since: null });
    expect(board.look()?.changes).toEqual([]);
  });

  it('are kept in a bounded number, the newest first', () => {
    const snapshot = snapshotOf([read(fine)], { acme: 'A' });
    const { world, board } = boardOf(snapshot);
    board.look();
    for (let count = 0; count < 150; count += 1) {
      snapshot.setTask(read(count % 2 === 0 ? wrong : fine));
      world.now += 2000;
      board.look();
    }
    const changes = board.look()?.changes ?? [];
    expect(changes).toHaveLength(100);
    expect(changes[0]?.at).toBe(world.now);
  });

  it('are forgotten with what is no longer shown', () => {
    const snapshot = snapshotOf([read(fine)], { acme: 'A' });
    snapshot.setConfig(config([], undefined, [company('acme'), company('globex')]));
    const { world, board } = boardOf(snapshot);
    board.look();
    snapshot.setTask(read(wrong));
    world.now += minute;
    expect(board.look()?.changes).toHaveLength(1);
    world.page = statusPageOf('b', 'globex');
    expect(board.look()?.changes).toEqual([]);
    world.page = undefined;
    expect(board.look()).toBeUndefined();
  });
});
