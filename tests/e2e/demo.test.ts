import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { kinds } from '../../src/monitors/kinds.ts';
import { find, parseScrape } from '../helpers/exporter.ts';
import type { Scrape } from '../helpers/exporter.ts';
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
    expect(output).toMatch(/Demo: starting two embedded PostgreSQL databases/);
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
      for (const { kind } of kinds)
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
    it('opens its page without an error on the console, at a desk and on a phone', async () => {
      const browser = await chromium.launch({
        executablePath: findProgram('chromium') ?? '',
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
          '--no-first-run',
        ],
      });
      try {
        for (const width of [1280, 375]) {
          const page = await browser.newPage({ viewport: { width, height: 800 } });
          const errors: string[] = [];
          page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
          page.on('pageerror', (error) => errors.push(error.message));
          await page.goto(`${url}/`);
          expect(await page.getByRole('heading', { level: 2 }).count()).toBeGreaterThanOrEqual(3);
          expect(await page.getByText('web_orders').count()).toBe(2);
          const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
          expect(overflow).toBeLessThanOrEqual(0);
          expect(errors).toEqual([]);
          await page.close();
        }
      } finally {
        await browser.close();
      }
    }, 60_000);
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
