import { digitGroups, maskCards } from './cards.ts';
import { ibanLength } from './iban.ts';

const secret = '[secret]';

/** Whether a value is an ordinary word rather than a random string, or was masked before. */
function isWord(value: string): boolean {
  return /^(?:[a-z]+[.!?]?|\[[a-z]+\])$/i.test(value) && !/[a-z][A-Z]/.test(value);
}

/**
 * Names of secrets before `=` or `:`, plain or in JSON. A value named as a password is always masked; a token may also be a
 * term of grammar ("unexpected token: comma").
 */
const keyed =
  /(?<![\p{L}\p{N}])((?:[\w-]{0,40}[_-])?(?:(password|passwd|passphrase|pwd|wachtwoord|passwort|kennwort|mot de passe|secret|cv[cv]2?)|token|api[_-]?key|authorization|signature|sessionid))((?:\\?["'])?\s{0,3}[:=]\s{0,3})("[^"]{1,500}"|'[^']{1,500}'|\\"[^"\\]{1,500}\\"|[^\s"',;&}\\]{1,4096})/giu;

function maskKeyed(
  found: string,
  key: string,
  always: string | undefined,
  between: string,
  value: string,
): string {
  const quote = /^\\?["']/.exec(value)?.[0] ?? '';
  const bare = value.slice(quote.length, value.length - quote.length);
  if (always === undefined && isWord(bare)) return found;
  return `${key}${between}${quote}${secret}${quote}`;
}

/** Keys of well-known services, which are recognised by their prefix, and JSON Web Tokens. */
const tokens =
  /(?<![\w-])(?:eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?|[spr]k_(?:live|test)_\w{8,}|gh[pousr]_\w{20,}|xox[abeprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|shp(?:at|ca|pa|ss)_\w{20,}|c[ks]_[0-9a-f]{40}|SG\.[\w-]{16,}\.[\w-]{16,})/g;

/** The part before the @ has at most 64 characters (RFC 5321), which also bounds the time for a long text. */
const mail =
  /[\p{L}\p{N}][\p{L}\p{N}._+'-]{0,63}(?:@|%40)[\p{L}\p{N}](?:[\p{L}\p{N}-]|\.(?=[\p{L}\p{N}]))*/gu;

function maskIbans(text: string): string {
  let masked = '';
  let done = 0;
  for (const { index } of text.matchAll(/(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ .-]?[A-Za-z0-9])/g)) {
    const length = index < done ? 0 : ibanLength(text, index);
    if (length === 0) continue;
    masked += `${text.slice(done, index)}[iban]`;
    done = index + length;
  }
  return masked + text.slice(done);
}

/**
 * Telephone numbers: with a country code after + or 00; with the area code in brackets; or 9 to 11 digits in groups that start
 * with a single 0 and are not a date. A number in one piece without a + is left: it is most likely a record number.
 */
const phones =
  /(?:(?<![\p{L}+])\+[1-9](?:[ ./()-]{0,2}\d){7,14}|(?<![\p{L}\p{N}_.,/#+-])(?:00[1-9]\d?[ ./-](?:[ ./()-]{0,2}\d){6,12}|00[1-9]\d{9,12}|\(0?\d{2,4}\)[ .-]?\d(?:[ ./-]?\d){4,8}|(?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d))0[1-9](?=\d{0,3}[ ./-])(?:[ ./-]{0,2}\d){7,9}))(?![\p{L}\p{N}_]|[-/.,:]\d)/gu;

/** Words that mark a number as a telephone number. */
const namedPhones =
  /(?<!\p{L})((?:tel|telephone|telefoon|telefon|téléphone|phone|mobile|gsm|handy|fax)(?:\.|[ _]?(?:no|nr|number|nummer))?["']?\s{0,2}[:=]?\s{0,2}["']?)(?:\+?\(?\d(?:[ ./()-]{0,2}\d){6,14})(?![\p{L}\p{N}])/giu;

/**
 * Removes from a message what must not reach mails and dashboards: secrets, e-mail addresses, IBANs, card numbers and telephone
 * numbers, each replaced by a word in square brackets. Record numbers, amounts, dates and codes are left. When in doubt, text
 * stays readable: this is not anonymisation.
 *
 * Takes time in proportion to the text, whatever it holds.
 */
export function mask(text: string): string {
  const withoutSecrets = text
    .replaceAll(/(:\/\/[^\s/:@]{0,200}:)[^\s/@]{1,200}@/g, `$1${secret}@`)
    .replaceAll(tokens, secret)
    .replaceAll(/\b(Bearer|Basic) {1,3}([\w.~+/=-]{6,})/gi, (found, scheme: string, value: string) =>
      isWord(value) ? found : `${scheme} ${secret}`,
    )
    .replaceAll(keyed, maskKeyed);
  return maskIbans(withoutSecrets.replaceAll(mail, '[mail]'))
    .replaceAll(digitGroups, maskCards)
    .replaceAll(namedPhones, '$1[phone]')
    .replaceAll(phones, '[phone]');
}
