import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface Watched {
  readonly page: Page;
  /** Messages on the console, violations of the policy, dialogs, errors, requests that failed or went elsewhere. */
  readonly wrong: string[];
}

/** A page of its own context that writes down all that must not happen on it. @param url of the only server that it may ask. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('requestfailed', (request) => {
    // What a page still asked for when it was left, such as the points of its chart.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') wrong.push(`failed: ${request.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:')) wrong.push(request.url());
  });
  if (options.javaScriptEnabled !== false)
    await page.addInitScript(
      `addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective, event.blockedURI))`,
    );
  return { page, wrong };
}

/**
 * What is wider than its place: the document than the window, an element than its box, save where it can be scrolled. Drawings
 * have no box of text, and a field scrolls by itself.
 */
const overflowScript = `(async () => {
  // After a change of the window's size, charts follow with the next frame.
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const scrolls = (element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
  const root = document.documentElement;
  const wide = [...document.body.querySelectorAll('*')].filter(
    (element) =>
      element.clientWidth > 0 &&
      element.scrollWidth > element.clientWidth + 1 &&
      !element.matches('input, select, svg *, .skip') &&
      !element.closest('.u-wrap') &&
      !scrolls(element),
  );
  const found = wide.map((e) => e.tagName + '.' + e.className + ' ' + e.scrollWidth + ' > ' + e.clientWidth);
  if (root.scrollWidth > innerWidth) found.unshift('document ' + root.scrollWidth + ' > ' + innerWidth);
  return found.slice(0, 5);
})()`;

export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(overflowScript);
}

/** What axe finds wrong, with one place for each. It comes by the debugger, which the page's own policy does not stop. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run({ resultTypes: ["violations"] })');
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

/**
 * Texts of the page's own that run backwards: marks of direction in a text before them reached beyond it. A text that bears such
 * marks or letters itself may run as it likes.
 */
const turnedScript = `(() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    if (/[\\u0590-\\u08FF\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]/.test(text.data)) continue;
    const start = /[a-z]{2}/i.exec(text.data)?.index;
    if (start === undefined) continue;
    const leftOf = (index) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return range.getBoundingClientRect();
    };
    const [first, second] = [leftOf(start), leftOf(start + 1)];
    if (first.top === second.top && second.left < first.left) found.push('turned: ' + text.data.slice(0, 60));
  }
  return found.slice(0, 5);
})()`;

export function turnedTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(turnedScript);
}
