import { createHash } from 'node:crypto';

/** Maximum length of text that is read, and maximum length of the normalised text, in UTF-16 units. */
const mostRead = 4096;
const mostCounted = 300;

/** What varies between two records with the same error, in the order in which it is replaced. */
const variables: readonly (readonly [RegExp, string])[] = [
  [/\b(?:https?|ftps?|sftp|wss?|file):\/\/[^\s"'<>)\]]+/g, '<url>'],
  [/(?<![\p{L}\p{N}._+-])[\p{L}\p{N}._+-]+@[\p{L}\p{N}.-]+/gu, '<mail>'],
  [/"[^"]{1,200}"|“[^”]{1,200}”|„[^“”]{1,200}[“”]|«[^»]{1,200}»|‘[^’]{1,200}’|`[^`]{1,200}`/g, '<text>'],
  // An apostrophe has a letter on both sides, a quotation mark only on one.
  [/(?<![\p{L}\p{N}])'.{1,200}?'(?![\p{L}\p{N}])/gu, '<text>'],
  // Numbers, amounts, dates, times, GUIDs and record numbers, including letters and signs within them.
  [/(?<![\p{L}\p{N}_-])[\p{L}_-]*\d(?:[\p{L}\p{N}_-]|[.,:/+](?=\d))*/gu, '<n>'],
  // Hexadecimal that happens to consist of letters alone.
  [/(?<![\p{L}\p{N}_-])[a-f]{8,}(?![\p{L}\p{N}_-])/gu, '<n>'],
  [/<n>(?:[ .,:/+]{1,3}<n>)+/g, '<n>'],
];

/**
 * The text of an error with everything replaced that differs from record to record: in lower case, with `<n>` for anything
 * that contains a digit, `<text>` for text in quotation marks, `<mail>` and `<url>`; at most 300 characters.
 */
export function normaliseError(text: string): string {
  let rest = text.slice(0, mostRead).toWellFormed().toLowerCase();
  for (const [pattern, placeholder] of variables) rest = rest.replaceAll(pattern, placeholder);
  return rest.replaceAll(/\s+/g, ' ').trim().slice(0, mostCounted);
}

/**
 * 12 hexadecimal digits that errors of one class share: the start of the SHA-256 of the flow and `normaliseError`.
 *
 * @param code used only when there is no text.
 */
export function fingerprint(flow: string, text: string, code = ''): string {
  const normalised = normaliseError(text);
  const subject = normalised === '' ? `code:${code.trim().toLowerCase()}` : normalised;
  return createHash('sha256').update(`${flow}|${subject}`).digest('hex').slice(0, 12);
}
