import { closest, distance } from 'fastest-levenshtein';

/** The one of `names` that `wanted` is most likely a slip of, if any comes near enough. */
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

/** `did you mean "orders"?`, or which names there are. `none` is said when there are none. */
export function suggest(wanted: string, names: readonly string[], none: string): string {
  const best = nearest(wanted, names);
  if (best !== undefined) return `did you mean ${JSON.stringify(best)}?`;
  return names.length === 0 ? none : `there is ${[...names].sort().join(', ')}`;
}
