import mysql from 'mysql2';
import type { Column, ColumnType, Parameters, Value } from '../values.ts';
import type { Field } from './field.ts';
import { dateReader, localDate, sessionClock } from './zone.ts';

/** Turns what mysql2 read into what the contract wants; never called with NULL. */
export type Reader = (raw: unknown) => Value;

/** Source of flags and character sets: MySQL's include/field_types.h, include/mysql_com.h and sql/mysqld_cs. */
const unsignedFlag = 32;
const enumFlag = 256;
const setFlag = 2048;
const binaryCharacterSet = 63;

const { Types } = mysql;

const names: Readonly<Record<number, string>> = {
  [Types.DECIMAL]: 'decimal',
  [Types.NEWDECIMAL]: 'decimal',
  [Types.TINY]: 'tinyint',
  [Types.SHORT]: 'smallint',
  [Types.INT24]: 'mediumint',
  [Types.LONG]: 'int',
  [Types.LONGLONG]: 'bigint',
  [Types.YEAR]: 'year',
  [Types.FLOAT]: 'float',
  [Types.DOUBLE]: 'double',
  [Types.BIT]: 'bit',
  [Types.DATE]: 'date',
  [Types.NEWDATE]: 'date',
  [Types.DATETIME]: 'datetime',
  [Types.TIMESTAMP]: 'timestamp',
  [Types.TIME]: 'time',
  [Types.NULL]: 'null',
  [Types.JSON]: 'json',
  [Types.GEOMETRY]: 'geometry',
  [Types.VECTOR]: 'vector',
};

const integers: ReadonlySet<number> = new Set([
  Types.SHORT,
  Types.INT24,
  Types.LONG,
  Types.LONGLONG,
  Types.YEAR,
]);
const instants: ReadonlySet<number> = new Set([Types.DATE, Types.NEWDATE, Types.DATETIME, Types.TIMESTAMP]);
/** Of a character set, and of bytes. */
const stringNames: Readonly<Record<number, readonly [string, string]>> = {
  [Types.VARCHAR]: ['varchar', 'varbinary'],
  [Types.VAR_STRING]: ['varchar', 'varbinary'],
  [Types.STRING]: ['char', 'binary'],
  [Types.TINY_BLOB]: ['text', 'blob'],
  [Types.BLOB]: ['text', 'blob'],
  [Types.MEDIUM_BLOB]: ['text', 'blob'],
  [Types.LONG_BLOB]: ['text', 'blob'],
};

function isUnsigned(field: Field): boolean {
  return (field.flags & unsignedFlag) !== 0;
}

/** MySQL's BOOLEAN is a TINYINT(1). */
function isBoolean(field: Field): boolean {
  return (
    field.columnLength === 1 &&
    (field.columnType === Types.BIT || (field.columnType === Types.TINY && !isUnsigned(field)))
  );
}

/** ENUM and SET travel as strings, of a binary character set too when the column's collation is binary. */
function isBytes(field: Field): boolean {
  const named = (field.flags & (enumFlag | setFlag)) !== 0 || field.extendedTypeName !== undefined;
  return field.columnType in stringNames && field.characterSet === binaryCharacterSet && !named;
}

function typeOf(field: Field): ColumnType {
  const { columnType } = field;
  if (isBoolean(field)) return 'boolean';
  if (integers.has(columnType) || columnType === Types.TINY || columnType === Types.BIT) return 'integer';
  if (columnType === Types.DECIMAL || columnType === Types.NEWDECIMAL) return 'decimal';
  if (columnType === Types.FLOAT || columnType === Types.DOUBLE) return 'float';
  if (instants.has(columnType)) return 'instant';
  if (columnType === Types.NULL) return 'unknown';
  return isBytes(field) ? 'bytes' : 'text';
}

function nativeName(field: Field): string {
  const { columnType, columnLength } = field;
  if (field.extendedTypeName !== undefined) return field.extendedTypeName;
  if ((field.flags & enumFlag) !== 0) return 'enum';
  if ((field.flags & setFlag) !== 0) return 'set';
  const stringName = stringNames[columnType];
  if (stringName !== undefined) return stringName[isBytes(field) ? 1 : 0];
  const unsigned = isUnsigned(field) && columnType !== Types.BIT && columnType !== Types.YEAR;
  const width = isBoolean(field) || columnType === Types.BIT ? `(${columnLength})` : '';
  return `${names[columnType] ?? `type ${columnType}`}${width}${unsigned ? ' unsigned' : ''}`;
}

/** A column of a prepared statement. */
export function toColumn(field: Field): Column {
  return { name: field.name, type: typeOf(field), native: nativeName(field) };
}

/** The shortest decimal that is the same FLOAT: 0.1 for what a double spells 0.10000000149011612. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}

function asInteger(raw: unknown): number | bigint {
  return typeof raw === 'number' ? raw : BigInt(String(raw));
}

function bitsToInteger(raw: unknown): number | bigint {
  const bits = raw instanceof Uint8Array ? BigInt(`0x0${Buffer.from(raw).toString('hex')}`) : 0n;
  return bits <= Number.MAX_SAFE_INTEGER ? Number(bits) : bits;
}

function asText(raw: unknown): string {
  if (typeof raw === 'string') return raw;
  // mysql2 returns points and vectors as objects and lists.
  return raw instanceof Uint8Array ? Buffer.from(raw).toString('utf8') : JSON.stringify(raw);
}

/**
 * How to read a column. `sessionZone` is the `time_zone` under which the statement ran.
 *
 * A TINYINT(1) or BIT(1) of 0 or 1 comes as a boolean; a TINYINT(1) that holds another number, as some applications do,
 * comes as that number, so that nothing is lost.
 */
export function readerOf(field: Field, timezone: string, sessionZone: string): Reader {
  const { columnType } = field;
  if (columnType === Types.BIT) {
    return isBoolean(field) ? (raw) => bitsToInteger(raw) === 1 : bitsToInteger;
  }
  if (isBoolean(field)) return (raw) => (raw === 0 || raw === 1 ? raw === 1 : asInteger(raw));
  if (integers.has(columnType) || columnType === Types.TINY) return asInteger;
  if (columnType === Types.FLOAT) return (raw) => shortestFloat(Number(raw));
  if (columnType === Types.DOUBLE) return Number;
  if (instants.has(columnType)) {
    const read = dateReader(sessionClock(columnType === Types.TIMESTAMP ? sessionZone : timezone));
    return (raw) => read(asText(raw));
  }
  // A copy, since mysql2's bytes are a window on everything that was received with them.
  if (isBytes(field))
    return (raw) => (raw instanceof Uint8Array ? Uint8Array.from(raw) : Buffer.from(asText(raw)));
  return asText;
}

/** A parameter as it is sent. An integer goes as an integer, since a comparison with a double is inexact. */
export function toBound(value: Parameters[string], timezone: string): mysql.ExecuteValues {
  if (value instanceof Date) return localDate(value, timezone);
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? mysql.TypedParameter.BIGINT(value) : value;
  if (typeof value !== 'bigint') return value;
  const fits = BigInt.asIntN(64, value) === value;
  return fits ? mysql.TypedParameter.BIGINT(value) : mysql.TypedParameter.DECIMAL(String(value));
}
