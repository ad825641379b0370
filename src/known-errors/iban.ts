/** Length of an IBAN by country: the IBAN registry of SWIFT (ISO 13616). */
const lengths: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 ' +
    'FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
    'LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 ' +
    'SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** The check of an IBAN (ISO 7064, MOD 97-10): 1 when it is valid. `iban` in upper case, without spaces. */
function remainder(iban: string): number {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/**
 * How many characters of `text` from `start` on form an IBAN, in one piece or in groups; 0 when no IBAN starts there. An IBAN
 * must have the length of its country and valid check digits.
 */
export function ibanLength(text: string, start: number): number {
  const wanted = lengths.get(text.slice(start, start + 2).toUpperCase());
  if (wanted === undefined) return 0;
  let iban = '';
  let at = start;
  for (; at < text.length && iban.length < wanted; at += 1) {
    const character = text.charAt(at);
    if (/[A-Za-z0-9]/.test(character)) iban += character.toUpperCase();
    else if (!/[ .-]/.test(character) || !/[A-Za-z0-9]/.test(text.charAt(at + 1))) return 0;
  }
  const isWhole = iban.length === wanted && !/[A-Za-z0-9]/.test(text.charAt(at));
  return isWhole && /^..\d\d/.test(iban) && remainder(iban) === 1 ? at - start : 0;
}
