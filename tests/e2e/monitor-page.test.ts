import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { records } from '../../src/monitors/records/index.ts';
import { History } from '../../src/poll/history.ts';
import { historyStepMs } from '../../src/poll/history-series.ts';
import type { RunNow } from '../../src/poll/run-now.ts';
import { createApp } from '../../src/web/app.ts';
import { close, listen } from '../../src/web/server/server.ts';
import type { WebServer } from '../../src/web/server/server.ts';
import { company, config } from '../helpers/fake-config.ts';
import { launch } from '../helpers/chromium.ts';
import { describeReal } from '../helpers/real.ts';
import { appOptions } from '../web/app-options.ts';
import { hour, minute, now, recordsReading, taskOf } from '../web/world.ts';

const path = '/companies/acme/orders';

describeReal('the page of a monitor, in Chromium', ['chromium'], () => {
  let browser: Browser;
  let server: readonly WebServer[] = [];
  let url = '';
  /** What the next wish to read again meets. */
  let next: () => RunNow;
  let isRunning = false;
  let time = now;

  beforeAll(async () => {
    browser = await launch();
  }, 120_000);
  afterAll(() => browser.close());

  /** Lets the monitor be read as of now, with so many failed records. */
  let read: (failed: number) => Promise<void>;

  beforeEach(async () => {
    const history = new History();
    const options = appOptions('', {
      now: () => time,
      history,
      runs: { runNow: () => next(), isRunning: () => isRunning },
    });
    time = now;
    isRunning = false;
    options.snapshot.setConfig(config([], undefined, [company('acme')]));
    read = async (failed) => {
      const rows = Array.from({ length: failed }, (_, index) => ({
        record: `W-${index}`,
        since: new Date(now - hour),
        error: 'blocked',
      }));
      const change = { lastRun: time, lastSuccess: time };
      const task = taskOf('orders', records, ['acme'], await recordsReading({ failed: rows }), change);
      options.snapshot.setTask(task);
      history.record(task, time);
    };
    for (time = now - 23 * hour; time < now; time += historyStepMs) await read(time % 7);
    time = now;
    await read(3);
    server = await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }]);
    url = `http://${server[0]?.address ?? ''}`;
  }, 60_000);
  afterEach(() => close(server, 0));

  /** A page, and what went wrong on it: messages, errors, requests elsewhere. */
  async function openPage(): Promise<{ page: Page; wrong: string[] }> {
    const page = await browser.newPage();
    const wrong: string[] = [];
    // Chromium calls each answer of 400 and above an error, also one that is asked for.
    page.on('console', (message) => !message.text().includes('429') && wrong.push(message.text()));
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('request', (request) => !request.url().startsWith(url) && wrong.push(request.url()));
    await page.goto(`${url}${path}?lang=en`);
    return { page, wrong };
  }

  const button = (page: Page) => page.getByRole('button', { name: 'Read again now' });

  it('shows in place what was read, and keeps the chart', async () => {
    const { page, wrong } = await openPage();
    await expect.poll(() => page.locator('.chart canvas').count(), { timeout: 30_000 }).toBe(1);
    await page.evaluate('globalThis.isSame = true');
    expect(await page.locator('.record').count()).toBe(3);
    const end = Promise.withResolvers<boolean>();
    next = () => ({ outcome: 'running', ended: end.promise });
    await button(page).click();
    // Progress is shown, and the button cannot be pressed twice, until the run has ended.
    await expect.poll(() => page.getByRole('progressbar').isVisible(), { timeout: 30_000 }).toBe(true);
    expect(await button(page).isDisabled()).toBe(true);
    time = now + minute;
    await read(1);
    end.resolve(true);
    await expect.poll(() => page.locator('.record').count(), { timeout: 30_000 }).toBe(1);
    expect(await page.getByRole('progressbar').isVisible()).toBe(false);
    expect(await button(page).isDisabled()).toBe(false);
    expect(await page.getByRole('status').textContent()).toMatch(/^Last read .*0\.25 s/);
    expect(await page.locator('.chart canvas').count()).toBe(1);
    expect(await page.evaluate('globalThis.isSame')).toBe(true);
    expect(new URL(page.url()).pathname).toBe(path);
    expect(wrong).toEqual([]);
    await page.close();
  }, 120_000);

  it('says why not, and reads on by itself while a run goes on', async () => {
    const { page, wrong } = await openPage();
    next = () => ({ outcome: 'limited', limit: 'monitor', retryAfterMs: 4000 });
    await button(page).click();
    await expect
      .poll(() => page.getByRole('alert').textContent(), { timeout: 30_000 })
      .toBe('This monitor was read a moment ago: ask again in 4 s.');
    expect(await page.locator('.record').count()).toBe(3);
    isRunning = true;
    next = () => ({ outcome: 'running', ended: Promise.resolve(true) });
    await button(page).click();
    await expect
      .poll(() => page.getByRole('status').textContent(), { timeout: 30_000 })
      .toBe('It is being read …');
    expect(await page.getByRole('alert').count()).toBe(0);
    await read(2);
    isRunning = false;
    await expect.poll(() => page.locator('.record').count(), { timeout: 30_000 }).toBe(2);
    expect(await page.getByRole('status').textContent()).toMatch(/^Last read/);
    expect(wrong).toEqual([]);
    await page.close();
  }, 120_000);

  it('works without scripts, by the keyboard, in another language', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'nl' });
    const page = await context.newPage();
    await page.goto(`${url}${path}`);
    expect(await page.locator('.chart svg').getAttribute('aria-label')).toMatch(/^Slechtste binnen 24 uur/);
    next = () => ({ outcome: 'running', ended: read(1).then(() => true) });
    await page.getByRole('button', { name: 'Nu opnieuw lezen' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.record').count(), { timeout: 30_000 }).toBe(1);
    expect(page.url()).toBe(`${url}${path}`);
    next = () => ({ outcome: 'limited', limit: 'all', retryAfterMs: 4000 });
    await page.getByRole('button', { name: 'Nu opnieuw lezen' }).click();
    await expect.poll(() => page.getByRole('alert').textContent(), { timeout: 30_000 }).toMatch('te veel');
    await context.close();
  }, 120_000);

  it.each(['light', 'dark'] as const)(
    'has nothing that axe finds wrong, %s',
    async (colorScheme) => {
      // The checker is put into the page, which its own policy would refuse.
      const context = await browser.newContext({ colorScheme, bypassCSP: true });
      const page = await context.newPage();
      for (const where of [path, '/companies/acme']) {
        await page.goto(`${url}${where}`);
        if (where === path)
          await expect.poll(() => page.locator('.chart canvas').count(), { timeout: 30_000 }).toBe(1);
        await page.addScriptTag({ content: axe.source });
        const { violations } = await page.evaluate<AxeResults>('axe.run()');
        expect(violations.map(({ id, nodes }) => [where, id, nodes[0]?.html])).toEqual([]);
      }
      await context.close();
    },
    120_000,
  );
});
