import { RE2JS, RE2JSException } from 're2js';

/** Tells whether a text that went through `foldText` matches. */
export type TextTest = (folded: string) => boolean;

/** Longest part of a text that is looked at, in UTF-16 units. */
const mostCharacters = 4096;

/**
 * A text as patterns see it: cut to 4 kB, in small letters, on one line with single spaces, since systems break and indent
 * one and the same message differently.
 */
export function foldText(text: string): string {
  return text.slice(0, mostCharacters).toWellFormed().replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

/** Where small letters would change what a pattern means: classes and flags by name, and ranges that end in a capital. */
const needsCapitals = /\\[pPxQ\d]|\(\?[^:]|[A-Z]-|-[A-Z]|[^\x20-\x7e\xa0-\xff]/;

/**
 * A test for a pattern of RE2, case-insensitive, in time that is linear in the text.
 *
 * re2js skips a text that lacks a literal of the pattern, which makes it several times as fast, but only for patterns that
 * mind the case. So the pattern is put into small letters, as the texts are, wherever that comes to the same.
 *
 * @throws RE2JSException when it is no such pattern.
 */
export function compilePattern(pattern: string): TextTest {
  const compiled = needsCapitals.test(pattern)
    ? RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE)
    : RE2JS.compile(
        pattern.replaceAll(/\\.|[^\\]/g, (part) => (part.startsWith('\\') ? part : part.toLowerCase())),
      );
  return (folded) => compiled.test(folded);
}

/** Why a text is no usable pattern, for people; undefined when it is one. */
export function patternFault(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'must not be empty';
  try {
    // As the user wrote it: the message quotes what it stumbles over.
    RE2JS.compile(pattern);
    if (compilePattern(pattern)('')) return 'matches every text; remove the part that matches an empty text';
    return undefined;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace(/^error parsing regexp: /, '');
    return `is not a valid RE2 pattern: ${reason}; RE2 has no look-around and no back-references, and repeats at most 1000 times`;
  }
}
