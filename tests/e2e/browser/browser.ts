import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { requireProgram } from '../../helpers/real.ts';

/** Debian's Chromium, which asks for nothing by itself. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: requireProgram('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

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
  page.on('requestfailed', (request) => wrong.push(`failed: ${request.url()}`));
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
const overflowScript = `(() => {
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
