import type { Compared, SideSettings } from './settings.ts';

export const sideNames = ['left', 'right'] as const;
export type SideName = (typeof sideNames)[number];

type StatusSettings = Extract<Compared, { type: 'status' }>;

/** What each code of a status means: the index is the code. */
export function meaningsOf({ left, right }: StatusSettings): readonly string[] {
  return [...new Set([...Object.values(left), ...Object.values(right)])].sort();
}

/** The codes of a side's words. A word that is not listed has a code that the other side never has: it is told as a difference. */
export function codesOf(
  how: StatusSettings,
  side: SideName,
): { readonly codes: Readonly<Record<string, number>>; readonly other: number } {
  const meanings = meaningsOf(how);
  const codes = Object.entries(how[side]).map(([word, meaning]) => [word, meanings.indexOf(meaning)]);
  return { codes: Object.fromEntries(codes) as Record<string, number>, other: side === 'left' ? -1 : -2 };
}

/** The query of a side, written by the user or made of its table. */
export function sideSql({ query, table, columns = {}, where }: SideSettings): string {
  if (query !== undefined) return query;
  const list = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  return `SELECT ${list.join(', ')} FROM ${table ?? ''}${where === undefined ? '' : ` WHERE ${where}`}`;
}
