/** Stands where something was cut. */
const cut = '[secret]';

/** Longer texts are cut: nobody reads them, and a log must not grow by what somebody put into a file. */
const maxLength = 4000;

/** Ids that are no secrets: of tenants, of applications, of companies in some systems. */
const uuids = /(?<![\da-f-])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\da-f-])/gi;

/** Times as ISO 8601 writes them, which messages give as examples and quote from rows. */
const isoTimes =
  /(?<![\p{L}\d])\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?(?![\p{L}\d])/gu;

/** User and password of a URL, up to the last "@" of the word: either may hold a bare one. */
const userinfo = /\b([a-z][a-z\d+.-]{1,30}:\/\/)(\S{0,2000})@/gi;
/** How messages write that a URL has both. */
const example = 'user:password';

/** What names a secret itself, in URLs and connection strings. */
const named = /\b(password|passwd|pwd|secret|token|api[_-]?key)(\s{0,2}=\s{0,2})(?!…)[^\s&;,"'`]{1,2000}/gi;

/**
 * A word, a name such as `lastSync` or `ERP`, a number, each with a few digits or letters behind it. Each part of it begins in one
 * way only, so that no text makes it try many: it reads whatever a server or a user wrote.
 */
const natural =
  /^(?:\p{Lu}{1,6}(?:\p{Ll}{2,})?|\p{Ll}*)(?:\p{Lu}\p{Ll}{2,}|Of|In|On|To|By|Is|Id|At|Or|No|As|If|Ms)*(?:\p{Lu}{0,4}|\p{Ll}?\d{0,8})$|^\p{Lu}+\d{0,8}$|^\d{1,20}\p{Ll}{0,3}$/u;
const consonants = /[bcdfghjklmnpqrstvwxz]{7}/i;
const separators = /[^\p{L}\p{N}!#$%^*~]+/u;
const marks = /^[!#$%^*~]+|[!#$%^*~]+$/gu;

function isNatural(part: string): boolean {
  const bare = part.replaceAll(marks, '');
  return bare === '' || (natural.test(bare) && !consonants.test(bare));
}

/** How many of small letters, capitals, digits and signs a word has. */
function kindsOf(word: string): number {
  return [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\p{N}._/:-]/u].filter((kind) => kind.test(word)).length;
}

/** Whether a word is random, by how much of it is neither words nor numbers. The figures come from measuring both. */
function isRandom(word: string): boolean {
  const judged = word.replaceAll(uuids, '').replaceAll(isoTimes, '');
  if (judged.length < 12) return false;
  const parts = judged.split(separators).filter((part) => !isNatural(part));
  const odd = parts.reduce((sum, part) => sum + part.length, 0);
  if (odd >= 12) return true;
  const signs = (judged.match(/[^\p{L}\p{N}/\\._:@-]/gu) ?? []).length;
  const kinds = kindsOf(judged);
  if (kinds === 4 && signs >= 5 && odd > 0) return true;
  return kinds >= 3 && odd + signs >= 8 && odd + signs >= 0.4 * judged.length;
}

/**
 * A text for people without what looks like a secret: the user and password of a URL, what is named as a password, and most
 * random words of 12 characters and more. A password that is an ordinary word cannot be told from one. Everything that is
 * written to a log, to the terminal as a message, or to a page as the reason of a failure comes by here.
 *
 * Takes time in proportion to the text, and returns 4000 characters at most.
 */
export function cutSecrets(text: string): string {
  const bounded = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return bounded
    .replaceAll(userinfo, (found, scheme: string, login: string) =>
      login === example ? found : `${scheme}${cut}@`,
    )
    .replaceAll(named, `$1$2${cut}`)
    .replaceAll(/[^\s"'`]{12,}/g, (word) => (isRandom(word) ? cut : word));
}

/** Whether a text is, or holds in its first 4000 characters, what looks like a secret. */
export function looksSecret(text: string): boolean {
  const bounded = text.slice(0, maxLength);
  return bounded !== cutSecrets(bounded);
}

/** Whether a text holds a URL with a user or a password: no matter of likeness. */
export function holdsLogin(text: string): boolean {
  const bounded = text.slice(0, maxLength);
  return [...bounded.matchAll(userinfo)].some(([, , login]) => login !== example);
}
