/** What hides words of a statement: strings, quoted names, dollar quotes, comments. */
const hidden =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$[\s\S]*?\$\1\$|--[^\r\n]*|\/\*(?!!)[\s\S]*?\*\//g;

/** Words with which a statement begins that changes something, in any of the dialects. */
const writing =
  /^(?:insert|update|delete|merge|replace|upsert|truncate|drop|create|alter|rename|grant|revoke|copy|load|bulk|vacuum|reindex|lock|attach|detach|handler|backup|restore|kill|dbcc|shutdown)\b/i;

/** Words with which a statement begins that hands the work to a program, which may write. */
const running = /^(?:exec|execute|call|do)\b/i;

/** A change that follows something else: `WITH gone AS (DELETE FROM …)`, or a second statement without a semicolon. */
const inner =
  /(?<!\b(?:as|select|distinct|for)\s+|[.,]\s*)\b(?:(?:insert|merge)\s+into|delete\s+from|update\s+[\w.[\]]+\s+set|truncate\s+table|drop\s+(?:table|view|index|schema|database))\b/i;

/** `SELECT … INTO new_table`; MySQL writes files and variables so. */
const into = /\bselect\b[^;]*?\s(into)\s+[\w@#[.]/i;

/** How a statement changes something: `this writes (DELETE)`. */
function changeIn(statement: string): string | undefined {
  const text = statement.replace(/^[\s(]+/, '');
  const innerWord = inner.exec(text)?.[0].split(/\s/)[0];
  const word = writing.exec(text)?.[0] ?? innerWord;
  const changing = word ?? into.exec(text)?.[1];
  if (changing !== undefined) return `this writes (${changing.toUpperCase()})`;
  const program = running.exec(text)?.[0];
  return program === undefined ? undefined : `this may write (${program.toUpperCase()})`;
}

/**
 * By what a query writes, as far as its text tells: `this writes (DELETE)`; undefined for one that only reads. A function
 * that writes is not seen: the server refuses that, as each session is read-only.
 */
export function writingIn(sql: string): string | undefined {
  const bare = sql.replaceAll(hidden, (text) => (/^[-/]/.test(text) ? ' ' : '0'));
  for (const statement of bare.split(';')) {
    const found = changeIn(statement);
    if (found !== undefined) return found;
  }
  return undefined;
}
