/** In what of a statement a `:name` is not a parameter. */
export interface Quoting {
  /**
   * Quoted strings and names, comments, dollar quotes, casts. Ordered: the first alternative that fits at a place wins. An
   * unended quote or comment reaches to the end.
   */
  readonly opaque: readonly RegExp[];
  /** A block comment may stand within another, as standard SQL has it. */
  readonly nestsComments: boolean;
}

/** Forms that all dialects share. */
export const blockComment = /\/\*[\s\S]*?(?:\*\/|$)/;
export const lineComment = /--[^\r\n]*/;
export const singleQuotes = /'[^']*(?:''[^']*)*(?:'|$)/;
export const doubleQuotes = /"[^"]*(?:""[^"]*)*(?:"|$)/;
export const cast = /::/;

/** A statement with its parameters found: `texts` has one element more than `names`, which stand between them. */
export interface ParsedSql {
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

/** Where the block comment that begins at `start` ends, comments within it counted. */
function endOfComment(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

/**
 * Finds the named parameters of a statement. Only a `:name` whose name is in `known` and that follows no word is one, so
 * that array slices (`a[1:n]`) and JSON paths stay as they are.
 */
export function parseSql(
  sql: string,
  { opaque, nestsComments }: Quoting,
  known: ReadonlySet<string>,
): ParsedSql {
  const token = new RegExp(
    `${opaque.map((rule) => rule.source).join('|')}|(?<!\\w):(?<name>[A-Za-z_]\\w*)`,
    'g',
  );
  const texts: string[] = [];
  const names: string[] = [];
  let from = 0;
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    if (nestsComments && match[0].startsWith('/*')) token.lastIndex = endOfComment(sql, match.index);
    const name = match.groups?.['name'];
    if (name === undefined || !known.has(name)) continue;
    texts.push(sql.slice(from, match.index));
    names.push(name);
    from = token.lastIndex;
  }
  texts.push(sql.slice(from));
  return { texts, names };
}

/** The names in `known` that `sql` uses as parameters. */
export function parametersOf(sql: string, quoting: Quoting, known: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(parseSql(sql, quoting, known).names);
}
