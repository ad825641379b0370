import { parseArgs } from 'node:util';
import { nearest } from '../../config/source/nearest.ts';
import { flagHelp, flagTypes } from './flags.ts';
import type { FlagName } from './flags.ts';

/** A command line that cannot be understood: exit code 2, as shells expect. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `; did you mean X?`, or '' when no name is near. */
export function meant(wanted: string, names: readonly string[], show = (name: string) => name): string {
  const best = nearest(wanted, names);
  return best === undefined ? '' : `; did you mean ${show(best)}?`;
}

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(flagTypes, name);
}

function parseLoosely(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: flagTypes,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
}

type Token = ReturnType<typeof parseLoosely>['tokens'][number];
type FlagToken = Extract<Token, { kind: 'option' }>;

/** @throws UsageError for a flag that does not exist, lacks its value, or has one that it does not take. */
function checkFlag({ name, rawName, value, inlineValue }: FlagToken): void {
  if (!isFlag(name)) {
    const hint = meant(name, Object.keys(flagTypes), (known) => `--${known}`);
    throw new UsageError(`there is no flag ${rawName}${hint}`);
  }
  const { value: placeholder } = flagHelp[name];
  if (flagTypes[name].type === 'boolean') {
    if (value !== undefined)
      throw new UsageError(`--${name} takes no value: leave out ${JSON.stringify(value)}`);
  } else if (value === undefined || value === '')
    throw new UsageError(`--${name} needs a value: write --${name} ${placeholder}`);
  else if (!inlineValue && value.startsWith('-'))
    throw new UsageError(
      `--${name} needs a value before ${value}; if that is its value, write --${name}=${value}`,
    );
}

/** @throws UsageError when a flag that can have one value alone is there several times. */
function checkRepeated(tokens: readonly FlagToken[]): void {
  const seen = new Set<string>();
  for (const { name } of tokens) {
    const type = isFlag(name) ? flagTypes[name] : undefined;
    if (seen.has(name) && type?.type === 'string' && !('multiple' in type))
      throw new UsageError(`--${name} is given twice: keep one`);
    seen.add(name);
  }
}

/**
 * Takes a command line apart.
 *
 * @returns `values` of the flags that are there, `positionals`, and `flags`: the names of the flags that are there.
 * @throws UsageError
 */
export function parseCommandLine(args: readonly string[]) {
  const tokens = parseLoosely(args).tokens.filter((token) => token.kind === 'option');
  tokens.forEach(checkFlag);
  checkRepeated(tokens);
  const { values, positionals } = parseArgs({ args: [...args], options: flagTypes, allowPositionals: true });
  return { values, positionals, flags: tokens.map(({ name }) => name).filter(isFlag) };
}

export type FlagValues = ReturnType<typeof parseCommandLine>['values'];

/** @throws UsageError for a flag that the command would ignore. */
export function checkFlagsOf(command: string, flags: readonly FlagName[]): void {
  for (const name of flags) {
    const { commands } = flagHelp[name];
    if (commands?.includes(command) === false)
      throw new UsageError(`${command} does not take --${name}; it is for ${commands.join(', ')}`);
  }
}

/** The value of a flag that takes one of a few words. @throws UsageError */
export function oneOf<Word extends string>(flag: FlagName, value: string, allowed: readonly Word[]): Word {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    throw new UsageError(`--${flag} ${JSON.stringify(value)}: write one of ${allowed.join(', ')}`);
  return found;
}

/** The value of a flag that takes an http or https URL. @throws UsageError */
export function httpUrl(flag: FlagName, text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(
      `--${flag} ${JSON.stringify(text)}: write a whole URL, such as https://monitor.example/erp`,
    );
  return url;
}
