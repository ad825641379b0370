import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  nullCell,
  type KeyMeasure,
  type Measure,
  type Part,
  type Selection,
} from '../../../src/databases/comparison/contract.ts';
import type { Database } from '../../../src/databases/contract.ts';
import { open } from '../../../src/databases/mysql/database.ts';
import { startMariadb, type Mariadb } from '../../helpers/mariadb.ts';
import { describeReal } from '../../helpers/real.ts';
import { comparisonContract } from '../comparison/comparison-contract.ts';
import type { Facts, Subject } from '../contract.ts';
import { mysqlSql, mysqlSubject, mysqlTypes } from '../contract/mysql-facts.ts';
import { requireComparison } from '../../../src/databases/contract.ts';

const signal = new AbortController().signal;
const options = { signal, timeoutMs: 20_000 };
const integer = { type: 'integer' } as const;
const money = { type: 'money', digits: 2 } as const;
const instant = { type: 'instant' } as const;
const text = { type: 'text' } as const;
const plainKey = { type: 'text', trim: false, fold: false, guid: false } as const;
const guidKey = { ...plainKey, guid: true };

async function select(
  database: Database,
  sql: string,
  measures: Readonly<Record<string, Measure>>,
  key: KeyMeasure = integer,
): Promise<Selection> {
  return {
    sql,
    columns: await database.describe(sql, {}, signal),
    parameters: {},
    key: { column: 'k', measure: key },
    fields: Object.entries(measures).map(([column, measure]) => ({ column, measure })),
  };
}

interface Found {
  readonly cells: bigint[];
  readonly keys: string[];
}

async function rows(database: Database, selection: Selection, part: Part = {}): Promise<Found> {
  const found: Found = { cells: [], keys: [] };
  for await (const batch of requireComparison(database).rows(selection, part, true, options)) {
    found.cells.push(...batch.cells.subarray(0, batch.count * batch.width));
    found.keys.push(...batch.keys.slice(0, batch.count));
  }
  return found;
}

const facts: Facts = {
  capabilities: {
    cancel: true,
    readOnlySession: true,
    network: true,
    logins: false,
    sessions: true,
    tls: false,
    restart: false,
  },
  types: { ...mysqlTypes, guid: 'uuid' },
  sql: {
    ...mysqlSql,
    sleep: (seconds) => `SELECT sleep(${seconds}) AS slept`,
    series: (rows, width = 100) => `SELECT seq AS n, repeat('x', ${width}) AS filler FROM seq_1_to_${rows}`,
  },
  version: /^MariaDB/,
};

describeReal('comparison on MariaDB', ['mariadb'], () => {
  let server: Mariadb;
  let subject: Subject;

  beforeAll(async () => {
    server = await startMariadb({ namedZones: true });
    subject = await mysqlSubject({
      settings: server.settings(),
      admin: (sql) => server.admin(sql),
      hold: (statements) => server.hold(statements),
    });
  });
  afterAll(() => server.dispose());

  comparisonContract(facts, () => subject);
});

describeReal('the dialect of MariaDB', ['mariadb'], () => {
  let server: Mariadb;
  let utc: Database;
  let brussels: Database;

  beforeAll(async () => {
    server = await startMariadb();
    utc = open(server.settings());
    brussels = open(server.settings({ timezone: 'Europe/Brussels' }));
    await server.admin(`
      CREATE TABLE numbers (k int PRIMARY KEY, big bigint unsigned, bits bit(8), flag boolean, one bit(1), small tinyint
        unsigned, padded int(6) unsigned zerofill, exact decimal(65,3), rate decimal(8,3) unsigned, approximate double,
        rough float);
      INSERT INTO numbers VALUES (1, 9223372036854775807, 5, true, 1, 200, 42, -1.005, 1.005, 1.005, 1.15);
      CREATE TABLE large (k bigint unsigned PRIMARY KEY, exact decimal(65,3), approximate double, digits varchar(20));
      INSERT INTO large VALUES (9223372036854775808, 1e30, 1e300, '12x');
      CREATE TABLE texts (k varchar(40) CHARACTER SET latin1 COLLATE latin1_general_ci PRIMARY KEY, status char(10));
      INSERT INTO texts VALUES ('a', 'paid'), ('b ', 'Paid'), ('é', NULL), ('E', 'open');
      CREATE TABLE guids (k uuid PRIMARY KEY, raw binary(16), spelled varchar(50));
      INSERT INTO guids VALUES ('6F9619FF-8B86-D011-B42D-00C04FC964FF', x'6F9619FF8B86D011B42D00C04FC964FF',
        ' {6F9619FF-8B86-D011-B42D-00C04FC964FF} ');
      CREATE TABLE times (k int PRIMARY KEY, zoned timestamp(6) NULL, wall datetime(6), day date, KEY (zoned));
      SET time_zone = '+00:00', sql_mode = '';
      INSERT INTO times VALUES (1, '2026-10-25 00:30:00.123999', '1969-12-31 23:59:59.9995', '2026-07-01'),
        (2, '2026-10-25 01:30:00', '2026-10-25 02:30:00', '0000-00-00'), (3, NULL, NULL, NULL),
        (4, '0000-00-00 00:00:00', '2026-07-01 12:00:00', NULL)`);
  });
  afterAll(async () => {
    await Promise.all([utc.close(), brussels.close()]);
    await server.dispose();
  });

  const cells = async (sql: string, measures: Readonly<Record<string, Measure>>): Promise<bigint[]> =>
    (await rows(utc, await select(utc, sql, measures))).cells;
  const keys = async (sql: string, key: KeyMeasure): Promise<string[]> =>
    (await rows(utc, await select(utc, sql, {}, key))).keys;

  describe('numbers', () => {
    it.each<[string, Measure, bigint]>([
      ['big', integer, 9223372036854775807n],
      ['bits', integer, 5n],
      ['flag', integer, 1n],
      ['one', integer, 1n],
      ['small', integer, 200n],
      ['padded', integer, 42n],
      ['exact', money, -101n],
      ['rate', money, 101n],
      ['approximate', money, 101n],
      ['rough', money, 115n],
      ['padded', money, 4200n],
    ])('%s as %j is %s', async (column, measure, cell) => {
      expect(await cells('SELECT * FROM numbers', { [column]: measure })).toEqual([1n, cell]);
    });

    it.each<[string, Measure, bigint]>([
      ["' 0012 '", integer, 12n],
      ['0.1E0 + 0.2E0', money, 30n],
      ['-0.125E0', money, -13n],
      ['0E0', money, 0n],
      ['-2.5', money, -250n],
      ['3E0', integer, 3n],
      ['92233720368547758.07', money, 9223372036854775807n],
      ['NULL', money, nullCell],
      ['NULL', integer, nullCell],
      ['CAST(NULL AS DOUBLE)', money, nullCell],
    ])('%s as %j is %s', async (sql, measure, cell) => {
      expect(await cells(`SELECT 1 AS k, ${sql} AS v`, { v: measure })).toEqual([1n, cell]);
    });

    it.each<[string, Measure]>([
      ['k', integer],
      ['exact', money],
      ['approximate', money],
      ['digits', integer],
    ])('%s that does not fit is an error', async (column, measure) => {
      const sql = `SELECT 1 AS k, ${column} AS v FROM large`;
      await expect(cells(sql, { v: measure })).rejects.toMatchObject({ kind: 'query', code: 'mysql:1690' });
    });

    it('a key that does not fit is an error, and a range finds keys as they stand', async () => {
      await expect(cells('SELECT * FROM large', {})).rejects.toMatchObject({ code: 'mysql:1690' });
      const selection = await select(utc, 'SELECT big AS k FROM numbers', {});
      const edge = 2n ** 63n - 1n;
      expect(await rows(utc, selection, { keys: [{ from: -5n, to: edge }] })).toEqual({
        cells: [],
        keys: [],
      });
      const found = await rows(utc, selection, { keys: [{ from: edge - 1n, to: edge + 1n }] });
      expect(found.cells).toEqual([edge]);
    });

    it.each<[string, Measure, string]>([
      ['x', money, 'varchar, which cannot be compared as money'],
      ['x', instant, 'varchar, which cannot be compared as an instant'],
      ['d', text, 'datetime, which cannot be compared as text'],
      ['d', integer, 'datetime, which cannot be compared as an integer'],
      ['b', text, 'varbinary, which cannot be compared as text'],
    ])('column %s is refused as %j', async (column, measure, words) => {
      const sql = `SELECT 1 AS k, 'x' AS x, UTC_TIMESTAMP() AS d, x'00' AS b`;
      await expect(cells(sql, { [column]: measure })).rejects.toMatchObject({
        kind: 'query',
        message: `the column ${column} is of type ${words}`,
      });
    });
  });

  describe('texts', () => {
    it('of keys come as they are, but for the spaces at their end', async () => {
      const found = await keys('SELECT * FROM texts', plainKey);
      expect(found.sort()).toEqual(['E', 'a', 'b', 'é']);
    });

    it.each([
      ['k', plainKey],
      ['raw', guidKey],
      ['spelled', { ...guidKey, trim: true }],
    ])('of the GUID %s are one', async (column, measure) => {
      expect(await keys(`SELECT ${column} AS k FROM guids`, measure)).toEqual([
        '6f9619ff-8b86-d011-b42d-00c04fc964ff',
      ]);
    });

    it('are folded and trimmed when that is asked for', async () => {
      const sql = `SELECT ' Ab ' AS k`;
      expect(await keys(sql, plainKey)).toEqual([' Ab']);
      expect(await keys(sql, { ...plainKey, trim: true })).toEqual(['Ab']);
      expect(await keys(sql, { ...plainKey, fold: true })).toEqual([' ab']);
    });

    it('are found by their keys alone, whatever the collation takes for equal', async () => {
      const selection = await select(utc, 'SELECT * FROM texts', {}, plainKey);
      const found = await requireComparison(utc).lookup(selection, ['A', 'b', 'é', 'e'], options);
      expect(found.map(({ key }) => key).sort()).toEqual(['b', 'é']);
    });

    it('of a status have its code, by each letter', async () => {
      const codes = { type: 'status', codes: { 'paid ': 1, "o'pen": 2, é: 3, '': 4 }, other: 9 } as const;
      const sql = `SELECT 1 AS k, 'paid  ' AS a, 'Paid' AS b, 'o''pen' AS c, _latin1 x'E9' AS d, '  ' AS e, NULL AS f`;
      const measures = Object.fromEntries(Array.from('abcdef', (name) => [name, codes]));
      expect(await cells(sql, measures)).toEqual([1n, 1n, 9n, 2n, 3n, 4n, nullCell]);
      expect(await cells("SELECT 1 AS k, 'x' AS a", { a: { ...codes, codes: {} } })).toEqual([1n, 9n]);
    });
  });

  describe('instants', () => {
    it('are exact for TIMESTAMP in every zone, the hour that occurs twice included', async () => {
      const selection = await select(brussels, 'SELECT * FROM times', { zoned: instant });
      const [first, second] = ['2026-10-25T00:30:00.123Z', '2026-10-25T01:30:00Z'].map((at) =>
        BigInt(Date.parse(at)),
      );
      const found = [1n, first, 2n, second, 3n, nullCell, 4n, nullCell];
      expect((await rows(brussels, selection)).cells).toEqual(found);
      expect(requireComparison(brussels).digests(selection)).toEqual(['integer', 'md5']);
    });

    it('are rounded down, and zero dates are none', async () => {
      const wall = await cells('SELECT * FROM times', { wall: instant, day: instant });
      const noon = BigInt(Date.parse('2026-07-01T12:00:00Z'));
      const night = BigInt(Date.parse('2026-10-25T02:30:00Z'));
      const day = BigInt(Date.parse('2026-07-01T00:00:00Z'));
      const none = nullCell;
      expect(wall).toEqual([1n, -1n, day, 2n, night, none, 3n, none, none, 4n, noon, none]);
    });

    it('of zone-less columns are read in the zone of the database, by digests too', async () => {
      const selection = await select(brussels, 'SELECT * FROM times WHERE k = 4', { wall: instant });
      const noon = BigInt(Date.parse('2026-07-01T10:00:00Z'));
      expect((await rows(brussels, selection)).cells).toEqual([4n, noon]);
      for (const database of [brussels, utc])
        expect(requireComparison(database).digests(selection)).toEqual(['integer', 'md5']);
    });

    it('part rows exactly, in an hour that occurs twice too', async () => {
      const find = async (at: string, from: string, to: string): Promise<bigint[]> => {
        const selection = { ...(await select(brussels, 'SELECT k, zoned, wall FROM times', {})), at };
        const part = { at: { from: Date.parse(from), to: Date.parse(to) } };
        const found = await rows(brussels, selection, part);
        return found.cells.filter((_, index) => index % 2 === 0);
      };
      const [first, second, end] = ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z'] as const;
      expect(await find('zoned', first, second)).toEqual([1n]);
      expect(await find('zoned', second, end)).toEqual([2n]);
      expect(await find('zoned', '1960-01-01', '2100-01-01')).toEqual([1n, 2n]);
      expect(await find('wall', first, second)).toEqual([2n]);
      expect(await find('wall', second, end)).toEqual([]);
    });

    it('of the server are now', async () => {
      for (const database of [utc, brussels])
        expect(Math.abs((await requireComparison(database).now(options)) - Date.now())).toBeLessThan(2000);
    });
  });

  it('counts buckets from far below zero', async () => {
    const selection = await select(
      utc,
      'SELECT -9223372036854775807 AS k UNION SELECT 9223372036854775807',
      {},
    );
    const grid = { by: 'key', from: -(2n ** 63n), width: 2n ** 62n } as const;
    const buckets = requireComparison(utc).buckets(selection, {}, grid, 'md5', true, options);
    expect((await Array.fromAsync(buckets)).map(({ index, rows: n, keys: k }) => [index, n, k])).toEqual([
      [0, 1, 1],
      [3, 1, 1],
    ]);
  });

  it('tells whether an index leads to a part', async () => {
    await server.admin(`
      CREATE TABLE many (k int PRIMARY KEY, at timestamp NULL, other timestamp NULL, KEY (at));
      INSERT INTO many SELECT seq, FROM_UNIXTIME(1700000000 + seq), FROM_UNIXTIME(1700000000 + seq) FROM seq_1_to_5000;
      ANALYZE TABLE many`);
    const selection = { ...(await select(utc, 'SELECT * FROM many', {})), at: 'at' };
    const at = { from: 1_700_000_100_000, to: 1_700_000_200_000 };
    const access = async (part: Part, column = 'at') =>
      requireComparison(utc).access({ ...selection, at: column }, part, options);
    expect(await access({ at })).toMatchObject({ indexed: true, scannedRows: 0 });
    expect(await access({ keys: [{ from: 5n, to: 50n }] })).toMatchObject({ indexed: true, scannedRows: 0 });
    const whole = await access({ at }, 'other');
    expect(whole.indexed).toBe(false);
    expect(whole.scannedRows).toBeGreaterThan(4000);
    expect(whole.text).toMatch(/^many ALL, \d+ rows$/);
  });
});
