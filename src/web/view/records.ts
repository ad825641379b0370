import type { KnownError } from '../../known-errors/catalogue.ts';
import type { OpenRecord, OpenRecordEntry, RecordEntry, RecordState } from '../../monitors/contract.ts';
import type { TaskStatus } from '../../poll/task-status.ts';
import { sidesOf } from './figures.ts';
import type { FiguredLine } from './lines.ts';
import type { RecordLine, RecordOrder, RecordPage, RecordQuery } from './types.ts';

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

const sinceOf = ({ since }: RecordEntry): number => since ?? Infinity;
const urgencyOf = ({ state, isAwaitingRetry }: RecordEntry): number =>
  isAwaitingRetry ? urgency.length - 1 : urgency.indexOf(state);
const amountOf = ({ amount }: RecordEntry): number => (amount === '' ? -Infinity : Number(amount));

function difference(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

const compare: Readonly<Record<RecordOrder, (one: RecordEntry, other: RecordEntry) => number>> = {
  urgency: (one, other) =>
    difference(urgencyOf(one), urgencyOf(other)) || difference(sinceOf(one), sinceOf(other)),
  since: (one, other) => difference(sinceOf(one), sinceOf(other)),
  record: (one, other) => (one.record < other.record ? -1 : one.record > other.record ? 1 : 0),
  amount: (one, other) => difference(amountOf(other), amountOf(one)),
};

/** A record with what the catalogue says of its error. */
export function recordLine({ task, entry, sides }: FoundRecord, errors: ErrorsById): RecordLine {
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
  };
}

/** The records of a query, of those given. Only what is on the page is made in full. */
export function recordPage(
  records: readonly FoundRecord[],
  query: RecordQuery,
  errors: ErrorsById,
): RecordPage {
  const matches = matcherOf(query.search);
  const byOrder = compare[query.order];
  const found = records
    .filter(({ entry }) => matches(entry))
    .sort((one, other) => byOrder(one.entry, other.entry) || compare.record(one.entry, other.entry));
  const items = found.slice(query.offset, query.offset + query.limit);
  return { query, total: found.length, items: items.map((record) => recordLine(record, errors)) };
}
