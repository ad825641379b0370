import { TYPES } from 'tedious';
import type { DataType } from 'tedious/lib/data-type.js';
import type { ParameterOptions } from 'tedious/lib/request.js';
import type { Parameters } from '../values.ts';
import { toWallClock } from './values.ts';

/** A parameter as it goes over the wire, by `sp_executesql`. */
export interface Bound {
  readonly name: string;
  readonly type: DataType;
  readonly value: unknown;
  readonly options: ParameterOptions;
}

/** As which type a `Date` is bound at one place of a statement. */
export type DateType = 'datetimeoffset' | 'datetime2' | 'datetime';

/**
 * The type that makes a `Date` compare correctly at a place where the server would expect `suggested`. A `date` or a
 * `smalldatetime` is compared with a `datetime2`, which they convert to exactly; the other way round would cut the time off.
 */
export function dateTypeFor(suggested: string): DateType {
  if (suggested.startsWith('datetimeoffset')) return 'datetimeoffset';
  return suggested === 'datetime' ? 'datetime' : 'datetime2';
}

// Beyond it a text is `nvarchar(max)`.
const maxLength = 4000;

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
  const as = (type: DataType, bound: unknown, options: ParameterOptions = {}): Bound => ({
    name,
    type,
    value: bound,
    options,
  });
  if (value === null || value === undefined) return as(TYPES.NVarChar, null, { length: maxLength });
  if (value instanceof Date) return bindDate(as, value, dateType, zone);
  if (typeof value === 'boolean') return as(TYPES.Bit, value);
  if (typeof value === 'string')
    return as(TYPES.NVarChar, value, { length: value.length <= maxLength ? maxLength : maxLength + 1 });
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return as(TYPES.Float, value);
  if (BigInt.asIntN(32, BigInt(value)) === BigInt(value)) return as(TYPES.Int, Number(value));
  if (BigInt.asIntN(64, BigInt(value)) === BigInt(value)) return as(TYPES.BigInt, BigInt(value));
  // Converted by the server when it meets a decimal column; tedious itself writes decimals by way of a float.
  return as(TYPES.NVarChar, value.toString(), { length: maxLength });
}

type As = (type: DataType, bound: unknown, options?: ParameterOptions) => Bound;

function bindDate(as: As, value: Date, dateType: DateType, zone: string): Bound {
  if (dateType === 'datetimeoffset') return as(TYPES.DateTimeOffset, value, { scale: 3 });
  const local = toWallClock(value, zone);
  return dateType === 'datetime' ? as(TYPES.DateTime, local) : as(TYPES.DateTime2, local, { scale: 3 });
}

/** `@p1 nvarchar(4000), @p2 datetime2(3)`, as `sp_executesql` and the describing procedures want it. */
export function declarations(parameters: readonly Bound[]): string {
  return parameters
    .map(
      ({ name, type, value, options }) =>
        `@${name} ${type.declaration({ name, type, value, output: false, ...options })}`,
    )
    .join(', ');
}
