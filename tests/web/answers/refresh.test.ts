import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Access } from '../../../src/config/config.ts';
import type { Place, RunNow } from '../../../src/poll/run-now.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { createApp } from '../../../src/web/app.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { appOptions, entranceOf } from '../app-options.ts';
import { minute, now, recordsReading, taskOf } from '../world.ts';

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

const completed: RunNow = { outcome: 'running', ended: Promise.resolve(true) };

async function start(answer: RunNow, isRunning = false, entrance = entranceOf(undefined)) {
  const asked: Place[] = [];
  const options = appOptions('', {
    entrance,
    runs: {
      runNow: (place) => {
        asked.push(place);
        return answer;
      },
      isRunning: () => isRunning,
    },
  });
  options.snapshot.setConfig(config([], undefined, [company('acme'), company('globex')]));
  const reading = await recordsReading({ failed: [] });
  options.snapshot.setTask(taskOf('orders', records, ['acme'], reading));
  options.snapshot.setTask(taskOf('secrets', records, ['globex'], null));
  open.push(...(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }])));
  return { url: `http://${open.at(-1)?.address ?? ''}`, asked };
}

const page = '/companies/acme/orders';
const post = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, { method: 'POST', headers, redirect: 'manual' });

describe('the button', () => {
  it('is a form of the page, and leads back to it', async () => {
    const { url, asked } = await start(completed);
    const html = await (await fetch(`${url}${page}?search=W`)).text();
    const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(action).toBe(`${page}/refresh?search=W`);
    const answer = await post(`${url}${action}`, { Origin: url, 'Sec-Fetch-Site': 'same-origin' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('Location')).toBe(`${page}?search=W`);
    expect(asked).toEqual([{ company: 'acme', monitor: 'orders' }]);
  });

  it('cannot be pressed by a page of another site, nor by a link', async () => {
    const { url, asked } = await start(completed);
    expect((await post(`${url}${page}/refresh`, { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(`${url}${page}/refresh`, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await fetch(`${url}${page}/refresh`)).status).toBe(405);
    expect(asked).toEqual([]);
  });

  it('has pages that say while it is read, and ask again', async () => {
    const { url } = await start(completed, true);
    const html = await (await fetch(`${url}${page}`)).text();
    expect(html).toContain('It is being read');
    expect(html).toMatch(/hx-get="\/companies\/acme\/orders" hx-trigger="every 2s"/);
  });

  it.each([
    [{ outcome: 'limited', limit: 'monitor', retryAfterMs: 6001 }, 429, '7', 'ask again in 7 s'],
    [{ outcome: 'limited', limit: 'all', retryAfterMs: 30_000 }, 429, '30', 'Too many monitors'],
    [{ outcome: 'stopping' }, 503, null, 'shutting down'],
    [{ outcome: 'running', ended: Promise.resolve(false) }, 409, null, 'configuration was loaded again'],
  ] as const)('says on the page why not: %j', async (run, status, retryAfter, text) => {
    const { url } = await start(run);
    const answer = await post(`${url}${page}/refresh`);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Retry-After')).toBe(retryAfter);
    const html = await answer.text();
    expect(html).toContain(text);
    expect(html).toContain('<h1><a href="/companies/acme">');
  });

  it('says in the place of the page that the monitor is gone', async () => {
    const { url } = await start({ outcome: 'unknown' });
    const answer = await post(`${url}/companies/acme/gone/refresh`, { 'Accept-Language': 'de' });
    expect(answer.status).toBe(404);
    const html = await answer.text();
    expect(html).toContain('Diesen Monitor gibt es nicht');
    expect(html).toContain('id="live"');
  });
});

describe('by a program', () => {
  const path = (of: string, monitor: string) => `/api/v1/companies/${of}/monitors/${monitor}/refresh`;

  it('is answered with what the run saw', async () => {
    const { url, asked } = await start(completed);
    const answer = await post(`${url}${path('acme', 'orders')}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toBe('application/json');
    expect(await answer.json()).toEqual({
      outcome: 'read',
      last_run: new Date(now - minute).toISOString(),
      last_success: new Date(now - minute).toISOString(),
      duration_seconds: 0.25,
      failure: null,
    });
    expect(asked).toEqual([{ company: 'acme', monitor: 'orders' }]);
  });

  it('is refused with the reason', async () => {
    const { url } = await start({ outcome: 'limited', limit: 'monitor', retryAfterMs: 2000 });
    const answer = await post(`${url}${path('acme', 'orders')}`);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('Retry-After')).toBe('2');
    expect(await answer.text()).toContain('This monitor was read a moment ago');
  });
});

describe('whoever may not', () => {
  const visitor = (name: string, rights: readonly ('page' | 'refresh')[]) => ({
    by: 'token' as const,
    key: createHash('sha256').update(name).digest('hex'),
    name,
    companies: new Set(['acme']),
    rights: new Set(rights),
  });
  const access: Access = { visitors: [visitor('reader', ['page']), visitor('clerk', ['page', 'refresh'])] };
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const entrance = () => entranceOf(access);

  it('is neither shown the button nor answered', async () => {
    const { url, asked } = await start(completed, false, entrance());
    for (const [user, has] of [
      ['reader', false],
      ['clerk', true],
    ] as const) {
      const html = await (await fetch(`${url}${page}`, { headers: bearer(user) })).text();
      expect(html.includes('Read again now'), user).toBe(has);
    }
    expect((await post(`${url}${page}/refresh`, bearer('reader'))).status).toBe(403);
    expect(asked).toEqual([]);
  });

  it('learns nothing of another company', async () => {
    const { url, asked } = await start(completed, false, entrance());
    const refusal = async (path: string) => {
      const answer = await post(`${url}${path}`, bearer('clerk'));
      return `${answer.status} ${(await answer.text()).replaceAll(/\d\d:\d\d:\d\d/g, '')}`;
    };
    const paths = (of: string, monitor: string) => [
      `/companies/${of}/${monitor}/refresh`,
      `/api/v1/companies/${of}/monitors/${monitor}/refresh`,
    ];
    const [page = '', json = ''] = await Promise.all(paths('globex', 'secrets').map(refusal));
    expect(json).toMatch(/^404 .*There is no such monitor/s);
    // Word for word what is said of a company that does not exist.
    const [nowhere = ''] = await Promise.all(paths('nowhere', 'nothing').map(refusal));
    expect(page).toMatch(/^404 /);
    expect(page.replaceAll('/globex/secrets', '/nowhere/nothing')).toBe(nowhere);
    expect(asked).toEqual([]);
  });
});
