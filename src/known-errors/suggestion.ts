import { RE2JS } from 're2js';
import { normaliseError } from './fingerprint.ts';

/** Longer ones only make a pattern that misses the next message of its kind. */
const mostPieces = 4;

/**
 * A pattern that fits a message and others of its kind: what `normaliseError` leaves of it, with a gap for what it took out.
 */
export function suggestPattern(text: string): string {
  const pieces = normaliseError(text)
    .split(/<(?:n|text|mail|url)>/)
    .map((piece) => piece.trim())
    .filter((piece) => /\p{L}{2}/u.test(piece))
    .slice(0, mostPieces);
  return pieces.map((piece) => RE2JS.quote(piece)).join('.{0,80}');
}
