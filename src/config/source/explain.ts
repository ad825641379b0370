import { z } from 'zod';
import { nearest, suggest } from './nearest.ts';

type RawIssue = z.core.$ZodRawIssue;
type IssueOf<Code extends RawIssue['code']> = Extract<RawIssue, { code: Code }>;

const expectations: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list such as [a, b]',
  object: 'a mapping of keys',
  record: 'a mapping of keys',
};

/** Names the type of a value without showing the value, which may be a secret. */
function typeNameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    object: 'a mapping',
    boolean: String(value),
  };
  return names[typeof value] ?? `a ${typeof value}`;
}

function explainType(issue: IssueOf<'invalid_type'>): string {
  if (issue.input === undefined) {
    const meaning = issue.inst instanceof z.ZodType ? issue.inst.description : undefined;
    return meaning === undefined ? 'is missing; add it' : `is missing; add it: ${meaning}`;
  }
  if (issue.input === null) return 'is empty; set a value or remove the key';
  if (issue.expected === 'int' && typeof issue.input === 'number') return 'must be a whole number';
  const expected = expectations[issue.expected] ?? issue.expected;
  const advice = issue.expected === 'string' && typeof issue.input !== 'object' ? '; put it in quotes' : '';
  return `must be ${expected}, not ${typeNameOf(issue.input)}${advice}`;
}

/** One line per unknown key, in the order of `issue.keys`. */
function explainKeys(issue: IssueOf<'unrecognized_keys'>): string {
  const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
  return issue.keys.map((key) => `unknown key; ${suggest(key, known, 'remove it')}`).join('\n');
}

function explainChoice(given: unknown, choices: readonly string[]): string {
  if (given === undefined) return `is missing; write one of ${choices.join(', ')}`;
  const best = typeof given === 'string' ? nearest(given, choices) : undefined;
  const hint = best === undefined ? '' : `; did you mean ${JSON.stringify(best)}?`;
  return `must be ${choices.length > 1 ? 'one of ' : ''}${choices.join(', ')}${hint}`;
}

function explainSize(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string' || origin === 'array' || origin === 'record')
    return limit === 1 && bound === 'least'
      ? 'must not be empty'
      : `must have at ${bound} ${String(limit)} ${origin === 'string' ? 'characters' : 'entries'}`;
  return `must be at ${bound} ${String(limit)}`;
}

/** Explains a union. Where one key selects the form of a mapping, the problem is that the key's value is not one of the choices. */
function explainUnion(issue: IssueOf<'invalid_union'>): string {
  if (issue.input === undefined) return 'is missing; add it';
  const { inst, input, discriminator: key } = issue;
  const isChoice = inst instanceof z.ZodDiscriminatedUnion && typeof key === 'string';
  if (!isChoice || typeof input !== 'object' || input === null)
    return 'has none of the allowed forms; see docs/configuration.md';
  const choices = inst.options.flatMap((option) => {
    const choice: unknown = option instanceof z.ZodObject ? option.shape[key] : undefined;
    return choice instanceof z.ZodLiteral ? [...choice.values].map(String) : [];
  });
  return explainChoice(Object.getOwnPropertyDescriptor(input, key)?.value, choices);
}

/**
 * Rephrases an issue of zod for the author of a YAML file: what is wrong and what to do.
 *
 * @returns undefined where zod's own message is used. A message that a schema sets itself takes precedence over this one.
 */
export function explain(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return explainType(issue);
    case 'unrecognized_keys':
      return explainKeys(issue);
    case 'invalid_value':
      return explainChoice(issue.input, issue.values.map(String));
    case 'too_small':
      return explainSize(issue.origin, 'least', issue.minimum);
    case 'too_big':
      return explainSize(issue.origin, 'most', issue.maximum);
    case 'invalid_union':
      return explainUnion(issue);
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is not a valid name here';
    default:
      return undefined;
  }
}
