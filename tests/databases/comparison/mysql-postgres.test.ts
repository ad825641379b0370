import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bucket, Digest, Grid, Measure, Selection } from '../../../src/databases/comparison/contract.ts';
import type { Database } from '../../../src/databases/contract.ts';
import { open as openMysql } from '../../../src/databases/mysql/database.ts';
import { open as openPostgres } from '../../../src/databases/postgres/database.ts';
import { startMariadb, type Mariadb } from '../../helpers/mariadb.ts';
import { startPostgres, type PostgresServer } from '../../helpers/postgres.ts';
import { describeReal } from '../../helpers/real.ts';
import { requireComparison } from '../../../src/databases/contract.ts';

const signal = new AbortController().signal;
const options = { signal, timeoutMs: 30_000 };
const rows = 5000;
const seed = 20_261_121;

/** Numbers from 0 to below 1, the same in every run: Park and Miller, CACM 31 (1988). */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const letters = Array.from('aAbzß éÉœ€Ωж漢😀\'\\{}"%_\t').concat('e\u0301', '\u00a0');

/** Rows as SQL literals that both servers read alike. */
function randomRows(): readonly (readonly string[])[] {
  const random = randomNumbers(seed);
  const whole = (most: number): number => Math.floor(random() * (most + 1));
  const orNull = (value: string): string => (random() < 0.05 ? 'NULL' : value);
  const hex = (): string =>
    Buffer.from(
      Array.from({ length: whole(12) }, () => letters[whole(letters.length - 1)]).join(''),
    ).toString('hex');
  return Array.from({ length: rows }, (_, index) => {
    const size = 10n ** BigInt(whole(16));
    const big = BigInt(whole(1_000_000)) * size * (random() < 0.5 ? -1n : 1n);
    const at = new Date(Date.UTC(1971, 0, 1) + random() * 2e12).toISOString().slice(0, -1);
    return [
      String(BigInt(index) * 1_000_003n * (index % 2 === 0 ? 1n : -1n)),
      orNull(String(big % 2n ** 62n)),
      orNull(`${whole(1) === 0 ? '-' : ''}${whole(99_999_999)}.${String(whole(99_999)).padStart(5, '0')}`),
      orNull(`${whole(1) === 0 ? '-' : ''}${whole(999_999)}.${String(whole(999)).padStart(3, '0')}5`),
      orNull(['true', 'false'][whole(1)] ?? ''),
      orNull(`'${['paid', 'PAID', 'open ', 'été', ''][whole(4)] ?? ''}'`),
      orNull(`:${hex()}:`),
      orNull(`'${at}'`),
      orNull(`'${at}+00:00'`),
    ];
  });
}

const columns = ['k', 'big', 'exact', 'approximate', 'flag', 'status', 'note', 'wall', 'zoned'] as const;
const measures: Readonly<Record<string, Measure>> = {
  big: { type: 'integer' },
  exact: { type: 'money', digits: 2 },
  approximate: { type: 'money', digits: 3 },
  flag: { type: 'integer' },
  status: { type: 'status', codes: { paid: 1, open: 2, été: 3 }, other: 9 },
  note: { type: 'text' },
  wall: { type: 'instant' },
  zoned: { type: 'instant' },
};

function insert(table: string, text: (hex: string) => string): string {
  const tuples = randomRows().map(
    (row) => `(${row.map((value) => value.replace(/^:(.*):$/, (_, hex: string) => text(hex))).join(',')})`,
  );
  return `INSERT INTO ${table} (${columns.join(',')}) VALUES ${tuples.join(',')}`;
}

describeReal('the same rows on PostgreSQL and MariaDB', ['postgres', 'mariadb'], () => {
  let mariadb: Mariadb;
  let postgres: PostgresServer;
  let databases: readonly Database[] = [];

  beforeAll(async () => {
    [mariadb, postgres] = await Promise.all([startMariadb(), startPostgres()]);
    await postgres.admin(`CREATE TABLE t (k bigint PRIMARY KEY, big bigint, exact numeric(20,5), approximate float8,
      flag boolean, status char(10), note text, wall timestamp, zoned timestamptz);
      ${insert('t', (hex) => `convert_from('\\x${hex}', 'UTF8')`)};
      UPDATE t SET wall = wall + interval '1 year'`);
    await mariadb.admin(`CREATE TABLE t (k bigint PRIMARY KEY, big bigint, exact decimal(20,5), approximate double,
      flag boolean, status varchar(10) COLLATE utf8mb4_general_ci, note longtext, wall datetime(3), zoned timestamp(3) NULL);
      SET time_zone = '+00:00';
      ${insert('t', (hex) => `CONVERT(x'${hex}' USING utf8mb4)`).replaceAll("+00:00'", "'")};
      UPDATE t SET wall = wall + INTERVAL 1 YEAR`);
    databases = [openPostgres(postgres.settings()), openMysql(mariadb.settings())];
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await Promise.all([mariadb.dispose(), postgres.dispose()]);
  });

  const select = async (database: Database, names: readonly string[], key = 'k'): Promise<Selection> => {
    const sql = 'SELECT * FROM t';
    const fields = names.flatMap((column) => {
      const measure = measures[column];
      return measure === undefined ? [] : [{ column, measure }];
    });
    return {
      sql,
      columns: await database.describe(sql, {}, signal),
      parameters: {},
      key: {
        column: key,
        measure: key === 'k' ? { type: 'integer' } : { type: 'text', trim: true, fold: false, guid: false },
      },
      fields,
      at: 'zoned',
    };
  };
  /** What each of the databases answers; both must answer the same. */
  const both = async <T>(ask: (database: Database) => Promise<T>): Promise<T> => {
    const [first, second] = await Promise.all(databases.map(ask));
    expect(second).toEqual(first);
    if (first === undefined) throw new TypeError('no database answered');
    return first;
  };
  const buckets = (names: readonly string[], digest: Digest, grid: Grid, key = 'k'): Promise<Bucket[]> =>
    both(async (database) =>
      Array.fromAsync(
        requireComparison(database).buckets(
          await select(database, names, key),
          {},
          grid,
          digest,
          true,
          options,
        ),
      ),
    );
  const byKey: Grid = { by: 'key', from: -5_000_015_000n, width: 10_000_030n };
  const byTime: Grid = { by: 'at', from: 0, widthMs: 86_400_000 };
  const integers = Object.keys(measures).filter((name) => name !== 'note');

  it('have the same cells in the same order', async () => {
    const cells = await both(async (database) => {
      const all: bigint[] = [];
      const selection = await select(database, Object.keys(measures));
      for await (const batch of requireComparison(database).rows(selection, {}, true, options))
        all.push(...batch.cells.subarray(0, batch.count * batch.width));
      return all;
    });
    expect(cells).toHaveLength(rows * (columns.length + 1));
  });

  describe.each<[Digest, readonly string[]]>([
    ['integer', integers],
    ['md5', Object.keys(measures)],
  ])('have the same digests, %s,', (digest, names) => {
    it('in buckets by key and by time', async () => {
      const found = await buckets(names, digest, byKey);
      expect(found.reduce((sum, bucket) => sum + bucket.rows, 0)).toBe(rows);
      expect(new Set(found.map(({ sum }) => sum)).size).toBe(found.length);
      expect((await buckets(names, digest, byTime)).length).toBeGreaterThan(1000);
    });

    it.each(names)('of %s alone', async (name) => {
      expect((await buckets([name], digest, byKey)).length).toBeGreaterThan(900);
    });
  });

  it('have the same digests with texts for keys', async () => {
    const [bucket] = await buckets(Object.keys(measures), 'md5', { ...byTime, widthMs: 1e13 }, 'note');
    expect(bucket?.rows).toBeGreaterThan(4000);
    expect(bucket?.keys).toBeGreaterThan(3000);
    expect(bucket?.keys).toBeLessThan(bucket?.rows ?? 0);
  });
});
