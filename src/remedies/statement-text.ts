/** What hides words of a statement: strings, quoted names, dollar quotes, comments. A comment that some servers run is none. */
const hidden =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|\$(\w*)\$[\s\S]*?\$\1\$|--[^\r\n]*|\/\*(?!M?!)[\s\S]*?\*\//g;

const verbs = /^(?:insert|update|delete|call|exec|execute)\b/i;
/** A SELECT of one function, which does the work: `SELECT relaunch(:record)`, in PostgreSQL `SELECT * FROM relaunch(…)`. */
const ofFunction = /^select\s+(?:\*\s+from\s+)?[\w.]+\s*\([^;]*\)(?:\s+as\s+\w+)?$/i;

/**
 * What is wrong with the statement of a remedy, for whoever wrote it; undefined: nothing.
 *
 * @param parameters those that it names.
 */
export function statementProblem(sql: string, parameters: ReadonlySet<string>): string | undefined {
  const bare = sql
    .replaceAll(hidden, (text) => (/^(?:--|\/\*)/.test(text) ? ' ' : 'x'))
    .trim()
    .replace(/;$/, '')
    .trim();
  if (bare.includes(';')) return 'is more than one statement; write one, or a procedure that does both';
  if (/\/\*M?!/.test(bare)) return 'has a comment that only some servers run; write it outside';
  if (!verbs.test(bare) && !ofFunction.test(bare))
    return 'is not a statement that a remedy may run; write INSERT, UPDATE, DELETE, CALL, EXEC, or a SELECT of one function';
  const isChange = /^(?:update|delete)\b/i.test(bare);
  if (isChange && !/\bwhere\b/i.test(bare))
    return 'has no WHERE, so that it would change every row; add WHERE … = :record';
  if (isChange && !parameters.has('record'))
    return 'does not name :record, so that it would change the same rows whatever failed; add it to WHERE';
  return undefined;
}
