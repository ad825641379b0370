/**
 * The language that a browser prefers, of those there are: the one with the highest weight, whatever its country.
 *
 * @param header as `Accept-Language` has it (RFC 9110, 12.5.4). @param known the first one is taken where none is asked for.
 */
export function preferredLanguage<Language extends string>(
  header: string,
  known: readonly [Language, ...Language[]],
): Language {
  const wanted = header
    .split(',', 20)
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const weight = parameters.find((text) => text.startsWith('q='));
      return {
        language: range.split('-', 1)[0] ?? '',
        weight: weight === undefined ? 1 : Number(weight.slice(2)),
      };
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight);
  for (const { language } of wanted) {
    const found = language === '*' ? known[0] : known.find((name) => name === language);
    if (found !== undefined) return found;
  }
  return known[0];
}
