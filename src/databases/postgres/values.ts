import pg from 'pg';
import { formatWithOffset, parseWallTime, zoneClock, type ZoneClock } from '../../time.ts';
import { DatabaseError } from '../contract.ts';
import type { ColumnType, Parameters, Value } from '../values.ts';

/** Turns a value's text, as the server sends it, into the value; it never throws. */
export type Reader = (text: string) => Value;

/** Object identifiers of the built-in types, fixed for ever: PostgreSQL's src/include/catalog/pg_type.dat. */
const oid = {
  boolean: 16,
  bytea: 17,
  bigint: 20,
  smallint: 21,
  integer: 23,
  oid: 26,
  real: 700,
  double: 701,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
} as const;

const columnTypes: ReadonlyMap<number, ColumnType> = new Map([
  [oid.boolean, 'boolean'],
  [oid.bytea, 'bytes'],
  [oid.bigint, 'integer'],
  [oid.smallint, 'integer'],
  [oid.integer, 'integer'],
  [oid.oid, 'integer'],
  [oid.real, 'float'],
  [oid.double, 'float'],
  [oid.date, 'instant'],
  [oid.timestamp, 'instant'],
  [oid.timestamptz, 'instant'],
  [oid.numeric, 'decimal'],
]);

/** What a column of the type `typeId` holds; a type that is not built in is text. */
export function columnType(typeId: number): ColumnType {
  return columnTypes.get(typeId) ?? 'text';
}

function integer(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function bytes(text: string): Value {
  return text.startsWith('\\x') ? new Uint8Array(Buffer.from(text.slice(2), 'hex')) : text;
}

const zonedText = /^(.+)([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

/**
 * Reads a date or a timestamp as `DateStyle=ISO` prints it; digits beyond milliseconds are cut. `infinity` and `-infinity`
 * are no instants and read as null. One outside the years 0000 to 9999 stays text, so that no wrong instant is reported.
 */
function instantReader(instantOf: (text: string) => number): Reader {
  return (text) => {
    try {
      return new Date(instantOf(text));
    } catch {
      return text.endsWith('infinity') ? null : text;
    }
  };
}

function zonedInstant(text: string): number {
  const [, local = '', sign, hours = '0', minutes = '0', seconds = '0'] = zonedText.exec(text) ?? [];
  const offset = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return parseWallTime(local) - (sign === '-' ? -offset : offset);
}

const asIs: Reader = (text) => text;

/** Readers by type for a database whose zone-less times are written by the clock of `zone`. */
export function readersFor(zone: string): (typeId: number) => Reader {
  const clock: ZoneClock = zoneClock(zone);
  const local = instantReader((text) => clock.instant(parseWallTime(text)));
  const readers = new Map<number, Reader>([
    [oid.boolean, (text) => text === 't'],
    [oid.bytea, bytes],
    [oid.bigint, integer],
    [oid.smallint, integer],
    [oid.integer, integer],
    [oid.oid, integer],
    [oid.real, Number],
    [oid.double, Number],
    [oid.date, local],
    [oid.timestamp, local],
    [oid.timestamptz, instantReader(zonedInstant)],
  ]);
  return (typeId) => readers.get(typeId) ?? asIs;
}

/** A parameter as it is sent: its text, and its type, 0 where the server is to infer it. */
export interface Bound {
  readonly text: string | null;
  readonly typeId: number;
}

/**
 * A `Date` is sent as `timestamptz`. The session's TimeZone is `zone`, so the server compares it correctly with zone-less
 * columns too, and `:today - interval '1 day'` means what it says; left untyped, that would be read as an interval.
 */
export function bind(value: Parameters[string], zone: string): Bound {
  if (value instanceof Date)
    return { text: formatWithOffset(value.getTime(), zone), typeId: oid.timestamptz };
  return { text: value === null ? null : String(value), typeId: 0 };
}

/**
 * A parameter as a literal that means the same as the bound one, for COPY, which takes none: a text without a type is of
 * the type that its place wants, as an untyped parameter is.
 * @throws DatabaseError for a text with U+0000, which PostgreSQL cannot hold.
 */
export function literal({ text, typeId }: Bound): string {
  if (text === null) return 'NULL';
  if (text.includes('\0'))
    throw new DatabaseError('query', 'a parameter holds U+0000', { code: 'sqlstate:22021' });
  // The text of a Date holds neither quote nor backslash; the parentheses keep the cast together.
  return typeId === oid.timestamptz ? `('${text}'::timestamptz)` : pg.escapeLiteral(text);
}
