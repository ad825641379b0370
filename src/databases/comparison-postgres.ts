import pg from 'pg';
import type { Digest, KeyMeasure, Measure, Selection } from './comparison.ts';
import type { CellSql, ColumnRef, ComparisonDialect, DigestInput } from './comparison-dialect.ts';

/** `nullCell`; a bare negative literal of this size would be a numeric. */
const nullSql = `'-9223372036854775808'::bigint`;
/** Seed of the first hash of a row; any number would do, it must only be the same everywhere. */
const seed = '4891';

function textOf({ sql }: ColumnRef): string {
  return `rtrim(${sql}::text, ' ')`;
}

function integerOf({ column, sql }: ColumnRef): string {
  if (column.type === 'boolean') return `${sql}::int::bigint`;
  return column.type === 'text' ? `${sql}::text::bigint` : `${sql}::bigint`;
}

/** numeric to bigint rounds half away from zero; a float becomes the numeric of its shortest 15 digits, so 1.005 is 1.005. */
function minorUnits({ column, sql }: ColumnRef, digits: number): string {
  const factor = 10n ** BigInt(digits);
  if (column.type === 'integer') return `${sql}::bigint * ${factor}`;
  return column.type === 'decimal' ? `(${sql} * ${factor})::bigint` : `(${sql}::numeric * ${factor})::bigint`;
}

/** The first 64 bits of the md5 of a text, in UTF-8 whatever the database's encoding. */
function md5Of(text: string): string {
  return first64(`md5(convert_to(${text}, 'UTF8'))`);
}

function first64(hex: string): string {
  return `('x' || left(${hex}, 16))::bit(64)::bigint`;
}

function statusOf(ref: ColumnRef, codes: Readonly<Record<string, number>>, other: number): string {
  const cases = Object.entries(codes).map(([value, code]) => `WHEN ${pg.escapeLiteral(value)} THEN ${code}`);
  const known = cases.length === 0 ? `${other}` : `CASE ${textOf(ref)} ${cases.join(' ')} ELSE ${other} END`;
  return `CASE WHEN ${ref.sql} IS NULL THEN ${nullSql} ELSE (${known})::bigint END`;
}

/**
 * Milliseconds of a timestamp with or without zone. As a double the seconds of the years from 1800 to 2199 are exact to the
 * microsecond, which is several times cheaper than a numeric; beyond, seconds and the rest are read apart. Infinity and
 * NULL are no instants.
 */
function millisecondsOf(value: string, type: 'timestamptz' | 'timestamp'): string {
  // A multiple of 1000 that makes the microseconds positive, for integer division rounds towards zero.
  const shift = 10n ** 16n;
  const near = `((date_part('epoch', ${value}) * 1000000)::bigint + ${shift}) / 1000 - ${shift / 1000n}`;
  const far = `(date_part('epoch', date_trunc('minute', ${value})) * 1000 + floor(date_part('milliseconds', ${value})))::bigint`;
  const literal = (text: string): string => `${type} '${text}'`;
  return [
    `CASE WHEN ${value} >= ${literal('1800-01-01 00:00:00+00')} AND ${value} < ${literal('2200-01-01 00:00:00+00')} THEN ${near}`,
    `WHEN isfinite(${value}) THEN ${far} ELSE ${nullSql} END`,
  ].join(' ');
}

/** A time that occurs twice is the first of the two, as everywhere in this program; PostgreSQL takes the second. */
function zoned(value: string): string {
  const later = `${value}::timestamptz`;
  const earlier = `(${later} - interval '1 hour')`;
  return `(CASE WHEN ${earlier}::timestamp = ${value} THEN ${earlier} ELSE ${later} END)`;
}

function instantOf({ column, sql }: ColumnRef, zone: string): string {
  const isDate = column.native === 'date';
  if (!isDate && !/without time zone$/.test(column.native))
    return millisecondsOf(column.type === 'instant' ? sql : `${sql}::text::timestamptz`, 'timestamptz');
  const local = isDate ? `${sql}::timestamp` : sql;
  return zone === 'UTC'
    ? millisecondsOf(local, 'timestamp')
    : `CASE WHEN isfinite(${sql}) THEN ${millisecondsOf(zoned(local), 'timestamptz')} ELSE ${nullSql} END`;
}

function cellOf(ref: ColumnRef, measure: Measure, zone: string): string {
  switch (measure.type) {
    case 'integer':
      return `COALESCE(${integerOf(ref)}, ${nullSql})`;
    case 'money':
      return `COALESCE(${minorUnits(ref, measure.digits)}, ${nullSql})`;
    case 'instant':
      return instantOf(ref, zone);
    case 'status':
      return statusOf(ref, measure.codes, measure.other);
    case 'text':
      return `COALESCE(${md5Of(textOf(ref))}, ${nullSql})`;
  }
}

function keyOf(ref: ColumnRef, measure: KeyMeasure): string {
  if (measure.type === 'integer') return integerOf(ref);
  const text = measure.trim ? `btrim(${ref.sql}::text, ' ')` : textOf(ref);
  const bare = measure.guid ? `btrim(${text}, '{}')` : text;
  return measure.guid || measure.fold ? `lower(${bare})` : bare;
}

function canonicalText({ sql, type }: DigestInput): string {
  if (type === 'text') return `COALESCE(${sql}, chr(30))`;
  return `CASE WHEN ${sql} = ${nullSql} THEN chr(30) ELSE ${sql}::text END`;
}

/** A text such that its bytes are its UTF-8 whatever the database's encoding, which is asked for once a statement. */
function utf8Of(text: string): string {
  const reread = `convert_from(convert_to(${text}, 'UTF8'), getdatabaseencoding())`;
  return `CASE WHEN (SELECT getdatabaseencoding() = 'UTF8') THEN ${text} ELSE ${reread} END`;
}

/**
 * Each value hashed with the hash of those before it as the seed, which keeps them apart and in order. `hashint8extended` is
 * made to give for a small bigint what it gives for an int, so it folds both halves into one; hence the high half in the
 * seed: it and the hash give back both halves.
 */
function nativeDigest(inputs: readonly DigestInput[]): string {
  return inputs.reduce(
    (hash, { sql, type }) =>
      type === 'text'
        ? `hashtextextended(COALESCE(${utf8Of(sql)}, chr(30)) COLLATE "C", ${hash})`
        : `hashint8extended(${sql}, ${hash} # (${sql} >> 32))`,
    seed,
  );
}

/** `concat` joins all at once, where `||` copies once each; text of numbers alone is the same in every encoding. */
function md5Digest(inputs: readonly DigestInput[]): string {
  const text = `concat(${inputs.map(canonicalText).join(', chr(31), ')})`;
  return inputs.every(({ type }) => type === 'integer') ? first64(`md5(${text})`) : md5Of(text);
}

function digestsOf({ key, fields }: Selection): readonly Digest[] {
  const integers = key.measure.type === 'integer' && fields.every(({ measure }) => measure.type !== 'text');
  return integers ? ['postgres', 'integer', 'md5'] : ['postgres', 'md5'];
}

function cellSql(sql: string): CellSql {
  return { sql, wall: false };
}

/**
 * How PostgreSQL 12 and newer says it. @param zone The session's TimeZone, in which the server itself reads zone-less
 * times.
 */
export function postgresComparison(zone: string): ComparisonDialect {
  return {
    name: (column) => pg.escapeIdentifier(column),
    key: keyOf,
    cell: (ref, measure) => cellSql(cellOf(ref, measure, zone)),
    text: textOf,
    digests: digestsOf,
    digest: (digest, inputs) => (digest === 'postgres' ? nativeDigest(inputs) : md5Digest(inputs)),
    // A difference of two bigints can be too large for one; that of a numeric cannot.
    bucket: (value, from, width) =>
      from < 0n ? `div(${value}::numeric - (${from}), ${width})::bigint` : `(${value} - ${from}) / ${width}`,
    sum: (value) => `SUM(${value})::text`,
    suffix: '',
    fence: ' OFFSET 0',
    now: 'SELECT clock_timestamp() AS now',
  };
}
