import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examineMonitors } from '../../../src/commands/support/check-examine.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { startPostgres } from '../../helpers/postgres.ts';
import type { PostgresServer } from '../../helpers/postgres.ts';
import { describeReal } from '../../helpers/real.ts';

const yaml = (more: string, columns: string) => `
databases:
  shop: { driver: postgres, url: "\${URL}" }
  erp: { driver: postgres, url: "\${URL}" }
companies:
  acme: { title: ACME }
monitors:
  - name: orders_both
    kind: reconcile
    flow: orders
    left: { database: shop, query: 'SELECT number AS record, created_at AS at${columns} FROM orders' }
    right: { database: erp, query: 'SELECT number AS record, created_at AS at${columns} FROM sales' }
    key: { type: integer }
${more}`;

describeReal('what a comparison says of its databases', ['postgres'], () => {
  let server: PostgresServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'erp-examine-'));
    server = await startPostgres();
    for (const table of ['orders', 'sales'])
      await server.admin(`CREATE TABLE ${table} AS SELECT g AS number, now() - g * interval '1 minute' AS created_at
        FROM generate_series(1, 120000) g`);
    await server.admin('CREATE INDEX orders_created_at ON orders (created_at)');
    await server.admin('ANALYZE orders');
    await server.admin('ANALYZE sales');
  });
  afterAll(async () => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function examine(more = '', columns = '') {
    const file = join(folder, 'erp-exporter.yml');
    writeFileSync(file, yaml(more, columns));
    const { user = '', password = '', database = '' } = server.settings();
    const env = { URL: `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}` };
    const result = await loadConfig(file, { env });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return examineMonitors(result, { answering: new Set(['shop', 'erp']), faulty: new Set() }, undefined);
  }

  it('refuses to read a large table whole at each run, and says where and what to do', async () => {
    const { lines, problems } = await examine();
    expect(lines).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line: 8, path: 'monitors[0]' });
    expect(problems[0]?.message).toMatch(
      /^monitor orders_both: right: no index leads to new or changed records \(Seq Scan on sales, about 1[12]\d{4} rows\).*create an index on the column behind at, or set allow_full_scan: true$/,
    );
  });

  it('asks for what has changed too, which each run reads besides', async () => {
    await server.admin('CREATE INDEX sales_created_at ON sales (created_at)');
    const { problems } = await examine('', ', created_at + make_interval() AS changed_at');
    await server.admin('DROP INDEX sales_created_at');
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /left: no index leads to new or changed records.*on the column behind changed_at/,
      ),
    ]);
  });

  it('tells how it would read, and by which plans, where that is allowed', async () => {
    const { lines, problems } = await examine('    allow_full_scan: true\n');
    expect(problems).toEqual([]);
    expect(lines).toEqual([
      expect.stringMatching(/^monitor orders_both: left, by at: .*Index.* orders_created_at/),
      'monitor orders_both: right, by at: Seq Scan on sales',
      'monitor orders_both: slices of the rest: rows, merged in the order of the key, or buckets with digest native:hashtextextended, whichever the first runs find to be faster',
      expect.stringMatching(
        /^monitor orders_both: compared \d{4,} records in \d\.\d s\. A full comparison takes about \d+m?s: changes in old records are seen within [\dms]+\.$/,
      ),
    ]);
  });

  it('says so when a full comparison takes longer than it may, and what to do', async () => {
    const { lines } = await examine(
      '    allow_full_scan: true\n    window: 100d\n    every: 1m\n    duty_cycle: 0.0001\n    full_audit_every: 1m\n',
    );
    expect(lines.at(-1)).toMatch(
      /which is longer than full_audit_every \(1m\): let runs be more frequent, raise max_duration or duty_cycle, or narrow window\.$/,
    );
  });

  it('leaves out monitors of databases that do not answer', async () => {
    const file = join(folder, 'erp-exporter.yml');
    const result = await loadConfig(file, { env: { URL: 'postgres://nobody@127.0.0.1:1/none' } });
    if (!result.ok) throw new Error('the file was good before');
    const known = { answering: new Set(['shop']), faulty: new Set<string>() };
    const nothing = { lines: [], problems: [], warnings: [], runs: 0 };
    expect(await examineMonitors(result, known, undefined)).toEqual(nothing);
  });
});
