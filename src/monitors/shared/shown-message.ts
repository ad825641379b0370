import { mask } from '../../known-errors/mask.ts';
import { tellingPart } from '../../known-errors/telling.ts';
import { cutText } from './samples.ts';

/** So much of a message is shown, in characters. */
export const mostMessageCharacters = 200;
/** Kept of a message until it is known whether it is shown: only then it is masked, because masking is expensive. */
const mostKeptCharacters = 3 * mostMessageCharacters;

/** What is kept of the text of an error: of a stack trace, the message of the exception that says most. */
export function keptMessage(text: string): string {
  return cutText(tellingPart(text), mostKeptCharacters);
}

/** A message as it is shown: masked before it is cut, so that half of a number that should be masked never remains. */
export function shownMessage(kept: string, isMasked: boolean): string {
  if (!isMasked) return cutText(kept, mostMessageCharacters);
  const masked = mask(kept);
  // Masking shortens a text, so that its cut end may become visible, with half of a word that should have been masked.
  const endShows = kept.endsWith('…') && masked.length <= mostMessageCharacters;
  return cutText(endShows ? masked.replace(/\S+$/, '…') : masked, mostMessageCharacters);
}
