/** Digits in one piece or in groups, at least as many as a card number has. */
export const digitGroups = /(?<![\p{L}\p{N}_.,-])\d(?:[ -]?\d){12,}(?![\p{L}_])/gu;

/** Maximum number of digits of a card number, and minimum number in one of its groups. */
const mostDigits = 19;
const smallestGroup = 3;

/** Prefixes and lengths of card numbers by issuer (ISO/IEC 7812). Other numbers are not cards, even if their check digit is right. */
const issuers =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|6\d{15,18}|5[06-8]\d{14,17})$/;

/** Whether the check digit of a number is right (Luhn, ISO/IEC 7812-1 annex B). */
function passesLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** How many groups, from the first one on, form a card number; 0 when they do not. The longest match counts. */
function cardGroups(groups: readonly string[]): number {
  let digits = '';
  let found = 0;
  for (const [index, group] of groups.entries()) {
    digits += group;
    if (group.length < smallestGroup || digits.length > mostDigits) break;
    if (issuers.test(digits) && passesLuhn(digits)) found = index + 1;
  }
  return found;
}

/** Replaces every card number in a match of `digitGroups` by `[card]`; other groups, such as an expiry date, are left. */
export function maskCards(found: string): string {
  const parts = found.split(/([ -])/);
  const groups = parts.filter((_, index) => index % 2 === 0);
  let masked = '';
  let at = 0;
  while (at < groups.length) {
    const length = cardGroups(groups.slice(at, at + mostDigits));
    masked += length === 0 ? (groups[at] ?? '') : '[card]';
    at += Math.max(1, length);
    if (at < groups.length) masked += parts[2 * at - 1] ?? '';
  }
  return masked;
}
