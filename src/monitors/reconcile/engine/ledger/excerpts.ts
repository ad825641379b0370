import type { FoundRow } from '../../../../databases/comparison/contract.ts';
import type { LedgerTexts } from './ledger.ts';

/** Longest text that is stored of a field. */
const mostCharacters = 60;
/** So much of what two texts have in common is left before the place where they differ. */
const mostInCommon = 20;

/** Where two texts differ first. */
function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

/** The part of a text that tells it apart: from its beginning on, unless that is what both have in common. */
function excerpt(text: string, from: number): string {
  const begin = text.length > mostCharacters && from > mostInCommon ? from - mostInCommon : 0;
  const end = begin + mostCharacters;
  return `${begin > 0 ? '…' : ''}${text.slice(begin, end).toWellFormed()}${end < text.length ? '…' : ''}`;
}

/**
 * What is stored of the texts of a row.
 *
 * @param other the row of the other side; null: there is none.
 * @param presentable leaves out what is private, before anything is cut, for a half of it is not recognised.
 */
export function excerpts(
  row: FoundRow | null,
  other: FoundRow | null,
  presentable: (text: string) => string,
): LedgerTexts {
  return (row?.texts ?? []).map((text, index) => {
    if (text === null) return null;
    const shown = presentable(text);
    const opposite = other?.texts[index] ?? null;
    return excerpt(shown, opposite === null ? 0 : firstDifference(shown, presentable(opposite)));
  });
}
