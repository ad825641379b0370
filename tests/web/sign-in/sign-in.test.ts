import { afterEach, expect, it } from 'vitest';
import { SignInWorld } from './world.ts';

const worlds: SignInWorld[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.close())));

async function start(...given: Parameters<typeof SignInWorld.start>): Promise<SignInWorld> {
  const world = await SignInWorld.start(...given);
  worlds.push(world);
  return world;
}

it('lets somebody in who signs in at the provider, where they wanted to go', async () => {
  const world = await start();
  const { answer, url } = await world.signIn('anna', { path: '/companies/acme?lang=nl' });
  console.log(answer.status, url, world.logged, await answer.text(), world.browser.setCookies);
  expect(answer.status).toBe(200);
  expect(url).toBe(`${world.url}/companies/acme?lang=nl`);
});
