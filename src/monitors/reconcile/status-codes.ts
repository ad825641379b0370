import type { Compared } from './compare-settings.ts';
import type { SideName } from './engine/types.ts';

type StatusSettings = Extract<Compared, { type: 'status' }>;

/** What each code of a status means: the index is the code. */
export function meaningsOf({ left, right }: StatusSettings): readonly string[] {
  return [...new Set([...Object.values(left), ...Object.values(right)])].sort();
}

/** The codes of a side's words. A word that is not listed has a code that the other side never has, and is reported as a difference. */
export function codesOf(
  how: StatusSettings,
  side: SideName,
): { readonly codes: Readonly<Record<string, number>>; readonly other: number } {
  const meanings = meaningsOf(how);
  const codes = Object.entries(how[side]).map(([word, meaning]) => [word, meanings.indexOf(meaning)]);
  return { codes: Object.fromEntries(codes) as Record<string, number>, other: side === 'left' ? -1 : -2 };
}
