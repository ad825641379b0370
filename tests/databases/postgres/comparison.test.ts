import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest, Measure, Selection } from '../../../src/databases/comparison/contract.ts';
import { open } from '../../../src/databases/postgres/database.ts';
import { startPglite, type PgliteServer } from '../../helpers/pglite.ts';
import { startPostgres, type PostgresServer } from '../../helpers/postgres.ts';
import { describeReal } from '../../helpers/real.ts';
import { comparisonContract } from '../comparison/comparison-contract.ts';
import { ComparisonScene, cents, comparing, textKey } from '../comparison/comparison-scene.ts';
import type { Capabilities, Facts, Subject } from '../contract.ts';
import { postgresSql, postgresSubject, postgresTypes } from '../contract/postgres-facts.ts';
import { requireComparison } from '../../../src/databases/contract.ts';

const nothing: Capabilities = {
  cancel: false,
  readOnlySession: true,
  network: true,
  logins: false,
  sessions: false,
  tls: false,
  restart: false,
};
const facts: Facts = {
  capabilities: nothing,
  types: postgresTypes,
  sql: postgresSql,
  version: /^PostgreSQL/,
};

describe('comparison on PGlite', () => {
  let server: PgliteServer;

  beforeAll(async () => {
    server = await startPglite();
  });
  afterAll(() => server.dispose());

  comparisonContract(facts, () => ({
    open,
    settings: server.settings(),
    admin: (sql) => server.admin(sql),
  }));
});

describeReal('comparison on PostgreSQL', ['postgres'], () => {
  const able: Facts = { ...facts, capabilities: { ...nothing, cancel: true } };
  let server: PostgresServer;
  let subject: Subject;
  let scene: ComparisonScene;

  beforeAll(async () => {
    server = await startPostgres({ tls: true });
    subject = await postgresSubject({
      settings: server.settings(),
      admin: (sql) => server.admin(sql),
      session: () => server.session(),
    });
    scene = new ComparisonScene(able, subject);
  });
  afterAll(async () => {
    await scene.database.close();
    await server.dispose();
  });

  comparisonContract(able, () => subject);

  const cellsOf = async (expressions: readonly string[], measure: Measure): Promise<unknown[]> => {
    const values = expressions.map((value, index) => `SELECT ${index} AS id, ${value} AS value`);
    const selection = await scene.select(values.join(' UNION ALL '), { fields: { value: measure } });
    return (await scene.rows(selection)).map(({ cells }) => cells[0]);
  };

  it('reads instants to the millisecond, rounded down, in any year', async () => {
    const instants = [
      '1969-12-31T23:59:59.999999Z',
      '1969-12-31T23:59:59.000001Z',
      '1815-06-18T09:00:00.123456Z',
      '0001-01-01T00:00:00.001Z',
      '1753-01-01T00:00:00.007Z',
      '2026-11-21T10:00:00.999999Z',
      '2199-12-31T23:59:59.999999Z',
      '2200-01-01T00:00:00.001Z',
      '9999-12-31T23:59:59.999Z',
      '9999-12-31T23:59:59.999999Z',
    ];
    const found = await cellsOf(
      instants.map((text) => `timestamptz '${text}'`),
      { type: 'instant' },
    );
    // Date.parse reads three digits of the fraction and drops the others, which is to round down.
    expect(found).toEqual(instants.map((text) => BigInt(Date.parse(text))));
    const nulls = [`timestamptz 'infinity'`, `timestamptz '-infinity'`, 'NULL::timestamptz'];
    expect(new Set(await cellsOf(nulls, { type: 'instant' }))).toEqual(new Set([-(2n ** 63n)]));
  });

  it('reads zone-less times and dates in the zone of the database', async () => {
    const locals = [`timestamp '2026-07-01 12:00:00.5'`, `timestamp 'infinity'`, 'NULL::timestamp'];
    expect(await cellsOf(locals, { type: 'instant' })).toEqual([
      BigInt(Date.parse('2026-07-01T10:00:00.5Z')),
      -(2n ** 63n),
      -(2n ** 63n),
    ]);
    expect(await cellsOf([`date '2026-07-01'`], { type: 'instant' })).toEqual([
      BigInt(Date.parse('2026-06-30T22:00:00Z')),
    ]);
  });

  it('reads numbers and states of other types', async () => {
    expect(await cellsOf(['true', 'false', 'NULL::boolean'], { type: 'integer' })).toEqual([
      1n,
      0n,
      -(2n ** 63n),
    ]);
    expect(await cellsOf(['7::smallint', '7::smallint'], cents)).toEqual([700n, 700n]);
    expect(await cellsOf(['1.005::float8', '(-1.005)::float8', '0.1::float4'], cents)).toEqual([
      101n,
      -101n,
      10n,
    ]);
    expect(await cellsOf([`'12.345'::text`], cents)).toEqual([1235n]);
    const codes = { type: 'status', codes: { true: 1, "a'\\b": 2 }, other: 0 } as const;
    expect(await cellsOf(['true', 'false'], codes)).toEqual([1n, 0n]);
    expect(await cellsOf([`'a''\\b'::text`, `'a'`], codes)).toEqual([2n, 0n]);
  });

  it('tells amounts apart that differ by a sign or by powers of ten, also when two rows exchange them', async () => {
    const amounts = [1, -1, 100, -100, 10_000, -10_000, 1_000_000, 100_000_000].map((cents) => cents / 100);
    const pairs = amounts.flatMap((one) => amounts.map((other) => [one, other] as const));
    const parts = [1, 2, 3, 4, 5].flatMap((id) => pairs.map(([one, other]) => ({ id, one, other })));
    const values = parts.map(
      ({ id, one, other }, index) => `(${index}, ${100 * id}, ${one}), (${index}, ${100 * id + 1}, ${other})`,
    );
    await scene.subject.admin('CREATE TABLE exchanged (grp int, id bigint, amount numeric(12, 2))');
    await scene.subject.admin(`INSERT INTO exchanged VALUES ${values.join(', ')}`);
    const all = await scene.select('SELECT id, amount FROM exchanged', { fields: { amount: cents } });
    const selection = { ...all, sql: `${all.sql} WHERE grp = :grp` };
    for (const id of [1, 2, 3, 4, 5]) {
      const sums = new Set<string>();
      for (const [grp, part] of parts.entries()) {
        if (part.id !== id) continue;
        const [bucket] = await scene.buckets(
          { ...selection, parameters: { grp } },
          { by: 'key', from: 0n, width: 1000n },
          'native:hashtextextended',
        );
        sums.add(bucket?.sum ?? '');
      }
      expect(sums.size).toBe(pairs.length);
    }
  });

  it('has the same digest in two databases, of any row', async () => {
    await server.admin('CREATE DATABASE elsewhere TEMPLATE template0 ENCODING latin1');
    const other = open(server.settings({ database: 'elsewhere', timezone: 'Asia/Tokyo' }));
    const rows = [
      `1, 0.1, timestamptz '2026-01-01 00:00:00Z', 'été'`,
      `2, -5, NULL, NULL`,
      `3000000000000, NULL, timestamptz '1969-01-01 00:00:00Z', ''`,
    ].map((row) => `SELECT ${row}`);
    const sql = `SELECT * FROM (${rows.join(' UNION ALL ')}) AS v (id, amount, at, note)`;
    const selection = await scene.select(sql, {
      fields: { amount: cents, at: { type: 'instant' }, note: { type: 'text' } },
    });
    const sums = async (database: typeof other, digest: Digest): Promise<string[]> => {
      const grid = { by: 'key', from: 0n, width: 1n } as const;
      const found = requireComparison(database).buckets(selection, {}, grid, digest, false, comparing());
      return (await Array.fromAsync(found)).map(({ sum }) => sum);
    };
    try {
      for (const digest of ['native:hashtextextended', 'md5'] as const) {
        const here = await sums(scene.database, digest);
        expect(here).toHaveLength(3);
        expect(await sums(other, digest)).toEqual(here);
      }
    } finally {
      await other.close();
    }
  });

  it('has a digest of its own that keeps values apart', async () => {
    const pairs = [
      `('1', '23', 0::bigint)`,
      `('12', '3', 0)`,
      `('123', '', 0)`,
      `('', '123', 0)`,
      `(NULL, '123', 0)`,
      `('1', '23', NULL)`,
      `('1', '23', 2147483647)`,
      `('1', '23', -1)`,
      `('1', '23', 4294967295)`,
      `('1', '23', 4294967296)`,
    ];
    const sums = new Set<string>();
    for (const pair of pairs) {
      const selection = await scene.select(`SELECT 1 AS id, * FROM (VALUES ${pair}) AS v (a, b, c)`, {
        fields: { a: { type: 'text' }, b: { type: 'text' }, c: { type: 'integer' } },
      });
      const [bucket] = await scene.buckets(
        selection,
        { by: 'key', from: 0n, width: 9n },
        'native:hashtextextended',
      );
      sums.add(bucket?.sum ?? '');
    }
    expect(sums.size).toBe(pairs.length);
  });

  it('hashes rows into buckets, and does not sort them on disk', async () => {
    await server.admin(
      `CREATE TABLE hashed AS SELECT n::bigint AS id, n::numeric AS amount FROM generate_series(1, 300000) AS n`,
    );
    await server.admin('ALTER TABLE hashed ADD PRIMARY KEY (id); ANALYZE hashed');
    const selection = await scene.select('SELECT * FROM hashed', { fields: { amount: cents } });
    const files = async (): Promise<number> => {
      const [row] = await server.admin(
        'SELECT temp_files AS n FROM pg_stat_database WHERE datname = current_database()',
      );
      return Number(row?.['n']);
    };
    const before = await files();
    const found = await scene.buckets(
      selection,
      { by: 'key', from: 0n, width: 250n },
      'native:hashtextextended',
    );
    expect(found).toHaveLength(1201);
    await scene.database.close();
    scene = new ComparisonScene(able, subject);
    expect(await files()).toBe(before);
  });

  it('binds parameters into a COPY as the server would', async () => {
    const at = new Date('2026-03-29T01:30:00.000Z');
    const parameters = { at, word: `a'b\\c :at`, amount: '-5', none: null, yes: true, big: 2n ** 60n };
    const selection: Selection = await scene.select(
      `SELECT 1 AS id, :word || '' AS word, 7 - :amount AS minus, :none::int AS nothing, :yes AND true AS yes,
        :big::bigint AS big, :at - interval '1 day' AS before, (:at::date)::text AS day, (:at::timestamp)::text AS local`,
      {
        parameters,
        fields: {
          minus: { type: 'integer' },
          nothing: { type: 'integer' },
          yes: { type: 'integer' },
          big: { type: 'integer' },
          before: { type: 'instant' },
          day: { type: 'status', codes: { '2026-03-29': 1 }, other: 0 },
          local: { type: 'status', codes: { '2026-03-29 03:30:00': 1 }, other: 0 },
          word: { type: 'status', codes: { "a'b\\c :at": 1 }, other: 0 },
        },
      },
    );
    const [row] = await scene.rows(selection);
    const [looked] = await requireComparison(scene.database).lookup(selection, [1n], comparing());
    expect(row?.cells).toEqual([
      12n,
      -(2n ** 63n),
      1n,
      2n ** 60n,
      BigInt(Date.parse('2026-03-28T02:30:00Z')),
      1n,
      1n,
      1n,
    ]);
    expect(looked?.cells).toEqual(row?.cells);
    const nul = { ...selection, parameters: { ...parameters, word: 'a\0b' } };
    await expect(scene.rows(nul)).rejects.toMatchObject({ kind: 'query', code: 'sqlstate:22021' });
  });

  it('copies over TLS, and keeps its session', async () => {
    const secure = open(
      server.settings({
        connections: 1,
        tls: { mode: 'verify-full', ca: server.ca, serverName: 'localhost' },
      }),
    );
    try {
      const pid = async (): Promise<string> => {
        const selection = await scene.select(`SELECT pg_backend_pid()::text AS id`, {
          key: { column: 'id', measure: textKey() },
        });
        const ids: string[] = [];
        for await (const { keys } of requireComparison(secure).rows(selection, {}, false, comparing()))
          ids.push(...keys);
        return ids.join();
      };
      const first = await pid();
      expect(first).toMatch(/^\d+$/);
      expect(await pid()).toBe(first);
    } finally {
      await secure.close();
    }
  });

  it('cannot write', async () => {
    await server.admin('CREATE TABLE written (id int)');
    await server.admin(
      'CREATE FUNCTION write() RETURNS bigint LANGUAGE sql AS $$ INSERT INTO written VALUES (1) RETURNING 1::bigint $$',
    );
    const selection = await scene.select('SELECT write() AS id');
    await expect(scene.rows(selection)).rejects.toMatchObject({ kind: 'permission', code: 'sqlstate:25006' });
  });

  it('tells the index that leads to a part, and the table that is read whole', async () => {
    await server.admin(`CREATE TABLE plans (id bigint PRIMARY KEY, at timestamp, name text)`);
    await server.admin(
      `INSERT INTO plans SELECT n, timestamp '2026-01-01' + n * interval '1 minute', 'x' FROM generate_series(1, 50000) AS n`,
    );
    await server.admin('CREATE INDEX plans_at ON plans (at); ANALYZE plans');
    const day = { from: Date.parse('2026-01-10T00:00:00Z'), to: Date.parse('2026-01-10T01:00:00Z') };
    const selection = await scene.select('SELECT * FROM plans', { extras: { at: 'at', changedAt: 'at' } });
    const comparison = requireComparison(scene.database);
    const led = await comparison.access(selection, { at: day }, comparing());
    expect(led).toMatchObject({ indexed: true, scannedRows: 0 });
    expect(led.text).toMatch(/plans_at/);
    expect(await comparison.access(selection, {}, comparing())).toEqual({
      indexed: false,
      scannedRows: 50_000,
      text: 'Seq Scan on plans',
    });
  });
});
