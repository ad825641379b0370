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
async function callbackOf(world: SignInWorld): Promise<string> {
  const { url } = await world.signIn('anna', {
    through: (next) => {
      return atCallback(next) ? undefined : next;
    },
  });
  expect(new URL(url).pathname).toBe('/login/callback');
  return url;
}

describe('the provider', () => {
  it('may sign with other keys at any time', async () => {
    const world = await start();
    await world.signIn('anna');
    world.provider.changeKeys();
    const browser = new CookieBrowser();
    expect((await world.signIn('bert', { browser })).answer.status).toBe(200);
    // The session of before is ours, and goes on.
    expect((await world.browser.ask(`${world.url}/`)).status).toBe(200);
  });

  it('may be down: the page says so, who has a session goes on, and it is asked again soon', async () => {
    const world = await start();
    await world.signIn('anna');
    await world.provider.close();
    world.now += 3_600_001;
    expect((await world.browser.ask(`${world.url}/`)).status).toBe(200);
    const browser = new CookieBrowser();
    const answer = await browser.ask(`${world.url}/login`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('does not answer. Monitoring and alerts go on');
    expect(world.logged.join()).toMatch(/identity provider unreachable.*ECONNREFUSED/);
    await world.provider.open();
    expect((await browser.ask(`${world.url}/login`)).status).toBe(503);
    world.now += 5_001;
    expect((await browser.ask(`${world.url}/login`)).status).toBe(302);
  });

  it('may be down when somebody comes back from it', async () => {
    const world = await start();
    const url = await callbackOf(world);
    await world.provider.close();
    expect((await world.browser.ask(url)).status).toBe(503);
    await world.provider.open();
  });

  it.each([
    ['never answer', () => {}],
    [
      'send without end',
      (response: { write: (text: string) => unknown }) => {
        for (let n = 0; n < 40; n++) response.write('x'.repeat(65_536));
      },
    ],
  ])('may %s', async (_, answer) => {
    const world = await start({}, {}, 300);
    world.provider.misbehave((_request, response) => answer(response));
    world.allow({});
    expect((await world.browser.ask(`${world.url}/login`)).status).toBe(503);
  });

  it('is asked again at once when its proxy says that it is away', async () => {
    const world = await start();
    let count = 0;
    world.provider.misbehave((_request, response) => {
      response.writeHead(503).end();
      if (++count === 1) world.provider.changeKeys();
    });
    world.allow({});
    expect((await world.browser.ask(`${world.url}/login`)).status).toBe(302);
  });
});
