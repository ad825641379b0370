import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mostFailed, mostWaiting } from '../../src/demo/documents.ts';
import { cycleSeconds } from '../../src/demo/script.ts';
import { zoned, zoneless } from '../../src/demo/database/statements.ts';
import { Simulation } from '../../src/demo/simulation.ts';
import { flows } from '../../src/demo/traffic.ts';
import { casesOf } from '../helpers/nightly.ts';
import { Stage } from './stage.ts';

const start = Date.UTC(2026, 10, 21, 9, 30);
const second = 1000;

/** Open documents of all flows, as the monitors of the demo ask for them. */
const failedDocuments = flows
  .map(
    ({ name, table, columns: { key, state, failedAt }, states: { failed } }) =>
      `SELECT '${name}' AS flow, company, ${key}::text AS record, ${failedAt}::text AS since,
              error_message, error_code, api_call
       FROM ${table} WHERE ${state} = '${failed}'`,
  )
  .join(' UNION ALL ');

interface Sight {
  readonly at: number;
  readonly company: 'acme' | 'globex';
  readonly oldest_order: number | null;
  readonly failed_orders: number;
  readonly since_sync: number;
  readonly failed_job: string | null;
  readonly longest_run: number | null;
  readonly longest_job: string | null;
  readonly limited_payments: number;
}

/** What someone who looks at `at` sees of each company; ages in seconds. */
const sight = (at: number): string => `
  SELECT ${at} AS at, company,
    (SELECT extract(epoch FROM '${zoned(at)}' - min(created_at))::float FROM web_orders o
      WHERE o.company = c.company AND export_state = 'waiting') AS oldest_order,
    (SELECT count(*)::int FROM web_orders o WHERE o.company = c.company AND export_state = 'failed') AS failed_orders,
    (SELECT extract(epoch FROM '${zoned(at)}' - max(done_at))::float FROM crm_sync_log l
      WHERE l.company = c.company) AS since_sync,
    (SELECT min(job) FROM (SELECT DISTINCT ON (job) job, status FROM datamove_runs r
      WHERE r.company = c.company ORDER BY job, started_at DESC) last WHERE status = 'failed') AS failed_job,
    (SELECT extract(epoch FROM '${zoneless(at)}' - min(started_at))::float FROM datamove_runs r
      WHERE r.company = c.company AND status = 'running') AS longest_run,
    (SELECT job FROM datamove_runs r WHERE r.company = c.company AND status = 'running'
      ORDER BY started_at LIMIT 1) AS longest_job,
    (SELECT count(*)::int FROM payments p WHERE p.company = c.company AND error_code = 'http:429') AS limited_payments
  FROM (VALUES ('acme'), ('globex')) c (company)`;

describe('the simulation on a database', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  beforeEach(async () => stage.clear());
  afterAll(async () => stage.database.close());

  it('begins with open failures of several ages and classes, and a past, for each company', async () => {
    const simulation = new Simulation({ now: start, seed: 20 });
    stage.add(simulation.history());
    const failed = await stage.rows<Readonly<Record<string, string | null>>>(failedDocuments);
    for (const company of ['acme', 'globex']) {
      const own = failed.filter((row) => row['company'] === company);
      expect(new Set(own.map((row) => row['flow'])).size).toBe(flows.length);
      expect(new Set(own.map((row) => row['error_code'])).size).toBeGreaterThanOrEqual(4);
      const [past] = await stage.rows<{ orders: number; hours: number; ahead: number }>(
        `SELECT count(*)::int AS orders, extract(epoch FROM max(created_at) - min(created_at))::float / 3600 AS hours,
                count(*) FILTER (WHERE greatest(created_at, exported_at, failed_at) > '${zoned(start)}')::int AS ahead
         FROM web_orders WHERE company = '${company}'`,
      );
      expect(past?.orders).toBeGreaterThan(100);
      expect(past?.hours).toBeGreaterThan(24);
      expect(past?.ahead).toBe(0);
    }
  });

  it('shows sensible figures of all kinds within a minute', async () => {
    const simulation = new Simulation({ now: start, seed: 20 });
    stage.add(simulation.history());
    for (let at = start + second; at <= start + 60 * second; at += second) stage.add(simulation.step(at));
    for (const row of await stage.rows<Sight>(sight(start + 60 * second))) {
      expect(row.failed_orders).toBeGreaterThan(0);
      expect(row.since_sync).toBeLessThan(30);
    }
    const states = await stage.rows<{ company: string; state: string }>(
      `SELECT DISTINCT company, export_state AS state FROM web_orders WHERE created_at > '${zoned(start - 3_600_000)}'`,
    );
    expect(states.filter(({ company }) => company === 'acme').map(({ state }) => state)).toContain('waiting');
    const runs = await stage.rows<{ company: string; job: string }>(
      `SELECT DISTINCT company, job FROM datamove_runs WHERE finished_at > '${zoneless(start)}'`,
    );
    expect(runs).toHaveLength(6);
  });

  it('plays every trouble within a cycle, lets it pass, and changes parts in the next', async () => {
    const simulation = new Simulation({ now: start, seed: 20 });
    stage.add(simulation.history());
    const sights: Sight[] = [];
    for (let elapsed = 1; elapsed <= 2 * cycleSeconds; elapsed += 1) {
      stage.add(simulation.step(start + elapsed * second));
      if (elapsed % 5 === 0) sights.push(...(await stage.rows<Sight>(sight(start + elapsed * second))));
    }
    const troubles: Readonly<Record<string, readonly ['acme' | 'globex', (row: Sight) => boolean]>> = {
      'orders are late': ['acme', ({ oldest_order }) => (oldest_order ?? 0) > 90],
      'payments are refused in a row': ['globex', ({ limited_payments }) => limited_payments >= 3],
      'a job fails': ['acme', ({ failed_job }) => failed_job === 'stock-in'],
      'the synchronisation stands still': ['globex', ({ since_sync }) => since_sync > 90],
      'a job hangs': ['globex', (row) => (row.longest_run ?? 0) > 40 && row.longest_job === 'orders-out'],
    };
    for (const [name, [first, isSeen]] of Object.entries(troubles))
      for (const [cycle, company] of [first, first === 'acme' ? 'globex' : 'acme'].entries()) {
        const from = start + cycle * cycleSeconds * second;
        const own = sights.filter(
          (row) => row.company === company && row.at > from && row.at <= from + cycleSeconds * second,
        );
        const seen = own.map(isSeen);
        expect(seen, `${company}: ${name}`).toContain(true);
        expect(seen.slice(seen.lastIndexOf(true) + 1), `${company}: ${name}, and no more`).toContain(false);
      }
  }, 60_000);

  it('tells text, code and call of every failure, and lets each be repaired', async () => {
    const simulation = new Simulation({ now: start, seed: 7 });
    stage.add(simulation.history());
    const seen = new Map<string, number>();
    const codes = new Set<string>();
    let longest = 0;
    for (let elapsed = 1; elapsed <= 3 * 3600; elapsed += 2) {
      stage.add(simulation.step(start + elapsed * second));
      if (elapsed % 60 !== 1) continue;
      const rows = await stage.rows<Readonly<Record<string, string | null>>>(failedDocuments);
      for (const row of rows) {
        for (const value of Object.values(row)) expect(value, JSON.stringify(row)).not.toBeNull();
        expect(row['error_message']).not.toBe('');
        expect(row['error_code']).toMatch(/^(http|node|mssql|smtp):\w+$/);
        codes.add(row['error_code'] ?? '');
        const key = `${row['flow'] ?? ''} ${row['record'] ?? ''}`;
        seen.set(key, seen.get(key) ?? elapsed);
        longest = Math.max(longest, elapsed - (seen.get(key) ?? elapsed));
      }
    }
    expect(seen.size).toBeGreaterThan(100);
    expect(codes.size).toBeGreaterThan(8);
    expect(longest).toBeLessThan(3600);
  }, 60_000);

  it('brings an order to the ERP exactly once, when it is exported or has arrived unnoticed', async () => {
    const simulation = new Simulation({ now: start, seed: 3 });
    stage.add(simulation.history());
    // At the end of a cycle, when what was lost in it has been entered by hand.
    for (let elapsed = 1; elapsed <= 12 * cycleSeconds; elapsed += 1)
      stage.add(simulation.step(start + elapsed * second));
    const wrong = await stage.rows(
      `SELECT o.order_number, o.export_state, o.error_code, count(s.document_no) AS arrived
       FROM web_orders o LEFT JOIN sales_orders s ON s.external_no = o.order_number
       GROUP BY o.order_number
       HAVING count(s.document_no) <> CASE WHEN o.export_state = 'exported' OR o.error_code = 'http:409' THEN 1 ELSE 0 END`,
    );
    expect(wrong).toEqual([]);
    const [figures] = await stage.rows<{ orders: number; differing: number; orphans: number }>(
      `SELECT (SELECT count(*)::int FROM sales_orders) AS orders,
              (SELECT count(*)::int FROM sales_orders s JOIN web_orders o ON o.order_number = s.external_no
                WHERE (s.total, s.currency, s.company) <> (o.total, o.currency, o.company)) AS differing,
              (SELECT count(*)::int FROM payments p
                WHERE NOT EXISTS (SELECT 1 FROM web_orders o WHERE o.order_number = p.order_number)) AS orphans`,
    );
    expect(figures?.orders).toBeGreaterThan(1000);
    expect(figures).toMatchObject({ differing: 0, orphans: 0 });
  }, 60_000);

  it('keeps its tables bounded over a week', async () => {
    const kept = 150;
    const simulation = new Simulation({ now: start, seed: 1, keptRows: kept });
    stage.add(simulation.history());
    const week = 7 * 86_400;
    const every = 600;
    for (let elapsed = every; elapsed <= week; elapsed += every) {
      stage.add(simulation.step(start + elapsed * second));
      if (elapsed % (20 * every) === 0) await stage.rows('SELECT 1');
    }
    const bounds = {
      ...Object.fromEntries(flows.map(({ table }) => [table, kept + 2 * (mostWaiting + mostFailed)])),
      sales_orders: kept,
      payment_entries: kept,
      datamove_runs: kept + 8,
      datamove_jobs: 8,
      crm_sync_log: (2 * 2 * 86_400) / every + 2,
    };
    for (const [table, most] of Object.entries(bounds)) {
      const [counted] = await stage.rows<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${table}`);
      expect(counted?.rows, table).toBeLessThanOrEqual(most);
      expect(counted?.rows, table).toBeGreaterThanOrEqual(Math.min(most, 8));
    }
    const [oldest] = await stage.rows<{ days: number }>(
      `SELECT extract(epoch FROM max(created_at) - min(created_at))::float / 86400 AS days FROM web_orders`,
    );
    expect(oldest?.days).toBeLessThan(2);
  }, 60_000);
});

describe('the simulation in itself', () => {
  const play = (seed: number, steps: readonly number[]) => {
    const simulation = new Simulation({ now: start, seed });
    let at = start;
    return {
      simulation,
      events: [simulation.history(), ...steps.map((step) => simulation.step((at += step)))],
    };
  };
  const steps = fc.array(fc.integer({ min: -5000, max: 90_000 }), { minLength: 1, maxLength: 400 });

  it('tells the same story for the same seed and times, another for another seed', () => {
    const times = Array.from({ length: 300 }, () => second);
    expect(play(5, times).events).toEqual(play(5, times).events);
    expect(play(5, times).events).not.toEqual(play(6, times).events);
  });

  it('exports each document at most once and keeps queues bounded, however time passes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), steps, (seed, times) => {
        const { simulation, events } = play(seed, times);
        const done = events
          .flatMap(({ shop }) => shop)
          .filter((sql) => /^UPDATE web_orders .*'exported'/.test(sql));
        const numbers = done.map((sql) => /order_number = '([^']+)'$/.exec(sql)?.[1]);
        expect(numbers).not.toContain(undefined);
        expect(new Set(numbers).size).toBe(numbers.length);
        const most = flows.length * 2;
        expect(simulation.open.waiting).toBeLessThanOrEqual(most * mostWaiting);
        expect(simulation.open.failed).toBeLessThanOrEqual(most * mostFailed);
      }),
      { numRuns: casesOf(40) },
    );
  });

  it('never tells more than a person can read along, but every turn of the script', () => {
    const { events } = play(
      20,
      Array.from({ length: 1800 }, () => second),
    );
    const counts = events.map(({ lines }) => lines.length);
    for (let from = 0; from + 60 <= counts.length; from += 1)
      expect(counts.slice(from, from + 60).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(80);
    const text = events.flatMap(({ lines }) => lines).join('\n');
    expect(text.match(/the export of orders stands still/g)).toHaveLength(6);
    expect(text.match(/CRM synchronisation was started again/g)).toHaveLength(6);
    expect(text).toMatch(
      /^globex: order W-2\d{5} \((CHF|EUR) [\d,]+\.\d\d\) refused by the ERP: .+ \(.+:.+\)$/m,
    );
    expect(text).toMatch(/after all: bookkeeping raised the credit limit/);
  });

  it('catches up after a sleep without a storm, and waits when the clock was set back', () => {
    const simulation = new Simulation({ now: start, seed: 2 });
    simulation.history();
    const woken = simulation.step(start + 8 * 3_600_000);
    expect(woken.shop.length + woken.erp.length).toBeLessThan(150);
    expect(simulation.step(start)).toEqual({ shop: [], erp: [], lines: [] });
  });
});
