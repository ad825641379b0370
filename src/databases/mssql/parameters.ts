import { TYPES } from 'tedious';
import type { Parameters } from '../values.ts';
import { toWallClock } from './values.ts';

/** A type of SQL Server: how tedious sends it, and how a statement declares it. */
interface ParameterType {
  readonly type: (typeof TYPES)[keyof typeof TYPES];
  readonly options: { readonly length?: number; readonly scale?: number };
  readonly declaration: string;
}

/** A parameter as it goes over the wire, by `sp_executesql`. */
export interface Bound extends ParameterType {
  readonly name: string;
  readonly value: unknown;
}

// Beyond it a text is `nvarchar(max)`.
const maxLength = 4000;

const parameterTypes = {
  bit: { type: TYPES.Bit, options: {}, declaration: 'bit' },
  int: { type: TYPES.Int, options: {}, declaration: 'int' },
  bigint: { type: TYPES.BigInt, options: {}, declaration: 'bigint' },
  float: { type: TYPES.Float, options: {}, declaration: 'float' },
  text: { type: TYPES.NVarChar, options: { length: maxLength }, declaration: `nvarchar(${maxLength})` },
  longText: { type: TYPES.NVarChar, options: { length: maxLength + 1 }, declaration: 'nvarchar(max)' },
  datetime: { type: TYPES.DateTime, options: {}, declaration: 'datetime' },
  datetime2: { type: TYPES.DateTime2, options: { scale: 3 }, declaration: 'datetime2(3)' },
  datetimeoffset: { type: TYPES.DateTimeOffset, options: { scale: 3 }, declaration: 'datetimeoffset(3)' },
} as const satisfies Readonly<Record<string, ParameterType>>;

/** As which type a `Date` is bound at one place of a statement. */
export type DateType = 'datetimeoffset' | 'datetime2' | 'datetime';

/**
 * The type that makes a `Date` compare correctly at a place where the server would expect `suggested`; undefined when that is
 * none for a time. A `date` or a `smalldatetime` is compared with a `datetime2`, which they convert to exactly; the other way
 * round would cut the time off.
 */
export function dateTypeFor(suggested: string): DateType | undefined {
  const name = suggested.replace(/\(.*$/, '');
  if (name === 'datetimeoffset' || name === 'datetime') return name;
  return name === 'datetime2' || name === 'smalldatetime' || name === 'date' ? 'datetime2' : undefined;
}

/**
 * Binds `value` as `@name`. Lengths are declared the same for every text, so that the server keeps one plan per statement.
 * @param zone the zone of the database's zone-less types.
 */
export function bind(
  name: string,
  value: Parameters[string] | undefined,
  dateType: DateType,
  zone: string,
): Bound {
  if (value instanceof Date) {
    const bound = dateType === 'datetimeoffset' ? value : toWallClock(value, zone);
    return { name, value: bound, ...parameterTypes[dateType] };
  }
  const type = parameterTypes[typeNameOf(value)];
  // A bigint beyond 64 bits is converted by the server when it meets a decimal column; tedious writes decimals as floats.
  const isText = type.type === TYPES.NVarChar && value !== null && value !== undefined;
  return { name, value: isText ? String(value) : (value ?? null), ...type };
}

/** The type by which a value that is no `Date` is sent. */
function typeNameOf(value: Exclude<Parameters[string], Date> | undefined): keyof typeof parameterTypes {
  if (value === null || value === undefined) return 'text';
  if (typeof value === 'boolean') return 'bit';
  if (typeof value === 'string') return value.length <= maxLength ? 'text' : 'longText';
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return 'float';
  const integer = BigInt(value);
  if (BigInt.asIntN(32, integer) === integer) return 'int';
  return BigInt.asIntN(64, integer) === integer ? 'bigint' : 'text';
}

/** `@p1 nvarchar(4000), @p2 datetime2(3)`, as `sp_executesql` and the describing procedures want it. */
export function declarations(parameters: readonly Bound[]): string {
  return parameters.map(({ name, declaration }) => `@${name} ${declaration}`).join(', ');
}
