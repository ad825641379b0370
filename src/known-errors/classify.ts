import { createHash } from 'node:crypto';
import { appliesTo, retryWaitMs } from './catalogue.ts';
import type { Catalogue, Category, KnownError } from './catalogue.ts';
import { codesInColumn, codesInText, isWeakCode } from './codes.ts';
import { fingerprint } from './fingerprint.ts';
import { indexPatterns } from './pattern-index.ts';
import type { Candidate, PatternIndex } from './pattern-index.ts';
import { foldText, withWordsApart } from './patterns.ts';
import { tellingParts } from './telling.ts';

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
  /** How long a retry is waited for, in milliseconds; 0: a retry does not help. */
  readonly retryWaitMs: number;
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

/** The entries of a catalogue, prepared for matching. */
interface Entries {
  readonly entries: readonly KnownError[];
  readonly index: PatternIndex<KnownError>;
  readonly wideIndex: PatternIndex<KnownError>;
}

/** One part of an error text, prepared for matching. */
interface Clue {
  readonly codes: readonly string[];
  readonly text: string;
  /** Which patterns the text may match. */
  readonly candidates: readonly Candidate<KnownError>[];
}

function byCode(
  entries: readonly KnownError[],
  codes: readonly string[],
  isWanted: (code: string) => boolean,
): Match | undefined {
  const wanted = new Set(codes.filter(isWanted));
  if (wanted.size === 0) return undefined;
  for (const entry of entries) {
    const code = entry.codes.find((candidate) => wanted.has(candidate));
    if (code !== undefined) return { entry, by: { code } };
  }
  return undefined;
}

function byText(
  entries: ReadonlySet<KnownError>,
  { text, candidates }: Pick<Clue, 'text' | 'candidates'>,
): Match | undefined {
  const found = candidates.find(({ owner, matches }) => entries.has(owner) && matches(text));
  return found && { entry: found.owner, by: { pattern: found.pattern } };
}

/**
 * What an error says, the most telling part first; after each part the same with the words of its names apart. The column
 * `code` counts for each part.
 */
function cluesOf(index: Entries['index'], code: string, parts: readonly string[]): readonly Clue[] {
  const column = code.slice(0, 200);
  const inColumn = codesInColumn(column);
  return parts.flatMap((part, place) => {
    // If the column `code` holds no code that is understood, its text may still match a pattern.
    const whole = place === 0 && inColumn.length === 0 ? `${column} ${part}` : part;
    const codes = [...inColumn, ...codesInText(part)];
    const texts = new Set([foldText(whole), foldText(withWordsApart(whole))]);
    return [...texts].map((text) => ({ codes, text, candidates: index(text) }));
  });
}

/** The first result of a function that is not undefined. */
function firstOf<In, Out>(all: readonly In[], find: (one: In) => Out | undefined): Out | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** See `createClassifier` for the order. */
function matchError(
  { entries, index, wideIndex }: Entries,
  { code, flow }: ReportedError,
  parts: readonly string[],
): Match | undefined {
  const applicable = entries.filter((entry) => appliesTo(entry, flow));
  const clues = cluesOf(index, code, parts);
  const layers = [true, false].map((own) => applicable.filter((entry) => entry.own === own));
  const all = new Set(applicable);
  return (
    firstOf(layers, (layer) => {
      const some = new Set(layer);
      return firstOf(
        clues,
        (clue) => byCode(layer, clue.codes, (candidate) => !isWeakCode(candidate)) ?? byText(some, clue),
      );
    }) ??
    firstOf(clues, ({ text }) => byText(all, { text, candidates: wideIndex(text) })) ??
    firstOf(clues, ({ codes }) => byCode(applicable, codes, isWeakCode))
  );
}

function prepare(entries: readonly KnownError[]): Entries {
  const indexOf = (patternsOf: (entry: KnownError) => readonly string[]) =>
    indexPatterns(entries.flatMap((owner) => patternsOf(owner).map((pattern) => ({ owner, pattern }))));
  return {
    entries,
    index: indexOf(({ patterns }) => patterns),
    wideIndex: indexOf(({ wide = [] }) => wide),
  };
}

/**
 * Assigns errors to known errors: the most telling part of a text first (`tellingParts`), then the parts around it; in each
 * part by specific codes, then by texts; then all parts by the wide patterns. Weak codes, which may wrap any error
 * (`isWeakCode`), come last. The user's entries are tried before the shipped ones except in this last pass, because a user's
 * entry for `http:500` must not hide what the text says. In each pass the first entry wins.
 */
export function createClassifier(catalogue: Catalogue): Classifier {
  const prepared = prepare(catalogue.errors);
  const remembered = new Map<string, Classification>();

  function classifyAnew(error: ReportedError, parts: readonly string[]): Classification {
    const entry = matchError(prepared, error, parts)?.entry;
    if (entry !== undefined)
      return {
        error: entry.id,
        category: entry.category,
        known: true,
        responder: entry.responder,
        retryWaitMs: retryWaitMs(entry),
      };
    const print = fingerprint(error.flow, parts[0] ?? '', error.code);
    return { error: `unknown-${print}`, category: 'unknown', known: false, responder: '', retryWaitMs: 0 };
  }

  return {
    match: (error) => matchError(prepared, error, tellingParts(error.message)),
    classify: (error) => {
      const parts = tellingParts(error.message);
      const key = createHash('sha1')
        .update(JSON.stringify([error.flow, error.code, parts]))
        .digest('base64');
      const before = remembered.get(key);
      if (before !== undefined) return before;
      const classification = classifyAnew(error, parts);
      if (remembered.size >= maxCached) remembered.clear();
      remembered.set(key, classification);
      return classification;
    },
  };
}
