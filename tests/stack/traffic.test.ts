import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erpSchema } from '../../src/demo/database/schema.ts';
import { Simulation } from '../../src/demo/simulation.ts';
import { insert } from '../../src/demo/database/statements.ts';
import { connectPostgres } from '../../stack/traffic/sides.ts';
import { toTSql } from '../../stack/traffic/t-sql.ts';
import { runTraffic } from '../../stack/traffic/traffic.ts';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { describeReal, findProgram } from '../helpers/real.ts';

const now = Date.UTC(2026, 10, 21, 12);

describe('statements for SQL Server', () => {
  it('leave nothing that only PostgreSQL understands', () => {
    const simulation = new Simulation({ now, seed: 20, keptRows: 5 });
    const all = [...simulation.history().erp];
    for (let at = now + 1000; at < now + 400_000; at += 1000) all.push(...simulation.step(at).erp);
    const translated = all.flatMap(toTSql);
    expect(all.some((sql) => /\btrue\b/.test(sql))).toBe(true);
    expect(all.some((sql) => sql.includes('LIMIT'))).toBe(true);
    for (const sql of translated)
      expect(sql.replaceAll(/'[^']*'/g, "''")).not.toMatch(/\b(true|false|LIMIT|now\(\))\b/i);
    for (const sql of translated) expect(sql).toMatch(/^(INSERT INTO|UPDATE|DELETE FROM) /);
  });

  it('keep every row of an insert, in their order, and never take too many at once', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[^\n'\0]*$/), { minLength: 1, maxLength: 1600 }), (texts) => {
        const statements = toTSql(
          insert(
            't',
            texts.map((text, id) => ({ id, text })),
          ),
        );
        const rows = statements.flatMap((sql) => {
          const [head, ...lines] = sql.split('\n');
          expect(head).toBe('INSERT INTO t (id, text) VALUES');
          expect(lines.length).toBeLessThanOrEqual(1000);
          return lines.map((line) => line.replace(/,$/, ''));
        });
        expect(rows).toEqual(texts.map((text, id) => `(${id}, '${text}')`));
      }),
      { numRuns: 30 },
    );
  });

  it('write flags as bits', () => {
    expect(
      toTSql(
        insert('t', [
          { name: 'a, true)', flag: true },
          { name: 'b', flag: false },
        ]),
      ),
    ).toEqual(["INSERT INTO t (name, flag) VALUES\n('a, true)', 1),\n('b', 0)"]);
  });
});

describeReal('the demo on real servers', ['postgres'], () => {
  let server: PostgresServer;
  const url = (user: string, database: string): string =>
    `postgres://${user}:${user}-geheim@127.0.0.1:${server.port}/${database}`;
  const rows = async (user: string, database: string, sql: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: url(user, database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    server = await startPostgres();
    // The seed makes this login itself.
    await server.admin('DROP ROLE exporter');
    for (const name of ['shop', 'erp']) await server.admin(`CREATE DATABASE ${name}`);
    const psql = (database: string, ...parameters: string[]) =>
      execFileSync(
        findProgram('psql') ?? '',
        [
          '--no-psqlrc',
          '-q',
          '-h',
          server.folder,
          '-p',
          `${server.port}`,
          '-U',
          'postgres',
          '-d',
          database,
          ...parameters,
        ],
        {
          env: { ...process.env, EXPORTER_PASSWORD: 'exporter-geheim', LINK_PASSWORD: 'link-geheim' },
          stdio: 'pipe',
        },
      );
    psql('shop', '-f', fileURLToPath(new URL('../../stack/shop/schema.sql', import.meta.url)));
    psql('erp', '-c', `${erpSchema}; GRANT ALL ON ALL TABLES IN SCHEMA public TO link`);
  });
  afterAll(async () => server.dispose());

  it('begins its story anew at each start, and goes on by itself', async () => {
    const fail = (error: Error): never => {
      throw error;
    };
    for (const start of [1, 2]) {
      const [shop, erp] = await Promise.all([
        connectPostgres(url('link', 'shop'), fail),
        connectPostgres(url('link', 'erp'), fail),
      ]);
      const stopping = new AbortController();
      const lines: string[] = [];
      let ticks = 0;
      const onTick = (): void => {
        ticks++;
        if (ticks === 4) stopping.abort();
      };
      const log = (line: string): void => void lines.push(line);
      await runTraffic({ shop, erp, signal: stopping.signal, log, onTick });
      await Promise.all([shop.close(), erp.close()]);
      expect(lines[0], `start ${start}`).toBe('both databases hold yesterday and today');
      const [orders] = await rows(
        'exporter',
        'shop',
        `SELECT count(*)::int AS all, (max(created_at) > now() - interval '10 seconds') AS fresh FROM web_orders`,
      );
      expect(orders?.['all']).toBeGreaterThan(100);
      expect(orders?.['fresh']).toBe(true);
      const [sales] = await rows('link', 'erp', 'SELECT count(*)::int AS all FROM sales_orders');
      expect(sales?.['all']).toBeGreaterThan(100);
    }
  }, 60_000);

  it('lets the exporter read the shop and nothing else', async () => {
    for (const table of ['web_orders', 'payments', 'customers', 'outgoing_emails'])
      expect(await rows('exporter', 'shop', `SELECT count(*) FROM ${table}`)).toHaveLength(1);
    await expect(rows('exporter', 'shop', 'DELETE FROM web_orders')).rejects.toThrow(/permission denied/);
    await expect(rows('exporter', 'shop', "UPDATE payments SET currency = 'EUR'")).rejects.toThrow(
      /permission denied/,
    );
    await expect(rows('exporter', 'shop', 'CREATE TABLE mine (id int)')).rejects.toThrow(/permission denied/);
  });
});
