import { zoneClock, type Instant, type WallTime, type ZoneClock } from '../../time.ts';
import { nullCell, type Digest, type KeyMeasure, type Measure } from '../comparison/contract.ts';
import { portableDigests } from '../comparison/digest.ts';
import type { CellSql, ColumnRef, ComparisonDialect, DigestInput } from '../comparison/dialect.ts';
import { offsetSql, wallBound, wallText } from '../comparison/wall-clock.ts';
import { DatabaseError } from '../contract.ts';

/*
 * SQL Server 2017 and later, whose compatibility level is 130 or more. All integers are made BIGINTs before anything is
 * done with them: an INT overflows early, and a literal beyond 2^31 is a DECIMAL, whose division keeps a fraction.
 * ISNULL takes its first operand's type and evaluates it once, which COALESCE does not.
 */

const nullSql = bigint(String(nullCell));
/** Significant digits that a FLOAT and a REAL surely keep (C's DBL_DIG and FLT_DIG); those behind them are noise. */
const floatDigits = 15;
const realDigits = 6;
/** So many characters of a key count; no index takes as many. */
const keyLength = 4000;
/** MD5 is of bytes, so texts are put into the encoding that all servers have. It came with SQL Server 2019. */
const utf8Collation = 'Latin1_General_100_BIN2_UTF8';
/** Takes no two texts for equal that differ in more than spaces at their end. */
const exactCollation = 'Latin1_General_100_BIN2';

function refuse({ column }: ColumnRef, measure: string): never {
  const message = `the column ${column.name} is of type ${column.native}, which cannot be compared as ${measure}`;
  throw new DatabaseError('query', message);
}

function bigint(sql: string): string {
  return `CONVERT(bigint, ${sql})`;
}

/** `decimal(18,2)` is `decimal`. */
function typeName({ native }: ColumnRef['column']): string {
  return native.replace(/\(.*$/, '').toLowerCase();
}

/** A DECIMAL without the noise of a FLOAT or REAL, which differs between versions of the server too. */
function exactFloat({ column, sql }: ColumnRef): string {
  const digits = typeName(column) === 'real' ? realDigits : floatDigits;
  const places = `${digits - 1} - ISNULL(FLOOR(LOG10(ABS(NULLIF(${sql}, 0)))), 0)`;
  return `ROUND(CONVERT(decimal(38,18), ${sql}), CONVERT(int, ${places}))`;
}

/** A number times 10^digits, rounded half away from zero, as a BIGINT; NULL for NULL. */
function scaledSql(ref: ColumnRef, digits: number, measure: string): string {
  const times = digits === 0 ? '' : ` * ${10n ** BigInt(digits)}`;
  // To fewer decimals a DECIMAL or MONEY is rounded; to a BIGINT it is cut off.
  const rounded = (sql: string): string => bigint(`CONVERT(decimal(30,${digits}), ${sql})${times}`);
  switch (ref.column.type) {
    case 'boolean':
    case 'integer':
      return `${bigint(ref.sql)}${times}`;
    case 'text':
      return digits === 0 ? bigint(plainText(ref, keyLength, measure)) : refuse(ref, measure);
    case 'decimal':
      return rounded(ref.sql);
    case 'float':
      return rounded(exactFloat(ref));
    default:
      return refuse(ref, measure);
  }
}

/** A value as NVARCHAR; NULL for NULL. */
function plainText(ref: ColumnRef, length: number | 'max', measure: string): string {
  const { type } = ref.column;
  const isText = /^(?:n?(?:var)?char|n?text|sysname|xml)$/.test(typeName(ref.column));
  const isGuid = typeName(ref.column) === 'uniqueidentifier';
  if (!isText && !isGuid && type !== 'integer' && type !== 'boolean') return refuse(ref, measure);
  const text = `CONVERT(nvarchar(${length}), ${ref.sql})`;
  return isGuid ? `LOWER(${text})` : text;
}

/** Of a binary collation: to all others 'a' and 'A', 'e' and 'é' may be one key. */
function textKey(ref: ColumnRef, { trim, fold, guid }: Extract<KeyMeasure, { type: 'text' }>): string {
  const plain = plainText(ref, keyLength, guid ? 'a GUID' : 'text');
  const bare = guid ? `REPLACE(REPLACE(${plain}, N'{', N''), N'}', N'')` : plain;
  const trimmed = trim ? `LTRIM(RTRIM(${bare}))` : `RTRIM(${bare})`;
  const folded = fold || guid ? `LOWER(${trimmed})` : trimmed;
  return `${folded} COLLATE ${exactCollation}`;
}

/** A NVARCHAR(4000) where the column holds no more, since a NVARCHAR(MAX) costs several times as much. */
function fieldText(ref: ColumnRef): string {
  const isLong = /\(max\)|text|xml/.test(ref.column.native);
  return `RTRIM(${plainText(ref, isLong ? 'max' : keyLength, 'text')})`;
}

/** The first eight bytes of the MD5 of a text, which HASHBYTES takes as it is encoded. */
function md5Sql(text: string): string {
  return bigint(`SUBSTRING(HASHBYTES('MD5', ${text}), 1, 8)`);
}

function utf8Text(sql: string): string {
  return `CONVERT(varchar(max), ${sql} COLLATE ${utf8Collation})`;
}

/** "Invalid collation", what a server before 2019 says of one in UTF-8. */
const invalidCollation = 'mssql:448';

/** Passes on what is iterated, and explains the error of a server that has no collations in UTF-8. */
export async function* explainCollation<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  try {
    yield* items;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== invalidCollation) throw error;
    const message = `the md5 of texts needs SQL Server 2019 or later: ${error.message}`;
    throw new DatabaseError(error.kind, message, { code: error.code, cause: error });
  }
}

/** Codes are compared by their bytes in UTF-16, which no collation reads otherwise. */
function statusSql(ref: ColumnRef, codes: Readonly<Record<string, number>>, other: number): string {
  const value = `CONVERT(varbinary(8000), RTRIM(${plainText(ref, keyLength, 'a status')}))`;
  const cases = Object.entries(codes).map(
    ([code, number]) =>
      ` WHEN 0x${Buffer.from(code.replace(/ +$/, ''), 'utf16le').toString('hex')} THEN ${number}`,
  );
  const coded = cases.length === 0 ? String(other) : `CASE ${value}${cases.join('')} ELSE ${other} END`;
  return bigint(`CASE WHEN ${ref.sql} IS NULL THEN ${nullSql} ELSE ${coded} END`);
}

/** Milliseconds since 1970, rounded down: DATEDIFF_BIG counts the boundaries between them that have been passed. */
function instantSql(ref: ColumnRef, utc: boolean): CellSql {
  if (ref.column.type !== 'instant') return refuse(ref, 'an instant');
  const isExact = typeName(ref.column) === 'datetimeoffset';
  return { sql: `ISNULL(${millisecondsSql(ref)}, ${nullSql})`, localTime: !isExact && !utc };
}

function millisecondsSql({ column, sql }: ColumnRef): string {
  const name = typeName(column);
  const isExact = name === 'datetimeoffset';
  // A DATETIME counts 300ths of a second and shows them rounded to milliseconds; so it is read, too.
  const atDatetime = name === 'datetime' ? `CONVERT(datetime2(3), ${sql})` : sql;
  const at = isExact ? `CONVERT(datetime2(7), SWITCHOFFSET(${sql}, '+00:00'))` : atDatetime;
  return `DATEDIFF_BIG(millisecond, '19700101', ${at})`;
}

/** A local time as UTC. The server has zones of its own since 2016, under names of Windows, and reads skipped times otherwise. */
function utcSql(ref: ColumnRef, clock: ZoneClock): string {
  const offset = offsetSql(clock, ref.sql, (wall) => wallSql(ref, wall));
  return `ISNULL(${millisecondsSql(ref)} - ${offset}, ${nullSql})`;
}

/** A local time to compare a column without a zone with. A DATETIME is compared with what its 300ths of a second make of it. */
function wallSql({ column }: ColumnRef, wall: WallTime): string {
  const type = typeName(column) === 'datetime' ? 'datetime' : 'datetime2(3)';
  return `CONVERT(${type}, '${wallText(wall)}', 126)`;
}

/** A literal to compare a time column with, in a style that no setting of the session reads otherwise. */
function boundSql(ref: ColumnRef, at: Instant, clock: ZoneClock): string {
  if (typeName(ref.column) === 'datetimeoffset') return `CONVERT(datetimeoffset(3), '${wallText(at)}Z', 127)`;
  return wallSql(ref, wallBound(clock, at));
}

function cellSql(ref: ColumnRef, measure: Measure, utc: boolean): CellSql {
  const orNull = (sql: string): CellSql => ({ sql: `ISNULL(${sql}, ${nullSql})`, localTime: false });
  switch (measure.type) {
    case 'integer':
      return orNull(scaledSql(ref, 0, 'an integer'));
    case 'money':
      return orNull(scaledSql(ref, measure.digits, 'money'));
    case 'instant':
      return instantSql(ref, utc);
    case 'status':
      return { sql: statusSql(ref, measure.codes, measure.other), localTime: false };
    case 'text':
      return orNull(md5Sql(utf8Text(fieldText(ref))));
  }
}

function digestSql(digest: Exclude<Digest, 'integer'>, inputs: readonly DigestInput[]): string {
  if (digest !== 'md5') throw new DatabaseError('query', `SQL Server cannot make digests of type ${digest}`);
  const parts = inputs.map(({ sql, type }) => {
    const text = type === 'text' ? utf8Text(sql) : `CONVERT(varchar(20), NULLIF(${sql}, ${nullSql}))`;
    return `ISNULL(${text}, CHAR(30))`;
  });
  // CONCAT wants two arguments at least.
  const [only = `''`] = parts;
  return md5Sql(parts.length === 1 ? only : `CONCAT(${parts.join(', CHAR(31), ')})`);
}

/** A difference of two BIGINTs can be too large for one; that of a DECIMAL cannot, but its division keeps a fraction. */
function bucketSql(value: string, from: bigint, width: bigint): string {
  const by = bigint(String(width));
  if (from >= 0n) return `(${value} - ${bigint(String(from))}) / ${by}`;
  const distance = `(CONVERT(decimal(20,0), ${value}) + ${-from})`;
  return bigint(`(${distance} - ${distance} % ${by}) / ${by}`);
}

/** Eight bytes a cell, the highest first; an integer key before them, a text one behind them, in UTF-16LE. */
function packSql(key: string, type: KeyMeasure['type'], cells: readonly string[]): string {
  const fixed = type === 'text' ? cells : [key, ...cells];
  const parts = fixed.map((sql) => `CAST(${sql} AS binary(8))`);
  if (type === 'text') parts.push(`CAST(${key} AS varbinary(8000))`);
  return parts.join(' + ');
}

/** @param timezone That of the database, in which all times but those of a DATETIMEOFFSET are written. */
export function mssqlDialect(timezone: string): ComparisonDialect {
  const utc = timezone === 'UTC';
  const clock = zoneClock(timezone);
  return {
    name: (column) => `[${column.replaceAll(']', ']]')}]`,
    key: (ref, measure) =>
      measure.type === 'text' ? textKey(ref, measure) : scaledSql(ref, 0, 'an integer'),
    cell: (ref, measure) => cellSql(ref, measure, utc),
    utcCell: (ref) => utcSql(ref, clock),
    text: fieldText,
    digests: portableDigests,
    digest: digestSql,
    bucket: bucketSql,
    // SUM of BIGINTs is a BIGINT, which overflows.
    sum: (value) => `CONVERT(varchar(40), SUM(CONVERT(decimal(38,0), ${value})))`,
    suffix: ' OPTION (MAXDOP 1)',
    pack: packSql,
    instant: (ref, at) => boundSql(ref, at, clock),
    now: 'SELECT SYSDATETIMEOFFSET() AS now',
  };
}
