import { LineCounter, parseDocument } from 'yaml';
import type { Path } from './path.ts';
import { syntaxProblems } from './syntax.ts';
import { YamlReader } from './yaml-reader.ts';

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

/** Reads one YAML document. Never throws: what is wrong is among the problems. */
export function readSource(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = syntaxProblems(document, text);
  const reader = new YamlReader(document);
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
