import { LineCounter, parseDocument } from 'yaml';
import type { Path } from './path.ts';
import { syntaxProblems } from './syntax.ts';
import { YamlReader } from './yaml-reader.ts';

/** A position in a text, 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SourceProblem {
  readonly path: Path;
  readonly place: Place;
  readonly message: string;
}

/** The data of a YAML file, with the position of each value. */
export interface Source {
  /** Plain data: objects, arrays, strings, numbers, booleans and null. */
  readonly data: unknown;
  /** Where the value at `path`, or its key, starts; when it is absent, where the nearest enclosing mapping or list starts. */
  placeOf(path: Path, part?: 'key' | 'value'): Place;
  readonly problems: readonly SourceProblem[];
  /** The first line whose structure is uncertain because of a syntax error; Infinity when there is none. */
  readonly firstUncertainLine: number;
}

const tooLarge =
  'contains too many or too deeply nested values, counting those that aliases (*) repeat; write them out';

/** A source that cannot be used for one reason. */
function unusable(place: Place, message: string): Source {
  return {
    data: null,
    problems: [{ path: [], place, message }],
    firstUncertainLine: 1,
    placeOf: () => place,
  };
}

/** Reads one YAML document. Never throws: mistakes are returned as problems. */
export function readSource(text: string): Source {
  try {
    return readDocument(text);
  } catch (error) {
    // The parser and the reader call themselves for each level; other errors are no matter of the text.
    if (!(error instanceof RangeError)) throw error;
    return unusable(deepestPlace(text), tooLarge);
  }
}

/** Where a text nests most deeply: the line that is indented most, or, in one long line, its first bracket. */
function deepestPlace(text: string): Place {
  let deepest = { line: 1, column: 1 };
  for (const [index, line] of text.split('\n').entries()) {
    const column = (/^[ -]*(?:[[{]+)?/.exec(line)?.[0].length ?? 0) + 1;
    if (column > deepest.column) deepest = { line: index + 1, column };
  }
  return deepest;
}

function readDocument(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = syntaxProblems(document, text, (offset) => place(offset).line);
  const reader = new YamlReader(document);
  const data = reader.read(document.contents, [], 0);
  if (reader.tooLargeAt !== undefined) return unusable(place(reader.tooLargeAt), tooLarge);
  const problems = [
    ...syntax.problems.map(({ offset, message }) => ({ path: [], place: place(offset), message })),
    ...reader.problems.map(({ path, offset, message }) => ({ path, place: place(offset), message })),
  ];
  return {
    data,
    problems,
    firstUncertainLine:
      syntax.firstUncertainOffset === undefined ? Infinity : place(syntax.firstUncertainOffset).line,
    placeOf: (path, part = 'value') => {
      for (let length = path.length; length >= 0; length -= 1) {
        const found = reader.offsets.get(JSON.stringify(path.slice(0, length)));
        if (found !== undefined) return place(length === path.length ? found[part] : found.value);
      }
      return place(0);
    },
  };
}
