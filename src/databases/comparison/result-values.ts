import { DatabaseError } from '../contract.ts';
import type { Value } from '../values.ts';

/** An integer of a result, which some clients return as text. @throws DatabaseError for anything else. */
export function integerOf(value: Value | undefined): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return BigInt(value);
  throw new DatabaseError(
    'query',
    `the server sent ${JSON.stringify(String(value))} where an integer belongs`,
  );
}

/** So much of a text is kept for a report. */
const mostCharacters = 100_000;

/** The beginning of a text, as a copy: a slice would keep the whole of it in memory. */
export function beginningOf(text: string | null): string | null {
  if (text === null || text.length <= mostCharacters) return text;
  return Buffer.from(text.slice(0, mostCharacters).toWellFormed()).toString();
}

/** An amount or a currency as text; a float is written out, without an exponent. */
export function textOf(value: Value | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && !Number.isInteger(value))
    return value.toLocaleString('en', { maximumFractionDigits: 20, useGrouping: false });
  return String(value);
}
