import { createHash } from 'node:crypto';
import { appliesTo } from './catalogue.ts';
import type { Catalogue, Category, KnownError } from './catalogue.ts';
import { codesInColumn, codesInText, isWeakCode } from './codes.ts';
import { fingerprint } from './fingerprint.ts';
import { compilePattern, foldText } from './patterns.ts';
import type { TextTest } from './patterns.ts';

/** What a failed record says of its failure; '' for what it does not say. */
export interface Failure {
  /** Of a column of its own, with or without a namespace; see `codesInColumn`. */
  readonly code: string;
  readonly message: string;
  readonly flow: string;
}

/** Labels of a failure. */
export interface Classification {
  /** The id of a known error, else `unknown-` and the 12 hexadecimal digits of `fingerprint`. */
  readonly error: string;
  readonly category: Category | 'unknown';
  readonly known: boolean;
  /** '' when it is unknown. */
  readonly responder: string;
}

/** The entry that a failure belongs to, and by what. */
export interface Match {
  readonly entry: KnownError;
  readonly by: { readonly code: string } | { readonly pattern: string };
}

export interface Classifier {
  /** Remembers what it was asked last, as polls ask the same over and over. */
  readonly classify: (failure: Failure) => Classification;
  /** The same with its reason; undefined when the error is unknown. */
  readonly match: (failure: Failure) => Match | undefined;
}

/** More distinct failures than a run usually lists; about 200 bytes each. */
const mostRemembered = 20_000;

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

/**
 * Sorts failures into known errors. Codes that say it all go before texts, texts before codes that may wrap anything
 * (`isWeakCode`). The user's entries are tried before the shipped ones, but for these last codes: an entry of the user's for
 * `http:500` is no reason to overlook what the text says. Within each pass the first entry wins.
 */
export function createClassifier(catalogue: Catalogue): Classifier {
  const candidates = catalogue.errors.map((entry): Candidate => ({
    entry,
    patterns: entry.patterns.map((pattern) => ({ pattern, test: compilePattern(pattern) })),
  }));
  const remembered = new Map<string, Classification>();

  function match({ code, message, flow }: Failure): Match | undefined {
    const applicable = candidates.filter(({ entry }) => appliesTo(entry, flow));
    const own = applicable.filter(({ entry }) => entry.own);
    const shipped = applicable.filter(({ entry }) => !entry.own);
    const inColumn = codesInColumn(code.slice(0, 200));
    const folded = foldText(message);
    const codes = [...inColumn, ...codesInText(message.slice(0, 4096))];
    // A column whose code means nothing here may still say something in words.
    const text = inColumn.length > 0 ? folded : foldText(`${code.slice(0, 200)} ${folded}`);
    for (const layer of [own, shipped]) {
      const found = byCode(layer, codes, (candidate) => !isWeakCode(candidate)) ?? byText(layer, text);
      if (found !== undefined) return found;
    }
    return byCode(applicable, codes, isWeakCode);
  }

  function classifyAnew(failure: Failure): Classification {
    const entry = match(failure)?.entry;
    if (entry !== undefined)
      return { error: entry.id, category: entry.category, known: true, responder: entry.responder };
    const print = fingerprint(failure.flow, failure.message, failure.code);
    return { error: `unknown-${print}`, category: 'unknown', known: false, responder: '' };
  }

  return {
    match,
    classify: (failure) => {
      const { flow, code, message } = failure;
      const key = createHash('sha1')
        .update(JSON.stringify([flow, code, message.slice(0, 4096)]))
        .digest('base64');
      const before = remembered.get(key);
      if (before !== undefined) return before;
      const classification = classifyAnew(failure);
      if (remembered.size >= mostRemembered) remembered.clear();
      remembered.set(key, classification);
      return classification;
    },
  };
}
