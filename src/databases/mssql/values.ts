import { formatWithOffset, instantFromLocal } from '../../time.ts';
import { DatabaseError } from '../contract.ts';
import type { ColumnType, Value } from '../values.ts';

/** A column of a result, as much of it as is read here of what tedious says. */
export interface ColumnMetadata {
  readonly colName: string;
  readonly type: { readonly name: string };
  readonly scale?: number | undefined;
}

/** How the values of a column, as tedious decodes them with `useUTC`, become ours. `zone` is that of the database. */
export function valueReader(column: ColumnMetadata, zone: string): (raw: unknown) => Value {
  switch (column.type.name) {
    case 'BigInt':
    case 'IntN':
      return integer;
    case 'DecimalN':
    case 'NumericN':
    case 'MoneyN':
    case 'Money':
    case 'SmallMoney':
      return (raw) => decimal(raw, column.colName);
    case 'Date':
    case 'DateTime':
    case 'DateTimeN':
    case 'SmallDateTime':
    case 'DateTime2':
    case 'Variant':
      return (raw) => (raw instanceof Date ? fromWallClock(raw, zone) : plain(raw));
    case 'Time':
      return (raw) => (raw instanceof Date ? timeOfDay(raw, column.scale ?? 0) : null);
    default:
      return plain;
  }
}

function integer(raw: unknown): Value {
  if (typeof raw !== 'string') return plain(raw);
  const exact = BigInt(raw);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

function decimal(raw: unknown, column: string): Value {
  // A float here means that the exact decoder is not the one in use, as when two copies of tedious are installed.
  if (typeof raw === 'number')
    throw new DatabaseError('query', `the decimal column ${column} was not read exactly`);
  return plain(raw);
}

function plain(raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'boolean' || typeof raw === 'number' || typeof raw === 'string') return raw;
  if (raw instanceof Date) return new Date(raw);
  // A copy: tedious returns a view of its receive buffer, which would live as long as the value.
  if (raw instanceof Uint8Array) return new Uint8Array(raw);
  throw new DatabaseError('query', `a value of the type ${typeof raw} is not supported`);
}

/** The instant at which a wall clock in `zone` shows what the UTC fields of `clock` say. */
function fromWallClock(clock: Date, zone: string): Date {
  return zone === 'UTC'
    ? new Date(clock)
    : new Date(instantFromLocal(clock.toISOString().slice(0, -1), zone));
}

/** A date whose UTC fields say what a wall clock in `zone` shows at `at`. */
export function toWallClock(at: Date, zone: string): Date {
  return new Date(`${formatWithOffset(at.getTime(), zone).slice(0, -'+00:00'.length)}Z`);
}

/** `10:42:07.123`, with as many digits as the column's scale. */
function timeOfDay(time: Date, scale: number): string {
  // tedious puts what a Date cannot hold, in seconds, into a property of its own.
  const rest = 'nanosecondsDelta' in time ? Number(time.nanosecondsDelta) : 0;
  const fraction = Math.round((time.getUTCMilliseconds() / 1000 + rest) * 1e7);
  const digits = fraction.toString().padStart(7, '0').slice(0, scale);
  return time.toISOString().slice(11, 19) + (scale > 0 ? `.${digits}` : '');
}

const columnTypes: Readonly<Record<string, ColumnType>> = {
  bit: 'boolean',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  numeric: 'decimal',
  money: 'decimal',
  smallmoney: 'decimal',
  float: 'float',
  real: 'float',
  date: 'instant',
  datetime: 'instant',
  datetime2: 'instant',
  smalldatetime: 'instant',
  datetimeoffset: 'instant',
  binary: 'bytes',
  varbinary: 'bytes',
  image: 'bytes',
  timestamp: 'bytes',
  sql_variant: 'unknown',
};

/** What a column of the server's type `native`, such as `decimal(18,2)`, holds at the edge. */
export function columnTypeOf(native: string): ColumnType {
  return columnTypes[native.replace(/\(.*$/, '')] ?? 'text';
}
