import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch } from '../../helpers/chromium.ts';
import { describeReal } from '../../helpers/real.ts';
import { SignInWorld } from './world.ts';

describeReal('in Chromium', ['chromium'], () => {
  let browser: Browser;
  let world: SignInWorld;
  beforeAll(async () => {
    browser = await launch();
    world = await SignInWorld.start({ endsAtIssuer: true });
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  // The provider is at localhost, the exporter at 127.0.0.1: different sites, as they are in real life.
  it('somebody signs in, sees their company, and signs out, at the provider too', async () => {
    const page = await browser.newPage();
    const wrong: string[] = [];
    // What the provider's own pages say is not ours.
    page.on('console', (message) => {
      if (message.location().url.startsWith(world.url)) wrong.push(message.text());
    });
    await page.goto(`${world.url}/companies/acme`);
    expect(page.url()).toContain(`${world.provider.issuer}/interaction/`);
    await page.fill('input[name=login]', 'anna');
    await page.fill('input[name=password]', 'any');
    await page.click('button[type=submit]');
    await page.waitForURL(`${world.url}/companies/acme`);
    expect(await page.innerText('header')).toContain('Signed in as anna@acme.example');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL((url) => url.href.startsWith(`${world.provider.issuer}/session/end`));
    const answer = await page.goto(`${world.url}/logout`);
    expect(answer?.status()).toBe(200);
    expect(await page.innerText('main')).toContain('You are signed out');
    expect(wrong).toEqual([]);
  }, 120_000);
});
