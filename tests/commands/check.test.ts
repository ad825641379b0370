import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { tryMonitor } from '../../src/commands/try.ts';
import { startPglite } from '../helpers/pglite.ts';
import type { PgliteServer } from '../helpers/pglite.ts';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';
import { freePort, startSilentServer } from '../helpers/tcp.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tables = `
  CREATE TABLE orders (company text, number bigint, total numeric(12,2), state text, failed_at timestamptz, note varchar(20));
  CREATE TABLE syncs (company text, done_at timestamp);
`;

/** Runs the command on a text; its lines, with the file's name cut off. */
async function run(text: string, options: { connect?: boolean; signal?: AbortSignal } = {}) {
  const file = join(folder, 'config.yml');
  await writeFile(file, text);
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line.replaceAll(file, 'config.yml'));
  const { connect = false, signal } = options;
  const code = await check({ file, connect, env: {}, write, ...(signal === undefined ? {} : { signal }) });
  return { code, lines };
}

const database = (
  name: string,
  port: number,
  login = 'user: exporter, password: geheim, accept_superuser: embedded',
) =>
  `  ${name}: { driver: postgres, host: 127.0.0.1, port: ${port}, database: postgres, ${login}, connect_timeout: 2s }\n`;

describe('check', () => {
  it('counts what a good file holds', async () => {
    const monitor =
      'name: a, kind: sync, flow: crm, database: shop, query: SELECT 1 AS last_sync, alert_after: { warning: 1h }';
    const { code, lines } = await run(`databases:\n${database('shop', 1)}monitors: [{ ${monitor} }]\n`);
    expect(lines).toEqual(['config.yml is valid: 1 database, 1 monitor, 1 company']);
    expect(code).toBe(0);
  });

  it('tells warnings from problems', async () => {
    const monitor =
      'name: a, kind: sync, flow: crm, database: shop, query: SELECT 1 AS last_sync, alert_after: { warning: 1h }';
    const { code, lines } = await run(
      `databases:\n${database('shop', 1)}${database('spare', 2)}monitors: [{ ${monitor} }]\n`,
    );
    expect(lines).toEqual([
      'config.yml:3:3: databases.spare: warning: is not used by any monitor; remove it, or use it in a monitor',
      'config.yml is valid: 2 databases, 1 monitor, 1 company',
    ]);
    expect(code).toBe(0);
  });

  it('fails when critical alerts of a critical monitor would reach nobody', async () => {
    const monitor =
      'name: a, kind: sync, flow: crm, criticality: critical, responder: erp_partner, database: shop, query: SELECT 1 AS last_sync, alert_after: { warning: 1h }';
    const of = (entries: string) =>
      run(
        `databases:\n${database('shop', 1)}monitors: [{ ${monitor} }]\nsmtp: { smarthost: "mail.example:25", from: a@acme.example }\n${entries}`,
      );
    const partner = 'erp_partner: { emails: [p@partner.example] }';
    // Responders without addresses fall back to that of the monitor.
    const reached = await of(`companies: { acme: { responders: { ${partner} } } }\n`);
    expect(reached.code).toBe(0);
    // With several companies it is not said for which of them the partner acts.
    const lost = await of(
      `companies: { acme: , globex: { responders: { ${partner} } } }\nresponders: { ${partner} }\n`,
    );
    expect(lost.code).toBe(1);
    expect(lost.lines.filter((line) => !line.includes(': warning: '))).toEqual([
      "config.yml:3:20: monitors[0].name: critical alerts of company acme with first responder erp_partner, none, it, web_agency, shop_admin, customer reach nobody; add contacts to companies.acme, or addresses for the monitor's responder or web_agency",
      '1 problem',
    ]);
  });

  it('lists every problem of a bad one', async () => {
    const { code, lines } = await run('databases: {}\nmonitors: []\ncolour: red\n');
    expect(lines).toEqual([
      'config.yml:1:12: databases: is empty; add at least one database',
      'config.yml:2:11: monitors: is empty; add at least one monitor',
      'config.yml:3:1: colour: unknown key; use one of access, calendars, companies, databases, defaults, environment, grafana_url, known_errors_file, mails, maintenance, monitors, notify, page_url, prometheus, remedies, responders, runbook_url, smtp, state_database, state_file, status_page, tickets, timezone, writable_databases',
      '3 problems',
    ]);
    expect(code).toBe(1);
  });
});

describe('check, of a query that writes', () => {
  it.each([
    ['DELETE FROM orders', 'this writes (DELETE)'],
    ['EXEC dbo.next_orders', 'this may write (EXEC)'],
  ])('%s', async (query, words) => {
    const { code, lines } = await run(
      `databases:\n${database('shop', 1)}monitors:\n  - { name: a, kind: records, flow: f, database: shop, failed: ${query}, canary: ${query} }\n`,
    );
    const message = `${words}: the exporter only reads; write a SELECT that returns rows`;
    expect(lines.filter((line) => line.includes(message))).toHaveLength(2);
    expect(code).toBe(1);
  });
});

describe('check --connect, on an embedded PostgreSQL', () => {
  let server: PgliteServer;
  beforeAll(async () => {
    server = await startPglite();
    await server.admin(tables);
  });
  afterAll(() => server.dispose());

  const monitors = (text: string) =>
    `databases:\n${database('shop', server.port)}companies: { acme: {}, globex: {} }\nmonitors:\n${text}`;

  it('prepares every query and the canary, and finds nothing', async () => {
    const { code, lines } = await run(
      monitors(`
  - name: orders
    kind: records
    flow: orders
    database: shop
    canary: SELECT 1 WHERE :company = 'acme' AND now() > :today LIMIT 1
    failed: SELECT number AS "RECORD", failed_at AS since, total AS amount FROM orders WHERE company = :company
    waiting: SELECT number AS record, failed_at AS since FROM orders WHERE company = :company AND failed_at < :now
    late_after: { warning: 30m }
  - name: syncs
    kind: sync
    flow: crm
    database: shop
    query: SELECT company, max(done_at) AS last_sync FROM syncs GROUP BY company
    alert_after: { warning: 1h }
`),
      { connect: true },
    );
    expect(lines[0]).toBe('config.yml is valid: 1 database, 2 monitors, 2 companies');
    expect(lines[1]).toMatch(
      /^database shop: PostgreSQL \d+(\.\d+)?.*, user \w+, clock (as ours|0\.\d s (ahead|behind))$/,
    );
    expect(lines.at(-1)).toBe('4 queries prepared, 2 monitors run once, no problem found');
    expect(code).toBe(0);
  });

  it('places each wrong column and each refused query at its text', async () => {
    const { code, lines } = await run(
      monitors(`
  - name: orders
    kind: records
    flow: orders
    companies: [acme]
    database: shop
    canary: SELECT 1 FROM odrers
    failed: SELECT number, failed_at AS since FROM orders
    waiting: SELECT number AS record, note AS amount, failed_at AS snce, state AS curency FROM orders
    late_after: { warning: 30m }
  - name: syncs
    kind: sync
    flow: crm
    database: shop
    query: SELECT max(done_at) AS last_sync FROM syncs
    alert_after: { warning: 1h }
  - name: good
    kind: sync
    flow: crm
    companies: [acme]
    database: shop
    query: SELECT max(done_at) AS last_sync FROM syncs
    alert_after: { warning: 1h }
`),
      { connect: true },
    );
    const found = lines.filter((line) => line.startsWith('config.yml:') && !line.includes('databases.shop'));
    expect(found).toEqual([
      'config.yml:13:14: monitors[0].waiting: warning: monitor orders: its column "amount" is text (character varying(20)): a run fails when one value is not a number with a decimal point and without thousands separators; CAST it to be sure',
      'config.yml:13:14: monitors[0].waiting: warning: monitor orders: its column "curency" is not read; did you mean "currency"?',
      'config.yml:11:13: monitors[0].canary: monitor orders: shop refuses it: relation "odrers" does not exist',
      'config.yml:12:13: monitors[0].failed: monitor orders: returns no column "record" (the key of the record; the same key twice counts once); add it with AS record; it returns number, since; optional: since, error, code, call, amount, currency, company',
      'config.yml:13:14: monitors[0].waiting: monitor orders: returns no column "since" (since when it waits); add it with AS since; it returns record, amount, snce, curency; optional: amount, currency, company',
      'config.yml:19:12: monitors[1].query: monitor syncs: serves several companies in one run, but returns no column "company"; add it, or use :company to run once for each',
    ]);
    expect(lines.at(-1)).toBe('4 problems');
    expect(code).toBe(1);
  });

  /** What `check --connect` and `try` say of one query of a monitor, without what each puts around it. */
  async function judge(failed: string) {
    const text = monitors(
      `  - { name: orders, kind: records, flow: orders, companies: [acme], database: shop, failed: ${JSON.stringify(failed)} }\n`,
    );
    const checked = await run(text, { connect: true });
    const ofCheck = checked.lines.flatMap(
      (line) =>
        /^config\.yml:\d+:\d+: monitors\[0\]\.failed: monitor orders: (?:failed: )?(.*)$/.exec(line)?.[1] ??
        [],
    );
    const lines: string[] = [];
    const code = await tryMonitor({
      file: join(folder, 'config.yml'),
      monitor: 'orders',
      company: undefined,
      env: process.env,
      write: (line) => lines.push(line),
    });
    const ofTry = lines.flatMap((line) => /^Failed, reason columns: failed: (.*)$/.exec(line)?.[1] ?? []);
    return { codes: [checked.code, code], ofCheck, ofTry };
  }

  it.each([
    ['a text amount that is a number', "SELECT 'x' AS record, '12.50' AS amount", undefined],
    [
      'a text amount that is none',
      "SELECT 'x' AS record, '1.234,50' AS amount",
      /column amount should hold a number but/,
    ],
    [
      'a time of text without an offset',
      "SELECT 'x' AS record, '2026-01-01' AS since",
      /column since should hold an instant/,
    ],
    ['a time of text with one', "SELECT 'x' AS record, '2026-01-01T10:00:00Z' AS since", undefined],
    ['a date that no instant can hold', "SELECT 'x' AS record, '0044-03-15 BC'::date AS since", undefined],
    [
      'a number that is no time',
      "SELECT 'x' AS record, 20261121 AS since",
      /column since should hold an instant but/,
    ],
    ['no row, and no column record', "SELECT 'x' AS number WHERE false", /returns no column "record"/],
    [
      'a company that is not served',
      "SELECT 'x' AS record, 'ACME' AS company",
      /1 row belongs to companies that/,
    ],
  ])('judges as try does, with the same words: %s', async (_, query, problem) => {
    const { codes, ofCheck, ofTry } = await judge(query);
    expect(codes).toEqual(problem === undefined ? [0, 0] : [1, 1]);
    expect(ofCheck).toEqual(ofTry);
    expect(ofTry).toEqual(problem === undefined ? [] : [expect.stringMatching(problem)]);
  });

  it('reports a dead database once, and still asks the others', async () => {
    const dead = await freePort();
    const monitor = (name: string, at: string) =>
      `  - { name: ${name}, kind: sync, flow: crm, database: ${at}, query: SELECT done_at AS last_sync FROM syncs, alert_after: { warning: 1h } }\n`;
    const { code, lines } = await run(
      `databases:\n${database('erp', dead)}${database('shop', server.port)}monitors:\n${monitor('a', 'erp')}${monitor('b', 'erp')}${monitor('c', 'shop')}`,
      { connect: true },
    );
    const ofErp = lines.filter((line) => line.includes('erp'));
    expect(ofErp).toHaveLength(1);
    expect(ofErp[0]).toMatch(
      /^config\.yml:2:8: databases\.erp: cannot be queried: .*not checked: a\.query, b\.query$/,
    );
    expect(lines.some((line) => line.startsWith('database shop: PostgreSQL'))).toBe(true);
    expect(lines.at(-1)).toBe('1 problem');
    expect(code).toBe(1);
  });
});

describe('check --connect, on a server that never answers', () => {
  it('ends when it is told to', async () => {
    const silent = await startSilentServer();
    try {
      const begin = performance.now();
      const { code, lines } = await run(
        `databases:\n${database('erp', silent.port)}monitors:\n  - { name: a, kind: sync, flow: crm, database: erp, query: SELECT 1 AS last_sync, alert_after: { warning: 1h } }\n`.replace(
          'connect_timeout: 2s',
          'connect_timeout: 1m',
        ),
        { connect: true, signal: AbortSignal.timeout(300) },
      );
      expect(performance.now() - begin).toBeLessThan(5_000);
      expect(lines.filter((line) => line.includes('cannot be queried'))).toHaveLength(1);
      expect(code).toBe(1);
    } finally {
      await silent.close();
    }
  });
});

describeReal('check --connect, on a real PostgreSQL', ['postgres'], () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    await server.admin(`${tables}
      CREATE ROLE reader LOGIN PASSWORD 'reader';
      GRANT SELECT ON orders, syncs TO reader;
      CREATE ROLE writer LOGIN PASSWORD 'writer';
      GRANT SELECT, INSERT ON orders, syncs TO writer;`);
  });
  afterAll(() => server.dispose());

  const config = (login: string) =>
    `databases:\n${database('shop', server.port, login)}monitors:\n  - { name: a, kind: sync, flow: crm, database: shop, query: SELECT done_at AS last_sync FROM syncs, alert_after: { warning: 1h } }\n  - { name: b, kind: records, flow: orders, database: shop, failed: SELECT number AS record FROM orders }\n`;

  it('warns of a login that could write, for each reason', async () => {
    const { code, lines } = await run(config('user: writer, password: writer'), { connect: true });
    expect(lines.filter((line) => line.includes('warning'))).toEqual([
      'config.yml:2:9: databases.shop: warning: its login could write (INSERT on public.orders); give the exporter one that can only read',
      'config.yml:2:9: databases.shop: warning: its login could write (INSERT on public.syncs); give the exporter one that can only read',
    ]);
    expect(lines.some((line) => /^database shop: PostgreSQL .*, user writer, clock /.test(line))).toBe(true);
    expect(code).toBe(0);
  });

  it('fails for a superuser, unless there is a reason for it', async () => {
    const { user = '', password = '' } = server.settings();
    const login = `user: ${user}, password: '${password}'`;
    const refused = await run(config(login), { connect: true });
    const found = 'its login can do anything on the server (superuser)';
    expect(refused.lines.filter((line) => line.startsWith('config.yml:'))).toEqual([
      `config.yml:2:9: databases.shop: ${found}, files and programs included, which no read-only session prevents; give the exporter one that can only read, or say in accept_superuser why it must be so`,
    ]);
    expect(refused.code).toBe(1);
    const accepted = await run(config(`${login}, accept_superuser: 'a copy, for tests'`), { connect: true });
    expect(accepted.lines.filter((line) => line.startsWith('config.yml:'))).toEqual([
      `config.yml:2:9: databases.shop: warning: ${found}; accepted: a copy, for tests`,
    ]);
    expect(accepted.code).toBe(0);
  });

  it('warns of rights that reach past what is read', async () => {
    await server.admin(`
      CREATE ROLE reacher LOGIN PASSWORD 'reacher';
      GRANT SELECT ON orders, syncs TO reacher;
      GRANT pg_signal_backend, pg_execute_server_program TO reacher;
      GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO reacher;`);
    const { code, lines } = await run(config('user: reacher, password: reacher'), { connect: true });
    expect(lines.filter((line) => line.includes('warning'))).toEqual(
      ['EXECUTE on lo_export', 'role pg_execute_server_program', 'role pg_signal_backend'].map(
        (reason) =>
          `config.yml:2:9: databases.shop: warning: its login reaches past what it reads (${reason}): files, programs, other sessions or servers; revoke that`,
      ),
    );
    expect(code).toBe(0);
  });

  it('says nothing of one that can only read', async () => {
    const { code, lines } = await run(config('user: reader, password: reader'), { connect: true });
    expect(lines.filter((line) => line.startsWith('config.yml:'))).toEqual([]);
    expect(lines.at(-1)).toBe('2 queries prepared, 2 monitors run once, no problem found');
    expect(code).toBe(0);
  });

  it('warns of each table of a query on which row-level security applies to the login', async () => {
    await server.admin(`
      CREATE TABLE runs (name text, status text, started timestamptz, owner text DEFAULT current_user);
      INSERT INTO runs VALUES ('vacuum', 'succeeded', now(), 'postgres');
      ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON runs USING (owner = current_user);
      CREATE TABLE jobs (name text);
      ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
      CREATE TABLE open_to_all (name text);
      CREATE VIEW all_runs WITH (security_invoker) AS SELECT * FROM runs;
      GRANT SELECT ON runs, jobs, open_to_all, all_runs TO reader;
      CREATE ROLE auditor LOGIN PASSWORD 'auditor' BYPASSRLS;
      GRANT SELECT ON runs, jobs, open_to_all, all_runs TO auditor;`);
    const queries = [
      "SELECT name AS job, status, started FROM runs WHERE started > :now - interval '1 day' -- the last day;",
      'WITH r AS (SELECT * FROM all_runs) SELECT j.name AS job, r.status FROM jobs j LEFT JOIN r USING (name);',
      "SELECT name AS job, 'ok' AS status FROM open_to_all",
    ];
    const monitors = queries.map(
      (query, index) =>
        `  - { name: j${index}, kind: jobs, flow: f, database: shop, query: ${JSON.stringify(query)} }\n`,
    );
    const of = (login: string) =>
      `databases:\n${database('shop', server.port, `user: ${login}, password: ${login}`)}monitors:\n${monitors.join('')}`;
    const { code, lines } = await run(of('reader'), { connect: true });
    const warned = lines.flatMap(
      (line) => /monitor (\w+): reads (\S+), where row-level/.exec(line)?.slice(1) ?? [],
    );
    expect(warned).toEqual(['j0', 'public.runs', 'j1', 'public.jobs', 'j1', 'public.runs']);
    expect(code).toBe(0);
    const { lines: free } = await run(of('auditor'), { connect: true });
    expect(free.filter((line) => line.includes('row-level'))).toEqual([]);
  });

  it('names the words of a status that nothing explains', async () => {
    await server.admin(`
      CREATE TABLE states (name text, state int);
      INSERT INTO states VALUES ('price-sync', 1), ('invoice-pull', 2), ('stock-in', 0), ('new', 7);
      GRANT SELECT ON states TO reader;`);
    const monitor =
      '  - { name: j, kind: jobs, flow: f, database: shop, query: "SELECT name AS job, state AS status FROM states", statuses: { success: [7] } }\n';
    const text = `databases:\n${database('shop', server.port, 'user: reader, password: reader')}monitors:\n${monitor}`;
    const { code, lines } = await run(text, { connect: true });
    expect(lines).toContain(
      'monitor j: query: column status holds words that nothing explains: "1", "2", "0"; say in statuses what each means, ' +
        'such as statuses: { success: [1], failed: [0] }. Until then these jobs are unknown, and alerted as such',
    );
    expect(code).toBe(0);
  });

  it('tells a refused password', async () => {
    const { code, lines } = await run(config('user: nobody, password: x'), { connect: true });
    expect(lines.filter((line) => line.includes('cannot be queried'))).toHaveLength(1);
    expect(lines.join('\n')).toContain('nobody');
    expect(code).toBe(1);
  });
});
