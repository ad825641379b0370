import { closest, distance } from 'fastest-levenshtein';

/** The name that `wanted` most likely misspells; undefined when none is close enough. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const best = closest(
    wanted.toLowerCase(),
    names.map((name) => name.toLowerCase()),
  );
  const shorter = Math.min(wanted.length, best.length);
  const near = shorter > 2 && distance(wanted.toLowerCase(), best) <= Math.min(3, Math.floor(shorter / 2));
  return near ? names.find((name) => name.toLowerCase() === best) : undefined;
}

/** `did you mean "orders"?`, else `use one of …`. @param none the text when there are no names. */
export function suggest(wanted: string, names: readonly string[], none: string): string {
  const best = nearest(wanted, names);
  if (best !== undefined) return `did you mean ${JSON.stringify(best)}?`;
  if (names.length === 0) return none;
  return `use ${names.length === 1 ? '' : 'one of '}${[...names].sort().join(', ')}`;
}
