import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest';
import { find, startExporter, type Scrape } from '../helpers/exporter.ts';
import { startPostgres, type PostgresServer } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';
import { startProxy, type Proxy } from '../helpers/tcp.ts';

function yaml(database: string, monitors: readonly string[]): string {
  const entries = monitors.map(
    (query, index) => `
  - name: monitor_${index}
    kind: query
    flow: stock
    database: shop
    query: ${query}
    metrics: [{ name: value_${index}, help: Value., type: gauge, value: n }]`,
  );
  return `
databases:
  shop: ${database}
companies:
  acme: { title: ACME }
defaults: { every: 1s, timeout: 1s }
monitors:${entries.join('')}
`;
}

/** Whether so many monitors have run, all of them well. */
function allRun(scrape: Scrape, monitors: number): boolean {
  const found = find(scrape, 'erp_monitor_success');
  return found.length === monitors && found.every(([, value]) => value === 1);
}

function failures(scrape: Scrape, reason: string): number {
  return find(scrape, 'erp_monitor_failures_total', { reason }).reduce((sum, [, value]) => sum + value, 0);
}

describeReal('why a run failed', ['postgres'], () => {
  const folder = mkdtempSync(join(tmpdir(), 'erp-reasons-'));
  let server: PostgresServer;
  let proxy: Proxy;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.dispose();
  });
  beforeEach(async () => {
    proxy = await startProxy(server.port);
  });
  afterEach(() => proxy.close());

  const shop = (rest: string): string =>
    `{ driver: postgres, host: 127.0.0.1, port: ${proxy.port}, user: ${server.settings().user ?? ''}, database: postgres, ${rest} }`;

  it(
    'is the login each time that a password is wrong, which is tried a few times until its file has another',
    { timeout: 90_000 },
    async () => {
      const file = join(folder, 'password');
      writeFileSync(file, 'geheim-7\n');
      const exporter = await startExporter(
        yaml(
          shop(`password_file: ${file}`),
          Array.from({ length: 10 }, () => 'SELECT 1 AS n'),
        ),
      );
      try {
        await delay(15_000);
        const scrape = await exporter.scrape();
        expect(failures(scrape, 'login')).toBeGreaterThan(100);
        expect(failures(scrape, 'unreachable')).toBe(0);
        expect(find(scrape, 'erp_database_up')[0]?.[1]).toBe(0);
        expect(proxy.connections).toBeLessThanOrEqual(2);
        expect(exporter.log.join('\n')).not.toContain('geheim-7');
        writeFileSync(file, `${server.settings().password ?? ''}\n`);
        await exporter.until(
          'the new password is accepted',
          40,
          (all) => find(all, 'erp_database_up')[0]?.[1] === 1,
        );
        await exporter.until('all run', 5, (all) => allRun(all, 10));
        expect(proxy.connections).toBeLessThanOrEqual(6);
      } finally {
        await exporter.stop();
      }
    },
  );

  it(
    'is said of a database that stands still: it is down, and nobody knows of its statements',
    { timeout: 90_000 },
    async () => {
      const exporter = await startExporter(
        yaml(shop(`password: ${server.settings().password ?? ''}, connect_timeout: 1s`), [
          'SELECT 1 AS n, pg_sleep(0.2)',
          'SELECT 2 AS n, pg_sleep(0.2)',
          'SELECT 3 AS n, pg_sleep(0.2)',
          'SELECT 4 AS n, pg_sleep(0.2)',
        ]),
      );
      try {
        await exporter.until('all run', 10, (all) => allRun(all, 4));
        proxy.freeze();
        const scrape = await exporter.until('down', 15, (all) => find(all, 'erp_database_up')[0]?.[1] === 0);
        expect(failures(scrape, 'timeout')).toBeGreaterThan(0);
        const log = exporter.log.join('\n');
        expect(log).toContain(
          'no result within the time-out of 1 s; the server did not answer, not even to the cancel',
        );
        expect(log).not.toContain('was cancelled on the server');
      } finally {
        await exporter.stop();
      }
    },
  );

  it(
    'is a time-out that the server confirmed, and a lock that was waited for',
    { timeout: 60_000 },
    async () => {
      await server.admin('CREATE TABLE IF NOT EXISTS busy (n int)');
      const holder = await server.session();
      await holder.query('BEGIN; LOCK TABLE busy');
      const exporter = await startExporter(
        yaml(shop(`password: ${server.settings().password ?? ''}, lock_timeout: 1m`), [
          'SELECT 1 AS n, pg_sleep(60)',
          'SELECT n FROM busy',
          'SELECT 1 AS n WHERE 1 = $1',
        ]),
      );
      try {
        const scrape = await exporter.until(
          'three failures',
          15,
          (all) => failures(all, 'timeout') > 0 && failures(all, 'locked') > 0,
        );
        expect(
          find(scrape, 'erp_monitor_failures_total', { monitor: 'monitor_1', reason: 'timeout' })[0]?.[1] ??
            0,
        ).toBe(0);
        expect(
          find(scrape, 'erp_monitor_failures_total', { monitor: 'monitor_2', reason: 'query' })[0]?.[1],
        ).toBeGreaterThan(0);
        expect(failures(scrape, 'unreachable')).toBe(0);
        expect(find(scrape, 'erp_database_up')[0]?.[1]).toBe(1);
      } finally {
        await exporter.stop();
        await holder.end();
      }
    },
  );
});
