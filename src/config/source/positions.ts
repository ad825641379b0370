import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Pair, YAMLMap } from 'yaml';
import { syntaxProblems } from './syntax.ts';

/** The way to a value from the root of a file. */
export type Path = readonly (string | number)[];

/** A place in a text, 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SourceProblem {
  readonly path: Path;
  readonly place: Place;
  readonly message: string;
}

/** What the YAML of a file says, and where it says it. */
export interface Source {
  /** Plain data: objects, arrays, strings, numbers, booleans and null. */
  readonly data: unknown;
  /** Where the value at `path` begins, or its key; that of the nearest mapping or list around it when there is none. */
  placeOf(path: Path, part?: 'key' | 'value'): Place;
  readonly problems: readonly SourceProblem[];
  /** The first line from which the structure is a guess, because of a syntax error; Infinity when all of it is sound. */
  readonly soundUntil: number;
}

/** Most values that a file may hold once its aliases are followed: a few lines of them can stand for billions. */
const maxValues = 200_000;
const maxDepth = 50;

/** `monitors[2].late_after.warning`; a key that is no plain word stands in brackets and quotes. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

/** Turns YAML nodes into plain data and notes where each value stands; one reader reads one document. */
class Reader {
  readonly offsets = new Map<string, { readonly key: number; readonly value: number }>();
  readonly problems: { readonly path: Path; readonly offset: number; readonly message: string }[] = [];
  /** It was given up: nothing that was read is of use. */
  isEndless = false;
  readonly #document: Document;
  #values = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  read(node: unknown, path: Path, key: number): unknown {
    const offset = offsetOf(node) ?? key;
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target !== undefined) return this.read(target, path, key);
      this.#report(
        path,
        offset,
        `nothing is called &${node.source}; put quotes around a value that begins with *`,
      );
      return null;
    }
    this.offsets.set(JSON.stringify(path), { key, value: offset });
    this.#values += 1;
    if (this.#values > maxValues || path.length > maxDepth) {
      this.isEndless = true;
      return null;
    }
    if (isMap(node)) return Object.fromEntries(this.#entries(node, path));
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index], offset));
    return isScalar(node) ? node.value : null;
  }

  #entries(node: YAMLMap, path: Path): Map<string, unknown> {
    const entries = new Map<string, unknown>();
    const isMerge = (pair: Pair) => isScalar(pair.key) && pair.key.value === '<<';
    // What `<<` brings yields to the mapping's own keys, and of several to the first: the last word is read last.
    for (const pair of node.items.filter(isMerge))
      for (const map of this.#merged(pair.value).reverse())
        for (const [key, value] of this.#entries(map, path)) entries.set(key, value);
    const own = new Map<string, number>();
    for (const pair of node.items.filter((item) => !isMerge(item))) {
      const offset = offsetOf(pair.key) ?? 0;
      if (!isScalar(pair.key)) {
        this.#report(path, offset, 'a key must be a plain text; put quotes around it');
        continue;
      }
      const key = String(pair.key.value);
      if (own.has(key)) this.#report([...path, key], offset, 'is written twice; keep one of the two');
      own.set(key, offset);
      entries.set(key, this.read(pair.value, [...path, key], offset));
    }
    return entries;
  }

  #merged(value: unknown): YAMLMap[] {
    const node = isAlias(value) ? value.resolve(this.#document) : value;
    if (isMap(node)) return [node];
    return isSeq(node) ? node.items.flatMap((item) => this.#merged(item)) : [];
  }

  #report(path: Path, offset: number, message: string): void {
    this.problems.push({ path, offset, message });
  }
}

/** Reads one YAML document. Never throws: what is wrong is among the problems. */
export function readSource(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = syntaxProblems(document, text);
  const reader = new Reader(document);
  const data = reader.read(document.contents, [], 0);
  const endless = {
    path: [],
    place: place(0),
    message: 'holds too much, or aliases (*) that multiply it; write it out',
  };
  if (reader.isEndless) return { data: null, problems: [endless], soundUntil: 1, placeOf: () => place(0) };
  const problems = [
    ...syntax.problems.map(({ offset, message }) => ({ path: [], place: place(offset), message })),
    ...reader.problems.map(({ path, offset, message }) => ({ path, place: place(offset), message })),
  ];
  return {
    data,
    problems,
    soundUntil: syntax.soundUntil === undefined ? Infinity : place(syntax.soundUntil).line,
    placeOf: (path, part = 'value') => {
      for (let length = path.length; length >= 0; length -= 1) {
        const found = reader.offsets.get(JSON.stringify(path.slice(0, length)));
        if (found !== undefined) return place(length === path.length ? found[part] : found.value);
      }
      return place(0);
    },
  };
}
