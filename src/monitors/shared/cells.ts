import { isDecimal } from '../../decimal.ts';
import { durationExample, parseDuration } from '../../duration.ts';
import type { Row, Value } from '../../databases/values.ts';
import type { Instant } from '../../time.ts';
import { RunError } from '../contract.ts';
import { bytesAdvice } from './judge-columns.ts';
import type { Notes } from './notes.ts';
import { cutText } from './samples.ts';

const trueWords: ReadonlySet<string> = new Set(['1', 't', 'true', 'y', 'yes', 'on']);
const falseWords: ReadonlySet<string> = new Set(['0', 'f', 'false', 'n', 'no', 'off']);
const zonedText =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(?:(Z)|([+-]\d{2}):?(\d{2})?)$/i;

/**
 * A number within this range is read as seconds since 1970 (March 1973 to the year 5138). Numbers outside of it mean
 * something else: 0 for "never", `20261121` for a date, milliseconds.
 */
const epochSeconds = { from: 1e8, to: 1e11 } as const;

/** Dates before and from these are what systems write for "none": 0001-01-01, 1753-01-01, 1899-12-30, 1900-01-01, 9999-12-31. */
const realDates = { from: Date.UTC(1901, 0, 1), to: Date.UTC(2900, 0, 1) } as const;
/** 1970-01-01 in whatever zone is none either: a 0 that was turned into a date. */
const epochZonesMs = 14 * 3_600_000;
/** A date that a driver hands out as text, because no instant can hold it: before the year 1, or after 9999. */
const oddDate = /^(?:0000-\d\d-\d\d.*|\d{4,}-\d\d-\d\d.* BC|\d{5,}-\d\d-\d\d.*)$/;

/** An instant; null for a date that stands for none. */
function unlessBlank(at: Instant): Instant | null {
  return at < realDates.from || at >= realDates.to || Math.abs(at) <= epochZonesMs ? null : at;
}

const epochHint =
  'a number must be seconds since 1970; divide milliseconds by 1000, turn 0 into NULL with NULLIF(…, 0)';
const textHint =
  'a text without an offset does not say which zone it is in; CAST it to a timestamp, or return the column itself';

function describeValue(value: Value): string {
  if (value === null) return 'NULL';
  if (value instanceof Date)
    return `the instant ${Number.isNaN(value.getTime()) ? 'NaN' : value.toISOString()}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'string') return `the text ${JSON.stringify(cutText(value, 40))}`;
  return `the ${typeof value === 'boolean' ? 'boolean' : 'number'} ${String(value)}`;
}

/** Seconds since 1970 as an instant; undefined when the number is not plausible as such. */
function instantFromSeconds(seconds: number): Instant | undefined {
  const plausible = seconds >= epochSeconds.from && seconds < epochSeconds.to;
  return plausible ? Math.round(seconds * 1000) : undefined;
}

/** ISO 8601 date and time with `Z` or an offset; undefined for anything else. */
function instantFromText(text: string): Instant | undefined {
  const match = zonedText.exec(text.trim());
  if (match === null) return undefined;
  const [, date = '', time = '', utc, hours = '', minutes = '00'] = match;
  const instant = Date.parse(`${date}T${time}${utc === undefined ? `${hours}:${minutes}` : 'Z'}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** One row, read by the names that the kind knows its columns by; a getter of an absent column gives NULL. */
export class Cells {
  readonly #key: string;
  readonly #names: ReadonlyMap<string, string>;
  readonly #row: Row;
  readonly #notes: Notes;

  constructor(key: string, names: ReadonlyMap<string, string>, row: Row, notes: Notes) {
    this.#key = key;
    this.#names = names;
    this.#row = row;
    this.#notes = notes;
  }

  /** The value as the driver gave it; `null` also when there is no such column. */
  value(column: string): Value {
    const name = this.#names.get(column.toLowerCase());
    return name === undefined ? null : (this.#row[name] ?? null);
  }

  /** Whether the result has such a column. */
  has(column: string): boolean {
    return this.#names.has(column.toLowerCase());
  }

  /** Text as it is, numbers, booleans and instants as text, white space at the end (of a CHAR) dropped; '' for NULL. */
  text(column: string): string {
    const value = this.value(column);
    if (value === null) return '';
    if (value instanceof Uint8Array) throw this.#mistyped(column, value, 'a text', bytesAdvice);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
    return String(value).trimEnd();
  }

  /**
   * An instant, a number or decimal of seconds since 1970, or an ISO 8601 text with an offset; `null` for NULL, for dates that
   * stand for none, and for those out of range, which are noted.
   */
  instant(column: string): Instant | null {
    const value = this.value(column);
    if (value === null) return null;
    if (
      value instanceof Date ? Number.isNaN(value.getTime()) : typeof value === 'string' && oddDate.test(value)
    ) {
      return this.#outOfRange(column, value instanceof Date ? '' : String(value));
    }
    return unlessBlank(value instanceof Date ? value.getTime() : this.#instantOf(column, value));
  }

  #outOfRange(column: string, date: string): null {
    this.#notes.count(
      `${this.#key}: column ${column} holds a date out of range, which was read as NULL`,
      date,
    );
    return null;
  }

  #instantOf(column: string, value: Exclude<Value, Date | null>): Instant {
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    const isSeconds = isNumber || (typeof value === 'string' && isDecimal(value));
    const isText = typeof value === 'string' && !isSeconds;
    const instant = isText
      ? instantFromText(value)
      : isSeconds
        ? instantFromSeconds(Number(value))
        : undefined;
    if (instant !== undefined) return instant;
    throw this.#mistyped(column, value, 'an instant', isText ? textHint : epochHint);
  }

  /** An exact decimal number as text; `null` for NULL, and for NaN, infinities and what no double can hold, which are noted. */
  decimal(column: string): string | null {
    const value = this.value(column);
    if (value === null) return null;
    const isNumber = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string';
    const text = isNumber ? String(value).trim() : '';
    if (isDecimal(text) && Number.isFinite(Number(text))) return text;
    // Where an instant is asked for in seconds.
    if (oddDate.test(text)) return this.#outOfRange(column, text);
    if (isDecimal(text) || /^[+-]?(?:nan|inf|infinity)$/i.test(text)) {
      this.#notes.count(`${this.#key}: column ${column} holds no finite number and was read as NULL`);
      return null;
    }
    throw this.#mistyped(
      column,
      value,
      'a number',
      'write it with a decimal point and without thousands separators',
    );
  }

  /** As `number`, and an instant as seconds since 1970. */
  figure(column: string): number | null {
    const value = this.value(column);
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime() / 1000;
    return this.number(column);
  }

  /** A number, a boolean as 1 or 0; `null` as `decimal` has it. */
  number(column: string): number | null {
    const value = this.value(column);
    if (typeof value === 'boolean') return Number(value);
    const decimal = this.decimal(column);
    return decimal === null ? null : Number(decimal);
  }

  /** Milliseconds: of a number of seconds, or of a duration as `src/duration.ts` reads it; `null` for NULL. */
  duration(column: string): number | null {
    const value = this.value(column);
    if (value === null) return null;
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    const text = typeof value === 'string' ? value.trim() : '';
    const ms = isNumber || isDecimal(text) ? Number(value) * 1000 : parseDuration(text);
    if (ms !== undefined && ms >= 0) return ms;
    throw this.#mistyped(
      column,
      value,
      'a duration',
      `select a number of seconds (EXTRACT(EPOCH FROM …) of an interval), or a text such as ${durationExample}`,
    );
  }

  /** A boolean, 1 or 0, or one of the usual words (t, true, y, yes, on and their opposites); `null` for NULL. */
  boolean(column: string): boolean | null {
    const value = this.value(column);
    if (value === null) return null;
    const word =
      value instanceof Date || value instanceof Uint8Array ? '' : String(value).trim().toLowerCase();
    if (trueWords.has(word)) return true;
    if (falseWords.has(word)) return false;
    throw this.#mistyped(column, value, 'a boolean', 'select true or false, 1 or 0, Y or N');
  }

  #mistyped(column: string, value: Value, wanted: string, hint: string): RunError {
    return new RunError(
      'columns',
      `${this.#key}: column ${column} should hold ${wanted} but holds ${describeValue(value)}: ${hint}`,
    );
  }
}
