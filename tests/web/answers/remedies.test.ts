import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Access, Right } from '../../../src/config/config.ts';
import { openSqliteStore } from '../../../src/outbox/sqlite-store.ts';
import { RemedyCounts } from '../../../src/remedies/metrics.ts';
import { RemedyService } from '../../../src/remedies/remedies.ts';
import { csrfToken } from '../../../src/web/access/csrf.ts';
import { createApp } from '../../../src/web/app.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { hour, minute, remediesOf, remedy, start, taskOf } from '../../remedies/scene.ts';
import { appOptions, entranceOf } from '../app-options.ts';

const open: WebServer[] = [];
let now = start;
let service: RemedyService;
let clears = 0;

const task = taskOf(
  [
    { record: 'W-1', since: start - hour },
    { record: 'W-2', since: start - minute },
    { record: 'B-7', since: start - hour, company: 'bolt' },
  ],
  start,
);
const other = remedy({ name: 'bolts', errors: new Set(['http-503']), companies: new Set(['bolt']) });
const dry = remedy({ name: 'look', isDryRun: true, errors: new Set(['record-locked']) });

beforeEach(async () => {
  now = start;
  clears = 0;
  const store = openSqliteStore(':memory:', { leaseClock: () => 0 });
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  service = new RemedyService({
    store,
    remedies: () => remediesOf([remedy(), dry, other]),
    tasks: () => [task],
    maintenance: () => [],
    createSend: () => () => Promise.reject(new Error('nothing is sent here')),
    secret: () => Promise.reject(new Error('none')),
    database: () => {
      throw new Error('none');
    },
    ordered: () => undefined,
    log: silent,
    now: () => now,
    counts: new RemedyCounts(),
  });
  await service.look();
});
afterEach(async () => {
  await service.stop();
  await close(open.splice(0), 0);
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const visitor = (name: string, companies: ReadonlySet<string> | 'all', ...rights: Right[]) => ({
  by: 'token' as const,
  key: sha256(name),
  name,
  companies,
  rights: new Set(rights),
});
const access: Access = {
  visitors: [
    visitor('acme', new Set(['acme']), 'page', 'records', 'remedies'),
    visitor('reader', 'all', 'page', 'records'),
    visitor('blind', 'all', 'page'),
    visitor('operator', 'all', 'page', 'records', 'remedies'),
  ],
};

async function serve(hasRemedies = true, given: Access | 'nobody' = access): Promise<string> {
  const options = appOptions('', {
    remedies: () => (hasRemedies ? service : undefined),
    entrance: entranceOf(given === 'nobody' ? undefined : given),
    now: () => now,
    pages: {
      get: (_reader, make) => make(),
      clear: () => {
        clears += 1;
      },
    },
  });
  options.snapshot.setConfig(config([task.monitor], undefined, [company('acme'), company('bolt')]));
  options.snapshot.setTask(task);
  open.push(...(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }])));
  return `http://${open.at(-1)?.address ?? ''}`;
}

const get = async (url: string, token: string) =>
  (await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).text();
const post = (url: string, token: string, fields: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });

describe('the page of remedies', () => {
  it('is in the navigation where there are remedies, and only there', async () => {
    const link = 'href="/remedies"';
    expect(await get(`${await serve()}/?lang=de`, 'reader')).toContain(`${link}>Abhilfen`);
    expect(await get(await serve(false), 'reader')).not.toContain(link);
  });

  it('shows who sees one company its attempts alone, and no button that it may not press', async () => {
    const url = await serve();
    const all = await get(`${url}/remedies`, 'operator');
    expect(all).toContain('>W-1<');
    expect(all).toContain('>B-7<');
    expect(all).toContain('action="/remedies/pause"');
    const own = await get(`${url}/remedies`, 'acme');
    expect(own).toContain('>W-1<');
    expect(own).not.toMatch(/B-7|bolt/);
    expect(own).not.toContain('action="/remedies/pause"');
    expect(await get(`${url}/remedies`, 'reader')).not.toContain('action="/remedies/pause"');
    expect(await get(`${url}/remedies`, 'blind')).not.toMatch(/W-1|B-7/);
  });

  it('tells programs the same', async () => {
    const url = await serve();
    const told = async (token: string) => JSON.parse(await get(`${url}/api/v1/remedies`, token)) as object;
    expect(await told('operator')).toMatchObject({
      problem: '',
      remedies: [
        { name: 'relaunch', state: 'active', spent: 2, perHour: 20 },
        { name: 'look', state: 'dry_run' },
        { name: 'bolts', companies: ['bolt'] },
      ],
    });
    const records = async (token: string) =>
      ((await told(token)) as { attempts: { record: string }[] }).attempts.map(({ record }) => record).sort();
    expect(await records('operator')).toEqual(['B-7', 'W-1']);
    expect(await records('acme')).toEqual(['W-1']);
    expect(await records('blind')).toEqual([]);
  });
});

describe('the button', () => {
  it('stops and resumes, one remedy or all, and shared pages say so at once', async () => {
    const url = await serve();
    expect((await post(`${url}/remedies/pause`, 'operator', { remedy: 'look' })).status).toBe(303);
    expect(service.lines().map(({ state }) => state)).toEqual(['active', 'paused', 'active']);
    expect(clears).toBe(1);
    expect((await post(`${url}/remedies/pause`, 'operator')).status).toBe(303);
    expect(service.lines().map(({ state, pause }) => [state, pause?.by])).toEqual([
      ['paused', 'operator'],
      ['paused', 'operator'],
      ['paused', 'operator'],
    ]);
    expect((await post(`${url}/remedies/resume`, 'operator')).status).toBe(303);
    expect(service.lines().map(({ state }) => state)).toEqual(['active', 'dry_run', 'active']);
    expect((await post(`${url}/remedies/pause`, 'operator', { remedy: 'none' })).status).toBe(404);
  });

  it('is for who has the right and sees all companies', async () => {
    const url = await serve();
    for (const token of ['reader', 'acme', 'blind'])
      expect((await post(`${url}/remedies/pause`, token)).status, token).toBe(403);
    expect(service.lines().every(({ state }) => state !== 'paused')).toBe(true);
  });

  it('is refused to another site: its form has no token, or comes from elsewhere', async () => {
    const url = await serve(true, 'nobody');
    const from = (headers: Record<string, string>) =>
      fetch(`${url}/remedies/pause`, { method: 'POST', headers, redirect: 'manual' });
    expect((await from({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await from({ Origin: 'https://evil.example' })).status).toBe(403);
    expect(service.lines().some(({ state }) => state === 'paused')).toBe(false);
    expect((await from({})).status).toBe(303);
  });

  it('needs the token of the session of who signed in', async () => {
    const signedIn = {
      name: 'eva',
      companies: 'all' as const,
      rights: new Set<Right>(['page', 'records', 'remedies']),
      session: { csrfToken: 'a-token' },
    };
    const options = appOptions('', {
      remedies: () => service,
      entrance: { admit: () => Promise.resolve({ visitor: signedIn }) },
      now: () => now,
    });
    options.snapshot.setConfig(config([task.monitor], undefined, [company('acme'), company('bolt')]));
    open.push(...(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }])));
    const url = `http://${open.at(-1)?.address ?? ''}`;
    expect((await post(`${url}/remedies/pause`, '')).status).toBe(403);
    const token = csrfToken(signedIn);
    expect(await get(`${url}/remedies`, '')).toContain(token);
    expect((await post(`${url}/remedies/pause`, '', { csrf_token: token })).status).toBe(303);
  });
});

describe('a record on the page of its monitor', () => {
  const page = async (token: string, query = '', of = 'acme') =>
    get(`${await serve()}/companies/${of}/web_orders${query}`, token);

  it.each([
    ['en', 'relaunch: first try not before 10:09', 'relaunch: a try is under way'],
    ['nl', 'relaunch: eerste poging niet voor 10:09', 'relaunch: een poging is bezig'],
    ['de', 'relaunch: erster Versuch nicht vor 10:09', 'relaunch: ein Versuch läuft'],
    ['fr', 'relaunch: premier essai pas avant 10:09', 'relaunch: un essai est en cours'],
  ])('says in %s what a remedy will do', async (language, waits, runs) => {
    const html = (await page('reader', `?lang=${language}`)).replaceAll(/<\/?bdi>|[\u2066-\u2069]/g, '');
    expect(html).toContain(waits);
    expect(html).toContain(runs);
  });

  it('says so when it was stopped', async () => {
    await service.pause(undefined, 'eva');
    expect(await page('reader')).toContain('somebody has stopped it');
  });

  it('is not shown to who sees no records or not that company', async () => {
    expect(await page('blind')).not.toContain('first try');
    expect(await page('acme', '', 'bolt')).not.toContain('relaunch');
  });

  it('is found by the look-up with the same line', async () => {
    const html = await get(`${await serve()}/lookup?record=W-2`, 'acme');
    expect(html).toContain('first try not before 10:09');
    expect(await get(`${await serve()}/lookup?record=B-7`, 'acme')).not.toContain('a try is under way');
  });
});

describe('a failed record is tried at once', () => {
  const path = '/companies/acme/web_orders/relaunch';
  const api = '/api/v1/companies/acme/monitors/web_orders/relaunch';
  const button = `action="${path}"`;
  const attempts = async (record: string) =>
    (await service.attempts(50)).filter((attempt) => attempt.record === record);

  it('by a button for who has the right, once, and the page says who did it', async () => {
    const url = await serve();
    const monitor = `${url}/companies/acme/web_orders`;
    expect(await get(monitor, 'reader')).not.toContain(button);
    const before = await get(monitor, 'acme');
    expect(before).toContain(button);
    // W-1 is being tried already.
    expect(before.match(/name="record" value="([^"]*)"/g)).toEqual(['name="record" value="W-2"']);
    const answer = await post(`${url}${path}`, 'acme', { record: 'W-2' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/companies/acme/web_orders']);
    expect(clears).toBe(1);
    expect(await attempts('W-2')).toMatchObject([{ by: 'acme', remedy: 'relaunch' }]);
    expect(await get(monitor, 'acme')).not.toContain(button);
    expect(await get(`${url}/remedies`, 'reader')).toMatch(/\(by \S*acme/);
    const again = await post(`${url}${path}`, 'acme', { record: 'W-2' });
    expect([again.status, await again.text()]).toEqual([
      409,
      expect.stringContaining('The record was not relaunched: a try is under way.'),
    ]);
    expect(await attempts('W-2')).toHaveLength(1);
  });

  it('not by who lacks the right, and not at a company of others', async () => {
    const url = await serve();
    for (const token of ['reader', 'blind'])
      expect((await post(`${url}${path}`, token, { record: 'W-2' })).status, token).toBe(403);
    const bolt = await post(`${url}/companies/bolt/web_orders/relaunch`, 'acme', { record: 'B-7' });
    const none = await post(`${url}/companies/none/web_orders/relaunch`, 'acme', { record: 'B-7' });
    expect([bolt.status, none.status]).toEqual([404, 404]);
    expect(await bolt.text()).toBe(await none.text());
    expect(await attempts('W-2')).toEqual([]);
    expect(await attempts('B-7')).toHaveLength(1);
  });

  it('for programs, with a reason where it is not', async () => {
    const url = await serve();
    const ordered = await post(`${url}${api}`, 'acme', { record: 'W-2' });
    expect([ordered.status, await ordered.json()]).toEqual([202, { outcome: 'ordered' }]);
    const unknown = await post(`${url}${api}`, 'acme', { record: 'W-3' });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      detail: expect.stringContaining('no longer seen as failed') as string,
    });
    await service.pause(undefined, 'eva');
    const paused = await post(`${url}${api}`, 'operator', { record: 'W-1' });
    expect(paused.status).toBe(409);
    expect((await post(`${await serve(false)}${api}`, 'operator', { record: 'W-1' })).status).toBe(404);
  });
});
