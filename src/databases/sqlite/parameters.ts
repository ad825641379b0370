import { formatWithOffset } from '../../time.ts';
import { DatabaseError } from '../contract.ts';
import { parseStatement } from '../shared/named-parameters.ts';
import type { Parameters } from '../values.ts';
import type { BoundValue } from './messages.ts';
import { quoting } from './quoting.ts';

/** A statement as SQLite prepares it, and the values in the order of its question marks. */
export interface Compiled {
  readonly sql: string;
  readonly values: readonly BoundValue[];
}

/** A function of SQLite right before its argument; `strftime` takes a format first. */
const timeFunction = /\b(?:(date|time|datetime|julianday|unixepoch)\s*\(|(strftime)\s*\(\s*'[^']*'\s*,)\s*$/i;

/**
 * SQLite has no type for times, so it would compare a bound time with a column by their letters, or a number with a text:
 * wrongly, and without a word. Within one of its own functions both become the same: a count of seconds or days is that of
 * the instant, a text is that of the clock in the database's zone.
 */
function boundTime(name: string, at: Date, before: string, zone: string): string {
  const [, plain, format] = timeFunction.exec(before) ?? [];
  const wanted = (plain ?? format)?.toLowerCase();
  if (wanted === undefined)
    throw new DatabaseError(
      'query',
      `SQLite compares times as text or numbers: write datetime(:${name}) and datetime(column) for times written as text, unixepoch(:${name}) for seconds since 1970, date(:${name}) for dates`,
    );
  const local = wanted === 'julianday' || wanted === 'unixepoch' ? 'UTC' : zone;
  return formatWithOffset(at.getTime(), local).slice(0, 23);
}

function bound(name: string, value: Parameters[string], before: string, zone: string): BoundValue {
  if (value instanceof Date) return boundTime(name, value, before, zone);
  if (typeof value === 'boolean') return value ? 1 : 0;
  // node:sqlite binds every number as a real one, which a text column compares otherwise than an integer.
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** @throws DatabaseError when a time stands where SQLite would compare it wrongly. */
export function compile(sql: string, parameters: Parameters, zone: string): Compiled {
  const { texts, names } = parseStatement(sql, quoting, new Set(Object.keys(parameters)));
  const values = names.map((name, at) => bound(name, parameters[name] ?? null, texts[at] ?? '', zone));
  return { sql: texts.join('?'), values };
}

const opening = /[\s(]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\//gy;
const verb = /^(?:select|with|values|explain)\b/i;

/** Whether a statement begins as one that reads. The file is open read-only; but ATTACH would open another one. */
export function isReading(sql: string): boolean {
  let start = 0;
  for (const [text] of sql.matchAll(opening)) start += text.length;
  return verb.test(sql.slice(start, start + 20));
}

export function notReading(): DatabaseError {
  return new DatabaseError(
    'permission',
    'only a statement that reads may run: it begins with SELECT, WITH, VALUES or EXPLAIN',
  );
}
