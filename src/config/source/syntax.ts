import { isScalar, visit } from 'yaml';
import type { Document, ErrorCode, YAMLError } from 'yaml';

export interface SyntaxProblem {
  readonly offset: number;
  readonly message: string;
}

/** Errors after which the structure of the rest of the text is still certain. */
const recoverable: ReadonlySet<ErrorCode> = new Set([
  'BAD_SCALAR_START',
  'BAD_DQ_ESCAPE',
  'MULTIPLE_DOCS',
  'TAG_RESOLVE_FAILED',
]);

/** Errors that cause many others behind them: those are not reported, as they would only confuse. */
const cascading: ReadonlySet<ErrorCode> = new Set(['UNEXPECTED_TOKEN', 'MISSING_CHAR']);

/** More than anybody reads; each costs time, and a file that is no YAML at all has one per line. */
const maxErrors = 1000;

const misaligned = 'this line is indented differently from its neighbours; align them';

const messages: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'this line is indented with a tab; YAML allows spaces only, so use spaces',
  BAD_INDENT: misaligned,
  BLOCK_AS_IMPLICIT_KEY:
    'this value contains ": ", which makes it a mapping; put quotes around it, or write it as a block after |',
  MULTILINE_IMPLICIT_KEY:
    'this line is not "key: value"; write a colon and a space after the key, or indent the continuation of a text',
  MULTIPLE_DOCS: 'a second YAML document starts here (---); put everything into one',
};

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? undefined : end);
}

/** Where the quoted text starts that extends to `end` because its closing quote is missing. */
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

function explainSyntax(error: YAMLError, document: Document, text: string): SyntaxProblem {
  const [offset] = error.pos;
  const line = lineAt(text, offset);
  if (error.code === 'BAD_SCALAR_START')
    return { offset, message: `a value must not start with ${text.charAt(offset)}; put quotes around it` };
  if (error.code === 'MISSING_CHAR' && error.message.includes('quote'))
    return {
      offset: openingQuote(document, offset) ?? offset,
      message: 'the quote that opens here is never closed; close it',
    };
  const bracket = /end with a ([}\]])$/.exec(error.message)?.[1];
  if (bracket !== undefined) return { offset, message: `a ${bracket} is missing before this; add it` };
  if (error.message.startsWith('Sequence item without')) return { offset, message: misaligned };
  if (error.code === 'TAG_RESOLVE_FAILED')
    return { offset, message: 'a value that starts with ! must be in quotes' };
  if (error.code === 'UNEXPECTED_TOKEN' && /(^|[^"'\w])\$\{/.test(line))
    return { offset, message: 'put quotes around a value with ${…} inside { } or [ ]' };
  if (error.code === 'UNEXPECTED_TOKEN' && /["']/.test(line))
    return {
      offset,
      message: 'a quoted text ends before this; double a \' inside \'…\', and write a " inside "…" as \\"',
    };
  return { offset, message: messages[error.code] ?? `is not valid YAML: ${error.message}` };
}

/**
 * The syntax errors of a document: at most one per line, without those that only follow from another.
 *
 * @returns `firstUncertainOffset`: offset of the first error that makes the structure after it uncertain.
 */
export function syntaxProblems(
  document: Document,
  text: string,
  lineOf: (offset: number) => number,
): { readonly problems: readonly SyntaxProblem[]; readonly firstUncertainOffset: number | undefined } {
  const errors = [...document.errors, ...document.warnings]
    .sort((a, b) => a.pos[0] - b.pos[0])
    .slice(0, maxErrors);
  const last = errors.findIndex((error) => cascading.has(error.code));
  const problems = new Map<number, SyntaxProblem>();
  for (const error of last === -1 ? errors : errors.slice(0, last + 1)) {
    const problem = explainSyntax(error, document, text);
    const line = lineOf(problem.offset);
    if (!problems.has(line)) problems.set(line, problem);
  }
  const uncertain = errors
    .filter((error) => !recoverable.has(error.code))
    .map((error) => explainSyntax(error, document, text).offset);
  return {
    problems: [...problems.values()],
    firstUncertainOffset: uncertain.length === 0 ? undefined : Math.min(...uncertain),
  };
}
