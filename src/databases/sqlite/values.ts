import { parseWallTime, zoneClock } from '../../time.ts';
import type { ColumnType, Value } from '../values.ts';
import type { RawValue } from './messages.ts';

/** Turns a cell into the value that its column is declared to hold; one that does not fit stays what it is. */
export type Reader = (raw: RawValue) => Value;

/** What a declared type means: SQLite itself takes any text for a type, and any value in any column. */
const meanings: readonly (readonly [RegExp, ColumnType])[] = [
  [/^bool/i, 'boolean'],
  [/date|timestamp/i, 'instant'],
  [/int/i, 'integer'],
  [/decimal|numeric|money|number/i, 'decimal'],
  [/real|floa|doub/i, 'float'],
  [/char|clob|text|uuid|json/i, 'text'],
  [/blob|binary|bytea/i, 'bytes'],
];

/** What a column of that declared type holds; `unknown` for an expression, which has none. */
export function columnType(declared: string): ColumnType {
  return meanings.find(([pattern]) => pattern.test(declared))?.[1] ?? 'unknown';
}

function plain(raw: RawValue): Value {
  if (typeof raw !== 'bigint') return raw;
  const number = Number(raw);
  return Number.isSafeInteger(number) ? number : raw;
}

/** SQLite keeps a decimal as an integer or a binary floating-point number: about 15 digits are exact. */
function decimalReader(declared: string): Reader {
  const scale = Number(/\(\s*\d+\s*,\s*(\d+)\s*\)/.exec(declared)?.[1] ?? NaN);
  const digits = Number.isInteger(scale) && scale <= 30 ? scale : 0;
  return (raw) => {
    if (typeof raw !== 'bigint' && typeof raw !== 'number') return raw;
    // The shortest text that reads as the same number; zeros that the declaration promises are added, nothing is rounded.
    const [whole = '', fraction = ''] = String(raw).split('.');
    if (!/^-?\d+$/.test(whole) || /\D/.test(fraction)) return plain(raw);
    const padded = fraction.padEnd(digits, '0');
    return padded === '' ? whole : `${whole}.${padded}`;
  };
}

const truths: ReadonlyMap<RawValue, boolean> = new Map<RawValue, boolean>([
  [0n, false],
  [1n, true],
  ['0', false],
  ['1', true],
  ['false', false],
  ['true', true],
]);

/** Numbers from here on count milliseconds: as seconds this is the year 5138, as milliseconds 1973. */
const millisecondsFrom = 1e11;
/** Julian days of the years 1000 to 3000; as seconds since 1970 they are hours of January. */
const julianDays = { from: 2_086_303, to: 2_816_788 } as const;
const julianEpoch = 2_440_587.5;

function instantOfNumber(number: number): Date {
  const isMs = Math.abs(number) >= millisecondsFrom;
  return new Date(Math.round(isMs ? number : number * 1000));
}

const zonedText = /^(.+?) ?(Z|[+-]\d\d:?\d\d)$/i;

function instantOfText(text: string, zone: string): Date | undefined {
  const [, local = text, offset] = zonedText.exec(text) ?? [];
  try {
    const wall = parseWallTime(local);
    if (offset === undefined) return new Date(zoneClock(zone).instant(wall));
    if (/^z$/i.test(offset)) return new Date(wall);
    const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
    const ahead = (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
    return new Date(wall - ahead * 60_000);
  } catch {
    // No time in one of SQLite's forms: it stays text, and whoever wants an instant refuses it by name.
    return undefined;
  }
}

/**
 * Times as https://sqlite.org/datatype3.html section 2.2 has them: ISO 8601 text, with an offset or in `zone`; seconds since
 * 1970, or milliseconds where they would lie beyond the year 5138; as a real number also a Julian day.
 */
function instantReader(zone: string): Reader {
  return (raw) => {
    if (typeof raw === 'string') return instantOfText(raw, zone) ?? raw;
    if (typeof raw === 'bigint') return instantOfNumber(Number(raw));
    if (typeof raw !== 'number' || !Number.isFinite(raw)) return raw;
    const isJulian = raw >= julianDays.from && raw <= julianDays.to;
    return isJulian ? new Date(Math.round((raw - julianEpoch) * 86_400_000)) : instantOfNumber(raw);
  };
}

/** How the cells of a column are read. @param zone of zone-less times. */
export function readerOf(declared: string, zone: string): Reader {
  const type = columnType(declared);
  if (type === 'decimal') return decimalReader(declared);
  if (type === 'instant') return instantReader(zone);
  if (type === 'boolean') return (raw) => truths.get(raw) ?? plain(raw);
  if (type === 'float') return (raw) => (typeof raw === 'bigint' ? Number(raw) : raw);
  return plain;
}
