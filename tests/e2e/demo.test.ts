import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asksDatabases } from '../../src/monitors/shared/asks-databases.ts';
import { kinds } from '../../src/monitors/kinds.ts';
import { find, parseScrape } from '../helpers/exporter.ts';
import type { Scrape } from '../helpers/exporter.ts';
import { openPage } from './browser/browser.ts';
import { launch } from '../helpers/chromium.ts';
import { isNightly } from '../helpers/nightly.ts';
import { describeReal, findProgram } from '../helpers/real.ts';
import { freePort } from '../helpers/tcp.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

describe('npm run demo', () => {
  let child: ChildProcess;
  let url: string;
  let output = '';
  let startedAfterSeconds = 0;

  beforeAll(async () => {
    url = `http://127.0.0.1:${await freePort()}`;
    const begin = performance.now();
    child = spawn(
      process.execPath,
      [program, 'demo', `--web.listen-address=${url.slice('http://'.length)}`],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    await vi.waitUntil(() => output.includes('Ctrl-C ends the demo'), { timeout: 60_000 });
    startedAfterSeconds = (performance.now() - begin) / 1000;
  }, 70_000);

  afterAll(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  const scrape = async (): Promise<Scrape> => parseScrape(await (await fetch(`${url}/metrics`)).text());

  it('tells what it does until it is ready', () => {
    expect(output).toMatch(/Demo: starting an embedded PostgreSQL/);
    expect(output).toContain(`${url}/metrics`);
    // The goal is 15 s on an idle machine; this bound only catches a start that hangs on something.
    expect(startedAfterSeconds).toBeLessThan(45);
  });

  it('shows every kind with sensible figures for two companies within a minute', async () => {
    await expect
      .poll(async () => find(await scrape(), 'erp_monitor_success').map(([, value]) => value), {
        timeout: 60_000,
        interval: 500,
      })
      .toSatisfy((values: number[]) => values.length >= 16 && values.every((value) => value === 1));
    const now = await scrape();
    for (const company of ['acme', 'globex']) {
      // The demo has databases, and no folders.
      for (const { kind } of kinds.filter(asksDatabases))
        expect(find(now, 'erp_monitor_info', { company, kind }).length, `${company} ${kind}`).toBeGreaterThan(
          0,
        );
      expect(find(now, 'erp_failed_records', { company, flow: 'orders' })[0]?.[1]).toBeGreaterThan(0);
      const last = find(now, 'erp_last_sync_timestamp_seconds', { company })[0]?.[1] ?? 0;
      expect(Date.now() / 1000 - last).toBeLessThan(3600);
      expect(
        find(now, 'erp_job_status', { company, status: 'success' }).some(([, value]) => value === 1),
      ).toBe(true);
    }
    expect(find(now, 'erp_failed_records_amount', { currency: 'CHF' }).length).toBeGreaterThan(0);
    expect(find(now, 'erp_database_up').map(([, value]) => value)).toEqual([1, 1]);
  }, 70_000);

  it('shows for two companies which records one side has and the other has not, and what they are worth', async () => {
    const sum = (given: Scrape, name: string, labels: Readonly<Record<string, string>>): number =>
      find(given, `erp_reconciliation_${name}`, labels).reduce((total, [, value]) => total + value, 0);
    // What was lost before the demo began; it takes two runs to be sure.
    await expect
      .poll(
        async () => {
          const seen = await scrape();
          return ['acme', 'globex'].map((company) =>
            sum(seen, 'mismatched_records', { company, mismatch: 'missing_right' }),
          );
        },
        { timeout: 60_000, interval: 1000 },
      )
      .toSatisfy((counts: number[]) => counts.every((count) => count > 0));
    const now = await scrape();
    for (const company of ['acme', 'globex']) {
      expect(sum(now, 'amount', { company, mismatch: 'missing_right' })).toBeGreaterThan(0);
      for (const monitor of ['orders_arrived', 'payments_booked']) {
        expect(find(now, 'erp_reconciliation_mismatched_records', { company, monitor }).length).toBe(4);
        const through = sum(now, 'verified_through_timestamp_seconds', { company, monitor });
        expect(Date.now() / 1000 - through, `${company} ${monitor}`).toBeLessThan(90);
      }
      // Old orders by far, so that only the ones of the last seconds are spared.
      const oldest = sum(now, 'oldest_mismatch_timestamp_seconds', {
        company,
        mismatch: 'missing_right',
        monitor: company === 'acme' ? 'orders_arrived' : 'payments_booked',
      });
      expect(Date.now() / 1000 - oldest).toBeGreaterThan(3600);
      expect(Date.now() / 1000 - oldest).toBeLessThan(7200);
    }
    const lost = find(now, 'erp_reconciliation_mismatch_timestamp_seconds', { mismatch: 'missing_right' });
    for (const number of [/record="W-1\d+"/, /record="P-2\d+"/])
      expect(lost.filter(([series]) => number.test(series)).length, String(number)).toBeGreaterThan(0);
  }, 70_000);

  describeReal('with promtool', ['promtool'], () => {
    it('passes promtool check metrics', async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const { status, stdout, stderr } = spawnSync(findProgram('promtool') ?? '', ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      });
      expect(stdout + stderr).toBe('');
      expect(status).toBe(0);
    });
  });

  describeReal('in Chromium', ['chromium'], () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser.close());

    const paths = [
      '/',
      '/?wall',
      '/?lang=de',
      '/companies/acme?lang=fr',
      '/companies/acme/web_orders?lang=en',
      '/companies/globex/payments_booked',
      '/companies/acme/datamoves',
      '/errors',
      '/lookup?record=W-1',
    ];

    it.each([360, 1280, 1920])(
      'opens its pages %i px wide, with nothing on the console, asked for elsewhere or beyond the edge',
      async (width) => {
        const { page, wrong } = await openPage(browser, url, { viewport: { width, height: 800 } });
        for (const path of paths) {
          const answer = await page.goto(`${url}${path}`);
          expect(answer?.status(), path).toBe(200);
          expect(await page.getByRole('heading', { level: 1 }).count(), path).toBeGreaterThanOrEqual(1);
          const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
          expect(overflow, path).toBeLessThanOrEqual(0);
        }
        expect(wrong).toEqual([]);
        await page.context().close();
      },
      60_000,
    );

    it.each(['light', 'dark'] as const)(
      'has pages that axe finds nothing wrong with, %s',
      async (colorScheme) => {
        // The checker is put into the page, which its own policy would refuse.
        const context = await browser.newContext({ colorScheme, bypassCSP: true });
        const page = await context.newPage();
        // By day each page in one of the two.
        const turn = colorScheme === 'light' ? 0 : 1;
        for (const path of paths.filter((_, place) => isNightly || place % 2 === turn)) {
          await page.goto(`${url}${path}`);
          await page.addScriptTag({ content: axe.source });
          const { violations } = await page.evaluate<AxeResults>('axe.run()');
          expect(violations.map(({ id, nodes }) => [path, id, nodes[0]?.html])).toEqual([]);
        }
        await context.close();
      },
      60_000,
    );

    it('leads from the answer to what to do in one click, also without scripts', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(`${url}/`);
      await page.locator('.answer li a', { hasText: 'orders' }).first().click();
      expect(await page.locator('.record strong').count()).toBeGreaterThan(0);
      await context.close();
    }, 60_000);

    it('finds a record while its number is typed', async () => {
      const page = await browser.newPage();
      await page.goto(`${url}/companies/acme/web_orders`);
      const record = (await page.locator('.record h3 a').first().textContent()) ?? '';
      await page.getByRole('searchbox', { name: 'Search', exact: true }).fill(record);
      await expect.poll(() => page.locator('.record').count(), { timeout: 10_000 }).toBe(1);
      expect(await page.locator('.record h3 a').textContent()).toBe(record);
      expect(page.url()).toContain(`search=${record}`);
      await page.close();
    }, 60_000);
  });

  describeReal('the button that reads again', ['chromium'], () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser.close());

    const runsOf = async (monitor: string): Promise<number> =>
      find(await scrape(), 'erp_monitor_runs_total', { company: 'acme', monitor })[0]?.[1] ?? NaN;

    it('shows the result in place, refuses the next one for a while, and leaves the console empty', async () => {
      const page = await browser.newPage();
      const wrong: string[] = [];
      page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
      page.on('pageerror', (error) => wrong.push(error.message));
      await page.goto(`${url}/companies/acme/web_orders?search=W&lang=en`);
      await page.evaluate('globalThis.isSame = true');
      const chart = page.locator('.chart canvas');
      // Two steps of the history are enough to draw; the demo may not be that old yet.
      const times: unknown = await (await fetch(`${url}/companies/acme/web_orders/history.json`)).json();
      const drawn = (times as { readonly times: readonly number[] }).times.length > 1 ? 1 : 0;
      await expect.poll(() => chart.count(), { timeout: 20_000 }).toBe(drawn);
      const before = await runsOf('web_orders');
      const refreshed = page.waitForResponse((response) => response.url().includes('/refresh'));
      await page.getByRole('button', { name: 'Read again now' }).click();
      const answer = await refreshed;
      expect([answer.request().method(), answer.status()]).toEqual(['POST', 303]);
      await expect.poll(() => runsOf('web_orders'), { timeout: 20_000 }).toBeGreaterThan(before);
      await expect
        .poll(() => page.locator('.read-again [role=status]').textContent(), { timeout: 20_000 })
        .toMatch(/^Last read/);
      expect(await page.evaluate('globalThis.isSame')).toBe(true);
      expect(await chart.count()).toBe(drawn);
      expect(page.url()).toContain('/companies/acme/web_orders?search=W&lang=en');
      expect(wrong).toEqual([]);
      const refused = async () => {
        await page.getByRole('button', { name: 'Read again now' }).click();
        return page.locator('.read-again').textContent();
      };
      await expect.poll(refused, { timeout: 20_000 }).toMatch(/ask again in \d+ s/);
      expect(await page.locator('.record').count()).toBeGreaterThan(0);
      await page.close();
    }, 90_000);

    it('works without scripts too', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false, locale: 'nl' });
      const page = await context.newPage();
      await page.goto(`${url}/companies/acme/payments`);
      const before = await runsOf('payments');
      await page.getByRole('button', { name: 'Nu opnieuw lezen' }).click();
      expect(await runsOf('payments')).toBeGreaterThan(before);
      expect(new URL(page.url()).pathname).toBe('/companies/acme/payments');
      await context.close();
    }, 90_000);
  });

  it('tells what happens, as it happens', async () => {
    await expect
      .poll(() => output, { timeout: 30_000 })
      .toMatch(/\d\d:\d\d:\d\d (acme|globex): order W-\d+ .* came in/);
  }, 40_000);

  it('stops at Ctrl-C, clean and quick', async () => {
    const begin = performance.now();
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect((performance.now() - begin) / 1000).toBeLessThan(5);
    expect(output).not.toMatch(/unhandled|at .*\.js:\d+/i);
  });
});
