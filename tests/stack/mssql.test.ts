import { readFileSync } from 'node:fs';
import mssql from 'mssql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectSqlServer } from '../../stack/traffic/sides.ts';
import type { Side } from '../../stack/traffic/sides.ts';
import { runTraffic } from '../../stack/traffic/traffic.ts';
import { find, startExporter } from '../helpers/exporter.ts';
import { describeReal } from '../helpers/real.ts';
import { freePort } from '../helpers/tcp.ts';

const read = (path: string): string => readFileSync(new URL(`../../stack/${path}`, import.meta.url), 'utf8');
const passwords = { EXPORTER_PASSWORD: 'demo-Exporter-1', LINK_PASSWORD: 'demo-Link-1' };

/** A shop that nobody looks at. */
const nowhere: Side = { write: () => Promise.resolve(), close: () => Promise.resolve() };

describeReal('the demo ERP on SQL Server', ['mssql'], () => {
  const url = new URL(process.env['TEST_MSSQL_URL'] ?? 'mssql://127.0.0.1');
  const server = url.hostname;
  const port = Number(url.port === '' ? 1433 : url.port);
  let admin: mssql.ConnectionPool;

  const remove = async (): Promise<void> => {
    await admin.batch(`IF DB_ID('ERP') IS NOT NULL BEGIN
      ALTER DATABASE ERP SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE ERP END`);
    for (const login of ['exporter', 'link'])
      await admin.batch(`IF SUSER_ID('${login}') IS NOT NULL DROP LOGIN ${login}`);
  };
  /** As sqlcmd does: variables first, then what stands between two GO. */
  const seed = async (): Promise<void> => {
    const script = Object.entries(passwords).reduce(
      (text, [name, value]) => text.replaceAll(`$(${name})`, value),
      read('erp/seed.sql'),
    );
    for (const batch of script.split(/^GO$/m)) if (batch.trim() !== '') await admin.batch(batch);
    await admin.batch('USE master');
  };

  beforeAll(async () => {
    admin = await new mssql.ConnectionPool({
      ...{ server, port, user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
      ...{ database: 'master', requestTimeout: 60_000, pool: { max: 1 } },
      options: { encrypt: true, trustServerCertificate: true },
    }).connect();
    await remove();
    await seed();
  }, 120_000);
  afterAll(async () => {
    await remove();
    await admin.close();
  }, 60_000);

  it('can be seeded again', async () => {
    await seed();
  });

  it('takes the traffic, and answers every monitor of stack/erp-exporter.yml to a login that may only read', async () => {
    const fail = (error: Error): never => {
      throw error;
    };
    const login = { server, port, user: 'link', password: passwords.LINK_PASSWORD };
    const erp = await connectSqlServer(login, fail);
    const stopping = new AbortController();
    let ticks = 0;
    const running = runTraffic({
      ...{ shop: nowhere, erp, signal: stopping.signal },
      log: () => undefined,
      onTick: () => {
        ticks++;
      },
    });
    await expect.poll(() => ticks, { timeout: 60_000 }).toBeGreaterThan(2);
    const exporter = await startExporter(
      read('erp-exporter.yml').replace('host: erp-db', `host: ${server}\n    port: ${port}`),
      {
        SHOP_URL: `postgres://exporter@127.0.0.1:${await freePort()}/shop`,
        ERP_PASSWORD: passwords.EXPORTER_PASSWORD,
      },
    );
    try {
      const monitors = ['invoices', 'crm_sync', 'datamoves', 'order_value'];
      await exporter.until('each monitor of the ERP has succeeded', 60, (scrape) =>
        monitors.every((monitor) =>
          ['acme', 'globex'].every(
            (company) => find(scrape, 'erp_monitor_success', { monitor, company })[0]?.[1] === 1,
          ),
        ),
      );
    } finally {
      await exporter.stop();
      stopping.abort();
      await running;
      await erp.close();
    }
  }, 180_000);

  it('lets the exporter read and nothing else', async () => {
    const pool = await new mssql.ConnectionPool({
      ...{ server, port, user: 'exporter', password: passwords.EXPORTER_PASSWORD, database: 'ERP' },
      options: { encrypt: true, trustServerCertificate: true },
    }).connect();
    try {
      expect((await pool.query('SELECT count(*) AS jobs FROM datamove_jobs')).recordset).toHaveLength(1);
      await expect(pool.query('DELETE FROM sales_orders')).rejects.toThrow(/permission was denied/);
      await expect(pool.query('CREATE TABLE mine (id int)')).rejects.toThrow(/permission denied/);
    } finally {
      await pool.close();
    }
  });
});
