import { RE2JS, RE2JSException } from 're2js';
import { alternativesOf, gramsNeededBy } from './literals.ts';

/** Whether a text, prepared by `foldText`, matches. */
export type TextTest = (folded: string) => boolean;

/** One alternative of a pattern. */
export interface Alternative {
  readonly matches: TextTest;
  /** See `gramsNeededBy`. */
  readonly needed: readonly (readonly string[])[] | undefined;
}

/** Maximum length of text that is searched, in UTF-16 units. */
const mostCharacters = 4096;

/**
 * Prepares a text for patterns: cut to 4,096 characters, in lower case, on one line with single spaces, because systems wrap and
 * indent the same message differently.
 */
export function foldText(text: string): string {
  return text.slice(0, mostCharacters).toWellFormed().replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

/** Exceptions of the libraries of languages: they say how a program gave up, not what was wrong with a record. */
const exceptionsOfLanguages =
  /\b(?:Illegal(?:State|Argument)|Invalid(?:Operation|Argument|Parameter|Cast)|Unsupported(?:Operation)?|Not(?:Supported|Implemented)|NoSuch(?:Element|Method|Field)|ConcurrentModification|KeyNotFound|UnexpectedValue|Bad(?:Method|Function)Call|Argument(?:OutOfRange|Null)?|NullReference|NullPointer|IndexOutOf(?:Range|Bounds)|OutOf(?:Range|Bounds|Memory)|ObjectDisposed|ClassCast|Format|Reference)(?:Exception|Error)\b/g;

/**
 * A text with the words of its names apart, as in sentences: `INSUFFICIENT_FUNDS`, `OutOfStockException`, `Card%20Declined`.
 * The text itself where it holds no such name; `IllegalStateException` and its like stay whole.
 */
export function withWordsApart(text: string): string {
  const decoded = /\s/.test(text.trim()) ? text : text.replaceAll(/\+|%20/g, ' ');
  return decoded
    .replaceAll(exceptionsOfLanguages, (name) => name.toLowerCase())
    .replaceAll(/(?<=[\p{L}\d])_+(?=[\p{L}\d])/gu, ' ')
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu}\p{Ll})/gu, ' ');
}

/** Where lower case would change the meaning of a pattern: named classes and flags, and ranges that end in a capital. */
const needsCapitals = /\\[pPxQ\d]|\(\?[^:]|[A-Z]-|-[A-Z]|[^\x20-\x7e\xa0-\xff]/;

/**
 * A test that compiles its pattern when a text first needs it: all those of the shipped catalogue take two thirds of a second and
 * some 35 MB.
 */
function compiledWhenNeeded(pattern: string, flags = 0): TextTest {
  let compiled: RE2JS | undefined;
  return (folded) => {
    compiled ??= RE2JS.compile(pattern, flags);
    return compiled.test(folded);
  };
}

/**
 * The alternatives at the top of an RE2 pattern in which `patternFault` finds nothing, each a case-insensitive test that takes
 * time linear in the text. A pattern that cannot be taken apart is one alternative.
 *
 * Only a case-sensitive pattern can be searched for its literals first. So the pattern is converted to lower case, like the
 * texts, wherever that does not change its meaning.
 */
export function alternativesOfPattern(pattern: string): readonly Alternative[] {
  if (needsCapitals.test(pattern))
    return [{ matches: compiledWhenNeeded(pattern, RE2JS.CASE_INSENSITIVE), needed: undefined }];
  const lowerCase = pattern.replaceAll(/\\.|[^\\]/g, (part) =>
    part.startsWith('\\') ? part : part.toLowerCase(),
  );
  return alternativesOf(lowerCase).map((alternative) => ({
    matches: compiledWhenNeeded(alternative),
    needed: gramsNeededBy(alternative),
  }));
}

/** A case-insensitive test for an RE2 pattern in which `patternFault` finds nothing. It takes time linear in the text. */
export function testOfPattern(pattern: string): TextTest {
  const alternatives = alternativesOfPattern(pattern);
  return (folded) => alternatives.some(({ matches }) => matches(folded));
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
