import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import { BuiltinTracker } from '../../src/tickets/builtin/tracker.ts';
import { createApp } from '../../src/web/app.ts';
import { close, listen } from '../../src/web/server/server.ts';
import type { WebServer } from '../../src/web/server/server.ts';
import { launch } from '../helpers/chromium.ts';
import { company, config } from '../helpers/fake-config.ts';
import { describeReal } from '../helpers/real.ts';
import { appOptions } from '../web/app-options.ts';
import { axeFindings, openPage, overflowing } from './browser/browser.ts';

const text = `ACME NV, Flow web_orders, Monitor web_orders

What happened:
- 2 failed records (critical)
At risk: EUR 1,240.50

1. W-${'1'.repeat(120)} (since 27 Nov 2026, 10:00, EUR 1,240.50)
   Call: POST https://erp.acme.example/api/orders
   Message: Gremlin in the gearbox

Status page: https://monitor.example/companies/acme/web_orders?and=${'long'.repeat(60)}`;

/** The pages of the built-in tracker, wide and as narrow as a telephone, light and dark. */
describeReal('pages of tickets', ['chromium'], () => {
  let browser: Browser;
  let servers: readonly WebServer[];
  let url: string;

  beforeAll(async () => {
    browser = await launch();
    const store = openSqliteStore(':memory:', { leaseClock: () => 0 });
    const tracker = new BuiltinTracker({ store, pageUrl: () => '', now: () => Date.now() });
    const draft = { text, isCritical: true, company: 'acme' };
    await tracker.create({ ...draft, marker: 'm-1', title: 'Records failed: ACME NV, web_orders' });
    await tracker.create({ ...draft, marker: 'm-2', title: `Records late: ${'x'.repeat(150)}` });
    await tracker.comment('1', { marker: 'r-1', text: 'More of the same:\n- 1 failed record' });
    await tracker.change('1', { deed: 'assign', author: 'eva', text: 'Eva De Smet' });
    await tracker.change('1', { deed: 'comment', author: 'eva', text: 'y'.repeat(300) });
    const desk = { tokenHash: '', receive: () => Promise.resolve('stored' as const), builtin: tracker };
    const options = appOptions('', { tickets: () => desk });
    options.snapshot.setConfig(config([], undefined, [company('acme', { title: 'ACME NV' })]));
    servers = await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }]);
    url = `http://${servers[0]?.address ?? ''}`;
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await close(servers, 0);
  });

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)(
    'fit %i pixels, can be read when it is %s, and lead to each other',
    async (width, colorScheme) => {
      const { page, wrong } = await openPage(browser, url, {
        viewport: { width, height: 900 },
        colorScheme,
        locale: 'en',
      });
      await page.goto(`${url}/`);
      await page.getByRole('link', { name: 'Tickets' }).click();
      for (const path of ['/tickets', '/tickets/1']) {
        expect(new URL(page.url()).pathname).toBe(path);
        expect(await overflowing(page), path).toEqual([]);
        expect(await axeFindings(page), path).toEqual([]);
        if (path === '/tickets') await page.getByRole('link', { name: 'Records failed' }).click();
      }
      expect(await page.getByRole('button', { name: 'Add comment' }).isVisible()).toBe(true);
      expect(wrong).toEqual([]);
      await page.context().close();
    },
    60_000,
  );
});
