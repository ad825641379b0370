import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { languages } from '../../src/known-errors/catalogue.ts';
import { launch } from '../helpers/chromium.ts';
import { describeReal } from '../helpers/real.ts';
import { openPage } from './browser/browser.ts';
import { openLargeSite } from './browser/large-site.ts';
import { crowded } from './browser/large-world.ts';
import type { Site } from './browser/site.ts';

const companyPath = `/companies/${crowded.company}`;
const monitorPath = `${companyPath}/${crowded.monitor}`;

interface Stop {
  readonly what: string;
  readonly isMarked: boolean;
  readonly isSeen: boolean;
  /** It had the focus before: the round is over. */
  readonly isKnown: boolean;
}

/** What has the focus, whether that can be seen, and whether it is within the window; null: nothing. */
const stopScript = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const isKnown = element.wasReached === true;
  element.wasReached = true;
  return {
    what: element.outerHTML.slice(0, 100),
    isMarked: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    isSeen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    isKnown,
  };
})()`;

/** What somebody can do something with, and the keyboard did not come to. */
const missedScript = `[...document.querySelectorAll('a[href], button, input, select, summary')]
  .filter((element) => element.checkVisibility() && !element.disabled && element.wasReached !== true)
  .map((element) => element.outerHTML.slice(0, 100))`;

const mostStops = 400;

describeReal('the pages by the keyboard alone, in Chromium', ['chromium'], () => {
  let browser: Browser;
  let site: Site;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launch(), openLargeSite()]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  /** Goes on with the Tab key until the focus is on what a selector says. */
  async function tabTo(page: Page, selector: string): Promise<void> {
    for (let stops = 0; stops < mostStops; stops += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
    }
    throw new Error(`the keyboard does not come to ${selector}`);
  }

  // Each page in one language, one width and one scheme: what has the focus depends on neither.
  it.each([
    ['/', 0],
    [companyPath, 1],
    [`${monitorPath}?search=W-0123`, 2],
    [`${companyPath}/datamoves`, 3],
    ['/lookup?record=W-0123', 0],
    ['/errors', 1],
    ['/status', 2],
    ['/docs/', 3],
  ])(
    '%s: the Tab key comes to everything, and shows where it is',
    async (path, place) => {
      const colorScheme = place % 2 === 0 ? 'light' : 'dark';
      const viewport = { width: place < 2 ? 360 : 1920, height: 800 };
      const locale = languages[place] ?? 'en';
      const { page, wrong } = await openPage(browser, site.url, { colorScheme, viewport, locale });
      await page.goto(`${site.url}${path}`);
      const faults: string[] = [];
      for (let stops = 0; stops < mostStops; stops += 1) {
        await page.keyboard.press('Tab');
        const stop = await page.evaluate<Stop | null>(stopScript);
        if (stop === null || stop.isKnown) break;
        if (!stop.isMarked) faults.push(`no mark: ${stop.what}`);
        if (!stop.isSeen) faults.push(`out of sight: ${stop.what}`);
      }
      expect([...faults, ...(await page.evaluate<string[]>(missedScript)), ...wrong]).toEqual([]);
      await page.context().close();
    },
    60_000,
  );

  it('Enter follows, opens, searches and reads again', async () => {
    const { page, wrong } = await openPage(browser, site.url, { locale: 'en' });
    await page.goto(site.url);
    await tabTo(page, '.skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await tabTo(page, '.answer a');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site.url}${monitorPath}`);
    await tabTo(page, '.read-again button');
    let isRead = false;
    site.next = () => {
      isRead = true;
      return { outcome: 'running', ended: Promise.resolve(true) };
    };
    await page.keyboard.press('Enter');
    await expect.poll(() => isRead, { timeout: 20_000 }).toBe(true);
    await tabTo(page, '#live input[name=search]');
    await page.keyboard.type('W-01234');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.record').count(), { timeout: 20_000 }).toBe(1);
    // The focus stays where somebody is typing.
    expect(await page.evaluate('document.activeElement.name')).toBe('search');
    await tabTo(page, '.sql summary');
    await page.keyboard.press('Enter');
    expect(await page.locator('.sql pre').first().isVisible()).toBe(true);
    expect(wrong).toEqual([]);
    await page.context().close();
  }, 60_000);
});
