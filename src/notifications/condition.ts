import type { Matcher } from './route.ts';

/** What is asked of an alert: at most one matcher a label, all of which hold. */
export type Condition = ReadonlyMap<string, Matcher>;

function both(one: Matcher, other: Matcher): Matcher | undefined {
  if (one.negated && other.negated) return { ...one, values: [...new Set([...one.values, ...other.values])] };
  const [set, filter] = one.negated ? [other, one] : [one, other];
  const values = set.values.filter((value) => filter.values.includes(value) !== filter.negated);
  return values.length === 0 ? undefined : { ...set, values };
}

/** What holds where a condition and more matchers hold; undefined when nothing can. */
export function within(condition: Condition, matchers: readonly Matcher[]): Condition | undefined {
  const narrowed = new Map(condition);
  for (const matcher of matchers) {
    const known = narrowed.get(matcher.label);
    const joint = known === undefined ? matcher : both(known, matcher);
    if (joint === undefined) return undefined;
    narrowed.set(matcher.label, joint);
  }
  return narrowed;
}

/** The rest of a condition where not all of some matchers hold, as conditions that exclude each other. */
export function outside(condition: Condition, matchers: readonly Matcher[]): Condition[] {
  const parts: Condition[] = [];
  let rest: Condition | undefined = condition;
  for (const matcher of matchers) {
    if (rest === undefined) break;
    const part = within(rest, [{ ...matcher, negated: !matcher.negated }]);
    if (part !== undefined) parts.push(part);
    rest = within(rest, [matcher]);
  }
  return parts;
}

/** What one of two matchers of a label holds for; `null`: every value. */
function either(one: Matcher, other: Matcher): Matcher | null {
  if (!one.negated && !other.negated)
    return { ...one, values: [...new Set([...one.values, ...other.values])] };
  const [excluding, filter] = one.negated ? [one, other] : [other, one];
  const values = excluding.values.filter((value) => filter.values.includes(value) === filter.negated);
  return values.length === 0 ? null : { ...excluding, values };
}

/** Whether two matchers ask the same. */
export const isSame = (one: Matcher | undefined, other: Matcher | undefined): boolean =>
  one !== undefined &&
  one.negated === other?.negated &&
  one.values.length === other.values.length &&
  one.values.every((value) => other.values.includes(value));

/** Two conditions as one, where they differ in one label alone. */
function joined(one: Condition, other: Condition): Condition | undefined {
  if (one.size !== other.size) return undefined;
  const different = [...one.values()].filter((matcher) => !isSame(matcher, other.get(matcher.label)));
  const [matcher, ...more] = different;
  const twin = matcher === undefined ? undefined : other.get(matcher.label);
  if (matcher === undefined || twin === undefined || more.length > 0) return undefined;
  const joint = either(matcher, twin);
  const rest = [...one].filter(([label]) => label !== matcher.label);
  return new Map(joint === null ? rest : [...rest, [joint.label, joint]]);
}

/** The same alerts by fewer conditions. */
export function simplified(conditions: readonly Condition[]): readonly Condition[] {
  for (const [index, one] of conditions.entries())
    for (const [distance, other] of conditions.slice(index + 1).entries()) {
      const joint = joined(one, other);
      if (joint === undefined) continue;
      const others = conditions.filter((_, place) => place !== index && place !== index + 1 + distance);
      return simplified([...others, joint]);
    }
  return conditions;
}
