import { RE2JS } from 're2js';
import { normaliseError } from './fingerprint.ts';

/** A longer pattern would miss the next message of its class. */
const maxPieces = 4;

/**
 * A pattern that matches a message and others of its class: the text of `normaliseError`, with a gap for each replaced part.
 */
export function suggestPattern(text: string): string {
  const pieces = normaliseError(text)
    .split(/<(?:n|text|mail|url)>/)
    .map((piece) => piece.trim())
    .filter((piece) => /\p{L}{2}/u.test(piece))
    .slice(0, maxPieces);
  return pieces.map((piece) => RE2JS.quote(piece)).join('.{0,80}');
}
