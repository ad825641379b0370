import { createHash } from 'node:crypto';

/** Longest part of a text that is read, and longest part of what comes out that counts, in UTF-16 units. */
const mostRead = 4096;
const mostCounted = 300;

/** What varies between two records with the same trouble, in the order in which it is taken out. */
const variables: readonly (readonly [RegExp, string])[] = [
  [/\b(?:https?|ftps?|sftp|wss?|file):\/\/[^\s"'<>)\]]+/g, '<url>'],
  [/(?<![\p{L}\p{N}._+-])[\p{L}\p{N}._+-]+@[\p{L}\p{N}.-]+/gu, '<mail>'],
  [/"[^"]{1,200}"|“[^”]{1,200}”|„[^“”]{1,200}[“”]|«[^»]{1,200}»|‘[^’]{1,200}’|`[^`]{1,200}`/g, '<text>'],
  // An apostrophe stands next to a letter on both sides, a quotation mark only on one.
  [/(?<![\p{L}\p{N}])'.{1,200}?'(?![\p{L}\p{N}])/gu, '<text>'],
  // Numbers, amounts, dates, times, GUIDs and the numbers of records, letters and signs within them included.
  [/(?<![\p{L}\p{N}_-])[\p{L}_-]*\d(?:[\p{L}\p{N}_-]|[.,:/+](?=\d))*/gu, '<n>'],
  // Hexadecimal that happens to be all letters.
  [/(?<![\p{L}\p{N}_-])[a-f]{8,}(?![\p{L}\p{N}_-])/gu, '<n>'],
  [/<n>(?:[ .,:/+]{1,3}<n>)+/g, '<n>'],
];

/**
 * What remains of an error when everything is taken out that differs from record to record: in small letters, with `<n>`
 * for anything with a digit in it, `<text>` for what stands in quotation marks, `<mail>` and `<url>`; at most 300 characters.
 */
export function normaliseError(text: string): string {
  let rest = text.slice(0, mostRead).toWellFormed().toLowerCase();
  for (const [pattern, placeholder] of variables) rest = rest.replaceAll(pattern, placeholder);
  return rest.replaceAll(/\s+/g, ' ').trim().slice(0, mostCounted);
}

/**
 * 12 hexadecimal digits that errors of one kind share: the beginning of SHA-256 over the flow and `normaliseError`.
 *
 * @param code tells kinds apart only where there is no text.
 */
export function fingerprint(flow: string, text: string, code = ''): string {
  const normalised = normaliseError(text);
  const subject = normalised === '' ? `code:${code.trim().toLowerCase()}` : normalised;
  return createHash('sha256').update(`${flow}|${subject}`).digest('hex').slice(0, 12);
}
