import { zoneClock, type Instant, type WallTime, type ZoneClock } from '../../time.ts';
import { nullCell, type Digest, type KeyMeasure, type Measure } from '../comparison/contract.ts';
import { portableDigests } from '../comparison/digest.ts';
import type { CellSql, ColumnRef, ComparisonDialect, DigestInput } from '../comparison/dialect.ts';
import { offsetSql, wallBound, wallText } from '../comparison/wall-clock.ts';
import { DatabaseError } from '../contract.ts';

/*
 * MySQL 8 and MariaDB 10.6 and later, whose SQL agrees in all that is used here.
 *
 * A GUID may be a CHAR(36) or any other text, MariaDB's UUID, or a BINARY(16) that holds the digits in the order in which
 * they are written, as UUID_TO_BIN(x) makes it; not one whose parts are swapped.
 */

/** -2^63; as one literal it would be the negative of a number that no BIGINT holds. */
const nullSql = `(${nullCell + 1n} - 1)`;
/** Significant digits that a DOUBLE and a FLOAT surely keep (C's DBL_DIG and FLT_DIG); those behind them are noise. */
const doubleDigits = 15;
const floatDigits = 6;
/** What is too large for a BIGINT must stay so: ROUND(1E300, -286) of a DECIMAL is 0. */
const leastPlaces = -20;
/** The last second that FROM_UNIXTIME knows everywhere; beyond it is NULL. */
const lastTimestampMs = (2 ** 31 - 1) * 1000;
const utf8 = (sql: string): string => `CONVERT(${sql} USING utf8mb4)`;
const character = (code: number): string => `CHAR(${code} USING utf8mb4)`;

function refuse({ column }: ColumnRef, measure: string): never {
  const message = `the column ${column.name} is of type ${column.native}, which cannot be compared as ${measure}`;
  throw new DatabaseError('query', message);
}

/** A signed BIGINT. What does not fit fails on the server (1690), where CAST would wrap it around or cut it off. */
function signed(sql: string): string {
  return `-(-(${sql}))`;
}

/** A DECIMAL without the noise of a FLOAT or DOUBLE: a CAST of 0.1E0 + 0.2E0 has 17 digits. */
function exactFloat({ column, sql }: ColumnRef): string {
  const digits = column.native.startsWith('float') ? floatDigits : doubleDigits;
  const places = `${digits - 1} - COALESCE(FLOOR(LOG10(ABS(${sql}))), 0)`;
  return `ROUND(CAST(${sql} AS DECIMAL(65,20)), GREATEST(${leastPlaces}, ${places}))`;
}

/** A number times 10^digits, rounded half away from zero, as a signed BIGINT; NULL for NULL. */
function scaledSql(ref: ColumnRef, digits: number, measure: string): string {
  const times = digits === 0 ? '' : ` * ${10n ** BigInt(digits)}`;
  const { sql, column } = ref;
  switch (column.type) {
    case 'boolean':
    case 'integer': {
      const plain = !/unsigned|year|bit/.test(column.native);
      return `${plain ? sql : signed(`${sql} + 0`)}${times}`;
    }
    case 'decimal':
      return signed(`ROUND(${sql}${times}) DIV 1`);
    case 'float':
      // ROUND of a DOUBLE rounds half to even on most machines.
      return signed(`ROUND(${exactFloat(ref)}${times}) DIV 1`);
    case 'text':
      return digits === 0 ? writtenInteger(ref, measure) : refuse(ref, measure);
    case 'unknown':
      return 'NULL';
    default:
      return refuse(ref, measure);
  }
}

/** An integer that is written as text. What is none fails as one that is too large does; CAST would make 12 of '12x'. */
function writtenInteger(ref: ColumnRef, measure: string): string {
  const text = plainText(ref, measure);
  const failing = `9223372036854775807 + 1 + CHAR_LENGTH(${text})`;
  return `IF(${text} REGEXP '^ *[+-]?[0-9]{1,18} *$' OR ${ref.sql} IS NULL, CAST(${text} AS SIGNED), ${failing})`;
}

/** A value as text in utf8mb4; NULL for NULL. */
function plainText(ref: ColumnRef, measure: string): string {
  const { type, native } = ref.column;
  if (type === 'integer' || type === 'boolean') return utf8(scaledSql(ref, 0, measure));
  const isText = type === 'text' && !/geometry|point|vector/.test(native);
  return isText || type === 'unknown' ? utf8(ref.sql) : refuse(ref, measure);
}

function guidText(ref: ColumnRef): string {
  if (!ref.column.native.endsWith('binary'))
    return `REPLACE(REPLACE(${plainText(ref, 'a GUID')}, '{', ''), '}', '')`;
  const hyphenated = [9, 14, 19, 24].reduce((sql, at) => `INSERT(${sql}, ${at}, 0, '-')`, `HEX(${ref.sql})`);
  return utf8(hyphenated);
}

/** Of a binary collation: to all others 'a' and 'A', 'e' and 'é' are one key. */
function textKey(ref: ColumnRef, { trim, fold, guid }: Extract<KeyMeasure, { type: 'text' }>): string {
  const whole = guid ? guidText(ref) : plainText(ref, 'text');
  const trimmed = trim ? `TRIM(${whole})` : `RTRIM(${whole})`;
  const folded = fold || guid ? `LOWER(${trimmed})` : trimmed;
  return `${folded} COLLATE utf8mb4_bin`;
}

function fieldText(ref: ColumnRef): string {
  return `RTRIM(${plainText(ref, 'text')})`;
}

/** CONV alone yields a text, of which SUM would make a lossy DOUBLE. */
function md5Sql(text: string): string {
  return `CAST(CONV(LEFT(MD5(${text}), 16), 16, -10) AS SIGNED)`;
}

/** Codes are compared by their bytes, which no collation and no SQL mode reads otherwise. */
function statusSql(ref: ColumnRef, codes: Readonly<Record<string, number>>, other: number): string {
  const value = `CAST(${fieldText(ref)} AS BINARY)`;
  const cases = Object.entries(codes).map(
    ([code, number]) => ` WHEN X'${Buffer.from(code.replace(/ +$/, '')).toString('hex')}' THEN ${number}`,
  );
  const coded = cases.length === 0 ? String(other) : `CASE ${value}${cases.join('')} ELSE ${other} END`;
  return `CASE WHEN ${ref.sql} IS NULL THEN ${nullSql} ELSE ${coded} END`;
}

function floorMs(ms: string): string {
  return `CAST(FLOOR(${ms}) AS SIGNED)`;
}

/** Milliseconds since 1970, rounded down. A zero date is NULL, as it is when it is read. */
function instantSql(ref: ColumnRef, utc: boolean): CellSql {
  const { type, native } = ref.column;
  if (type === 'unknown') return { sql: nullSql, localTime: false };
  if (type !== 'instant') return refuse(ref, 'an instant');
  // Of a TIMESTAMP it is exact, whatever the session's zone; it is 0 for the zero date only.
  const isExact = native.startsWith('timestamp');
  const ms = isExact
    ? `NULLIF(UNIX_TIMESTAMP(${ref.sql}), 0) * 1000`
    : `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${ref.sql}) * 0.001`;
  return { sql: `COALESCE(${floorMs(ms)}, ${nullSql})`, localTime: !isExact && !utc };
}

/** A local time as UTC: the server may have no tables of time zones. */
function utcSql(ref: ColumnRef, clock: ZoneClock): string {
  const ms = floorMs(`TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${ref.sql}) * 0.001`);
  return `COALESCE(${ms} - ${offsetSql(clock, ref.sql, wallSql)}, ${nullSql})`;
}

function wallSql(wall: WallTime): string {
  return `TIMESTAMP'${wallText(wall).replace('T', ' ')}'`;
}

/**
 * A literal to compare a time column with. A bound `Date` would have the driver give the session a zone with DST, in which
 * TIMESTAMP columns of an hour that occurs twice are compared wrongly.
 */
function boundSql({ column }: ColumnRef, at: Instant, clock: ZoneClock): string {
  if (!column.native.startsWith('timestamp')) return wallSql(wallBound(clock, at));
  const within = Math.min(Math.max(at, 0), lastTimestampMs);
  return `FROM_UNIXTIME(${(within / 1000).toFixed(3)})`;
}

function cellSql(ref: ColumnRef, measure: Measure, utc: boolean): CellSql {
  const orNull = (sql: string): CellSql => ({ sql: `COALESCE(${sql}, ${nullSql})`, localTime: false });
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
      return orNull(md5Sql(fieldText(ref)));
  }
}

function digestSql(digest: Exclude<Digest, 'integer'>, inputs: readonly DigestInput[]): string {
  if (digest !== 'md5') throw new DatabaseError('query', `MySQL cannot make digests of type ${digest}`);
  const parts = inputs.map(({ sql, type }) => {
    const text = type === 'text' ? sql : utf8(`NULLIF(${sql}, ${nullSql})`);
    return `COALESCE(${text}, ${character(30)})`;
  });
  return md5Sql(`CONCAT_WS(${character(31)}, ${parts.join(', ')})`);
}

/** A difference of two signed BIGINTs can be too large for one; that of a DECIMAL cannot. */
function bucketSql(value: string, from: bigint, width: bigint): string {
  return from < 0n
    ? `(CAST(${value} AS DECIMAL(20)) + ${-from}) DIV ${width}`
    : `(${value} - ${from}) DIV ${width}`;
}

/** @param timezone That of the database, in which DATE and DATETIME are written. */
export function mysqlDialect(timezone: string): ComparisonDialect {
  const utc = timezone === 'UTC';
  const clock = zoneClock(timezone);
  return {
    name: (column) => `\`${column.replaceAll('`', '``')}\``,
    key: (ref, measure) =>
      measure.type === 'text' ? textKey(ref, measure) : scaledSql(ref, 0, 'an integer'),
    cell: (ref, measure) => cellSql(ref, measure, utc),
    utcCell: (ref) => utcSql(ref, clock),
    text: fieldText,
    digests: portableDigests,
    digest: digestSql,
    bucket: bucketSql,
    // SUM of BIGINTs is an exact DECIMAL.
    sum: (value) => `CAST(SUM(${value}) AS CHAR)`,
    suffix: '',
    instant: (ref, at) => boundSql(ref, at, clock),
    // Not NOW(), which is a wall time, which is ambiguous in the hour that occurs twice.
    now: `SELECT ${floorMs("TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) * 0.001")} AS now`,
  };
}
