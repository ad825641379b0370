import { RE2JS } from 're2js';
import { normaliseError } from './fingerprint.ts';
import { tellingPart } from './telling.ts';

/** Longer ones only make a pattern that misses the next message of its kind. */
const mostPieces = 4;

/** Words that any error may hold, and that therefore say nothing of the one at hand. */
const generic: ReadonlySet<string> = new Set(
  (
    'the a an of for to in on at by is was are were be been has have had not no and or with from this that it its you your we ' +
    'error errors exception fault failure failed fail fails invalid wrong bad http https status code response request message ' +
    'validation server internal unprocessable entity could cannot can unable while during processing process please try again ' +
    'later occurred unexpected unknown value field order record document api call line null undefined object type ' +
    'fehler ungültig nicht der die das ein eine ist wurde konnte bei von für mit und im ' +
    'fout ongeldig niet de het een is kan voor van bij met en in ' +
    'erreur invalide le la les un une du des est pas ne pour dans et sur'
  ).split(' '),
);

/** All marks around a quotation; an apostrophe stands between letters. */
const quotationMarks = /["“”„«»‘`]|(?<!\p{L})['’]|['’](?!\p{L})/gu;

/** How many words of a text say something of it. */
function tellingWords(pieces: readonly string[]): number {
  const words = pieces.join(' ').match(/\p{L}{3,}/gu) ?? [];
  return new Set(words.filter((word) => !generic.has(word))).size;
}

/** A piece from its first telling word on, if it has one: what is in front, such as "Bad Request:", others lack. */
function withoutPreamble(piece: string): string {
  const words = piece.trim().split(' ');
  const first = words.findIndex((word) => tellingWords([word]) > 0);
  return first < 0 ? words.join(' ') : words.slice(first).join(' ');
}

function piecesOf(text: string): readonly string[] {
  return normaliseError(text)
    .split(/<(?:n|text|mail|url)>/)
    .map(withoutPreamble)
    .filter((piece) => /\p{L}{2}/u.test(piece));
}

/** Pieces that any error may hold, such as the status of HTTP in front, are left out where others remain. */
function withoutGeneric(pieces: readonly string[]): readonly string[] {
  const telling = pieces.filter((piece) => tellingWords([piece]) > 0);
  return telling.length > 0 ? telling : pieces;
}

/**
 * A pattern that fits a message and others of its kind: what `normaliseError` leaves of its most telling part, with a gap for
 * what it took out. Where hardly a word would be left that says what is particular, what stands in quotation marks stays.
 */
export function suggestPattern(text: string): string {
  const part = tellingPart(text);
  const usual = withoutGeneric(piecesOf(part));
  const pieces =
    tellingWords(usual) >= 2 ? usual : withoutGeneric(piecesOf(part.replaceAll(quotationMarks, ' <text> ')));
  return pieces
    .slice(0, mostPieces)
    .map((piece) => RE2JS.quote(piece))
    .join('.{0,80}');
}
