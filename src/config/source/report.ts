import type { z } from 'zod';
import type { Expansion } from './environment.ts';
import { explain } from './explain.ts';
import { flatten, replaceAt } from './issues.ts';
import { formatPath } from './path.ts';
import type { Path } from './path.ts';
import type { Source } from './positions.ts';
import type { ConfigProblem } from './problem.ts';

/** Everything that is wrong with one file, collected while it is read. */
export class Report {
  readonly #file: string;
  readonly #source: Source;
  readonly #expansion: Expansion;
  /** Paths of the values that could not be read, or lack a variable: what else is wrong with them is its consequence. */
  readonly #unread: ReadonlySet<string>;
  readonly #problems: ConfigProblem[] = [];
  readonly #warnings: ConfigProblem[] = [];

  constructor(file: string, source: Source, expansion: Expansion) {
    this.#file = file;
    this.#source = source;
    this.#expansion = expansion;
    this.#unread = new Set(
      [...source.problems, ...expansion.problems].map(({ path }) => JSON.stringify(path)),
    );
    for (const { place, path, message } of source.problems)
      this.#problems.push({ file, ...place, path: formatPath(path), message });
    for (const { path, message } of expansion.problems) this.#add(this.at(path, message));
  }

  /** A problem at the value of `path`, or at its key. */
  at(path: Path, message: string, part: 'key' | 'value' = 'value'): ConfigProblem {
    return { file: this.#file, ...this.#source.placeOf(path, part), path: formatPath(path), message };
  }

  problem(path: Path, message: string, part: 'key' | 'value' = 'value'): void {
    if (!this.#unread.has(JSON.stringify(path))) this.#add(this.at(path, message, part));
  }

  warn(path: Path, message: string, part: 'key' | 'value' = 'value'): void {
    this.#warnings.push(this.at(path, message, part));
  }

  /** Below a syntax error everything is a guess, and so is what is wrong with it. */
  #add(problem: ConfigProblem): void {
    if (problem.line < this.#source.soundUntil) this.#problems.push(problem);
  }

  get problems(): readonly ConfigProblem[] {
    return inOrder(this.#problems);
  }

  get warnings(): readonly ConfigProblem[] {
    return inOrder(this.#warnings);
  }

  /**
   * Reads the value at `path` by a schema; what is wrong becomes problems.
   *
   * @returns undefined when anything is.
   */
  read<Schema extends z.ZodType>(schema: Schema, value: unknown, path: Path): z.output<Schema> | undefined {
    const options = { error: explain, reportInput: true };
    let result = schema.safeParse(value, options);
    if (!result.success) {
      const typed = this.#typeExpanded(value, path, result.error.issues);
      if (typed !== undefined) result = schema.safeParse(typed, options);
    }
    if (result.success) return result.data;
    for (const issue of flatten(result.error.issues)) this.#issue(issue, path);
    return undefined;
  }

  /**
   * A variable of the environment is always a text; where a schema wants a number or a boolean, and the text is one, it is
   * taken for it. The schema decides, so that a password of digits stays a text.
   *
   * @returns the value with such texts replaced; undefined when there was none.
   */
  #typeExpanded(value: unknown, path: Path, issues: readonly z.core.$ZodIssue[]): unknown {
    let changed = false;
    let typed = value;
    for (const issue of issues) {
      const wanted = issue.code === 'invalid_type' && /^(?:number|int|boolean)$/.test(issue.expected);
      if (!wanted || typeof issue.input !== 'string') continue;
      if (!this.#expansion.expanded.has(JSON.stringify([...path, ...issue.path]))) continue;
      if (!/^(?:-?\d+(?:\.\d+)?|true|false)$/.test(issue.input)) continue;
      typed = replaceAt(typed, issue.path, JSON.parse(issue.input));
      changed = true;
    }
    return changed ? typed : undefined;
  }

  #issue(issue: z.core.$ZodIssue, path: Path): void {
    // What is missing above a syntax error may well stand below it.
    if (issue.input === undefined && this.#source.soundUntil !== Infinity) return;
    const at = [...path, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
    if (issue.code === 'unrecognized_keys') {
      const messages = issue.message.split('\n');
      issue.keys.forEach((key, index) => this.problem([...at, key], messages[index] ?? issue.message, 'key'));
    } else this.problem(at, issue.message, issue.code === 'invalid_key' ? 'key' : 'value');
  }
}

/** By place, then by words; one and the same only once. */
function inOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].sort(
    (a, b) =>
      a.line - b.line || a.column - b.column || compare(a.path, b.path) || compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
