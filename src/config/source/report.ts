import type { z } from 'zod';
import type { Expansion } from './environment.ts';
import { explain } from './explain.ts';
import { flatten, replaceAt } from './issues.ts';
import { formatPath } from './path.ts';
import type { Path } from './path.ts';
import type { Source } from './positions.ts';
import type { ConfigProblem } from './problem.ts';

/** Collects the problems and warnings of one file while it is read. */
export class Report {
  readonly #file: string;
  readonly #source: Source;
  readonly #expansion: Expansion;
  /** Paths of values with a syntax error or an unset variable: further problems of these only follow from that. */
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

  /** A problem at the position of the value at `path`, or of its key. It is returned, not collected. */
  at(path: Path, message: string, part: 'key' | 'value' = 'value'): ConfigProblem {
    return { file: this.#file, ...this.#source.placeOf(path, part), path: formatPath(path), message };
  }

  problem(path: Path, message: string, part: 'key' | 'value' = 'value'): void {
    if (!this.#unread.has(JSON.stringify(path))) this.#add(this.at(path, message, part));
  }

  warn(path: Path, message: string, part: 'key' | 'value' = 'value'): void {
    this.#warnings.push(this.at(path, message, part));
  }

  /** Problems below a syntax error are dropped: the structure there is uncertain. */
  #add(problem: ConfigProblem): void {
    if (problem.line < this.#source.firstUncertainLine) this.#problems.push(problem);
  }

  get problems(): readonly ConfigProblem[] {
    return inOrder(this.#problems);
  }

  get warnings(): readonly ConfigProblem[] {
    return inOrder(this.#warnings);
  }

  /**
   * Reads the value at `path` by a schema and collects its problems.
   *
   * @returns undefined when there are any.
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
   * An environment variable is always text. Where the schema expects a number or boolean and the text spells one, it is
   * converted. The schema decides, so that a password of digits stays text.
   *
   * @returns the value with such texts converted; undefined when there are none.
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
    // A key that seems to be missing may stand below the syntax error.
    if (issue.input === undefined && this.#source.firstUncertainLine !== Infinity) return;
    const at = [...path, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
    if (issue.code === 'unrecognized_keys') {
      const messages = issue.message.split('\n');
      issue.keys.forEach((key, index) => this.problem([...at, key], messages[index] ?? issue.message, 'key'));
    } else this.problem(at, issue.message, issue.code === 'invalid_key' ? 'key' : 'value');
  }
}

/** Sorted by position, then by text; duplicates removed. */
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
