import { ExactSum, isDecimal } from '../../decimal.ts';
import { codesInColumn } from '../../known-errors/codes.ts';
import { suggestEntry } from '../../known-errors/entry.ts';
import type { ErrorClass } from '../../monitors/contract.ts';
import type { Snapshot } from '../../poll/snapshot.ts';
import type { Instant } from '../../time.ts';
import { linesOf } from './lines.ts';
import { recordsOf } from './records.ts';
import type { FoundRecord } from './records.ts';
import type { ErrorDetail, ErrorLine, Money } from './types.ts';
import type { Viewer } from './viewer.ts';

interface Classified extends FoundRecord {
  readonly errorClass: ErrorClass;
}

/** The open records of what a reader may see, by the class of their error, and which classes are new. */
interface OpenErrors {
  readonly classes: ReadonlyMap<string, readonly Classified[]>;
  readonly isNew: ReadonlySet<string>;
}

function openErrors(snapshot: Snapshot, viewer: Viewer, now: Instant): OpenErrors {
  const lines = linesOf(snapshot, now, (company) => viewer.sees(company));
  const isNew = new Set(
    lines.flatMap(({ samples }) =>
      samples.all('erp_new_error_timestamp_seconds').map(({ labels }) => labels['error'] ?? ''),
    ),
  );
  const classified = lines
    .flatMap((line) => recordsOf(line))
    .flatMap((record): Classified[] => {
      const { errorClass } = record.entry;
      return errorClass === null ? [] : [{ ...record, errorClass }];
    });
  return { classes: Map.groupBy(classified, ({ errorClass }) => errorClass.error), isNew };
}

function valueOf(records: readonly Classified[]): Money[] {
  const sums = new Map<string, ExactSum>();
  for (const { entry } of records) {
    if (!isDecimal(entry.amount)) continue;
    const sum = sums.get(entry.currency) ?? new ExactSum();
    sums.set(entry.currency, sum);
    sum.add(entry.amount);
  }
  return [...sums].map(([currency, sum]) => ({ currency, amount: sum.toString() }));
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** Message and stack trace of one of the records, for a reader who may see records. */
function exampleOf([first]: readonly Classified[], viewer: Viewer): Pick<ErrorLine, 'example' | 'trace'> {
  if (first === undefined || !viewer.may('records')) return { example: '', trace: '' };
  const { error, trace = '' } = first.entry.show();
  return { example: error, trace };
}

/** Makes a line of the records of a class. */
function lineMaker(snapshot: Snapshot, viewer: Viewer, { isNew }: OpenErrors) {
  const catalogue = new Map(snapshot.knownErrors.map((entry) => [entry.id, entry]));
  const titles = new Map(snapshot.companies.map(({ name, title }) => [name, title]));
  return (error: string, records: readonly Classified[]): ErrorLine => {
    const times = records.map(({ entry }) => entry.since).filter((since) => since !== null);
    const entry = catalogue.get(error);
    const errorClass = records[0]?.errorClass;
    const isKnown = errorClass?.known ?? false;
    const companies = distinct(records.map(({ entry: { company } }) => company));
    return {
      errorClass: error,
      category: errorClass?.category ?? '',
      isKnown,
      isNew: isNew.has(error),
      hasSuggestion: !isKnown && viewer.may('records'),
      count: records.length,
      value: valueOf(records),
      firstSince: times.length === 0 ? null : times.reduce((one, other) => Math.min(one, other)),
      lastSince: times.length === 0 ? null : times.reduce((one, other) => Math.max(one, other)),
      companies,
      companyTitles: companies.map((company) => titles.get(company) ?? company),
      flows: distinct(records.map(({ task }) => task.monitor.flow)),
      responder: errorClass?.responder ?? '',
      title: entry?.title ?? null,
      meaning: entry?.explanation ?? null,
      action: entry?.action ?? null,
      ...exampleOf(records, viewer),
    };
  };
}

/** The open classes of errors of what a reader may see, the most frequent first. */
export function errorsOf(snapshot: Snapshot, viewer: Viewer, now: Instant): ErrorLine[] {
  const open = openErrors(snapshot, viewer, now);
  const lineOf = lineMaker(snapshot, viewer, open);
  return [...open.classes]
    .map(([error, records]) => lineOf(error, records))
    .sort((one, other) => other.count - one.count || (one.errorClass < other.errorClass ? -1 : 1));
}

/** As `erp-exporter explain` suggests it: by the message, or by the code where there is none. */
function suggestionOf(example: string, code: string): string {
  if (example !== '') return suggestEntry(example, []);
  return code === '' ? '' : suggestEntry(code, codesInColumn(code));
}

/** One open class of errors; undefined when there is none, or none that the reader may see. */
export function errorOf(
  snapshot: Snapshot,
  viewer: Viewer,
  error: string,
  now: Instant,
): ErrorDetail | undefined {
  const open = openErrors(snapshot, viewer, now);
  const records = open.classes.get(error);
  if (records === undefined) return undefined;
  const line = lineMaker(snapshot, viewer, open)(error, records);
  const code = records[0]?.entry.code ?? '';
  return { ...line, suggestion: line.hasSuggestion ? suggestionOf(line.example, code) : '' };
}
