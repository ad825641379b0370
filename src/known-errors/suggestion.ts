import { RE2JS } from 're2js';
import { normaliseError } from './fingerprint.ts';
import { foldText, testOfPattern } from './patterns.ts';
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
    'do does did exist exists existing found ' +
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

/** Digits as characters that `normaliseError` leaves alone. */
const kept = '\uE000'.codePointAt(0) ?? 0;
/** The number of an error is particular; those of records are not. */
const numberOfError =
  /\b(?:error|code|status|fehler|fout|erreur)\W{1,3}\d{3,6}\b|\b[45]\d\d (?:client|server) error\b/gi;

function withNumbersKept(text: string): string {
  return text.replaceAll(numberOfError, (found) =>
    found.replaceAll(/\d/g, (digit) => String.fromCodePoint(kept + Number(digit))),
  );
}

function withNumbersBack(text: string): string {
  return text.replaceAll(/[\uE000-\uE009]/g, (digit) => String((digit.codePointAt(0) ?? kept) - kept));
}

/** What stands between single quotation marks: in double ones JSON has all that it says, its envelope included. */
const quoted = /(?<!\p{L})'.{1,1000}?'(?!\p{L})/gu;
/** A quotation of so many telling words is what was said; a shorter one is a name or a value. */
const wordsOfMessage = 4;

/** A text in which messages that it quotes are no quotations any more: an envelope may say nothing else. */
function withMessagesOpened(text: string): string {
  return text.replaceAll(quoted, (quotation) =>
    tellingWords([quotation.toLowerCase()]) >= wordsOfMessage
      ? ` <text> ${quotation.slice(1, -1)} <text> `
      : quotation,
  );
}

function piecesOf(text: string): readonly string[] {
  return normaliseError(withNumbersKept(text))
    .split(/<(?:n|text|mail|url)>/)
    .map((piece) => withNumbersBack(piece).trim())
    .filter((piece) => /\p{L}{2}/u.test(piece));
}

/** Pieces that any error may hold, such as the status of HTTP in front, are left out where others remain. */
function withoutGeneric(pieces: readonly string[]): readonly string[] {
  const telling = pieces.map(withoutPreamble).filter((piece) => tellingWords([piece]) > 0);
  return telling.length > 0 ? telling : pieces;
}

const patternOf = (pieces: readonly string[]): string =>
  pieces.map((piece) => RE2JS.quote(piece)).join('.{0,80}');

/** Ever less of the pieces: what was taken out between two of them may be longer than a gap. */
function* selectionsOf(pieces: readonly string[]): Generator<readonly string[]> {
  for (let most = Math.min(mostPieces, pieces.length); most > 1; most -= 1)
    for (let from = 0; from + most <= pieces.length; from += 1) yield pieces.slice(from, from + most);
  for (const piece of pieces.toSorted((a, b) => tellingWords([b]) - tellingWords([a]))) yield [piece];
}

/** What a pattern may be made of, the most general first: without what is quoted, with it, and with generic words too. */
function sourcesOf(part: string): readonly (readonly string[])[] {
  const whole = piecesOf(part.replaceAll(quotationMarks, ' <text> '));
  return [withoutGeneric(piecesOf(withMessagesOpened(part))), withoutGeneric(whole), whole];
}

/**
 * A pattern that fits a message and others of its kind, and names what is particular to it: what `normaliseError` leaves of
 * its most telling part, with a gap for what it took out. Where hardly a word would be left that says what is particular,
 * what stands in quotation marks stays, and then all words do. '' for a text without words.
 */
export function suggestPattern(text: string): string {
  const part = tellingPart(text);
  const folded = foldText(part);
  const fits = (pieces: readonly string[]) => testOfPattern(patternOf(pieces))(folded);
  const sources = sourcesOf(part);
  const particular = sources
    .flatMap((source) => [...selectionsOf(source)])
    .find((pieces) => tellingWords(pieces) >= 2 && fits(pieces));
  const found = particular ?? [...selectionsOf(sources.at(-1) ?? [])].find(fits);
  // A message that is one long name has no pieces.
  return found === undefined ? RE2JS.quote(/\p{L}/u.test(folded) ? folded : '') : patternOf(found);
}
