import pg from 'pg';
import { portableDigests } from '../comparison/digest.ts';
import type { KeyMeasure, Measure } from '../comparison/contract.ts';
import type { CellSql, ColumnRef, ComparisonDialect, DigestInput } from '../comparison/dialect.ts';

/** `nullCell`; a bare negative literal of this size would be a numeric. */
const nullSql = `'-9223372036854775808'::bigint`;
/** Seed of the first hash of a row; any number would do, it must only be the same everywhere. */
const seed = '4891';
/** Tells the seeds of fields apart, in bits where keys seldom differ. */
const placeUnit = 2n ** 55n;

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
  return `COALESCE(NULLIF(${sql}, ${nullSql})::text, chr(30))`;
}

/** A text such that its bytes are its UTF-8 whatever the database's encoding, which is asked for once a statement. */
function utf8Of(text: string): string {
  const reread = `convert_from(convert_to(${text}, 'UTF8'), getdatabaseencoding())`;
  return `CASE WHEN (SELECT getdatabaseencoding() = 'UTF8') THEN ${text} ELSE ${reread} END`;
}

/** As `minorUnits`, but in units. A column that declares no more decimals than `digits` is what it is. */
function unitsOf({ column, sql }: ColumnRef, digits: number): string {
  const [, scale] = /^numeric\(\d+,(\d+)\)$/.exec(column.native) ?? [];
  if (scale !== undefined && Number(scale) <= digits) return sql;
  return column.type === 'integer' ? `${sql}::numeric` : `round(${sql}::numeric, ${digits})`;
}

/**
 * A value hashed with a seed. `hashint8extended` is made to give for a small bigint what it gives for an int, so it folds both
 * halves into one; hence the high half in the seed: it and the hash give back both halves. `hash_numeric_extended` gives the
 * same for 1.5 and 1.50, and takes half the time of making a bigint of a numeric, but it leaves out the sign, and a factor of
 * 10,000 changes its lowest bits alone; hence the sign in the seed, and a second hash.
 */
function hashed({ sql, type }: DigestInput, initial: string): string {
  switch (type) {
    case 'text':
      return `hashtextextended(COALESCE(${utf8Of(sql)}, chr(30)) COLLATE "C", ${initial})`;
    case 'decimal': {
      const signed = `CASE WHEN ${sql} < 0 THEN ~(${initial}) ELSE ${initial} END`;
      const hash = `hashint8extended(hash_numeric_extended(${sql}, ${signed}), ${initial})`;
      return `COALESCE(${hash}, hashint8extended(${nullSql}, ${initial}))`;
    }
    case 'integer':
      return `hashint8extended(${sql}, ${initial} # (${sql} >> 32))`;
  }
}

/**
 * With an integer key each field is hashed by itself, with the key and its own place as the seed, and their hashes are joined.
 * Else each is hashed with the hash of those before it as the seed.
 */
function nativeDigest(inputs: readonly DigestInput[]): string {
  const [key, ...fields] = inputs;
  if (key?.type !== 'integer' || fields.length === 0)
    return inputs.reduce((hash, input) => hashed(input, hash), seed);
  const seeds = fields.map((_, place) =>
    place === 0 ? key.sql : `(${key.sql} # ${BigInt(place) * placeUnit})`,
  );
  return fields.map((field, place) => `(${hashed(field, seeds[place] ?? key.sql)})`).join(' # ');
}

/** Text of numbers alone is the same in every encoding. */
function md5Digest(inputs: readonly DigestInput[]): string {
  const text = inputs.map(canonicalText).join(' || chr(31) || ');
  return inputs.every(({ type }) => type === 'integer') ? first64(`md5(${text})`) : md5Of(text);
}

function cellSql(sql: string): CellSql {
  return { sql, localTime: false };
}

/**
 * How PostgreSQL 12 and newer says it. @param zone The session's TimeZone, in which the server itself reads zone-less
 * times.
 */
/** Of `hashtextextended`, which no other server has. */
const ownDigest = 'native:hashtextextended';

export function postgresComparison(zone: string): ComparisonDialect {
  return {
    name: (column) => pg.escapeIdentifier(column),
    key: keyOf,
    cell: (ref, measure) => cellSql(cellOf(ref, measure, zone)),
    text: textOf,
    decimal: unitsOf,
    digests: (selection) => [ownDigest, ...portableDigests(selection)],
    digest: (digest, inputs) => (digest === ownDigest ? nativeDigest(inputs) : md5Digest(inputs)),
    // A difference of two bigints can be too large for one; that of a numeric cannot.
    bucket: (value, from, width) =>
      from < 0n ? `div(${value}::numeric - (${from}), ${width})::bigint` : `(${value} - ${from}) / ${width}`,
    sum: (value) => `SUM(${value})::text`,
    suffix: '',
    fence: ' OFFSET 0',
    now: 'SELECT clock_timestamp() AS now',
  };
}
