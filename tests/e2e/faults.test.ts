import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { find, startExporter } from '../helpers/exporter.ts';
import type { Exporter } from '../helpers/exporter.ts';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';

const tables = `
DROP TABLE IF EXISTS orders, stock, odd;
CREATE TABLE orders (number text, state text, at timestamptz, error text, total numeric(12, 2));
CREATE TABLE stock (item text, at timestamptz);
INSERT INTO orders VALUES ('10045', 'failed', now() - interval '10 min', 'Credit limit exceeded', 12.50),
  ('10046', 'waiting', now() - interval '1 min', NULL, 99);
INSERT INTO stock VALUES ('A-1', now());`;

/** Monitors, each on its own lines; `extra` goes to the end of the list. */
function yaml(extra = ''): string {
  return `
databases:
  shop: { driver: postgres, url: "\${SHOP_URL}", lock_timeout: 1s }
companies:
  acme: { title: ACME }
defaults: { every: 1s, timeout: 3s }
monitors:
  - name: web_orders
    kind: records
    flow: orders
    database: shop
    failed: SELECT number AS record, at AS since, error, total AS amount, 'EUR' AS currency FROM orders WHERE state = 'failed'
    waiting: SELECT number AS record, at AS since, total AS amount, 'EUR' AS currency FROM orders WHERE state = 'waiting'
  - name: stock
    kind: query
    flow: stock
    database: shop
    query: SELECT count(*) AS n FROM stock
    metrics: [{ name: stock_items, help: Items in stock., type: gauge, value: n }]
${extra}`;
}

const slow = `
  - name: slow
    kind: query
    flow: stock
    database: shop
    query: SELECT count(*) AS n, pg_sleep(600) FROM stock
    metrics: [{ name: slow_items, help: Slow., type: gauge, value: n }]
`;

describeReal('faults, against a real PostgreSQL', ['postgres'], () => {
  let server: PostgresServer;
  let exporter: Exporter | undefined;
  let url: string;

  beforeAll(async () => {
    server = await startPostgres();
    const { user, password, database } = server.settings();
    url = `postgres://${user ?? ''}:${password ?? ''}@127.0.0.1:${server.port}/${database ?? 'postgres'}`;
  });
  afterAll(() => server.dispose());
  beforeEach(() => server.admin(tables));
  afterEach(async () => {
    const ended = await exporter?.stop();
    const log = exporter?.log.join('\n') ?? '';
    exporter = undefined;
    expect(ended?.code).toBe(0);
    expect(log).not.toMatch(/unhandled|uncaught|reason=internal/i);
  });

  const start = async (text: string): Promise<Exporter> =>
    (exporter = await startExporter(text, { SHOP_URL: url }));
  const success = (name: string) => (scrape: ReadonlyMap<string, number>) =>
    find(scrape, 'erp_monitor_success', { monitor: name })[0]?.[1];
  const statements = async () =>
    (
      await server.admin(
        `SELECT query FROM pg_stat_activity WHERE application_name = 'erp-exporter' AND state = 'active'`,
      )
    ).length;

  it('opens its port and says that the database is down when it is down at the start', async () => {
    await server.stop();
    try {
      const running = await start(yaml());
      await running.until('both monitors failed', 5, (scrape) => success('stock')(scrape) === 0);
      expect(await running.value('erp_database_up', { database: 'shop' })).toBe(0);
      expect(find(await running.scrape(), 'stock_items')).toEqual([]);
      expect((await fetch(`${running.url}/-/healthy`)).status).toBe(200);
    } finally {
      await server.start();
    }
    await exporter?.until('recovered', 20, (scrape) => success('stock')(scrape) === 1);
  });

  it('holds the values while the database is away, and recovers within one pause', async () => {
    const running = await start(yaml());
    await running.until('first readings', 30, (scrape) => success('web_orders')(scrape) === 1);
    await server.kill();
    const down = await running.until('noticed', 10, (scrape) => success('web_orders')(scrape) === 0);
    expect(find(down, 'erp_database_up')[0]?.[1]).toBe(0);
    expect(find(down, 'erp_failed_records', { monitor: 'web_orders' })[0]?.[1]).toBe(1);
    expect(find(down, 'erp_failed_records_amount', { currency: 'EUR' })[0]?.[1]).toBe(12.5);
    const then = await running.value('erp_monitor_last_success_timestamp_seconds', { monitor: 'web_orders' });
    await delay(3000);
    expect(await running.value('erp_monitor_last_success_timestamp_seconds', { monitor: 'web_orders' })).toBe(
      then,
    );
    await server.start();
    // Tries so far came after 1 s, 2 s and 4 s at most; the pause that runs is not longer than 8 s.
    await running.until('recovered', 9, (scrape) => success('web_orders')(scrape) === 1);
    expect(await running.value('erp_database_up')).toBe(1);
  });

  it('loses only the monitors of a table that somebody locked', async () => {
    const running = await start(yaml());
    await running.until('first readings', 30, (scrape) => success('web_orders')(scrape) === 1);
    const locker = await server.session();
    try {
      await locker.query('BEGIN');
      await locker.query('LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
      const locked = await running.until('noticed', 8, (scrape) => success('web_orders')(scrape) === 0);
      expect(
        find(locked, 'erp_monitor_failures_total', { monitor: 'web_orders', reason: 'locked' })[0]?.[1],
      ).toBeGreaterThan(0);
      const runs = (await running.value('erp_monitor_runs_total', { monitor: 'stock' })) ?? 0;
      await delay(10_000);
      const after = await running.scrape();
      expect(
        (find(after, 'erp_monitor_runs_total', { monitor: 'stock' })[0]?.[1] ?? 0) - runs,
      ).toBeGreaterThanOrEqual(9);
      expect(find(after, 'erp_monitor_skipped_runs_total', { monitor: 'stock' })[0]?.[1]).toBe(0);
      expect(success('stock')(after)).toBe(1);
      expect(find(after, 'erp_failed_records', { monitor: 'web_orders' })[0]?.[1]).toBe(1);
    } finally {
      await locker.end();
    }
    await running.until('recovered', 8, (scrape) => success('web_orders')(scrape) === 1);
  }, 40_000);

  it('cuts a query of ten minutes at its time-out, and it is gone on the server', async () => {
    const running = await start(yaml(slow));
    await running.until('cut', 8, (scrape) => success('slow')(scrape) === 0);
    expect(
      await running.value('erp_monitor_failures_total', { monitor: 'slow', reason: 'timeout' }),
    ).toBeGreaterThan(0);
    expect(await running.value('erp_monitor_success', { monitor: 'stock' })).toBe(1);
    running.writeConfig(yaml());
    expect((await fetch(`${running.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    await expect.poll(statements, { timeout: 2000 }).toBe(0);
  });

  it('ends within five seconds of SIGTERM during a query, and the statement with it', async () => {
    const running = await start(yaml(slow.replace('slow\n', 'slow\n    timeout: 60s\n')));
    await expect.poll(statements, { timeout: 5000 }).toBe(1);
    const { code, seconds } = await running.stop();
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(5);
    await expect.poll(statements, { timeout: 2000 }).toBe(0);
  });

  it('counts a million failed records to its bound, with flat memory', async () => {
    await server.admin(
      `INSERT INTO orders SELECT i::text, 'failed', now() - interval '1 day', 'x', 1 FROM generate_series(1, 1000000) i`,
    );
    const running = await start(yaml());
    const scrape = await running.until('read', 15, (now) => success('web_orders')(now) === 1);
    expect(find(scrape, 'erp_failed_records', { monitor: 'web_orders' })[0]?.[1]).toBe(10_000);
    expect(find(scrape, 'erp_monitor_truncated', { monitor: 'web_orders' })[0]?.[1]).toBe(1);
    expect(find(scrape, 'erp_failed_record_timestamp_seconds')).toHaveLength(20);
    const resident = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${running.pid}/status`, 'utf8'))?.[1]) / 1024;
    await delay(5000);
    expect(resident()).toBeLessThan(220);
    expect(success('stock')(await running.scrape())).toBe(1);
  }, 60_000);

  it('says what is wrong with a result, and keeps every other series', async () => {
    const bad = (name: string, sql: string) => `
  - name: ${name}
    kind: records
    flow: odd
    database: shop
    failed: ${JSON.stringify(sql)}
`;
    const odd = `SELECT * FROM (VALUES
      (NULL, now(), 'no key'), ('twice', now(), 'a'), ('twice', now() - interval '1 h', 'b'),
      (E'quo"te\\\\ and\\nline 🧾', now() + interval '2 days', E'multi\\nline "quoted" 😀')) AS v(record, since, error)`;
    const running = await start(
      yaml(
        bad('no_record', 'SELECT 1 AS nonsense') +
          bad('text_since', `SELECT 'x' AS record, '2026-01-01' AS since`) +
          bad('broken', 'SELECT FROM WHERE') +
          bad('odd', odd),
      ),
    );
    const scrape = await running.until('all were run', 30, (now) =>
      ['no_record', 'text_since', 'broken', 'odd', 'web_orders'].every(
        (name) => success(name)(now) !== undefined,
      ),
    );
    const reason = (name: string) =>
      find(scrape, 'erp_monitor_failures_total', { monitor: name })
        .filter(([, count]) => count > 0)
        .map(([key]) => /reason="(\w+)"/.exec(key)?.[1]);
    expect(reason('no_record')).toEqual(['columns']);
    expect(reason('text_since')).toEqual(['columns']);
    expect(reason('broken')).toEqual(['query']);
    expect(success('web_orders')(scrape)).toBe(1);
    expect(find(scrape, 'erp_failed_records', { monitor: 'odd' })[0]?.[1]).toBe(3);
    const keys = find(scrape, 'erp_failed_record_timestamp_seconds', { monitor: 'odd' }).map(([key]) => key);
    expect(keys).toHaveLength(2);
    expect(keys.some((key) => key.includes('record="quo\\"te\\\\ and\\nline 🧾"'))).toBe(true);
  });

  it('keeps what it has when the file breaks, and takes it when it is mended', async () => {
    const running = await start(yaml());
    await running.until('first readings', 30, (scrape) => success('web_orders')(scrape) === 1);
    running.writeConfig(`${yaml()}\n  - name: [broken`);
    const answer = await fetch(`${running.url}/-/reload`, { method: 'POST' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/erp-exporter\.yml:\d+:\d+: /);
    expect(await running.value('erp_config_last_reload_successful')).toBe(0);
    expect(await running.value('erp_failed_records', { monitor: 'web_orders' })).toBe(1);
    const runs = (await running.value('erp_monitor_runs_total', { monitor: 'web_orders' })) ?? 0;
    running.writeConfig(yaml().replace('name: stock', 'name: stock_again'));
    running.signal('SIGHUP');
    const scrape = await running.until('reloaded', 5, (now) => success('stock_again')(now) === 1);
    expect(find(scrape, 'erp_config_last_reload_successful')[0]?.[1]).toBe(1);
    expect(find(scrape, 'erp_monitor_runs_total', { monitor: 'stock"' })).toEqual([]);
    expect(find(scrape, 'erp_monitor_runs_total', { monitor: 'web_orders' })[0]?.[1]).toBeGreaterThanOrEqual(
      runs,
    );
  });
});
