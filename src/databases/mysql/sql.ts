import { DatabaseError } from '../contract.ts';
import type { Parameters } from '../values.ts';
import { parseStatement } from '../shared/named-parameters.ts';
import { quoting } from './quoting.ts';

/** A statement as the server prepares it, and the parameters in the order of its question marks. */
export interface Compiled {
  readonly sql: string;
  readonly values: readonly Parameters[string][];
}

export function compile(sql: string, parameters: Parameters): Compiled {
  const { texts, names } = parseStatement(sql, quoting, new Set(Object.keys(parameters)));
  return { sql: texts.join('?'), values: names.map((name) => parameters[name] ?? null) };
}

/** A blank, a bracket or a comment, except those whose content is run: `/*!` and `/*M!`. */
const opening = /[\s(]|--(?:[ \t][^\n]*)?(?:\n|$)|#[^\n]*(?:\n|$)|\/\*(?!M?!)[\s\S]*?\*\//gy;
const verb = /^(?:select|with|table|values|show|explain|describe|desc)\b/i;

/**
 * Refuses what is no reading statement. The session is read-only, but that is a setting of the session: `SET`, `BEGIN NOT
 * ATOMIC`, `SET STATEMENT … FOR` and `CALL` could change it, its zone or its time-out.
 * @throws DatabaseError
 */
export function assertReading(sql: string): void {
  let start = 0;
  for (const [text] of sql.matchAll(opening)) start += text.length;
  if (verb.test(sql.slice(start, start + 20))) return;
  const words = 'SELECT, WITH, TABLE, VALUES, SHOW, EXPLAIN or DESCRIBE';
  throw new DatabaseError('permission', `only a statement that reads may run: it begins with ${words}`);
}
