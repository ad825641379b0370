/** Shorter literals are in nearly every text. */
const gramLength = 3;

/** Literals of which a text must hold one at least to match; undefined when nothing is known. */
type Needed = readonly string[] | undefined;

/** Marks of RE2 that this reader does not know: what they need is left open. */
const unread = /\(\?(?!:)|\\(?![bBdDsSwW.\\|()[\]{}*+?^$/-])/;

/** Where the class or group that begins at `start` ends: the place behind its closing bracket. */
function endOf(pattern: string, start: number): number {
  const isClass = pattern[start] === '[';
  let depth = 0;
  let at = start;
  while (at < pattern.length) {
    const sign = pattern[at];
    if (sign === '\\') at += 1;
    else if (isClass ? sign === ']' && at > start + 1 : sign === ')') {
      if (isClass) return at + 1;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (!isClass && sign === '(') depth += 1;
    else if (!isClass && sign === '[') at = endOf(pattern, at) - 1;
    at += 1;
  }
  return at;
}

/** The alternatives of a pattern, as `|` separates them outside of groups and classes. */
export function alternativesOf(pattern: string): readonly string[] {
  if (unread.test(pattern)) return [pattern];
  const alternatives: string[] = [];
  let begin = 0;
  let at = 0;
  while (at < pattern.length) {
    const sign = pattern[at];
    if (sign === '(' || sign === '[') at = endOf(pattern, at);
    else if (sign === '\\') at += 2;
    else {
      if (sign === '|') {
        alternatives.push(pattern.slice(begin, at));
        begin = at + 1;
      }
      at += 1;
    }
  }
  return [...alternatives, pattern.slice(begin)];
}

const shortest = (needed: Needed): number =>
  needed === undefined ? 0 : Math.min(...needed.map(({ length }) => length));

/** What one of several alternatives needs: nothing is known as soon as one of them needs nothing. */
function neededByAny(alternatives: readonly string[]): Needed {
  const all = alternatives.map(neededBy);
  return all.every((one) => one !== undefined) ? all.flat() : undefined;
}

/** The group, class or sign at a place: what it needs, and where it ends. A literal is recognised by `letter`. */
function elementAt(pattern: string, at: number): { needed?: Needed; letter?: string; end: number } {
  const sign = pattern[at] ?? '';
  if (sign === '[') return { end: endOf(pattern, at) };
  if (sign === '(') {
    const end = endOf(pattern, at);
    const inside = pattern.slice(pattern.startsWith('(?:', at) ? at + 3 : at + 1, end - 1);
    return { needed: neededByAny(alternativesOf(inside)), end };
  }
  if (sign === '\\') {
    const escaped = pattern[at + 1] ?? '';
    return /\w/.test(escaped) ? { end: at + 2 } : { letter: escaped, end: at + 2 };
  }
  return '.^$'.includes(sign) ? { end: at + 1 } : { letter: sign, end: at + 1 };
}

/** What a pattern without alternatives needs: the longest of its literals and of what its groups need. */
function neededBy(pattern: string): Needed {
  let best: Needed;
  let run = '';
  const consider = (needed: Needed): void => {
    if (shortest(needed) >= gramLength && shortest(needed) > shortest(best)) best = needed;
  };
  for (let at = 0; at < pattern.length;) {
    const { needed, letter, end } = elementAt(pattern, at);
    const quantifier = /^(?:[?*+]|\{[^}]*\})\??/.exec(pattern.slice(end, end + 20))?.[0] ?? '';
    const isOptional = /^(?:[?*]|\{0)/.test(quantifier);
    if (letter !== undefined && quantifier === '') run += letter;
    else {
      consider([run]);
      run = '';
      if (!isOptional) consider(needed);
    }
    at = end + quantifier.length;
  }
  consider([run]);
  return best;
}

/** Runs of three signs in a text, which show the literals that it cannot hold. */
export function gramsOf(text: string): ReadonlySet<string> {
  const grams = new Set<string>();
  for (let at = 0; at + gramLength <= text.length; at++) grams.add(text.slice(at, at + gramLength));
  return grams;
}

/**
 * For each literal of which a text must hold one at least to match a pattern without alternatives at its top, the runs of
 * three signs in it; undefined when nothing is known of what the pattern needs.
 *
 * @param pattern of RE2, in small letters, as the texts are.
 */
export function gramsNeededBy(pattern: string): readonly (readonly string[])[] | undefined {
  const needed = unread.test(pattern) ? undefined : neededBy(pattern);
  return needed?.map((literal) => [...gramsOf(literal)]);
}
