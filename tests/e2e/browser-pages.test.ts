import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { languages } from '../../src/known-errors/catalogue.ts';
import { launch } from '../helpers/chromium.ts';
import { isNightly } from '../helpers/nightly.ts';
import { describeReal } from '../helpers/real.ts';
import { axeFindings, openPage, overflowing } from './browser/browser.ts';
import { openLargeSite } from './browser/large-site.ts';
import { crowded } from './browser/large-world.ts';
import type { Site } from './browser/site.ts';

const monitorPath = `/companies/${crowded.company}/${crowded.monitor}`;
const paths = [
  '/',
  '/?wall',
  '/companies/company_00',
  monitorPath,
  '/companies/company_00/orders_arrived',
  '/companies/company_00/datamoves',
  '/companies/company_00/portal',
  '/lookup?record=W-0001',
  '/lookup?record=none',
  '/errors',
  '/status',
  '/docs/',
  '/docs/configuration',
  '/docs/runbook',
];
const sizes = [
  { width: 360, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const schemes = ['light', 'dark'] as const;

/**
 * Not every page in each language, width and scheme: that would be four times as many, and tell little more. Each page is seen in each
 * language, and over these in each width with each scheme; each language likewise over the pages.
 */
function looks(language: number, place: number) {
  const width = (place + language) % 2;
  const scheme = ((place >> 1) + (language >> 1)) % 2;
  // By day each page in two of the languages: one of them on a small screen, one on a large one, one examined.
  const isSeen = isNightly || ((place + language) >> 1) % 2 === 0;
  return {
    size: sizes[width as 0 | 1],
    scheme: schemes[scheme as 0 | 1],
    isExamined: width === scheme,
    isSeen,
  };
}

describeReal('the pages of 50 companies, in Chromium', ['chromium'], () => {
  let browser: Browser;
  let site: Site;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launch(), openLargeSite()]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  it.each(languages)(
    'are whole in %s: small and large, light and dark, with nothing that axe, the console or the policy complains of',
    async (language) => {
      const found: unknown[] = [];
      for (const colorScheme of schemes) {
        const { page, wrong } = await openPage(browser, site.url, { colorScheme, locale: language });
        for (const [place, path] of paths.entries()) {
          const { size, scheme, isExamined, isSeen } = looks(languages.indexOf(language), place);
          if (scheme !== colorScheme || !isSeen) continue;
          await page.setViewportSize(size);
          const answer = await page.goto(`${site.url}${path}`);
          expect(answer?.status(), path).toBe(200);
          expect(await page.locator('html').getAttribute('lang')).toBe(language);
          expect(await page.getByRole('heading', { level: 1 }).count(), path).toBeGreaterThanOrEqual(1);
          const faults = [...(await overflowing(page)), ...(isExamined ? await axeFindings(page) : [])];
          found.push(...faults.map((fault) => [path, size.width, scheme, fault]));
        }
        found.push(...wrong);
        await page.context().close();
      }
      expect(found).toEqual([]);
    },
    120_000,
  );

  it('have a wall that shows every company at once', async () => {
    const { page } = await openPage(browser, site.url, { viewport: { width: 1920, height: 1080 } });
    await page.goto(`${site.url}/?wall`);
    expect(await page.locator('.tile').count()).toBe(50);
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThanOrEqual(1080);
    await page.context().close();
  }, 60_000);

  it.each([true, false])(
    'lead from what needs somebody to what to do within one click and one screen, scripts: %s',
    async (javaScriptEnabled) => {
      const viewport = { width: 1280, height: 800 };
      const { page, wrong } = await openPage(browser, site.url, {
        viewport,
        javaScriptEnabled,
        locale: 'en',
      });
      await page.goto(site.url);
      await page.locator('.answer li a').first().click();
      expect(new URL(page.url()).pathname).toBe(monitorPath);
      const first = page.locator('.record').first();
      expect(await first.getByText('Action for', { exact: false }).or(first.locator('strong')).count()).toBe(
        1,
      );
      const box = await first.locator('strong').boundingBox();
      expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(viewport.height);
      expect(wrong).toEqual([]);
      await page.context().close();
    },
    60_000,
  );

  const count = (page: Page) => page.locator('.record').count();
  const firstKey = (page: Page) => page.locator('.record h3 a').first().textContent();

  it('search, sort and turn over 10,000 records in place', async () => {
    const { page, wrong } = await openPage(browser, site.url, { locale: 'en' });
    await page.goto(`${site.url}${monitorPath}`);
    await page.evaluate('globalThis.isSame = true');
    expect(await page.locator('.pages').first().innerText()).toContain('1 to 50 of 10,001');
    await page.getByLabel('Sort by').selectOption('record');
    await expect.poll(() => firstKey(page), { timeout: 20_000 }).toBe('Q-0');
    await page.getByRole('searchbox', { name: 'Search', exact: true }).fill('w-0123');
    await expect.poll(() => count(page), { timeout: 20_000 }).toBe(10);
    expect(await firstKey(page)).toBe('W-01230');
    expect(page.url()).toContain('search=w-0123');
    expect(page.url()).toContain('order=record');
    expect(await page.evaluate('globalThis.isSame')).toBe(true);
    // What the address says is what the page shows, also for whom it was sent to.
    await page.reload();
    expect([await count(page), await firstKey(page)]).toEqual([10, 'W-01230']);
    expect(wrong).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('search, sort and turn without scripts, and give a file of all that match', async () => {
    const { page, wrong } = await openPage(browser, site.url, { javaScriptEnabled: false, locale: 'de' });
    await page.goto(`${site.url}${monitorPath}`);
    await page.getByLabel('Sortieren nach').selectOption('amount');
    await page.getByRole('searchbox', { name: 'Suchen', exact: true }).fill('chf');
    await page.locator('.search button').click();
    expect(await page.locator('.pages').first().innerText()).toContain('1 bis 50 von 2.500');
    await page.getByRole('link', { name: 'Nächste Seite' }).first().click();
    expect(await page.locator('.pages').first().innerText()).toContain('51 bis 100 von 2.500');
    await page.getByRole('link', { name: 'Erste Seite' }).first().click();
    const downloaded = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Als CSV herunterladen' }).first().click();
    const file = await readFile(await (await downloaded).path(), 'utf8');
    const lines = file.trimEnd().split('\r\n');
    expect(lines).toHaveLength(2501);
    expect(lines[1]).toMatch(/^W-\d+;Fehlgeschlagen;[^;]+;\d+,50;CHF;/);
    expect(wrong.filter((text) => !text.includes('records.csv'))).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('follow what happens by themselves, and leave alone what a reader has opened', async () => {
    const { page, wrong } = await openPage(browser, site.url, { locale: 'en' });
    await page.clock.install();
    await page.goto(site.url);
    const fold = page.locator('details.fine');
    await fold.locator('summary').click();
    const before = await page.locator('.answer h1').first().innerText();
    const task = [...site.snapshot.tasks.values()].find(
      ({ monitor, companies }) => monitor.name === 'orders_arrived' && companies.includes(crowded.company),
    );
    if (task === undefined) throw new Error('there is no such task');
    try {
      site.snapshot.setTask({ ...task, reading: null, lastSuccess: null });
      await page.clock.runFor(15_000);
      await expect
        .poll(() => page.locator('.answer h1').first().innerText(), { timeout: 20_000 })
        .not.toBe(before);
      expect(await fold.getAttribute('open')).not.toBeNull();
    } finally {
      site.snapshot.setTask(task);
    }
    expect(wrong).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('draw a chart in the language of the page', async () => {
    const { page, wrong } = await openPage(browser, site.url, { locale: 'de' });
    await page.goto(`${site.url}${monitorPath}?lang=fr`);
    const names = page.locator('.chart .u-legend th .u-label');
    await expect
      .poll(() => names.allInnerTexts(), { timeout: 20_000 })
      .toEqual(expect.arrayContaining(['Heure', 'En échec']));
    const drawing = page.locator('.chart .u-over');
    await drawing.scrollIntoViewIfNeeded();
    const box = await drawing.boundingBox();
    if (box === null) throw new Error('there is no chart');
    await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
    const values = page.locator('.chart .u-legend .u-value');
    await expect.poll(() => values.allInnerTexts(), { timeout: 20_000 }).toContain('10\u202f000');
    expect((await values.allInnerTexts())[0]).toMatch(/^\d+ nov\., \d\d:\d\d$/);
    expect(wrong).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('read again in place, and say so', async () => {
    const { page, wrong } = await openPage(browser, site.url, { locale: 'fr' });
    await page.goto(`${site.url}${monitorPath}?search=W-0123`);
    site.next = () => {
      site.time += 60_000;
      return { outcome: 'running', ended: Promise.resolve(true) };
    };
    const answer = page.waitForResponse((response) => response.url().includes('/refresh'));
    await page.getByRole('button', { name: 'Relire maintenant' }).click();
    expect((await answer).status()).toBe(303);
    await expect
      .poll(() => page.getByRole('status').innerText(), { timeout: 20_000 })
      .toMatch('Dernière lecture');
    expect(await count(page)).toBe(10);
    expect(wrong).toEqual([]);
    await page.context().close();
  }, 60_000);
});
