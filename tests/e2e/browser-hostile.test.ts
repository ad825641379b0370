import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../src/known-errors/catalogue.ts';
import { launch } from '../helpers/chromium.ts';
import { isNightly } from '../helpers/nightly.ts';
import { describeReal } from '../helpers/real.ts';
import { openPage, overflowing, turnedTexts } from './browser/browser.ts';
import { hostileContent, longMessage, longMonitor, oddCompany, words } from './browser/hostile-world.ts';
import { Site } from './browser/site.ts';

const [script, image] = words;
const oddPath = `/companies/${encodeURIComponent(oddCompany)}`;
/** Each page with what must be found on it whole, folds included. */
const pages: readonly (readonly [string, readonly string[]])[] = [
  ['/', [...words, longMessage]],
  ['/?wall', words],
  ['/companies/acme', [script, image, longMessage]],
  [oddPath, [...words, longMonitor, longMessage]],
  [`${oddPath}/${longMonitor}`, [longMonitor]],
  ['/companies/acme/records', [...words, longMessage]],
  [`/companies/acme/records?search=${encodeURIComponent(script)}`, [script]],
  ['/companies/acme/reconcile', [...words, longMessage]],
  ['/companies/acme/jobs', words],
  ['/companies/acme/query', []],
  ['/companies/acme/sync', []],
  ['/companies/acme/broken', [...words, longMessage]],
  [`/lookup?record=${encodeURIComponent(image)}`, [image]],
  [`/lookup?record=${encodeURIComponent(`none ${words[6]}`)}`, [words[6]]],
  ['/errors', words.map((word) => `Title of ${word}`)],
  ['/status', words],
];

describeReal('texts that nobody should trust, in Chromium', ['chromium'], () => {
  let browser: Browser;
  let site: Site;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launch(), hostileContent().then((content) => Site.open(content))]);
    site.snapshot.setDatabase({
      name: 'shop',
      driver: 'postgres',
      up: false,
      clockSkewSeconds: null,
      problem: `${words.join(' ')} ${longMessage}`,
    });
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  /** What is wider than its box, folds opened, on a phone and on a large screen. */
  async function tooWide(page: Page): Promise<string[]> {
    const found: string[] = [];
    for (const width of [360, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      found.push(...(await overflowing(page)).map((fault) => `${width}: ${fault}`));
    }
    // On a large screen, no table has to be scrolled for one long word.
    const scrolled =
      '[...document.querySelectorAll(".scroll")].some((box) => box.scrollWidth > box.clientWidth)';
    if (await page.evaluate<boolean>(scrolled)) found.push('1920: a table is scrolled');
    return found;
  }

  describe.each(languages)('in %s', (language) => {
    // By day each page in two of the languages.
    const turn = languages.indexOf(language);
    const seen = pages.filter((_, place) => isNightly || (place + turn) % 2 === 0);

    it('run nothing, overflow nothing, turn nothing around, and are there whole', async () => {
      const found: unknown[] = [];
      const { page, wrong } = await openPage(browser, site.url, {
        locale: language,
        reducedMotion: 'reduce',
      });
      for (const [path, texts] of seen) {
        const answer = await page.goto(`${site.url}${path}`);
        expect(answer?.status(), path).toBe(200);
        await page.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true');
        const content = (await page.locator('body').textContent()) ?? '';
        const lost = texts
          .filter((text) => !content.includes(text))
          .map((text) => `lost: ${text.slice(0, 60)}`);
        const faults = [...lost, ...(await tooWide(page)), ...(await turnedTexts(page))];
        if ((await page.evaluate('globalThis.pwned')) !== undefined) faults.push('ran');
        if (content.match(/undefined|\bnull\b|NaN|Infinity|Invalid Date|\[object/) !== null)
          faults.push('no value');
        found.push(...faults.map((fault) => [path, fault]));
      }
      expect([...found, ...wrong]).toEqual([]);
      await page.context().close();
    }, 120_000);
  });

  it('lead by links to the pages of companies whose names a path would misread', async () => {
    const { page, wrong } = await openPage(browser, site.url, { locale: 'en' });
    await page.goto(`${site.url}${oddPath}`);
    await page.getByRole('link', { name: longMonitor }).click();
    expect(await page.locator('.record h3').textContent()).toContain('W-1');
    await page.locator('h1 a').click();
    expect(page.url()).toBe(`${site.url}${oddPath}`);
    expect(wrong).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('are found by their own text, as it was typed', async () => {
    const { page, wrong } = await openPage(browser, site.url, { locale: 'en' });
    for (const word of words) {
      await page.goto(site.url);
      await page.getByRole('searchbox').fill(word);
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/lookup/);
      expect(await page.locator('.record').count(), word).toBeGreaterThan(0);
    }
    expect(wrong).toEqual([]);
    await page.context().close();
  }, 60_000);

  it.each(languages)('are texts in the file for spreadsheets, in %s', async (language) => {
    const answer = await fetch(`${site.url}/companies/acme/records/records.csv?lang=${language}`);
    const file = await answer.text();
    for (const word of words) expect(file).toContain(word.replaceAll('"', '""'));
    const cells = file.split(/\r\n|[;,](?="|[^;,]*[;,\r])/).map((cell) => cell.replace(/^"/, ''));
    expect(cells.filter((cell) => /^\s*[=+@-](?!""|\d)/.test(cell))).toEqual([]);
  });
});
