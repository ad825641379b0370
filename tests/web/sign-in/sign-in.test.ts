import { afterEach, describe, expect, it } from 'vitest';
import { CookieBrowser } from '../../helpers/cookie-browser.ts';
import { SignInWorld } from './world.ts';

const worlds: SignInWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function start(...given: Parameters<typeof SignInWorld.start>): Promise<SignInWorld> {
  const world = await SignInWorld.start(...given);
  worlds.push(world);
  return world;
}

const atCallback = (url: URL) => url.pathname === '/login/callback';

/** Signs somebody in up to the way back from the provider. @returns the address that leads back. */
async function callbackOf(world: SignInWorld, change: (url: URL) => void = () => {}): Promise<string> {
  const { url } = await world.signIn('anna', {
    through: (next) => {
      change(next);
      return atCallback(next) ? undefined : next;
    },
  });
  expect(new URL(url).pathname).toBe('/login/callback');
  return url;
}

it('lets somebody in who signs in at the provider, where they wanted to go', async () => {
  const world = await start();
  const { answer, url } = await world.signIn('anna', { path: '/companies/acme?lang=nl' });
  expect(answer.status).toBe(200);
  expect(url).toBe(`${world.url}/companies/acme?lang=nl`);
  expect(await answer.text()).toContain('Aangemeld als anna@acme.example');
  const [, used, session] = world.browser.setCookies.filter((line) => line.startsWith('erp-exporter'));
  expect(used).toMatch(/^erp-exporter-login=; .*Max-Age=0/);
  expect(session).toMatch(/^erp-exporter=[\w.-]+; Path=\/; Max-Age=28800; HttpOnly; SameSite=Lax$/);
  expect(world.logged.join()).toContain('person signed in');
});

describe('a person', () => {
  it('of one company sees that company alone', async () => {
    const world = await start();
    const { answer } = await world.signIn('anna');
    expect(await answer.text()).not.toContain('orders-globex');
    const status = async (path: string) => (await world.browser.ask(`${world.url}${path}`)).status;
    expect(await status('/companies/acme/orders-acme')).toBe(200);
    expect(await status('/companies/globex')).toBe(404);
    expect(await status('/companies/globex/orders-globex')).toBe(404);
    expect(await status('/metrics')).toBe(403);
  });

  it('of the agency sees all', async () => {
    const world = await start();
    const text = await (await world.signIn('bert')).answer.text();
    for (const name of ['orders-acme', 'orders-globex']) expect(text).toContain(name);
    expect(await (await world.browser.ask(`${world.url}/metrics`)).text()).toContain('own 5');
  });

  it('sees the companies that a claim names, and is nobody by an address that is not verified', async () => {
    const world = await start();
    const text = await (await world.signIn('dora')).answer.text();
    expect(text).toContain('orders-globex');
    expect(text).not.toContain('orders-acme');
  });

  it('whom access: does not name gets 403 and a page that says so, and can sign out', async () => {
    const world = await start();
    const { answer } = await world.signIn('carl');
    expect(answer.status).toBe(403);
    const text = await answer.text();
    expect(text).toContain('no entry of access: gives you the right page');
    expect(text).toContain('Signed in as carl@else.example');
    expect(text).toContain('action="/logout"');
    expect(text).not.toContain('orders-');
  });

  it('of 400 groups has a session of those alone that decide', async () => {
    const world = await start();
    expect((await world.signIn('emil')).answer.status).toBe(200);
    expect(world.session.length).toBeLessThan(3_800);
  });

  it('of 400 companies has none, and is told why', async () => {
    const world = await start();
    const { answer } = await world.signIn('fred');
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('too many groups or companies');
    expect(world.session).toBe('');
  });
});

describe('who has not signed in', () => {
  it('goes to the provider with a browser, and gets 401 with a program', async () => {
    const world = await start();
    const answer = await world.browser.ask(`${world.url}/errors?lang=fr`);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('/login?to=%2Ferrors%3Flang%3Dfr');
    const program = async (path: string, headers = {}, method = 'GET') =>
      (await fetch(`${world.url}${path}`, { headers, method, redirect: 'manual' })).status;
    expect(await program('/')).toBe(401);
    expect(await program('/metrics')).toBe(401);
    expect(await program('/', { accept: 'application/json' })).toBe(401);
    expect(await program('/', { accept: 'text/html', authorization: 'Bearer guess' })).toBe(401);
    expect(await program('/-/reload', { accept: 'text/html' }, 'POST')).toBe(401);
  });

  it('has the whole page renewed when a part of it is', async () => {
    const world = await start();
    const answer = await world.browser.ask(`${world.url}/`, { headers: { 'hx-request': 'true' } });
    expect([answer.status, answer.headers.get('hx-refresh')]).toEqual([401, 'true']);
  });

  it('asks for a code with PKCE, state and nonce', async () => {
    const world = await start();
    const { url } = await world.browser.open(`${world.url}/login`, () => undefined);
    const asked = new URL(url).searchParams;
    expect(asked.get('redirect_uri')).toBe(`${world.url}/login/callback`);
    expect(asked.get('response_type')).toBe('code');
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{40,}$/);
  });
});

it.each([
  ['another origin', 'https://evil.example/'],
  ['an origin without a scheme', '//evil.example'],
  ['a backslash', '/\\evil.example'],
  ['a path that becomes one', '/.//evil.example'],
  ['a tab', '/\t/evil.example'],
  ['a script', 'javascript:alert(1)'],
  ['the way here', '/login?to=/'],
  ['the way out', '/logout'],
  ['a long path', `/${'a'.repeat(1_000)}`],
])('leads nowhere else after signing in: %s', async (_, to) => {
  const world = await start();
  const { url } = await world.signIn('anna', { path: `/login?${new URLSearchParams({ to }).toString()}` });
  expect(url).toBe(`${world.url}/`);
});

describe('what comes back from the provider is refused', () => {
  const refused = async (world: SignInWorld, url: string, browser = world.browser) => {
    const answer = await browser.ask(url);
    expect(answer.status).toBe(400);
    expect(world.session).toBe('');
    return answer.text();
  };

  it('with another state', async () => {
    const world = await start();
    const url = new URL(await callbackOf(world));
    url.searchParams.set('state', 'a'.repeat(43));
    expect(await refused(world, url.href)).toContain('began in another browser');
    expect(world.provider.asked).not.toContain('/token');
  });

  it('in another browser', async () => {
    const world = await start();
    expect(await refused(world, await callbackOf(world), new CookieBrowser())).toContain('another browser');
  });

  it('with another nonce', async () => {
    const world = await start();
    const url = await callbackOf(world, (next) => {
      if (next.pathname === '/auth') next.searchParams.set('nonce', 'b'.repeat(43));
    });
    expect(await refused(world, url)).toContain('its answer was not valid');
    expect(world.logged.join()).toMatch(/sign in failed.*nonce/);
  });

  it('for the challenge of somebody else', async () => {
    const world = await start();
    const url = await callbackOf(world, (next) => {
      if (next.pathname === '/auth') next.searchParams.set('code_challenge', 'c'.repeat(43));
    });
    await refused(world, url);
    expect(world.logged.join()).toContain('sign in failed');
  });

  it('with a code that was used, also with the cookie of that time', async () => {
    const world = await start();
    const url = await callbackOf(world);
    const cookie = world.browser.cookie(world.url, 'erp-exporter-login');
    expect((await world.browser.ask(url)).status).toBe(302);
    const other = new CookieBrowser();
    expect((await other.ask(url)).status).toBe(400);
    other.setCookie(world.url, 'erp-exporter-login', cookie);
    expect((await other.ask(url)).status).toBe(400);
    expect(world.logged.join()).toContain('sign in failed');
    // In the browser itself there is a session by now.
    expect((await world.browser.ask(url)).headers.get('location')).toBe('/');
  });

  it('after ten minutes', async () => {
    const world = await start();
    const url = await callbackOf(world);
    world.now += 600_001;
    expect(await refused(world, url)).toContain('took too long');
  });

  it('without a code', async () => {
    const world = await start();
    const url = new URL(await callbackOf(world));
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
    expect(await refused(world, url.href)).toContain('did not let you in');
  });
});

it('refuses a foreign host, and does not take its own address from a request', async () => {
  const world = await start({}, { hosts: { names: new Set(['monitor.example']) } });
  const ask = (host: string) =>
    world.browser.ask(`${world.url}/login`, { headers: { 'x-forwarded-host': host } });
  expect((await ask('evil.example')).headers.get('location')).not.toContain('evil');
  const { request } = await import('node:http');
  const statusAs = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host, accept: 'text/html' };
      request(`${world.url}/login`, { headers }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
  expect(await statusAs('evil.example')).toBe(403);
  // Its name, but nobody said by which address users come.
  expect(await statusAs('monitor.example')).toBe(503);
});
