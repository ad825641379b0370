import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/databases/contract.ts';
import { open } from '../../src/databases/postgres/database.ts';
import { jobs } from '../../src/monitors/jobs/index.ts';
import { query } from '../../src/monitors/query/index.ts';
import { records } from '../../src/monitors/records/index.ts';
import { sync } from '../../src/monitors/sync/index.ts';
import { acceptReading } from '../../src/poll/accept.ts';
import { startPglite } from '../helpers/pglite.ts';
import type { PgliteServer } from '../helpers/pglite.ts';
import { hour, minute, now, observe, seriesOf, today } from './run.ts';

// Wall clocks of Brussels, an hour before UTC: 11:00 is `now`, midnight is `today`.
const schema = `
  CREATE TABLE web_orders (company char(8), number int, state text, created_at timestamp, failed_at timestamptz,
                           error text, code text, total numeric(15,2), currency char(3));
  INSERT INTO web_orders VALUES
    ('acme', 1, 'failed', '2026-11-20 23:00', '2026-11-20 23:59:59+01', E'Unit "PCE"\\nunknown 😀', 'E7', 0.10, 'EUR'),
    ('acme', 2, 'failed', '2026-11-21 00:00', '2026-11-21 00:00:00+01', NULL, NULL, 0.20, 'EUR'),
    ('acme', 2, 'failed', '2026-11-21 00:00', '2026-11-21 01:00:00+01', 'again', NULL, 0.20, 'EUR'),
    ('acme', 3, 'waiting', '2026-11-21 10:29:59', NULL, NULL, NULL, 9007199254740.93, 'USD'),
    ('acme', 4, 'waiting', '2026-11-21 10:30:00', NULL, NULL, NULL, 1, 'USD'),
    ('zenith', 1, 'failed', '2026-11-21 10:30:00', '2026-11-21 10:30:00+01', 'x', NULL, 5, 'EUR'),
    ('closed', 1, 'failed', '2026-11-21 10:30:00', '2026-11-21 10:30:00+01', 'x', NULL, 5, 'EUR');
  CREATE TABLE sync_log (company text, done_at timestamp, rejected int);
  INSERT INTO sync_log VALUES ('acme', '2026-11-20 23:59:59', 7), ('acme', '2026-11-21 00:00:00', 1),
    ('acme', '2026-11-21 10:45:00', 2);
  CREATE TABLE datamoves (name text, status text, started_at timestamptz, finished_at timestamptz, error text, enabled bool);
  INSERT INTO datamoves VALUES
    ('orders-out', 'succeeded', '2026-11-21 09:00+01', '2026-11-21 09:01+01', NULL, true),
    ('orders-out', 'failed', '2026-11-21 10:00+01', '2026-11-21 10:02+01', 'no route to host', true),
    ('prices', 'running', '2026-11-21 10:50+01', NULL, NULL, true);
`;

const failed = `SELECT number AS record, failed_at AS since, error, code, total AS amount, currency FROM web_orders
  WHERE state = 'failed' AND company = :company`;
const waiting = `SELECT number AS record, created_at AS since, total AS amount, currency FROM web_orders
  WHERE state = 'waiting' AND company = :company`;

describe('the kinds on PostgreSQL', () => {
  let server: PgliteServer;
  let database: Database;

  beforeAll(async () => {
    server = await startPglite();
    await server.admin(schema);
    database = open(server.settings({ timezone: 'Europe/Brussels' }));
  });
  afterAll(async () => {
    await database.close();
    await server.dispose();
  });

  it('records: failed and late, with exact amounts and the day of the company', async () => {
    const settings = { failed, waiting, late_after: { warning: '30m' } };
    expect(seriesOf(acceptReading(await observe(records, settings, database), 1000))).toEqual({
      'erp_failed_records{acme}': 2,
      'erp_failed_records_today{acme}': 1,
      'erp_failed_records_amount{acme,currency=EUR}': 0.3,
      'erp_failed_records_amount{acme,currency=USD}': 0,
      'erp_oldest_failed_record_timestamp_seconds{acme}': (today - 1000) / 1000,
      'erp_oldest_failed_record_utc_offset_seconds{acme}': 3600,
      'erp_failed_record_timestamp_seconds{acme,record=1,error=class-E7,code=E7,call=,category=C,known=true,responder=it,message=Unit "PCE"\nunknown 😀,since=2026-11-20 23:59,url=,retry=,amount=0.10,currency=EUR}':
        (today - 1000) / 1000,
      'erp_failed_record_timestamp_seconds{acme,record=2,error=unknown-0,code=,call=,category=unknown,known=false,responder=,message=again,since=2026-11-21 00:00,url=,retry=,amount=0.20,currency=EUR}':
        today / 1000,
      'erp_failed_records_by_error{acme,error=class-E7,category=C,known=true,responder=it}': 1,
      'erp_failed_records_by_error{acme,error=unknown-0,category=unknown,known=false,responder=}': 1,
      'erp_failed_records_awaiting_retry{acme}': 0,
      'erp_failed_record_samples_omitted{acme}': 0,
      'erp_waiting_records{acme}': 2,
      'erp_waiting_records_amount{acme,currency=EUR}': 0,
      'erp_waiting_records_amount{acme,currency=USD}': 9_007_199_254_741.93,
      'erp_oldest_waiting_record_timestamp_seconds{acme}': (now - 30 * minute - 1000) / 1000,
      'erp_oldest_waiting_record_utc_offset_seconds{acme}': 3600,
      'erp_late_records{acme,severity=warning}': 1,
      'erp_late_record_timestamp_seconds{acme,record=3,severity=warning,since=2026-11-21 10:29,url=,amount=9007199254740.93,currency=USD}':
        (now - 30 * minute - 1000) / 1000,
      'erp_since_oldest_waiting_record_seconds{acme}': 30 * 60 + 1,
      'erp_since_oldest_waiting_record_seconds_threshold{acme,severity=warning}': 1_800,
      'erp_open_records{acme}': 4,
      'erp_open_records_amount{acme,currency=EUR}': 0.3,
      'erp_open_records_amount{acme,currency=USD}': 9_007_199_254_741.93,
    });
  });

  it('records: several companies in one run, one of them without a row', async () => {
    const shared = "SELECT company, number AS record FROM web_orders WHERE state = 'failed'";
    const reading = await observe(records, { failed: shared }, database, {
      companies: ['acme', 'zenith', 'empty'],
      ignoredCompanies: ['closed'],
    });
    expect(seriesOf(reading)).toMatchObject({
      'erp_failed_records{acme}': 2,
      'erp_failed_records{zenith}': 1,
      'erp_failed_records{empty}': 0,
    });
    const strict = observe(records, { failed: shared }, database, { companies: ['acme', 'zenith'] });
    await expect(strict).rejects.toThrow('column company holds "closed"; expected "acme", "zenith"');
  });

  it('records: times as seconds since 1970', async () => {
    const sql = `SELECT number AS record, extract(epoch FROM failed_at) AS since FROM web_orders WHERE company = 'zenith'`;
    const reading = await observe(records, { failed: sql }, database);
    expect(reading.records.map(({ since }) => since)).toEqual([now - 30 * minute]);
  });

  it('records: a million rows, counted to the bound', async () => {
    const sql =
      "SELECT n AS record, now() AS since, repeat('x', 500) AS error FROM generate_series(1, 1000000) n";
    const reading = await observe(records, { failed: sql }, database, { maxRows: 5_000, timeoutMs: 30_000 });
    expect(reading.truncated).toBe(true);
    expect(seriesOf(reading)).toMatchObject({
      'erp_failed_records{acme}': 5_000,
      'erp_failed_record_samples_omitted{acme}': 4_980,
    });
  });

  it('sync: the last one, and those of today', async () => {
    const sql = `SELECT max(done_at) AS last_sync, count(*) FILTER (WHERE done_at >= :today) AS syncs_today,
      sum(rejected) FILTER (WHERE done_at >= :today) AS rejected_today FROM sync_log WHERE company = :company`;
    const one = async (company: string) =>
      seriesOf(await observe(sync, { query: sql }, database, { companies: [company] }), now + hour);
    expect(await one('acme')).toEqual({
      'erp_last_sync_timestamp_seconds{acme}': (now - 15 * minute) / 1000,
      'erp_since_last_sync_seconds{acme}': 75 * 60,
      'erp_syncs_today{acme}': 2,
      'erp_sync_rejects_today{acme}': 3,
      'erp_sync_new_rejects{acme}': 0,
    });
    expect(await one('zenith')).toEqual({
      'erp_syncs_today{zenith}': 0,
      'erp_sync_rejects_today{zenith}': 0,
      'erp_sync_new_rejects{zenith}': 0,
    });
  });

  it('jobs: states, times and those that are missing', async () => {
    const sql =
      'SELECT name AS job, status, started_at AS started, finished_at AS finished, error, enabled FROM datamoves';
    const settings = { query: sql, expected: ['orders-out', 'stock-in'], max_runtime: '5m' };
    const reading = await observe(jobs, settings, database);
    expect(seriesOf(reading)).toMatchObject({
      'erp_job_status{acme,job_name=orders-out,status=failed}': 1,
      'erp_job_status{acme,job_name=prices,status=running}': 1,
      'erp_job_status{acme,job_name=stock-in,status=missing}': 1,
      'erp_job_enabled{acme,job_name=prices}': 1,
      'erp_job_last_success_timestamp_seconds{acme,job_name=orders-out}': (now - 2 * hour + minute) / 1000,
      'erp_job_last_duration_seconds{acme,job_name=orders-out}': 120,
      'erp_job_running_since_timestamp_seconds{acme,job_name=prices}': (now - 10 * minute) / 1000,
    });
    expect(reading.statuses[0]?.text).toBe(
      '3 jobs, 1 failed (orders-out: no route to host), 1 missing (stock-in), 1 stuck (prices)',
    );
  });

  it('query: any columns as values and labels', async () => {
    const sql = `SELECT company, state, count(*) AS orders, sum(total) AS total, max(failed_at) AS newest,
      bool_or(error IS NOT NULL) AS explained FROM web_orders GROUP BY company, state`;
    const metric = (name: string, value: string) => ({ name, help: name, value, labels: ['state'] });
    const metrics = [
      metric('orders', 'orders'),
      metric('worth', 'total'),
      metric('newest', 'newest'),
      metric('explained', 'explained'),
    ];
    const reading = await observe(query, { query: sql, metrics }, database, {
      companies: ['acme', 'zenith'],
      ignoredCompanies: ['closed'],
    });
    expect(seriesOf(reading)).toEqual({
      'orders{acme,state=failed}': 3,
      'orders{acme,state=waiting}': 2,
      'orders{zenith,state=failed}': 1,
      'worth{acme,state=failed}': 0.5,
      'worth{acme,state=waiting}': 9_007_199_254_741.93,
      'worth{zenith,state=failed}': 5,
      'newest{acme,state=failed}': today / 1000 + 3_600,
      'newest{zenith,state=failed}': now / 1000 - 1_800,
      'explained{acme,state=failed}': 1,
      'explained{acme,state=waiting}': 0,
      'explained{zenith,state=failed}': 1,
    });
    expect(reading.notes).toContain('query: rows in which newest is NULL make no series of newest (1 row).');
  });

  const wrong: [string, string, object][] = [
    ['a table that is not there', 'SELECT 1 AS record FROM nowhere', { kind: 'query' }],
    ['a missing column', 'SELECT 1 AS id', { reason: 'columns' }],
    ['a time as text', "SELECT 1 AS record, '2026-11-21 10:00' AS since", { reason: 'columns' }],
  ];
  it.each(wrong)('fails on %s, and the next run is well', async (_, sql, expected) => {
    await expect(observe(records, { failed: sql }, database)).rejects.toMatchObject(expected);
    expect(seriesOf(await observe(records, { failed }, database))).toMatchObject({
      'erp_failed_records{acme}': 2,
    });
  });

  it('each column that a query may return is of a type that it takes', async () => {
    const given = records.settings.parse({ database: 'shop', failed, waiting });
    for (const { sql, columns } of records.queries(given)) {
      const described = await database.describe(sql, { company: 'acme' }, AbortSignal.timeout(10_000));
      for (const { name, type } of described)
        expect(columns.find((column) => column.name === name)?.types, name).toContain(type);
    }
  });
});
