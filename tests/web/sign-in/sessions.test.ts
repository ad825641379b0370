import { afterEach, describe, expect, it } from 'vitest';
import { CookieBrowser } from '../../helpers/cookie-browser.ts';
import { SignInWorld, rules } from './world.ts';

const worlds: SignInWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function start(...given: Parameters<typeof SignInWorld.start>): Promise<SignInWorld> {
  const world = await SignInWorld.start(...given);
  worlds.push(world);
  return world;
}

describe('a session', () => {
  it('ends after its time, and does not before', async () => {
    const world = await start();
    await world.signIn('anna');
    const status = async () => (await world.browser.ask(`${world.url}/`)).status;
    world.now += rules.sessionMs - 1_000;
    expect(await status()).toBe(200);
    world.now += 1_001;
    expect(await status()).toBe(302);
  });

  it('ends sooner when the configuration says so', async () => {
    const world = await start();
    await world.signIn('anna');
    world.allow({ sessionMs: 60_000 });
    world.now += 60_001;
    expect((await world.browser.ask(`${world.url}/`)).status).toBe(302);
  });

  it('is worth nothing once anything about it is changed', async () => {
    const world = await start();
    await world.signIn('anna');
    const [head = '', body = '', signature = ''] = world.session.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const agency = encode({ ...claims, claims: { groups: ['agency'] } });
    for (const text of [
      `${head}.${agency}.${signature}`,
      `${encode({ alg: 'none' })}.${agency}.`,
      `${head}.${body}.${signature.slice(0, -2)}`,
      `${head}.${body}`,
      'x',
      'a'.repeat(10_000),
    ]) {
      world.browser.setCookie(world.url, 'erp-exporter', text);
      expect((await world.browser.ask(`${world.url}/`)).status, text.slice(0, 99)).toBe(302);
    }
  });

  it('is no session when it was made for something else, or by another key, provider or client', async () => {
    const world = await start({ sessionKey: 'a key of 32 characters or more, 1' });
    await world.browser.open(`${world.url}/login`, () => undefined);
    world.browser.setCookie(world.url, 'erp-exporter', world.browser.cookie(world.url, 'erp-exporter-login'));
    const status = async () => (await world.browser.ask(`${world.url}/`)).status;
    expect(await status()).toBe(302);
    await world.signIn('anna');
    expect(await status()).toBe(200);
    for (const change of [
      { sessionKey: 'a key of 32 characters or more, 2' },
      { issuer: 'http://localhost:1' },
      { clientId: 'other' },
    ]) {
      world.allow({ sessionKey: 'a key of 32 characters or more, 1', ...change });
      expect(await status(), JSON.stringify(change)).toBe(302);
    }
    world.allow({ sessionKey: 'a key of 32 characters or more, 1' });
    expect(await status()).toBe(200);
  });

  it('has other rights as soon as the configuration does', async () => {
    const world = await start();
    await world.signIn('anna');
    const [, ...others] = rules.people;
    world.allow({
      people: [
        { claim: 'groups', value: 'acme-shop', companies: new Set(['globex']), rights: new Set(['page']) },
        ...others,
      ],
    });
    const text = await (await world.browser.ask(`${world.url}/`)).text();
    expect(text).toContain('orders-globex');
    expect(text).not.toContain('orders-acme');
    world.allow({ people: rules.people.slice(0, 1) });
    expect((await world.browser.ask(`${world.url}/`)).status).toBe(403);
  });

  it('ends when its person signs out, for a copy of its cookie too', async () => {
    const world = await start();
    await world.signIn('anna');
    const stolen = world.session;
    const body = new URLSearchParams({ csrf_token: await world.csrfToken() });
    const answer = await world.browser.ask(`${world.url}/logout`, { method: 'POST', body });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('You are signed out');
    expect(world.session).toBe('');
    const thief = new CookieBrowser();
    thief.setCookie(world.url, 'erp-exporter', stolen);
    expect((await thief.ask(`${world.url}/`)).status).toBe(302);
  });

  it('ends at the provider too where that is wanted', async () => {
    const world = await start({ endsAtIssuer: true });
    await world.signIn('anna');
    const body = new URLSearchParams({ csrf_token: await world.csrfToken() });
    const answer = await world.browser.ask(`${world.url}/logout`, { method: 'POST', body });
    const [, onward = ''] = /^0; url=(.*)$/.exec(answer.headers.get('refresh') ?? '') ?? [];
    expect(new URL(onward).origin).toBe(world.provider.issuer);
    expect(new URL(onward).searchParams.get('post_logout_redirect_uri')).toBe(`${world.url}/logout`);
    expect((await world.browser.ask(onward)).status).toBe(200);
  });

  it('has a prefix and Secure where browsers come by HTTPS, and no other cookie counts there', async () => {
    const world = await start({}, { externalOrigin: 'https://monitor.example' });
    const answer = await world.browser.ask(`${world.url}/login`);
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('redirect_uri')).toBe(
      'https://monitor.example/login/callback',
    );
    expect(world.browser.setCookies.join()).toMatch(/^__Host-erp-exporter-login=.*; Path=\/;.*; Secure$/);
  });
});

describe('a change that comes by a cookie', () => {
  const reload = (world: SignInWorld, init: RequestInit = {}) =>
    world.browser.ask(`${world.url}/-/reload`, { method: 'POST', ...init });

  it('is made with the token of the session, in a form or a header', async () => {
    const world = await start();
    await world.signIn('bert');
    const token = await world.csrfToken();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await reload(world, { headers: { 'x-csrf-token': token } })).status).toBe(200);
    expect((await reload(world, { body: new URLSearchParams({ csrf_token: token }) })).status).toBe(200);
  });

  it('is refused without it: by a stolen cookie, and by a form of another site', async () => {
    const world = await start();
    await world.signIn('bert');
    const token = await world.csrfToken();
    const body = new URLSearchParams({ csrf_token: token });
    const thief = new CookieBrowser();
    thief.setCookie(world.url, 'erp-exporter', world.session);
    expect((await thief.ask(`${world.url}/-/reload`, { method: 'POST' })).status).toBe(403);
    for (const init of [
      {},
      { headers: { 'x-csrf-token': 'guess' } },
      { headers: { 'x-csrf-token': '' } },
      { body: new URLSearchParams({ csrf_token: 'guess' }) },
      { body: `csrf_token=${token}`, headers: { 'content-type': 'text/plain' } },
      { body: new URLSearchParams({ padding: 'a'.repeat(20_000), csrf_token: token }) },
      { body, headers: { origin: 'https://evil.example' } },
      { body, headers: { 'sec-fetch-site': 'cross-site' } },
      { body, headers: { 'sec-fetch-site': 'same-site' } },
    ])
      expect((await reload(world, init)).status, JSON.stringify(init)).toBe(403);
    expect((await world.browser.ask(`${world.url}/logout`, { method: 'POST' })).status).toBe(403);
    expect((await world.browser.ask(`${world.url}/`)).status).toBe(200);
  });

  it('is refused with the token of another session', async () => {
    const world = await start();
    await world.signIn('anna');
    const token = await world.csrfToken();
    const other = new CookieBrowser();
    await world.signIn('bert', { browser: other });
    const answer = await other.ask(`${world.url}/-/reload`, {
      method: 'POST',
      headers: { 'x-csrf-token': token },
    });
    expect(answer.status).toBe(403);
  });
});
