import type { KnownError } from '../../known-errors/catalogue.ts';
import type { OpenRecord, OpenRecordEntry, RecordEntry, RecordState } from '../../monitors/contract.ts';
import type { TaskStatus } from '../../poll/task-status.ts';
import type { RecordHelp } from '../../remedies/remedies.ts';
import { sidesOf } from './figures.ts';
import type { FiguredLine } from './lines.ts';
import type { SeenRemedies } from './remedies.ts';
import type {
  RecordCursor,
  RecordLine,
  RecordOrder,
  RecordPage,
  RecordPosition,
  RecordQuery,
} from './types.ts';

/** The catalogue by the id of an entry. */
export type ErrorsById = ReadonlyMap<string, KnownError>;

/** A record of a task before what is shown of it is made. */
export interface FoundRecord {
  readonly task: TaskStatus;
  readonly sides: RecordLine['sides'];
  readonly entry: OpenRecordEntry;
}

/** What needs somebody first; what only waits comes last. */
const urgency: readonly RecordState[] = [
  'failed',
  'missing_right',
  'missing_left',
  'different',
  'duplicate',
  'late',
  'waiting',
];

/** Every open record of a monitor at one company: those that are listed where the kind knows no others. */
export function recordsOf({ task, line: { company }, samples }: FiguredLine): FoundRecord[] {
  const { reading } = task;
  if (reading === null) return [];
  const all =
    reading.allRecords?.() ??
    reading.records.map((record) => ({ ...record, show: (): OpenRecord => record }));
  const sides = sidesOf(samples);
  return all.filter((entry) => entry.company === company).map((entry) => ({ task, entry, sides }));
}

/** Whether each word of a search stands in what a record is known by. */
function matcherOf(search: string): (entry: RecordEntry) => boolean {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return ({ record, code, call, currency, state, errorClass }) => {
    if (words.length === 0) return true;
    const texts = [record, code, call, currency, state, errorClass?.error ?? '', errorClass?.category ?? ''];
    const text = texts.join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

/** Of a key, enough to sort by: cursors hold it. */
const mostKeyCharacters = 100;

const urgencyOf = ({ state, isAwaitingRetry }: RecordEntry): number =>
  isAwaitingRetry ? urgency.length - 1 : urgency.indexOf(state);

function positionOf(entry: RecordEntry): RecordPosition {
  return {
    urgency: urgencyOf(entry),
    since: entry.since ?? Infinity,
    amount: entry.amount === '' ? -Infinity : Number(entry.amount),
    record: entry.record.slice(0, mostKeyCharacters),
  };
}

function difference(one: number | string, other: number | string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

type Comparison = (one: RecordPosition, other: RecordPosition) => number;

const compare: Readonly<Record<RecordOrder, Comparison>> = {
  urgency: (one, other) => difference(one.urgency, other.urgency) || difference(one.since, other.since),
  since: (one, other) => difference(one.since, other.since),
  record: (one, other) => difference(one.record, other.record),
  amount: (one, other) => difference(other.amount, one.amount),
};

interface Placed {
  readonly found: FoundRecord;
  readonly at: RecordPosition;
}

/** Index of the first record of a page. */
function startOf(placed: readonly Placed[], { offset, after }: RecordQuery, comparison: Comparison): number {
  if (after === undefined) return offset;
  const index = placed.findIndex(({ at }) => comparison(at, after) >= 0);
  const first = index === -1 ? placed.length : index;
  const same = placed.slice(first).findIndex(({ at }) => comparison(at, after) > 0);
  const ofSame = same === -1 ? placed.length - first : same;
  return first + Math.min(ofSame, after.same) + offset;
}

/** The place behind the last record of a page that ends at `end`. */
function cursorAt(placed: readonly Placed[], end: number, comparison: Comparison): RecordCursor | null {
  const last = placed[end - 1];
  if (last === undefined || end >= placed.length) return null;
  const first = placed.findIndex(({ at }) => comparison(at, last.at) === 0);
  return { ...last.at, same: end - first };
}

/** A record with what the catalogue says of its error. */
function recordLine(
  { task, entry, sides }: FoundRecord,
  errors: ErrorsById,
  { remedy, relaunch }: RecordHelp,
  mayRelaunch: boolean,
): RecordLine {
  const shown = entry.show();
  const known = errors.get(shown.errorClass?.error ?? '');
  return {
    company: shown.company,
    monitor: task.monitor.name,
    flow: task.monitor.flow,
    record: shown.record,
    state: shown.state,
    isAwaitingRetry: shown.isAwaitingRetry,
    since: shown.since,
    money: shown.amount === '' ? null : { amount: shown.amount, currency: shown.currency },
    code: shown.code,
    call: shown.call,
    error: shown.error,
    trace: shown.trace ?? '',
    url: shown.url,
    sides,
    left: shown.left,
    right: shown.right,
    errorClass: shown.errorClass?.error ?? '',
    category: shown.errorClass?.category ?? '',
    isKnown: shown.errorClass?.known ?? false,
    responder: shown.errorClass?.responder || task.monitor.responder,
    title: known?.title ?? null,
    meaning: known?.explanation ?? null,
    action: known?.action ?? null,
    remedy: remedy ?? null,
    relaunch: relaunch === undefined ? null : { ...relaunch, isAllowed: mayRelaunch },
  };
}

/** Records in full, with what remedies do about those that have failed. */
export function recordLines(
  found: readonly FoundRecord[],
  errors: ErrorsById,
  remedies: SeenRemedies,
): readonly RecordLine[] {
  const placeOf = ({ task, entry }: FoundRecord) => JSON.stringify([entry.company, task.monitor.name]);
  const places = Map.groupBy(
    found.filter(({ entry }) => entry.state === 'failed'),
    placeOf,
  );
  const byPlace = new Map<string, ReadonlyMap<string, RecordHelp>>();
  for (const [place, failed] of places)
    for (const { task, entry } of failed.slice(0, 1)) {
      const keys = failed.map((each) => each.entry.record);
      byPlace.set(place, remedies?.board.among(entry.company, task.monitor.name, keys) ?? new Map());
    }
  return found.map((each) => {
    const { state, record } = each.entry;
    const help = state === 'failed' ? byPlace.get(placeOf(each))?.get(record) : undefined;
    return recordLine(each, errors, help ?? {}, remedies?.mayRelaunch ?? false);
  });
}

/** The records of a query, of those given. Only what is on the page is made in full. */
export function recordPage(
  records: readonly FoundRecord[],
  query: RecordQuery,
  errors: ErrorsById,
  remedies?: SeenRemedies,
): RecordPage {
  const matches = matcherOf(query.search);
  const comparison: Comparison = (one, other) =>
    compare[query.order](one, other) || compare.record(one, other);
  const placed = records
    .filter(({ entry }) => matches(entry))
    .map((found): Placed => ({ found, at: positionOf(found.entry) }))
    .sort((one, other) => comparison(one.at, other.at));
  const start = startOf(placed, query, comparison);
  const items = placed.slice(start, start + query.limit);
  return {
    query,
    total: placed.length,
    items: recordLines(
      items.map(({ found }) => found),
      errors,
      remedies,
    ),
    next: items.length === 0 ? null : cursorAt(placed, start + items.length, comparison),
  };
}
