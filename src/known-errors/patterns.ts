import { RE2JS, RE2JSException } from 're2js';
import { alternativesOf, mayMatch } from './literals.ts';

/**
 * Whether a text, prepared by `foldText`, matches. With `grams`, the result of `gramsOf` for the text, it is many times as
 * fast: most alternatives of most patterns need a word that the text does not contain.
 */
export type TextTest = (folded: string, grams?: ReadonlySet<string>) => boolean;

/** Maximum length of text that is searched, in UTF-16 units. */
const mostCharacters = 4096;

/**
 * Prepares a text for patterns: cut to 4,096 characters, in lower case, on one line with single spaces, because systems wrap and
 * indent the same message differently.
 */
export function foldText(text: string): string {
  return text.slice(0, mostCharacters).toWellFormed().replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

/** Where lower case would change the meaning of a pattern: named classes and flags, and ranges that end in a capital. */
const needsCapitals = /\\[pPxQ\d]|\(\?[^:]|[A-Z]-|-[A-Z]|[^\x20-\x7e\xa0-\xff]/;

/**
 * A test that compiles its pattern when a text first needs it: all those of the shipped catalogue take a third of a second and
 * some 20 MB.
 */
function compiledWhenNeeded(pattern: string, flags = 0): (folded: string) => boolean {
  let compiled: RE2JS | undefined;
  return (folded) => {
    compiled ??= RE2JS.compile(pattern, flags);
    return compiled.test(folded);
  };
}

/** The test of one alternative of a pattern in lower case. */
function testOfAlternative(alternative: string): TextTest {
  const matches = compiledWhenNeeded(alternative);
  const isPossible = mayMatch(alternative);
  return (folded, grams) => (grams === undefined || isPossible(grams)) && matches(folded);
}

/**
 * A case-insensitive test for an RE2 pattern in which `patternFault` finds nothing. It takes time linear in the text.
 *
 * Only a case-sensitive pattern can be searched for its literals first. So the pattern is converted to lower case, like the
 * texts, wherever that does not change its meaning.
 */
export function testOfPattern(pattern: string): TextTest {
  if (needsCapitals.test(pattern)) return compiledWhenNeeded(pattern, RE2JS.CASE_INSENSITIVE);
  const lowerCase = pattern.replaceAll(/\\.|[^\\]/g, (part) =>
    part.startsWith('\\') ? part : part.toLowerCase(),
  );
  const tests = alternativesOf(lowerCase).map(testOfAlternative);
  return (folded, grams) => tests.some((test) => test(folded, grams));
}

/** Why a pattern cannot be used, as a message for the user; undefined when it can. */
export function patternFault(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'must not be empty';
  try {
    // Compiled as the user wrote it, because the message quotes the part that is invalid.
    if (RE2JS.compile(pattern).test(''))
      return 'matches every text; remove the part that matches an empty text';
    return undefined;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace(/^error parsing regexp: /, '');
    return `is not a valid RE2 pattern: ${reason}; RE2 has no look-around and no back-references, and repeats at most 1000 times`;
  }
}
