import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWritable } from '../../src/databases/postgres/writable.ts';
import { createPostgresStore } from '../../src/outbox/postgres-store.ts';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';
import { contractSuite } from './contract-suite.ts';
import type { StoreUnderTest } from './contract-suite.ts';

const start = Date.UTC(2026, 10, 27, 9);
const hourMs = 3_600_000;
const tables = 'erp_exporter.outbox_entry, erp_exporter.outbox_document, erp_exporter.outbox_past_key';

describeReal('the outbox in PostgreSQL', ['postgres'], () => {
  let server: PostgresServer;
  let admin: Awaited<ReturnType<PostgresServer['session']>>;
  beforeAll(async () => {
    server = await startPostgres();
    admin = await server.session();
    await admin.query('CREATE TABLE clock (now bigint)');
    await admin.query(`INSERT INTO clock VALUES (${start})`);
    const store = createPostgresStore(openWritable(server.settings()));
    await store.counts();
    await store.close();
  });
  afterAll(async () => {
    await admin.end();
    await server.dispose();
  });

  const open = async (
    options: { readonly mostWaiting?: number },
    skews: readonly [number, number],
    from = start,
  ): Promise<StoreUnderTest> => {
    let now = from;
    const store = createPostgresStore(openWritable(server.settings()), {
      ...options,
      clock: '(SELECT now FROM clock)',
    });
    await admin.query(`UPDATE clock SET now = ${now}`);
    return {
      store,
      now: () => now,
      advance: async (ms) => {
        now += ms;
        await admin.query(`UPDATE clock SET now = ${now}`);
      },
      skews,
      reopen: async () => {
        await store.close();
        return open(options, skews, now);
      },
      close: () => store.close(),
    };
  };
  const openEmpty =
    (skews: readonly [number, number]) => async (options: { readonly mostWaiting?: number }) => {
      await admin.query(`TRUNCATE ${tables}`);
      return open(options, skews);
    };

  describe('with clocks that agree', () => contractSuite(openEmpty([0, 0]), 60));
  describe('with one clock an hour ahead and one an hour behind', () =>
    contractSuite(openEmpty([hourMs, -hourMs]), 60));

  it('gives each entry to one of many replicas that ask at once', { timeout: 60_000 }, async () => {
    await admin.query(`TRUNCATE ${tables}`);
    const stores = Array.from({ length: 4 }, () => createPostgresStore(openWritable(server.settings())));
    const now = Date.now();
    const intents = Array.from({ length: 40 }, (_, at) => ({
      ...{
        key: `k${at}`,
        kind: 'ticket',
        action: 'create',
        queue: `q${at % 20}`,
        company: '',
        payload: null,
      },
      ...{ notBefore: now, expires: now + hourMs },
    }));
    const commits = stores.map((store, at) =>
      store.commit({ intents: intents.slice(at * 10, at * 10 + 10) }, now),
    );
    await Promise.all(commits);
    const taken = await Promise.all(
      Array.from({ length: 12 }, async (_, at) => {
        const store = stores[at % 4];
        if (store === undefined) return [];
        const request = { owner: `${at}`, kinds: ['ticket'], now: Date.now(), leaseMs: 60_000, limit: 3 };
        return (await store.lease(request)).leases;
      }),
    );
    const queues = taken.flat().map(({ entry }) => entry.queue);
    expect(queues.length).toBeGreaterThan(10);
    expect(new Set(queues).size).toBe(queues.length);
    for (const store of stores) await store.close();
  });

  it('makes its tables once, however many replicas start at once', async () => {
    await admin.query('DROP SCHEMA erp_exporter CASCADE');
    const stores = Array.from({ length: 4 }, () => createPostgresStore(openWritable(server.settings())));
    expect(await Promise.all(stores.map((store) => store.counts()))).toEqual([[], [], [], []]);
    for (const store of stores) await store.close();
  });

  it('needs nothing but its own schema, and refuses that of a later version', async () => {
    await admin.query('DROP SCHEMA erp_exporter CASCADE');
    await admin.query(
      "CREATE ROLE outbox LOGIN PASSWORD 'geheim'; CREATE SCHEMA erp_exporter AUTHORIZATION outbox",
    );
    const settings = server.settings({ user: 'outbox' });
    const store = createPostgresStore(openWritable(settings));
    expect(
      await store.commit({ documents: [{ collection: 'c', key: 'd', ifVersion: 0, value: 1 }] }, 0),
    ).toBe(true);
    await store.close();
    await admin.query('INSERT INTO erp_exporter.outbox_version VALUES (99)');
    const later = createPostgresStore(openWritable(settings));
    await expect(later.counts()).rejects.toThrow(/version 99, written by a later erp-exporter/);
    await admin.query('DELETE FROM erp_exporter.outbox_version WHERE version = 99');
    // What failed once is tried anew.
    expect(await later.counts()).toEqual([]);
    await later.close();
  });
});
