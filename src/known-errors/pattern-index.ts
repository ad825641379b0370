import { gramsOf } from './literals.ts';
import { alternativesOfPattern } from './patterns.ts';
import type { Alternative } from './patterns.ts';

/** One alternative of a pattern, with what it belongs to. */
export interface Candidate<Owner> extends Alternative {
  readonly owner: Owner;
  /** The whole pattern, as it was written. */
  readonly pattern: string;
}

/**
 * Finds the alternatives that a text, prepared by `foldText`, may match, in the order of the list: a few of many hundreds,
 * for nearly every alternative needs a word that the text does not contain.
 */
export type PatternIndex<Owner> = (folded: string) => readonly Candidate<Owner>[];

/** How many literals hold each gram. */
function frequencies(candidates: readonly Alternative[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const gram of candidates.flatMap(({ needed }) => needed?.flat() ?? []))
    found.set(gram, (found.get(gram) ?? 0) + 1);
  return found;
}

/** An index over patterns, each with its owner. */
export function indexPatterns<Owner>(
  patterns: readonly { readonly owner: Owner; readonly pattern: string }[],
): PatternIndex<Owner> {
  const candidates = patterns.flatMap(({ owner, pattern }): Candidate<Owner>[] =>
    alternativesOfPattern(pattern).map((alternative) => ({ owner, pattern, ...alternative })),
  );
  const frequency = frequencies(candidates);
  const rarestOf = ([first = '', ...others]: readonly string[]): string =>
    others.reduce(
      (rarest, gram) => ((frequency.get(gram) ?? 0) < (frequency.get(rarest) ?? 0) ? gram : rarest),
      first,
    );
  /** Places in `candidates`: of those of which nothing is known, and of the others by the rarest gram of each literal. */
  const always = candidates.flatMap(({ needed }, place) => (needed === undefined ? [place] : []));
  const byGram = Map.groupBy(
    candidates.flatMap(({ needed = [] }, place) => needed.map((grams) => ({ gram: rarestOf(grams), place }))),
    ({ gram }) => gram,
  );
  return (folded) => {
    const grams = gramsOf(folded);
    const places = new Set(always);
    for (const gram of grams) for (const { place } of byGram.get(gram) ?? []) places.add(place);
    const isPossible = ({ needed }: Alternative): boolean =>
      needed?.some((literal) => literal.every((gram) => grams.has(gram))) ?? true;
    return [...places]
      .sort((one, other) => one - other)
      .flatMap((place) => candidates[place] ?? [])
      .filter(isPossible);
  };
}
