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

function flagsOf(command: string): readonly string[] {
  return Object.entries(flagHelp).flatMap(([name, { commands }]) =>
    commands?.includes(command) === false ? [] : [name],
  );
}

/** `-config.file=a.yml`, as programs in Go have their flags, is to Node a bundle of letters: the whole word is meant. */
function unknownFlag(word: string, command: string): UsageError {
  const [given = word] = word.split('=');
  const own = flagsOf(command);
  const name = given.replace(/^-+/, '');
  const dashed = (known: string) => `--${known}`;
  const hint = meant(name, own, dashed) || meant(name, Object.keys(flagTypes), dashed);
  return new UsageError(`there is no flag ${given}${hint}\n${command} takes ${own.map(dashed).join(', ')}`);
}

/**
 * @param word the argument that holds it.
 * @throws UsageError for a flag that does not exist, lacks its value, or has one that it does not take.
 */
function checkFlag({ name, value, inlineValue }: FlagToken, word: string, command: string): void {
  if (!isFlag(name) || /^-[^-]./.test(word)) throw unknownFlag(word, command);
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
  const all = parseLoosely(args).tokens;
  const tokens = all.filter((token) => token.kind === 'option');
  const command = all.find((token) => token.kind === 'positional')?.value ?? 'serve';
  for (const token of tokens) checkFlag(token, args[token.index] ?? token.rawName, command);
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
      text.includes('@')
        ? `--${flag}: is no URL; in a user and password write %40 for "@", %2F for "/", %3F for "?", %23 for "#", %25 for "%"`
        : `--${flag} ${JSON.stringify(text)}: write a whole URL, such as https://monitor.example/erp`,
    );
  return url;
}
