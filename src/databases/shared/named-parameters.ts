import { DatabaseError } from '../contract.ts';

/** In what of a statement a `:name` is not a parameter. */
export interface Quoting {
  /**
   * Quoted strings and names, comments, dollar quotes, casts. Ordered: the first alternative that fits at a place wins. An
   * unended quote or comment reaches to the end.
   */
  readonly opaque: readonly RegExp[];
  /** A block comment may stand within another, as standard SQL has it. */
  readonly nestsComments: boolean;
  /**
   * A parameter as the server itself writes it, which nothing is bound to, or worse, the value of another. It stands behind
   * no letter, digit, `_`, `$` or `@`.
   */
  readonly ownParameter?: RegExp;
  /** The server takes every `:name` for a parameter, and binds NULL to one that has no value. */
  readonly bindsAnyName?: boolean;
  /** How a comment begins whose content the server runs. */
  readonly runComment?: RegExp;
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
  /** What is wrong with its parameters, if anything. */
  readonly problem: string | undefined;
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

/** A `:name` that follows no word; the group is the name. */
const named = /(?<!\w):([A-Za-z_]\w*)/;

function problemOf(
  token: string,
  stray: string | undefined,
  { runComment }: Quoting,
  known: ReadonlySet<string>,
): string | undefined {
  if (stray !== undefined) {
    const list = [...known].map((each) => `:${each}`).join(', ') || 'there are none';
    return `no value is bound to the parameter ${stray} of the statement; those that can be used: ${list}`;
  }
  if (runComment?.test(token) !== true) return undefined;
  const name = [...token.matchAll(new RegExp(named, 'g'))].find(([, each = '']) => known.has(each))?.[0];
  return name === undefined
    ? undefined
    : `${name} stands in a comment that only some servers run, where it is not replaced; write it outside`;
}

/**
 * Finds the named parameters of a statement. Only a `:name` whose name is in `known` and that follows no word is one, so
 * that array slices (`a[1:n]`) and JSON paths stay as they are.
 */
export function parseSql(sql: string, quoting: Quoting, known: ReadonlySet<string>): ParsedSql {
  const { opaque, nestsComments, ownParameter } = quoting;
  const own = ownParameter === undefined ? '' : `|(?<![\\w$@])(?<own>${ownParameter.source})`;
  const rules = opaque.map((rule) => rule.source).join('|');
  const token = new RegExp(`${rules}|(?<!\\w):(?<name>[A-Za-z_]\\w*)${own}`, 'g');
  const texts: string[] = [];
  const names: string[] = [];
  let problem: string | undefined;
  let from = 0;
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    if (nestsComments && match[0].startsWith('/*')) token.lastIndex = endOfComment(sql, match.index);
    const name = match.groups?.['name'];
    if (name === undefined || !known.has(name)) {
      const stray = name !== undefined && quoting.bindsAnyName === true ? match[0] : match.groups?.['own'];
      problem ??= problemOf(match[0], stray, quoting, known);
      continue;
    }
    texts.push(sql.slice(from, match.index));
    names.push(name);
    from = token.lastIndex;
  }
  texts.push(sql.slice(from));
  return { texts, names, problem };
}

/** A statement whose parameters can all be bound. @throws DatabaseError of kind `query` when one cannot. */
export function parseStatement(sql: string, quoting: Quoting, known: ReadonlySet<string>): ParsedSql {
  const parsed = parseSql(sql, quoting, known);
  if (parsed.problem !== undefined) throw new DatabaseError('query', parsed.problem);
  return parsed;
}

/** The names in `known` that `sql` uses as parameters. */
export function parametersOf(sql: string, quoting: Quoting, known: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(parseSql(sql, quoting, known).names);
}
