import { describe, expect, it } from 'vitest';
import { explainCollation, mssqlDialect } from '../../../src/databases/mssql/comparison.ts';
import { bucketsSql, digestsOf, keyBoundsSql, rowsSql } from '../../../src/databases/comparison/sql.ts';
import { lookupSql } from '../../../src/databases/comparison/lookup-sql.ts';
import type { KeyMeasure, Measure, Selection } from '../../../src/databases/comparison/contract.ts';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { columnTypeOf } from '../../../src/databases/mssql/values.ts';

/*
 * What SQL Server is asked, word by word: none runs here. What it answers is for mssql.real.test.ts.
 */

const dialect = mssqlDialect('Europe/Brussels');
const column = (native: string) => ({
  column: { name: 'x', type: columnTypeOf(native), native },
  sql: 'q.[x]',
});
const cell = (native: string, measure: Measure, zone = 'Europe/Brussels') =>
  mssqlDialect(zone).cell(column(native), measure);
const none = 'CONVERT(bigint, -9223372036854775808)';
const integer = { type: 'integer' } as const;
const money = { type: 'money', digits: 2 } as const;
const instant = { type: 'instant' } as const;
const text = { type: 'text' } as const;
const plainKey = { type: 'text', trim: false, fold: false, guid: false } as const;

describe('a cell', () => {
  it.each<[string, Measure, string]>([
    ['int', integer, 'CONVERT(bigint, q.[x])'],
    ['bit', integer, 'CONVERT(bigint, q.[x])'],
    ['decimal(18,2)', integer, 'CONVERT(bigint, CONVERT(decimal(30,0), q.[x]))'],
    ['varchar(20)', integer, 'CONVERT(bigint, CONVERT(nvarchar(4000), q.[x]))'],
    ['int', money, 'CONVERT(bigint, q.[x]) * 100'],
    ['money', money, 'CONVERT(bigint, CONVERT(decimal(30,2), q.[x]) * 100)'],
    ['decimal(38,10)', money, 'CONVERT(bigint, CONVERT(decimal(30,2), q.[x]) * 100)'],
    [
      'float',
      money,
      'CONVERT(bigint, CONVERT(decimal(30,2), ROUND(CONVERT(decimal(38,18), q.[x]), CONVERT(int, 14 - ISNULL(FLOOR(LOG10(ABS(NULLIF(q.[x], 0)))), 0)))) * 100)',
    ],
    [
      'real',
      { type: 'money', digits: 0 },
      'CONVERT(bigint, CONVERT(decimal(30,0), ROUND(CONVERT(decimal(38,18), q.[x]), CONVERT(int, 5 - ISNULL(FLOOR(LOG10(ABS(NULLIF(q.[x], 0)))), 0)))))',
    ],
    [
      'nvarchar(40)',
      text,
      "CONVERT(bigint, SUBSTRING(HASHBYTES('MD5', CONVERT(varchar(max), RTRIM(CONVERT(nvarchar(4000), q.[x])) COLLATE Latin1_General_100_BIN2_UTF8)), 1, 8))",
    ],
    [
      'varchar(max)',
      text,
      "CONVERT(bigint, SUBSTRING(HASHBYTES('MD5', CONVERT(varchar(max), RTRIM(CONVERT(nvarchar(max), q.[x])) COLLATE Latin1_General_100_BIN2_UTF8)), 1, 8))",
    ],
  ])('of %s as %j', (native, measure, sql) => {
    expect(cell(native, measure)).toEqual({ sql: `ISNULL(${sql}, ${none})`, localTime: false });
  });

  it.each([
    ['datetimeoffset(7)', "CONVERT(datetime2(7), SWITCHOFFSET(q.[x], '+00:00'))", false],
    ['datetime', 'CONVERT(datetime2(3), q.[x])', true],
    ['datetime2(7)', 'q.[x]', true],
    ['smalldatetime', 'q.[x]', true],
    ['date', 'q.[x]', true],
  ])('of %s as an instant', (native, at, localTime) => {
    const sql = `ISNULL(DATEDIFF_BIG(millisecond, '19700101', ${at}), ${none})`;
    expect(cell(native, instant)).toEqual({ sql, localTime });
    expect(cell(native, instant, 'UTC')).toEqual({ sql, localTime: false });
  });

  it('of a status compares bytes, not letters', () => {
    const status: Measure = { type: 'status', codes: { 'é ': 1, "o'": 2 }, other: 9 };
    expect(cell('varchar(20)', status).sql).toBe(
      `CONVERT(bigint, CASE WHEN q.[x] IS NULL THEN ${none} ELSE CASE CONVERT(varbinary(8000), RTRIM(CONVERT(nvarchar(4000), q.[x]))) WHEN 0xe900 THEN 1 WHEN 0x6f002700 THEN 2 ELSE 9 END END)`,
    );
    expect(cell('int', { ...status, codes: {} }).sql).toBe(
      `CONVERT(bigint, CASE WHEN q.[x] IS NULL THEN ${none} ELSE 9 END)`,
    );
  });

  it.each<[string, Measure, string]>([
    ['datetime', money, 'money'],
    ['nvarchar(20)', money, 'money'],
    ['varbinary(16)', text, 'text'],
    ['sql_variant', integer, 'an integer'],
    ['decimal(18,2)', text, 'text'],
    ['nvarchar(20)', instant, 'an instant'],
    ['datetime2(7)', { type: 'status', codes: {}, other: 0 }, 'a status'],
  ])('of %s is refused as %j', (native, measure, words) => {
    expect(() => cell(native, measure)).toThrow(
      new DatabaseError('query', `the column x is of type ${native}, which cannot be compared as ${words}`),
    );
  });
});

describe('a bound', () => {
  it.each([
    ['datetimeoffset(7)', "CONVERT(datetimeoffset(3), '2026-10-25T01:30:00.007Z', 127)"],
    ['datetime', "CONVERT(datetime, '2026-10-25T03:00:00.000', 126)"],
    ['datetime2(7)', "CONVERT(datetime2(3), '2026-10-25T03:00:00.000', 126)"],
    ['date', "CONVERT(datetime2(3), '2026-10-25T03:00:00.000', 126)"],
  ])('of %s in an hour that occurs twice', (native, sql) => {
    expect(dialect.instant?.(column(native), Date.parse('2026-10-25T01:30:00.007Z'))).toBe(sql);
  });
});

describe('a key', () => {
  it.each<[string, KeyMeasure, string]>([
    ['int', integer, 'CONVERT(bigint, q.[x])'],
    ['char(10)', plainKey, 'RTRIM(CONVERT(nvarchar(4000), q.[x])) COLLATE Latin1_General_100_BIN2'],
    [
      'nvarchar(20)',
      { ...plainKey, trim: true, fold: true },
      'LOWER(LTRIM(RTRIM(CONVERT(nvarchar(4000), q.[x])))) COLLATE Latin1_General_100_BIN2',
    ],
    [
      'uniqueidentifier',
      plainKey,
      'RTRIM(LOWER(CONVERT(nvarchar(4000), q.[x]))) COLLATE Latin1_General_100_BIN2',
    ],
    [
      'varchar(38)',
      { ...plainKey, guid: true },
      "LOWER(RTRIM(REPLACE(REPLACE(CONVERT(nvarchar(4000), q.[x]), N'{', N''), N'}', N''))) COLLATE Latin1_General_100_BIN2",
    ],
  ])('of %s as %j', (native, measure, sql) => {
    expect(dialect.key(column(native), measure)).toBe(sql);
  });
});

const natives: Readonly<Record<string, string>> = {
  Id: 'int',
  'a]b': 'decimal(18,2)',
  note: 'nvarchar(40)',
  at: 'datetimeoffset(3)',
};
const selection: Selection = {
  sql: 'SELECT * FROM dbo.orders WHERE company = :company -- ours',
  columns: Object.entries(natives).map(([name, native]) => ({ name, native, type: columnTypeOf(native) })),
  parameters: { company: 'acme' },
  key: { column: 'id', measure: integer },
  fields: [{ column: 'a]b', measure: money }],
  at: 'at',
};
const withText: Selection = {
  ...selection,
  fields: [...selection.fields, { column: 'note', measure: text }],
};
const source = '(\nSELECT * FROM dbo.orders WHERE company = :company -- ours\n) q';
const id = 'CONVERT(bigint, q.[Id])';
const amount = `ISNULL(CONVERT(bigint, CONVERT(decimal(30,2), q.[a]]b]) * 100), ${none})`;
const at = `ISNULL(DATEDIFF_BIG(millisecond, '19700101', CONVERT(datetime2(7), SWITCHOFFSET(q.[at], '+00:00'))), ${none})`;
const note = 'RTRIM(CONVERT(nvarchar(4000), q.[note]))';

describe('a statement', () => {
  it('packs rows into one column', () => {
    const part = { keys: [{ from: -5n, to: 3_000_000_000n }], changedFrom: 0 };
    expect(rowsSql(dialect, selection, part, true).sql).toBe(
      `SELECT CAST(${id} AS binary(8)) + CAST(${amount} AS binary(8)) + CAST(${at} AS binary(8)) AS erp_row
FROM ${source}
WHERE q.[Id] IS NOT NULL AND (q.[Id] >= (-5) AND q.[Id] < 3000000000)
ORDER BY q.[Id] OPTION (MAXDOP 1)`,
    );
  });

  it('puts a text key behind the cells of its row', () => {
    const named: Selection = { ...selection, key: { column: 'note', measure: plainKey } };
    expect(rowsSql(dialect, named, {}, true).sql).toBe(
      `SELECT CAST(${amount} AS binary(8)) + CAST(${at} AS binary(8)) + CAST(${note} COLLATE Latin1_General_100_BIN2 AS varbinary(8000)) AS erp_row
FROM ${source}
WHERE q.[note] IS NOT NULL OPTION (MAXDOP 1)`,
    );
  });

  it('sums digests in buckets', () => {
    const inputs = [
      { sql: 's.k', type: 'integer' },
      { sql: 's.v', type: 'text' },
    ] as const;
    expect(dialect.digest('md5', inputs)).toBe(
      `CONVERT(bigint, SUBSTRING(HASHBYTES('MD5', CONCAT(ISNULL(CONVERT(varchar(20), NULLIF(s.k, ${none})), CHAR(30)), CHAR(31), ISNULL(CONVERT(varchar(max), s.v COLLATE Latin1_General_100_BIN2_UTF8), CHAR(30)))), 1, 8))`,
    );
    expect(dialect.bucket('s.k', 3_000_000_000n, 250n)).toBe(
      '(s.k - CONVERT(bigint, 3000000000)) / CONVERT(bigint, 250)',
    );
    expect(dialect.sum('s.d')).toBe('CONVERT(varchar(40), SUM(CONVERT(decimal(38,0), s.d)))');
    expect(dialect.text(column('nchar(10)'))).toBe('RTRIM(CONVERT(nvarchar(4000), q.[x]))');
    const grid = { by: 'at', from: 0, widthMs: 250 } as const;
    expect(bucketsSql(dialect, withText, {}, grid, 'md5', true).sql).toMatch(/ OPTION \(MAXDOP 1\)$/);
  });

  it('makes a digest of a key alone', () => {
    const inputs = [{ sql: 's.k', type: 'text' }] as const;
    expect(dialect.digest('md5', inputs)).toBe(
      "CONVERT(bigint, SUBSTRING(HASHBYTES('MD5', ISNULL(CONVERT(varchar(max), s.k COLLATE Latin1_General_100_BIN2_UTF8), CHAR(30))), 1, 8))",
    );
  });

  it('numbers buckets from below zero without an overflow and without a fraction', () => {
    const distance = '(CONVERT(decimal(20,0), s.k) + 9223372036854775808)';
    expect(dialect.bucket('s.k', -(2n ** 63n), 3_000_000_000n)).toBe(
      `CONVERT(bigint, (${distance} - ${distance} % CONVERT(bigint, 3000000000)) / CONVERT(bigint, 3000000000))`,
    );
  });

  it('seeks the bounds of the keys, and rows by their keys', () => {
    expect(keyBoundsSql(dialect, selection).sql).toBe(
      `SELECT CONVERT(bigint, b.erp_min) AS erp_lowest, CONVERT(bigint, b.erp_max) AS erp_highest
FROM (SELECT MIN(q.[Id]) AS erp_min, MAX(q.[Id]) AS erp_max
  FROM ${source}
  WHERE q.[Id] IS NOT NULL) b OPTION (MAXDOP 1)`,
    );
    expect(lookupSql(dialect, { ...selection, amount: 'a]b' }, [7n, -8n])?.sql).toBe(
      `SELECT ${id} AS erp_key, ${amount} AS erp_0, ${at} AS erp_1, q.[a]]b] AS erp_amount
FROM ${source}
WHERE q.[Id] IN (7, (-8)) OPTION (MAXDOP 1)`,
    );
  });
});

it('digests by arithmetic where there is no text, and of times without a zone too', () => {
  expect(digestsOf(dialect, selection)).toEqual(['integer', 'md5']);
  expect(digestsOf(dialect, withText)).toEqual(['md5']);
  const wall = selection.columns.map((each) =>
    each.name === 'note' ? { ...each, native: 'datetime', type: 'instant' as const } : each,
  );
  const timed = { ...selection, columns: wall, fields: [{ column: 'note', measure: instant }] };
  expect(digestsOf(dialect, timed)).toEqual(['integer', 'md5']);
  const { sql } = bucketsSql(dialect, timed, {}, { by: 'key', from: 0n, width: 250n }, 'md5', false);
  const distance = "DATEDIFF_BIG(millisecond, '19700101', CONVERT(datetime2(3), q.[note]))";
  expect(sql).toContain(`ISNULL(${distance} - CASE WHEN q.[note] >= CONVERT(datetime, '`);
  expect(sql).toContain(
    "CASE WHEN q.[note] >= CONVERT(datetime, '2026-10-25T03:00:00.000', 126) THEN " +
      "CASE WHEN q.[note] >= CONVERT(datetime, '2027-03-28T03:00:00.000', 126) THEN 7200000 ELSE 3600000 END ELSE 7200000 END",
  );
  expect(() => dialect.digest('native:anything', [])).toThrow(DatabaseError);
});

it('tells why a server before 2019 knows no such collation', async () => {
  const failing = (error: Error) =>
    Array.fromAsync(
      explainCollation(
        (async function* () {
          yield await Promise.reject<number>(error);
        })(),
      ),
    );
  const words = "Invalid collation 'Latin1_General_100_BIN2_UTF8'.";
  await expect(failing(new DatabaseError('query', words, { code: 'mssql:448' }))).rejects.toMatchObject({
    kind: 'query',
    code: 'mssql:448',
    message: `the md5 of texts needs SQL Server 2019 or later: ${words}`,
  });
  const other = new DatabaseError('query', 'Invalid object name', { code: 'mssql:208' });
  await expect(failing(other)).rejects.toBe(other);
});
