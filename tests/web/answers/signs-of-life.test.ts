import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Access, Right, Visitor } from '../../../src/config/config.ts';
import { csrfToken } from '../../../src/web/access/csrf.ts';
import { createApp } from '../../../src/web/app.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { day, monday, sign, worldOf } from '../../mails/world.ts';
import type { World } from '../../mails/world.ts';
import { appOptions, entranceOf } from '../app-options.ts';

const open: WebServer[] = [];
let world: World;

beforeEach(async () => {
  const within = { confirmWithinMs: 28 * day };
  world = worldOf({
    plans: [
      sign({ name: 'of-acme', ...within }),
      sign({ name: 'of-both', companies: ['acme', 'bolt'], ...within }),
    ],
    clock: { now: monday },
  });
  await world.service.look();
});
afterEach(async () => {
  await close(open.splice(0), 0);
  await world.close();
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
    visitor('acme', new Set(['acme']), 'page'),
    visitor('all', 'all', 'page'),
    visitor('scraper', 'all', 'metrics'),
  ],
};

async function serve(person?: Visitor): Promise<string> {
  const entrance =
    person === undefined ? entranceOf(access) : { admit: () => Promise.resolve({ visitor: person }) };
  const options = appOptions('', { entrance, signs: () => world.service, now: () => monday });
  options.snapshot.setConfig(config([], undefined, [company('acme'), company('bolt')]));
  open.push(...(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }])));
  return `http://${open[0]?.address ?? ''}`;
}

const page = async (url: string, token: string) =>
  (await fetch(`${url}/signs-of-life`, { headers: { Authorization: `Bearer ${token}` } })).text();
const confirm = async (url: string, name: string, headers: Readonly<Record<string, string>>, more = {}) => {
  const body = new URLSearchParams({ sign: name, ...more });
  const answer = await fetch(`${url}/signs-of-life/confirm`, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
  });
  return answer.status;
};
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const confirmed = async () =>
  Object.fromEntries((await world.service.lines()).map(({ name, confirmation }) => [name, confirmation?.by]));

describe('the page of signs of life', () => {
  it('shows those of which its reader sees every company', async () => {
    const url = await serve();
    expect(await page(url, 'acme')).toContain('of-acme');
    expect(await page(url, 'acme')).not.toContain('of-both');
    expect(await page(url, 'acme')).not.toContain('BOLT');
    expect(await page(url, 'all')).toContain('of-both');
  });

  it('takes a confirmation of who sees it, and tells who that was', async () => {
    const url = await serve();
    expect(await confirm(url, 'of-both', bearer('acme'))).toBe(404);
    expect(await confirm(url, 'none', bearer('all'))).toBe(404);
    expect(await confirm(url, 'of-acme', bearer('scraper'))).toBe(403);
    expect(await confirm(url, 'of-acme', {})).toBe(401);
    expect(await confirmed()).toEqual({ 'of-acme': undefined, 'of-both': undefined });
    expect(await confirm(url, 'of-acme', bearer('acme'))).toBe(303);
    expect(await confirmed()).toEqual({ 'of-acme': 'acme', 'of-both': undefined });
    expect(await page(url, 'acme')).toMatch(/by [^<]*acme/);
  });

  it('takes none by a cookie without the token of its session, nor from another site', async () => {
    const person: Visitor = {
      ...visitor('eva', 'all', 'page'),
      session: { csrfToken: 'a-token-of-the-session' },
    };
    const url = await serve(person);
    expect(await confirm(url, 'of-acme', {})).toBe(403);
    expect(
      await confirm(url, 'of-acme', { Origin: 'https://evil.example' }, { csrf_token: csrfToken(person) }),
    ).toBe(403);
    expect(await confirmed()).toEqual({ 'of-acme': undefined, 'of-both': undefined });
    expect(await page(url, '')).toContain('value="a-token-of-the-session"');
    expect(await confirm(url, 'of-acme', {}, { csrf_token: csrfToken(person) })).toBe(303);
    expect(await confirmed()).toEqual({ 'of-acme': 'eva', 'of-both': undefined });
  });
});
