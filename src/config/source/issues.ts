import type { z } from 'zod';

/** A copy of a value with another value at one path. */
export function replaceAt(value: unknown, path: readonly PropertyKey[], replacement: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === head ? replaceAt(item, rest, replacement) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === head ? replaceAt(item, rest, replacement) : item,
    ]),
  );
}

/** Whether a form wants a value of another type; one that has forms itself does when each of them does. */
function wantsOtherType(branch: readonly z.core.$ZodIssue[]): boolean {
  return branch.some(
    (issue) =>
      issue.path.length === 0 &&
      (issue.code === 'invalid_type' ||
        (issue.code === 'invalid_union' && issue.errors.length > 0 && issue.errors.every(wantsOtherType))),
  );
}

/** Replaces the issue of a union by the issues of the one form that has the type of the value, if there is exactly one. */
export function flatten(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue];
    const meant = issue.errors.filter((branch) => !wantsOtherType(branch));
    const [only, ...others] = meant;
    if (only === undefined || others.length > 0) return [issue];
    return flatten(only).map((nested) => ({ ...nested, path: [...issue.path, ...nested.path] }));
  });
}
