import { createHash } from 'node:crypto';
import { appliesTo } from './catalogue.ts';
import type { Catalogue, Category, KnownError } from './catalogue.ts';
import { codesInColumn, codesInText, isWeakCode } from './codes.ts';
import { fingerprint } from './fingerprint.ts';
import { compilePattern, foldText } from './patterns.ts';
import type { TextTest } from './patterns.ts';

/** The error of a failed record; '' for what is not known. */
export interface ReportedError {
  /** From the column `code`, with or without a namespace; see `codesInColumn`. */
  readonly code: string;
  readonly message: string;
  readonly flow: string;
}

/** The labels of a classified error. */
export interface Classification {
  /** The id of a known error, else `unknown-` and the 12 hexadecimal digits of `fingerprint`. */
  readonly error: string;
  readonly category: Category | 'unknown';
  readonly known: boolean;
  /** '' when it is unknown. */
  readonly responder: string;
}

/** The entry that an error belongs to, and the code or pattern that matched. */
export interface Match {
  readonly entry: KnownError;
  readonly by: { readonly code: string } | { readonly pattern: string };
}

export interface Classifier {
  /** Cached, because every poll asks about the same open records again. */
  readonly classify: (error: ReportedError) => Classification;
  /** As `classify`, with the reason; undefined when the error is unknown. */
  readonly match: (error: ReportedError) => Match | undefined;
}

/** Maximum number of cached classifications: more than a run usually lists; about 200 bytes each. */
const maxCached = 20_000;

interface Candidate {
  readonly entry: KnownError;
  readonly patterns: readonly { readonly pattern: string; readonly test: TextTest }[];
}

function byCode(
  candidates: readonly Candidate[],
  codes: readonly string[],
  isWanted: (code: string) => boolean,
): Match | undefined {
  const wanted = new Set(codes.filter(isWanted));
  if (wanted.size === 0) return undefined;
  for (const { entry } of candidates) {
    const code = entry.codes.find((candidate) => wanted.has(candidate));
    if (code !== undefined) return { entry, by: { code } };
  }
  return undefined;
}

function byText(candidates: readonly Candidate[], folded: string): Match | undefined {
  if (folded === '') return undefined;
  for (const { entry, patterns } of candidates) {
    const found = patterns.find(({ test }) => test(folded));
    if (found !== undefined) return { entry, by: { pattern: found.pattern } };
  }
  return undefined;
}

/** See `createClassifier` for the order. */
function matchError(
  candidates: readonly Candidate[],
  { code, message, flow }: ReportedError,
): Match | undefined {
  const applicable = candidates.filter(({ entry }) => appliesTo(entry, flow));
  const own = applicable.filter(({ entry }) => entry.own);
  const shipped = applicable.filter(({ entry }) => !entry.own);
  const inColumn = codesInColumn(code.slice(0, 200));
  const folded = foldText(message);
  const codes = [...inColumn, ...codesInText(message.slice(0, 4096))];
  // If the column `code` holds no code that is understood, its text may still match a pattern.
  const text = inColumn.length > 0 ? folded : foldText(`${code.slice(0, 200)} ${folded}`);
  for (const layer of [own, shipped]) {
    const found = byCode(layer, codes, (candidate) => !isWeakCode(candidate)) ?? byText(layer, text);
    if (found !== undefined) return found;
  }
  return byCode(applicable, codes, isWeakCode);
}

/**
 * Assigns errors to known errors: by specific codes, then by texts, then by weak codes, which may wrap any error
 * (`isWeakCode`). The user's entries go through the first two passes before the shipped ones; the pass of weak codes comes
 * last for both, because a user's entry for `http:500` must not hide what the text says. In each pass the first entry wins.
 */
export function createClassifier(catalogue: Catalogue): Classifier {
  const candidates = catalogue.errors.map((entry): Candidate => ({
    entry,
    patterns: entry.patterns.map((pattern) => ({ pattern, test: compilePattern(pattern) })),
  }));
  const remembered = new Map<string, Classification>();

  const match = (error: ReportedError) => matchError(candidates, error);

  function classifyAnew(error: ReportedError): Classification {
    const entry = match(error)?.entry;
    if (entry !== undefined)
      return { error: entry.id, category: entry.category, known: true, responder: entry.responder };
    const print = fingerprint(error.flow, error.message, error.code);
    return { error: `unknown-${print}`, category: 'unknown', known: false, responder: '' };
  }

  return {
    match,
    classify: (error) => {
      const { flow, code, message } = error;
      const key = createHash('sha1')
        .update(JSON.stringify([flow, code, message.slice(0, 4096)]))
        .digest('base64');
      const before = remembered.get(key);
      if (before !== undefined) return before;
      const classification = classifyAnew(error);
      if (remembered.size >= maxCached) remembered.clear();
      remembered.set(key, classification);
      return classification;
    },
  };
}
