import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { find, startExporter } from '../helpers/exporter.ts';
import { startMariadb, type Mariadb } from '../helpers/mariadb.ts';
import { startPostgres, type PostgresServer } from '../helpers/postgres.ts';
import { isNightly } from '../helpers/nightly.ts';
import { describeReal } from '../helpers/real.ts';

/** All of them are more than the exporter may take; fewer make a server work less. */
const count = isNightly ? 900 : 300;

/** Monitors of many rows of 3 MB each, one row of 60 MB, and keys of 3 MB. */
function yaml(driver: string, rows: string, huge: string, keys: string): string {
  return `
databases:
  shop: { driver: ${driver}, url: "\${SHOP_URL}" }
companies:
  acme: { title: ACME }
defaults: { every: 5m, timeout: 60s }
monitors:
  - name: long
    kind: query
    flow: orders
    database: shop
    query: ${rows}
    metrics: [{ name: long_value, help: Long., type: gauge, value: n, labels: [l] }]
  - name: long_errors
    kind: records
    flow: orders
    database: shop
    failed: SELECT n AS record, NULL AS since, l AS error FROM (${rows}) AS r
  - name: huge
    kind: query
    flow: orders
    database: shop
    query: ${huge}
    metrics: [{ name: huge_value, help: Huge., type: gauge, value: n }]
  - name: keys
    kind: reconcile
    flow: orders
    key: { type: text }
    left: { database: shop, query: "${keys}" }
    right: { database: shop, query: "${keys}" }
    compare: { n: { type: integer } }
    window: 1h
    settle: 0s
`;
}

describeReal('rows that are too long', ['postgres', 'mariadb'], () => {
  let postgres: PostgresServer;
  let mariadb: Mariadb;

  beforeAll(async () => {
    [postgres, mariadb] = await Promise.all([startPostgres(), startMariadb()]);
  });
  afterAll(() => Promise.all([postgres.dispose(), mariadb.dispose()]));

  const cases = {
    postgres: () => {
      const { user, password, database } = postgres.settings();
      return {
        url: `postgres://${user ?? ''}:${password ?? ''}@127.0.0.1:${postgres.port}/${database ?? ''}`,
        rows: `SELECT g AS n, g || repeat('x', 3000000) AS l FROM generate_series(1, ${count}) AS g`,
        huge: `SELECT 1 AS n, repeat('x', 60000000) AS l`,
        keys: `SELECT g || repeat('x', 3000000) AS record, now() - interval '5 min' AS at, g AS n FROM generate_series(1, ${count}) AS g`,
      };
    },
    mysql: () => {
      const { user, password, database, port } = mariadb.settings();
      return {
        url: `mysql://${user ?? ''}:${password ?? ''}@127.0.0.1:${port ?? 0}/${database ?? ''}`,
        rows: `SELECT seq AS n, concat(seq, repeat('x', 3000000)) AS l FROM seq_1_to_${count}`,
        huge: `SELECT 1 AS n, ${['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `repeat('x', 10000000) AS ${name}`).join(', ')}`,
        keys: `SELECT concat(seq, repeat('x', 3000000)) AS record, now() - INTERVAL 5 MINUTE AS at, seq AS n FROM seq_1_to_${count}`,
      };
    },
  };

  it.each(Object.keys(cases) as (keyof typeof cases)[])(
    'cost the exporter little memory on %s, and are reported',
    { timeout: 120_000 },
    async (driver) => {
      const { url, rows, huge, keys } = cases[driver]();
      const exporter = await startExporter(yaml(driver, rows, huge, keys), { SHOP_URL: url });
      try {
        const scrape = await exporter.until('four runs', 90, (all) =>
          ['long', 'long_errors', 'huge', 'keys'].every(
            (monitor) => (find(all, 'erp_monitor_runs_total', { monitor })[0]?.[1] ?? 0) > 0,
          ),
        );
        for (const monitor of ['long', 'long_errors']) {
          expect(find(scrape, 'erp_monitor_success', { monitor })[0]?.[1]).toBe(1);
          expect(find(scrape, 'erp_monitor_truncated', { monitor })[0]?.[1]).toBe(1);
        }
        for (const monitor of ['huge', 'keys']) {
          expect(find(scrape, 'erp_monitor_success', { monitor })[0]?.[1]).toBe(0);
          expect(find(scrape, 'erp_monitor_failures_total', { monitor, reason: 'query' })[0]?.[1]).toBe(1);
        }
        expect(exporter.log.join('\n')).toMatch(/monitor=huge .*a row is longer than 16 MiB/);
        expect(exporter.log.join('\n')).toMatch(/monitor=keys .*a key has 300000\d characters/);
        const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${exporter.pid}/status`, 'utf8'))?.[1];
        expect(Number(peak) / 1024).toBeLessThan(450);
      } finally {
        await exporter.stop();
      }
    },
  );
});
