import { z } from 'zod';
import { nearest, suggest } from './nearest.ts';

type RawIssue = z.core.$ZodRawIssue;
type IssueOf<Code extends RawIssue['code']> = Extract<RawIssue, { code: Code }>;

const expectations: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list such as [a, b]',
  object: 'a mapping of keys',
  record: 'a mapping of keys',
};

/** What a value of YAML is called, without showing it: it may be a secret. */
function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  const names: Readonly<Record<string, string>> = {
    string: 'a text',
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
  if (issue.input === null) return 'is empty; give it a value, or remove the key';
  if (issue.expected === 'int' && typeof issue.input === 'number') return 'must be a whole number';
  const expected = expectations[issue.expected] ?? issue.expected;
  const advice = issue.expected === 'string' && typeof issue.input !== 'object' ? '; put it in quotes' : '';
  return `must be ${expected}, not ${nameOf(issue.input)}${advice}`;
}

/** One line for each unknown key, in the order of `issue.keys`. */
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
      : `must hold at ${bound} ${String(limit)} ${origin === 'string' ? 'characters' : 'entries'}`;
  return `must be at ${bound} ${String(limit)}`;
}

/** The word that tells the forms of a mapping apart, as if it had been a choice by itself. */
function explainUnion(issue: IssueOf<'invalid_union'>): string {
  if (issue.input === undefined) return 'is missing; add it';
  const { inst, input, discriminator: key } = issue;
  const isChoice = inst instanceof z.ZodDiscriminatedUnion && typeof key === 'string';
  if (!isChoice || typeof input !== 'object' || input === null)
    return 'is of none of the forms that are understood here';
  const choices = inst.options.flatMap((option) => {
    const word: unknown = option instanceof z.ZodObject ? option.shape[key] : undefined;
    return word instanceof z.ZodLiteral ? [...word.values].map(String) : [];
  });
  return explainChoice(Object.getOwnPropertyDescriptor(input, key)?.value, choices);
}

/** What zod found, in the words of someone who writes YAML. Schemas with words of their own go before it. */
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
      return issue.issues[0]?.message ?? 'cannot be a name here';
    default:
      return undefined;
  }
}
