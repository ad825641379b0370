import { isScalar, visit } from 'yaml';
import type { Document, ErrorCode, YAMLError } from 'yaml';

export interface SyntaxProblem {
  readonly offset: number;
  readonly message: string;
}

/** Errors after which the parser still understands the rest of the text. */
const harmless: ReadonlySet<ErrorCode> = new Set([
  'BAD_SCALAR_START',
  'BAD_DQ_ESCAPE',
  'MULTIPLE_DOCS',
  'TAG_RESOLVE_FAILED',
]);

/** Errors that make the parser stumble over everything that follows: what it says after one of them only confuses. */
const final: ReadonlySet<ErrorCode> = new Set(['UNEXPECTED_TOKEN', 'MISSING_CHAR']);

const misaligned = 'this line is indented otherwise than its neighbours; line them up';

const words: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML takes spaces only',
  BAD_INDENT: misaligned,
  BLOCK_AS_IMPLICIT_KEY:
    'this value holds ": ", which would make it a mapping; put quotes around it, or write it as a block after |',
  MULTILINE_IMPLICIT_KEY:
    'this line is no "key: value"; write a colon and a space after the key, or indent a text that goes on',
  MULTIPLE_DOCS: 'a second document begins here (---); keep everything in one',
};

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? undefined : end);
}

/** Where the quoted text begins that reaches to `end` for want of its closing quote. */
function openingQuote(document: Document, end: number): number | undefined {
  const found: number[] = [];
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && /^QUOTE/.test(node.type ?? '') && node.range && node.range[1] >= end)
        found.push(node.range[0]);
    },
  });
  return found.at(-1);
}

function explain(error: YAMLError, document: Document, text: string): SyntaxProblem {
  const [offset] = error.pos;
  const line = lineAt(text, offset);
  if (error.code === 'BAD_SCALAR_START')
    return { offset, message: `a value must not begin with ${text.charAt(offset)}; put quotes around it` };
  if (error.code === 'MISSING_CHAR' && error.message.includes('quote'))
    return {
      offset: openingQuote(document, offset) ?? offset,
      message: 'the quote that opens here is never closed',
    };
  const bracket = /end with a ([}\]])$/.exec(error.message)?.[1];
  if (bracket !== undefined) return { offset, message: `a ${bracket} is missing before this` };
  if (error.message.startsWith('Sequence item without')) return { offset, message: misaligned };
  if (error.code === 'TAG_RESOLVE_FAILED')
    return { offset, message: 'a value that begins with ! must stand in quotes' };
  if (error.code === 'UNEXPECTED_TOKEN' && /(^|[^"'\w])\$\{/.test(line))
    return { offset, message: 'put quotes around a value with ${…} that stands within { } or [ ]' };
  if (error.code === 'UNEXPECTED_TOKEN' && /["']/.test(line))
    return {
      offset,
      message: 'a quoted text ends before this; write a \' within \'…\' twice, a " within "…" as \\"',
    };
  return { offset, message: words[error.code] ?? `is not valid YAML: ${error.message}` };
}

/**
 * The syntax errors of a document, in words for its author: at most one a line, none that only follows from another.
 *
 * @returns `soundUntil`: offset of the first error after which the structure is a guess.
 */
export function syntaxProblems(
  document: Document,
  text: string,
): { readonly problems: readonly SyntaxProblem[]; readonly soundUntil: number | undefined } {
  const errors = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const last = errors.findIndex((error) => final.has(error.code));
  const problems = new Map<string, SyntaxProblem>();
  for (const error of last === -1 ? errors : errors.slice(0, last + 1)) {
    const problem = explain(error, document, text);
    const line = String(text.slice(0, problem.offset).split('\n').length);
    if (!problems.has(line)) problems.set(line, problem);
  }
  const unsound = errors
    .filter((error) => !harmless.has(error.code))
    .map((error) => explain(error, document, text).offset);
  return {
    problems: [...problems.values()],
    soundUntil: unsound.length === 0 ? undefined : Math.min(...unsound),
  };
}
