import { stringify } from 'yaml';
import { suggestPattern } from './suggestion.ts';

/** How an entry recognises what nothing recognises yet. A text that is but a number becomes a code that lacks its namespace. */
function recognition(text: string, codes: readonly string[]): Readonly<Record<string, readonly string[]>> {
  if (codes.length > 0) return { codes };
  const pattern = suggestPattern(text);
  return pattern === ''
    ? { codes: [`my-erp:${text.trim().replaceAll(/\s+/g, '-')}`] }
    : { patterns: [pattern] };
}

/**
 * An entry for the catalogue, as YAML without a newline at its end, to complete and to paste below `errors:`. It takes
 * some milliseconds: patterns are tried.
 *
 * @param text the message of an unknown error, or its code. @param codes what stands in that code, as `codesInColumn` has it.
 */
export function suggestEntry(text: string, codes: readonly string[]): string {
  const entry = {
    id: 'my-error',
    category: 'validation',
    responder: 'erp_partner',
    retryable: false,
    ...recognition(text, codes),
    example: text.trim(),
    title: { en: 'What it is' },
    explanation: { en: 'What it means' },
    action: { en: 'What to do' },
  };
  return stringify([entry], { lineWidth: 0 }).trimEnd();
}
