import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch } from '../../helpers/chromium.ts';
import { describeReal } from '../../helpers/real.ts';
import { ChartWorld } from './world.ts';

describeReal('charts of days in Chromium', ['chromium'], () => {
  let browser: Browser;
  let world: ChartWorld;
  beforeAll(async () => {
    browser = await launch();
    world = await ChartWorld.start(undefined, true);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  /** A page on which everything that goes wrong is noted. */
  async function visit(path: string, scripts = true): Promise<{ page: Page; wrong: string[] }> {
    const context = await browser.newContext({ javaScriptEnabled: scripts, locale: 'en' });
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('console', (message) => wrong.push(message.text()));
    page.on('pageerror', (error) => wrong.push(String(error)));
    await page.goto(`${world.url}${path}`);
    return { page, wrong };
  }

  const picture = (page: Page, name: string) => {
    const folder = process.env['SCREENSHOTS'];
    return folder === undefined
      ? undefined
      : page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  };

  it('come in place of those of a day, on the page of a company', async () => {
    const { page, wrong } = await visit('/companies/acme');
    await page.evaluate('globalThis.isSamePage = true');
    await page.getByRole('link', { name: 'Last 7 days' }).click();
    await page.getByRole('img', { name: 'Worst within 7 days' }).waitFor();
    await picture(page, 'company-7');
    expect(page.url()).toMatch(/\?days=7$/);
    await page.getByRole('link', { name: 'Last 30 days' }).click();
    await page.getByRole('img', { name: 'Worst within 30 days' }).waitFor();
    await picture(page, 'company-30');
    expect(await page.locator('.ranges [aria-current]').innerText()).toBe('Last 30 days');
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
    await page.getByRole('link', { name: 'Last 24 hours' }).click();
    await page.getByRole('img', { name: 'Worst within 24 hours' }).waitFor();
    expect(wrong).toEqual([]);
  }, 60_000);

  it('are drawn large on the page of a monitor, each time anew', async () => {
    const { page, wrong } = await visit('/companies/acme/orders');
    for (const days of [7, 30]) {
      await page.getByRole('link', { name: `Last ${days} days` }).click();
      await page.locator(`#chart-${days} canvas`).waitFor();
      expect(await page.locator('[data-history]').count()).toBe(1);
      expect(await page.locator(`#chart-${days} .u-legend`).innerText()).toContain('Failed');
      await picture(page, `monitor-${days}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it.each(['/companies/acme', '/companies/acme/orders'])(
    'fit on a phone, and so does what is said without them: %s',
    async (path) => {
      const refusing = await ChartWorld.start((_, response) => response.writeHead(403).end(), true);
      try {
        for (const [name, url] of [
          ['drawn', world.url],
          ['refused', refusing.url],
        ] as const) {
          const page = await browser.newPage({
            viewport: { width: 360, height: 800 },
            colorScheme: 'dark',
            locale: 'de',
          });
          await page.goto(`${url}${path}?days=7`);
          await page.locator('.ranges').waitFor();
          expect(await page.getByRole('alert').count()).toBe(name === 'refused' ? 1 : 0);
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
          await picture(page, `phone-${name}${path.replaceAll('/', '-')}`);
        }
      } finally {
        await refusing.close();
      }
    },
    60_000,
  );

  it('are pages of their own without scripts', async () => {
    const { page } = await visit('/companies/acme/orders', false);
    await page.getByRole('link', { name: 'Last 7 days' }).click();
    await page.getByRole('img', { name: 'Worst within 7 days' }).waitFor();
    expect(page.url()).toMatch(/\?days=7$/);
  }, 60_000);
});
